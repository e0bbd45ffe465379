//! The text of a report, which is not to be trusted.

use crate::{LARGEST, Unreadable};

/// The most characters that are kept of a message.
const LONGEST: usize = 1_000;

/// The text of a report: UTF-8, without a byte order mark, and without what a package manager prints around it.
pub(crate) fn of(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > LARGEST {
        let size = bytes.len();
        return Err(Unreadable::malformed(
            "the file",
            format!("has {size} bytes, and {LARGEST} are the most that are read"),
        ));
    }
    let wide = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let reason = if wide { "is UTF-16; it must be written as UTF-8" } else { "is not UTF-8" };
        Unreadable::malformed(format!("byte {}", error.valid_up_to()), format!("the text {reason}"))
    })?;
    let text = of_the_script(text.strip_prefix('\u{feff}').unwrap_or(text));
    if text.trim().is_empty() { Err(Unreadable::Empty) } else { Ok(text) }
}

/// Without the lines that package managers print around a script: `> name@version script` and `$ command` before it, how it ended
/// after it.
fn of_the_script(text: &str) -> &str {
    const BEFORE: [&str; 5] = ["> ", "$ ", "yarn run v", "npm warn ", "npm WARN "];
    const AFTER: [&str; 7] = [
        "error Command failed with exit code ",
        "info Visit https://yarnpkg.com/",
        "Done in ",
        "npm notice",
        "npm error",
        "npm ERR!",
        "error: script \"",
    ];
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        if !line.trim().is_empty() && !BEFORE.iter().any(|start| line.starts_with(start)) {
            break;
        }
        rest = after;
    }
    while let Some(whole) = rest.strip_suffix('\n') {
        let start = whole.rfind('\n').map_or(0, |end| end + 1);
        let line = whole.get(start..).unwrap_or_default();
        let ended = line.contains("ELIFECYCLE") && line.contains("Command failed");
        if !ended && !line.trim().is_empty() && !AFTER.iter().any(|start| line.starts_with(start)) {
            break;
        }
        rest = rest.get(..start).unwrap_or_default();
    }
    rest
}

/// One line of plain text: no escape sequences, no control characters, nothing that turns the direction of writing, no more
/// than a thousand characters.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut length = 0;
    // More than can be shown needs no cleaning: an escape sequence may be longer than what is left of it, but not always.
    let plain = without_escapes(text.get(..text.floor_char_boundary(16 * LONGEST)).unwrap_or_default());
    for word in plain.split(|character: char| character.is_whitespace() || character.is_control()) {
        let word = word.chars().filter(|character| !is_invisible(*character));
        let mut word = word.peekable();
        if word.peek().is_none() {
            continue;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        for character in word {
            if length >= LONGEST {
                line.push('…');
                return line;
            }
            line.push(character);
            length += 1;
        }
    }
    line
}

/// The same, or other words where the text is empty.
pub(crate) fn one_line_or(text: &str, otherwise: &str) -> String {
    let line = one_line(text);
    if line.is_empty() { one_line(otherwise) } else { line }
}

/// What makes text read otherwise than it is: marks of direction, and characters without width.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text without the escape sequences of a terminal: colours, cursor movements, titles and links.
pub(crate) fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\u{1b}', Some('[')) => {
                characters.next();
                while characters.next_if(|next| matches!(next, ' '..='?')).is_some() {}
                characters.next_if(|next| matches!(next, '@'..='~'));
            }
            ('\u{1b}', Some(']')) => {
                // Ends with BEL or ESC \; a line's end ends what was never closed.
                while let Some(next) = characters.next_if(|next| *next != '\n') {
                    let closed = next == '\u{1b}' && characters.next_if_eq(&'\\').is_some();
                    if closed || next == '\u{7}' {
                        break;
                    }
                }
            }
            ('\u{1b}', _) => {
                characters.next_if(|next| matches!(next, '@'..='_'));
            }
            ('\u{9b}', _) => {
                while characters.next_if(|next| matches!(next, ' '..='?')).is_some() {}
                characters.next_if(|next| matches!(next, '@'..='~'));
            }
            _ => plain.push(character),
        }
    }
    plain
}

/// The name of a rule, `tool/name`, of what a tool calls itself and its rule: letters, digits and `@/_.:-`, a hyphen for
/// whatever else.
pub(crate) fn rule(tool: &str, name: &str) -> String {
    let safe = |text: &str| -> String {
        let kept = |character: char| character.is_ascii_alphanumeric() || "@/_.:-".contains(character);
        let line = one_line(text);
        let characters = line.chars().take(200).map(|character| if kept(character) { character } else { '-' });
        characters.collect::<String>().trim_matches(['-', '/']).to_owned()
    };
    let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
    format!("{}/{}", or(safe(tool).to_ascii_lowercase().replace('/', "-"), "unknown"), or(safe(name), "unnamed"))
}

/// A path as a tool wrote it, without what could not stand in one line.
pub(crate) fn path(text: &str) -> String {
    text.chars().filter(|character| !character.is_control() && !is_invisible(*character)).take(4096).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{of, one_line, path, rule};
    use crate::Unreadable;

    #[test]
    fn colours_links_and_control_characters_are_left_out() {
        assert_eq!(
            one_line("\u{1b}[31mred\u{1b}[0m\r\n\tand\u{0} \u{1b}]8;;https://a\u{7}link\u{1b}]8;;\u{7}"),
            "red and link"
        );
        assert_eq!(one_line("\u{9b}1mbold\u{202e}"), "bold");
    }

    #[test]
    fn a_long_message_is_cut_between_two_characters() {
        let cut = one_line(&"å".repeat(5_000));
        assert_eq!(cut.chars().count(), 1_001);
        assert!(cut.ends_with("å…"));
        assert_eq!(one_line(&"å".repeat(1_000)).chars().count(), 1_000);
    }

    #[test]
    fn a_rule_is_made_of_safe_characters() {
        assert_eq!(rule("eslint", "@typescript-eslint/no-unused-vars"), "eslint/@typescript-eslint/no-unused-vars");
        assert_eq!(rule("Semgrep OSS", "a b\n::error::"), "semgrep-oss/a-b-::error::");
        assert_eq!(rule("/", ""), "unknown/unnamed");
    }

    #[test]
    fn what_a_package_manager_prints_around_a_script_is_no_part_of_a_report() {
        assert_eq!(of(b"\n> app@1.0.0 lint\n> eslint -f json\n\n[]"), Ok("[]"));
        assert_eq!(of(b"yarn run v1.22.22\n$ eslint -f json\n[]\n"), Ok("[]\n"));
        assert_eq!(of(b"\n> app@1.0.0 lint\n> tsc\n\n"), Err(Unreadable::Empty));
        assert_eq!(of(b"yarn run v1.22.22\n$ tsc\nDone in 0.52s.\n"), Err(Unreadable::Empty));
        assert_eq!(of(b"[]\n\n ELIFECYCLE  Command failed with exit code 1.\n"), Ok("[]\n"));
        assert_eq!(of(b"[]\nerror: something else\n"), Ok("[]\nerror: something else\n"));
    }

    #[test]
    fn a_report_is_utf_8() {
        let told = |bytes: &[u8]| of(bytes).unwrap_err().to_string();
        assert_eq!(told(b"\xff\xfe[\0]\0"), "byte 0: the text is UTF-16; it must be written as UTF-8");
        assert_eq!(told(b"[\"\xe5\"]"), "byte 2: the text is not UTF-8");
        assert_eq!(told(b" \n"), "the report is empty");
        assert_eq!(of(b"\xef\xbb\xbf[]"), Ok("[]"));
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_plain_line(text in "\\PC*|.*|(\u{1b}[\\[\\]]?.?)*") {
            for plain in [one_line(&text), path(&text), rule(&text, &text)] {
                prop_assert!(!plain.chars().any(char::is_control));
            }
        }
    }
}
