//! Entries of the files in `GITHUB_OUTPUT` and `GITHUB_STEP_SUMMARY`.

/// The largest summary of one step, in bytes; the runner drops a larger one.
pub const SUMMARY_LIMIT: usize = 1_048_576;

/// One entry of `GITHUB_OUTPUT`: `name<<delimiter`, the value, the delimiter.
///
/// The delimiter is `ops_` and the random `token`, lengthened until neither name nor value holds it. Carriage
/// returns in the value stay. A name with anything but letters, digits, `-` and `_` has those replaced by `_`.
#[must_use]
pub fn output(name: &str, value: &str, token: &str) -> String {
    let is_safe = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let name = name.replace(|character| !is_safe(character), "_");
    let mut delimiter = format!("ops_{token}");
    while value.contains(&delimiter) || name.contains(&delimiter) {
        delimiter.push('_');
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

#[cfg(test)]
mod tests {
    use super::output;
    use proptest::prelude::*;

    #[test]
    fn an_output_is_a_heredoc() {
        assert_eq!(output("plan-digest", "a\nb", "7"), "plan-digest<<ops_7\na\nb\nops_7\n");
    }

    #[test]
    fn a_value_that_holds_the_delimiter_gets_a_longer_one() {
        assert_eq!(output("x", "ops_7\ny=z", "7"), "x<<ops_7_\nops_7\ny=z\nops_7_\n");
    }

    #[test]
    fn a_name_cannot_end_its_line() {
        assert_eq!(output("a=b\nc<<d", "", "7"), "a_b_c__d<<ops_7\n\nops_7\n");
    }

    proptest! {
        #[test]
        fn the_runner_reads_back_what_was_written(value in "(ops_7|_|\\n|\\r|[a-z=<])*") {
            let entry = output("name", &value, "7");
            let (first, rest) = entry.split_once('\n').unwrap();
            let delimiter = first.strip_prefix("name<<").unwrap();
            let lines: Vec<&str> = rest.split('\n').take_while(|line| *line != delimiter).collect();
            prop_assert_eq!(lines.join("\n"), value);
        }
    }
}
