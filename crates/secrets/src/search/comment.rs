//! Comments that make a line silent: `gitleaks:allow`, `pragma: allowlist secret` and `pragma: allowlist nextline secret`.

use std::ops::Range;

use memchr::memmem;

use crate::scan::lines_around;

/// Whether a comment makes the finding in this range silent.
pub(super) fn is_silent(text: &[u8], range: &Range<usize>) -> bool {
    let lines = lines_around(text, range);
    if text.get(lines.clone()).is_some_and(names_this_line) {
        return true;
    }
    let Some(end) = lines.start.checked_sub(1) else { return false };
    let line = lines_around(text, &(end..end));
    text.get(line).is_some_and(|line| pragma(line).is_some_and(|rest| rest.starts_with(b"nextline secret")))
}

fn names_this_line(line: &[u8]) -> bool {
    memmem::find(line, b"gitleaks:allow").is_some() || pragma(line).is_some_and(|rest| rest.starts_with(b"secret"))
}

/// What follows `pragma: allowlist` or, as it was called before, `pragma: whitelist`.
fn pragma(line: &[u8]) -> Option<&[u8]> {
    let after = line.get(memmem::find(line, b"pragma:")? + 7..)?.trim_ascii_start();
    let after = after.strip_prefix(b"allowlist").or_else(|| after.strip_prefix(b"whitelist"))?;
    Some(after.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::is_silent;

    fn silent(text: &str) -> bool {
        let start = text.find("TOKEN").unwrap();
        is_silent(text.as_bytes(), &(start..start + 5))
    }

    #[test]
    fn a_comment_makes_its_line_or_the_next_one_silent() {
        assert!(silent("a\nx = TOKEN # gitleaks:allow\nb"));
        assert!(silent("x = TOKEN // pragma: allowlist secret"));
        assert!(silent("x = TOKEN # pragma:whitelist secret"));
        assert!(silent("# pragma: allowlist nextline secret\nx = TOKEN"));
    }

    #[test]
    fn a_comment_elsewhere_says_nothing() {
        assert!(!silent("# gitleaks:allow\nx = TOKEN\n"));
        assert!(!silent("# pragma: allowlist secret\nx = TOKEN"));
        assert!(!silent("x = TOKEN # pragma: allowlist nextline secret"));
        assert!(!silent("# pragma: allowlist nextline secret\n\nx = TOKEN"));
        assert!(!silent("x = TOKEN # allow"));
    }
}
