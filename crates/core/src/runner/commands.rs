//! Workflow commands, and how to keep untrusted text from becoming one.
//!
//! The runner reads both standard output and standard error, line by line (a carriage return ends a line too). A line
//! that begins, after white space, with `::name` is a command; so is `##[name]` anywhere in a line, an older form.

use std::{borrow::Cow, fmt::Write as _};

/// Escapes the data of a command, which may then hold line breaks.
#[must_use]
pub fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a command's property.
#[must_use]
pub fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

/// One command on one line, without the line break. Properties without a value are left out, as the runner would.
#[must_use]
pub fn command(name: &str, properties: &[(&str, &str)], data: &str) -> String {
    let mut line = format!("::{name}");
    let mut separator = ' ';
    for (key, value) in properties.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(line, "{separator}{key}={}", defused(&escape_property(value)));
        separator = ',';
    }
    let _ = write!(line, "::{}", defused(&escape_data(data)));
    line
}

/// Text that holds no `##[`: a space breaks the sign.
#[must_use]
pub fn defused(text: &str) -> Cow<'_, str> {
    if text.contains("##[") { Cow::Owned(text.replace("##[", "## [")) } else { Cow::Borrowed(text) }
}

/// Text of any number of lines, none of which is a command: a leading `::` becomes `: :`, and `##[` becomes `## [`.
#[must_use]
pub fn safe_lines(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for piece in text.split_inclusive(['\n', '\r']) {
        let start = piece.find(|character: char| !is_blank(character)).unwrap_or(piece.len());
        let (blank, rest) = piece.split_at_checked(start).unwrap_or((piece, ""));
        safe.push_str(blank);
        match rest.strip_prefix("::") {
            Some(rest) => {
                safe.push_str(": :");
                safe.push_str(&defused(rest));
            }
            None => safe.push_str(&defused(rest)),
        }
    }
    safe
}

/// Wider than Unicode's white space, since what the runner trims is up to the runner.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Untrusted text between `stop-commands` lines, with its `##[` defused as well, and a line break at the end.
///
/// `token` must be random: whoever knows it can end the pause. See [`token`].
#[must_use]
pub fn untrusted(text: &str, token: &str) -> String {
    let text = defused(text);
    let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    format!("::stop-commands::{token}\n{text}{end}::{token}::\n")
}

/// A random word of 32 hexadecimal digits, for [`untrusted`] and for delimiters.
///
/// # Errors
/// If the system has no randomness to give.
pub fn token() -> std::io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(crate::fingerprint::hexadecimal("", &bytes))
}

/// The line that opens a group of lines which the log folds.
#[must_use]
pub fn group(title: &str) -> String {
    command("group", &[], title)
}

/// The line that closes it.
pub const END_GROUP: &str = "::endgroup::";

/// The commands that hide a secret in the log: one for the whole, and one for each line of at least four characters.
#[must_use]
pub fn masks(secret: &str) -> Vec<String> {
    let whole = std::iter::once(secret.trim()).filter(|whole| whole.contains('\n'));
    let lines = secret.lines().map(str::trim);
    whole
        .chain(lines)
        .filter(|line| line.chars().count() >= 4)
        // Not by `command`: a mask must say exactly the secret.
        .map(|line| format!("::add-mask::{}", escape_data(line)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{command, masks, safe_lines, untrusted};
    use proptest::prelude::*;

    #[test]
    fn data_and_properties_are_escaped_each_in_its_way() {
        assert_eq!(
            command("error", &[("file", "a:b,c%.sql"), ("title", ""), ("line", "3")], "50% done:\r\nyes, ok"),
            "::error file=a%3Ab%2Cc%25.sql,line=3::50%25 done:%0D%0Ayes, ok"
        );
    }

    #[test]
    fn the_old_form_cannot_be_smuggled_into_a_command() {
        assert_eq!(
            command("error", &[("title", "##[a]")], "x ##[add-mask]y"),
            "::error title=## [a]::x ## [add-mask]y"
        );
    }

    #[test]
    fn a_line_that_would_be_a_command_is_not_one() {
        assert_eq!(
            safe_lines("a::b\n  ::error::x\r::set-env\n\u{feff}::y ##[z]\n"),
            "a::b\n  : :error::x\r: :set-env\n\u{feff}: :y ## [z]\n"
        );
    }

    #[test]
    fn untrusted_text_stands_between_its_tokens() {
        assert_eq!(untrusted("::error::x", "t0k3n"), "::stop-commands::t0k3n\n::error::x\n::t0k3n::\n");
        assert_eq!(untrusted("a ##[b]\n", "t0k3n"), "::stop-commands::t0k3n\na ## [b]\n::t0k3n::\n");
    }

    #[test]
    fn every_line_of_a_secret_is_masked_but_the_short_ones() {
        assert_eq!(
            masks("{\n  first%\n  second\n}\n"),
            ["::add-mask::{%0A  first%25%0A  second%0A}", "::add-mask::first%25", "::add-mask::second"]
        );
        assert_eq!(masks("one secret"), ["::add-mask::one secret"]);
        assert_eq!(masks("abc"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn a_command_is_one_line_and_its_properties_cannot_end_early(value in any::<String>(), data in any::<String>()) {
            let line = command("notice", &[("title", &value)], &data);
            prop_assert!(!line.contains(['\n', '\r']) && !line.contains("##["));
            let (properties, _) = line.strip_prefix("::notice").unwrap().split_once("::").unwrap();
            prop_assert_eq!(properties.matches([',', ':']).count(), 0);
        }

        #[test]
        fn no_line_of_safe_lines_is_a_command(text in "(::|##|\\[|[ \\t\\r\\n\u{feff}\u{0}a]){0,30}") {
            let safe = safe_lines(&text);
            prop_assert!(!safe.contains("##["));
            for line in safe.split(['\n', '\r']) {
                prop_assert!(!line.trim_start().starts_with("::"));
            }
        }
    }
}
