//! Go's regular expressions in the words of ours. Both are RE2's; they differ in what need not be escaped.

/// The same expression for our engine: `\Q…\E` is written out, and a brace or bracket that stands for itself is escaped.
pub(super) fn translated(expression: &str) -> String {
    let mut out = String::with_capacity(expression.len() + 8);
    let mut rest = expression;
    // Where the set begins that is being read.
    let mut set: Option<usize> = None;
    while let Some(character) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (quoted, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            for character in quoted.chars() {
                push_literal(&mut out, character);
            }
            rest = after;
            continue;
        }
        let length = match character {
            '\\' => {
                let length = 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
                let escaped = rest.get(..length).unwrap_or(rest);
                out.push_str(if escaped == "\\z" { "\\z" } else { escaped });
                length
            }
            '[' if set.is_some() => {
                let class = rest.starts_with("[:").then(|| rest.find(":]")).flatten();
                match class.and_then(|end| rest.get(..end + 2)) {
                    Some(class) => out.push_str(class),
                    None => out.push_str("\\["),
                }
                class.map_or(1, |end| end + 2)
            }
            '[' => {
                out.push('[');
                let negated = rest.get(1..).is_some_and(|rest| rest.starts_with('^'));
                if negated {
                    out.push('^');
                }
                set = Some(out.len());
                1 + usize::from(negated)
            }
            // The first character of a set stands for itself.
            ']' if set.is_some_and(|start| start < out.len()) => {
                set = None;
                out.push(']');
                1
            }
            '&' | '~' | '-' if set.is_some() && rest.get(1..).is_some_and(|rest| rest.starts_with(character)) => {
                out.push('\\');
                out.push(character);
                1
            }
            ']' if set.is_some() => {
                out.push_str("\\]");
                1
            }
            '{' if set.is_none() && !is_repetition(rest) => {
                out.push_str("\\{");
                1
            }
            '}' if set.is_none() && !ends_repetition(&out) => {
                out.push_str("\\}");
                1
            }
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn push_literal(out: &mut String, character: char) {
    if character.is_ascii_punctuation() {
        out.push('\\');
    }
    out.push(character);
}

/// `{3}`, `{3,}` or `{3,5}`.
fn is_repetition(rest: &str) -> bool {
    let Some(inner) = rest.get(1..).and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner) else { return false };
    is_bounds(inner)
}

fn is_bounds(inner: &str) -> bool {
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && digits(least) && digits(most)
}

fn ends_repetition(out: &str) -> bool {
    let Some(open) = out.rfind('{') else { return false };
    let escaped = out.get(..open).is_some_and(|before| before.ends_with('\\'));
    // `\x{41}` and `\p{Greek}` end here as well.
    let named = out
        .get(..open)
        .is_some_and(|before| before.ends_with("\\x") || before.ends_with("\\p") || before.ends_with("\\P"));
    named || (!escaped && out.get(open + 1..).is_some_and(is_bounds))
}

#[cfg(test)]
mod tests {
    use super::translated;
    use crate::rules::Pattern;

    #[test]
    fn what_go_reads_is_read_here() {
        for (go, text) in [
            (r"a{2}b{1,}c{1,3}", "aabc"),
            (r"${KEY}", ""),
            (r"\${[A-Z]+}", "${KEY}"),
            (r"a{b}", "a{b}"),
            (r"a{,3}", "a{,3}"),
            (r"[[a]", "["),
            (r"[]a]", "]"),
            (r"[^]a]", "b"),
            (r"[[:alpha:]_]+", "a_"),
            (r"[a&&b]", "&"),
            (r"\Qa.b[\E+", "a.b[["),
            (r"(?i)(?P<name>key)\x60", "KEY`"),
            (r"\x{41}", "A"),
        ] {
            let pattern = Pattern::new(translated(go));
            assert_eq!(pattern.compile().err(), None, "{go}");
            assert!(text.is_empty() || pattern.fits(text.as_bytes()), "{go} as {}", pattern.text());
        }
    }
}
