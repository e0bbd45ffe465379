//! `.gitleaksignore`: findings that somebody looked at, one a line: `commit:file:rule:line` or `file:rule:line`.

use std::collections::HashMap;

/// The findings that the file names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignored {
    /// Commit and file, or the file alone, and the line: the rules that are named there.
    places: HashMap<(String, u32), Vec<String>>,
}

impl Ignored {
    /// Reads the file's text. Blank lines, those that begin with `#`, and those of another form say nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut places: HashMap<(String, u32), Vec<String>> = HashMap::new();
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let mut parts = line.rsplitn(3, ':');
            if let (Some(Ok(number)), Some(rule), Some(place)) =
                (parts.next().map(str::parse), parts.next(), parts.next())
            {
                places.entry((place.replace('\\', "/"), number)).or_default().push(rule.to_owned());
            }
        }
        Self { places }
    }

    /// Whether it names a finding of this rule. What stands in a commit stays as it is, so there any rule of gitleaks' means
    /// the finding. A line without a commit also covers what is written there later, so there the rules must be of one kind. A
    /// line with a commit can never mean what was written later.
    #[must_use]
    pub fn names(&self, commit: Option<&str>, path: &str, rule: &str, generic: bool, line: u32) -> bool {
        if self.places.is_empty() {
            return false;
        }
        let is_one_kind = |theirs: &String| {
            theirs == rule
                || (generic && theirs == "generic-api-key")
                || (theirs == "private-key" && rule.contains("private-key"))
                || theirs.split('-').next() == rule.split('-').next()
        };
        self.places.get(&(path.to_owned(), line)).is_some_and(|rules| rules.iter().any(is_one_kind))
            || commit.is_some_and(|commit| self.places.contains_key(&(format!("{commit}:{path}"), line)))
    }
}

#[cfg(test)]
mod tests {
    use super::Ignored;

    #[test]
    fn a_finding_is_named_with_or_without_its_commit() {
        let ignored = Ignored::parse("# seen\n\nabc123:src/a.ts:jwt:7\n  b.ts:jwt:1\n");
        assert!(ignored.names(Some("abc123"), "src/a.ts", "jwt", false, 7));
        assert!(!ignored.names(Some("abc124"), "src/a.ts", "jwt", false, 7));
        assert!(!ignored.names(None, "src/a.ts", "jwt", false, 7));
        assert!(ignored.names(None, "b.ts", "jwt", false, 1) && ignored.names(Some("abc124"), "b.ts", "jwt", false, 1));
        assert!(!ignored.names(None, "b.ts", "jwt", false, 2) && !ignored.names(None, "b.ts", "pem", false, 1));
    }

    #[test]
    fn in_a_commit_the_rule_may_have_the_name_that_gitleaks_gave_it() {
        let ignored = Ignored::parse("abc123:src/a.ts:generic-api-key:7\n");
        assert!(ignored.names(Some("abc123"), "src/a.ts", "neon-api-key", false, 7));
        assert!(!ignored.names(Some("abc123"), "src/a.ts", "neon-api-key", false, 8));
        assert!(!ignored.names(Some("abc123"), "src/b.ts", "neon-api-key", false, 7));
        assert!(!ignored.names(None, "src/a.ts", "generic-secret", true, 7));
    }

    #[test]
    fn without_a_commit_a_rule_of_gitleaks_means_only_its_own_kind() {
        let ignored = Ignored::parse("a.ts:generic-api-key:1\na.ts:stripe-access-token:2\nid_rsa:private-key:1\n");
        assert!(ignored.names(None, "a.ts", "service-credential", true, 1));
        assert!(!ignored.names(None, "a.ts", "stripe-live-key", false, 1));
        assert!(ignored.names(None, "a.ts", "stripe-live-key", false, 2));
        assert!(!ignored.names(None, "a.ts", "github-token", false, 2));
        assert!(ignored.names(None, "id_rsa", "pem-private-key", false, 1));
    }

    #[test]
    fn lines_of_another_form_say_nothing() {
        assert_eq!(Ignored::parse("a.ts\na.ts:1\njwt:a.ts:x\n"), Ignored::default());
    }
}
