//! `.gitleaksignore`: findings that somebody looked at, one a line: `commit:file:rule:line` or `file:rule:line`.

use std::collections::HashSet;

/// The findings that the file names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignored {
    lines: HashSet<String>,
}

impl Ignored {
    /// Reads the file's text. Blank lines and those that begin with `#` say nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self { lines: lines.map(|line| line.replace('\\', "/")).collect() }
    }

    /// Whether it names a finding of this rule. A line with a commit can never mean what was written later.
    #[must_use]
    pub fn names(&self, commit: Option<&str>, path: &str, rule: &str, line: u32) -> bool {
        if self.lines.is_empty() {
            return false;
        }
        let place = format!("{path}:{rule}:{line}");
        self.lines.contains(&place) || commit.is_some_and(|commit| self.lines.contains(&format!("{commit}:{place}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Ignored;

    #[test]
    fn a_finding_is_named_with_or_without_its_commit() {
        let ignored = Ignored::parse("# seen\n\nabc123:src/a.ts:jwt:7\n  b.ts:jwt:1\n");
        assert!(ignored.names(Some("abc123"), "src/a.ts", "jwt", 7));
        assert!(!ignored.names(Some("abc124"), "src/a.ts", "jwt", 7));
        assert!(!ignored.names(None, "src/a.ts", "jwt", 7));
        assert!(ignored.names(None, "b.ts", "jwt", 1) && ignored.names(Some("abc124"), "b.ts", "jwt", 1));
        assert!(!ignored.names(None, "b.ts", "jwt", 2) && !ignored.names(None, "b.ts", "pem", 1));
    }
}
