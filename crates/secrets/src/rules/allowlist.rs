//! What is silent, in gitleaks' terms.

use super::Pattern;

/// What an allowlist's expressions are tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The secret.
    Secret,
    /// All that the rule matched.
    Match,
    /// The line that it stands in.
    Line,
}

/// What is silent: by commit, path, expression and word.
#[derive(Debug)]
pub struct Allowlist {
    /// Whether all kinds of conditions that are given must hold, and not only one of them.
    pub all: bool,
    /// Commits, in full and lower case.
    pub commits: Vec<String>,
    /// Expressions for paths.
    pub paths: Vec<Pattern>,
    /// What the expressions are tried on.
    pub target: Target,
    /// Expressions.
    pub regexes: Vec<Pattern>,
    /// Words in the secret, in lower case.
    pub stopwords: Vec<String>,
    /// The rules that it is for; none is all of them.
    pub rules: Vec<String>,
}

/// What an allowlist says of a secret whose path and commit are not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is silent wherever it stands.
    Silent,
    /// Path and commit decide.
    Open,
    /// It is told wherever it stands.
    Told,
}

impl Allowlist {
    /// What its expressions and words say of a secret, found as a part of `whole` in the lines `line`.
    #[must_use]
    pub fn content(&self, secret: &[u8], whole: &[u8], line: &[u8]) -> Answer {
        let text = match self.target {
            Target::Secret => secret,
            Target::Match => whole,
            Target::Line => line,
        };
        let lower = secret.to_ascii_lowercase();
        let regex = given(&self.regexes, |regex| regex.fits(text));
        let word = given(&self.stopwords, |word| memchr::memmem::find(&lower, word.as_bytes()).is_some());
        let has_place = !self.paths.is_empty() || !self.commits.is_empty();
        let answers = [regex, word];
        if self.all {
            if answers.contains(&Some(false)) {
                return Answer::Told;
            }
            return match has_place {
                true => Answer::Open,
                false if answers.contains(&Some(true)) => Answer::Silent,
                false => Answer::Told,
            };
        }
        match has_place {
            _ if answers.contains(&Some(true)) => Answer::Silent,
            true => Answer::Open,
            false => Answer::Told,
        }
    }

    /// Whether path and commit make a secret silent whose answer is open.
    #[must_use]
    pub fn place(&self, path: &[u8], commit: Option<&str>) -> bool {
        let paths = given(&self.paths, |pattern| pattern.fits(path));
        let commits = given(&self.commits, |known| commit == Some(known));
        let answers = [paths, commits];
        if self.all { !answers.contains(&Some(false)) } else { answers.contains(&Some(true)) }
    }
}

/// Whether one of the conditions holds; none where no condition is given.
fn given<T>(conditions: &[T], holds: impl Fn(&T) -> bool) -> Option<bool> {
    (!conditions.is_empty()).then(|| conditions.iter().any(holds))
}

#[cfg(test)]
mod tests {
    use super::{Allowlist, Answer, Target};
    use crate::rules::Pattern;

    fn list(all: bool, regex: &str, path: &str, word: &str) -> Allowlist {
        let pattern = |text: &str| if text.is_empty() { vec![] } else { vec![Pattern::new(text.to_owned())] };
        Allowlist {
            all,
            commits: Vec::new(),
            paths: pattern(path),
            target: Target::Line,
            regexes: pattern(regex),
            stopwords: if word.is_empty() { vec![] } else { vec![word.to_owned()] },
            rules: Vec::new(),
        }
    }

    #[test]
    fn one_condition_is_enough_unless_all_are_asked_for() {
        let content = |list: &Allowlist| list.content(b"aSECRETb", b"x=aSECRETb", b"let x=aSECRETb // fake");
        assert_eq!(content(&list(false, "fake", "", "")), Answer::Silent);
        assert_eq!(content(&list(false, "other", "", "secret")), Answer::Silent);
        assert_eq!(content(&list(false, "other", "^test/", "")), Answer::Open);
        assert_eq!(content(&list(false, "other", "", "")), Answer::Told);
        assert_eq!(content(&list(true, "fake", "", "other")), Answer::Told);
        assert_eq!(content(&list(true, "fake", "", "secret")), Answer::Silent);
        assert_eq!(content(&list(true, "fake", "^test/", "")), Answer::Open);
        assert_eq!(content(&list(true, "other", "^test/", "")), Answer::Told);
        assert_eq!(content(&list(false, "", "", "")), Answer::Told);
        assert_eq!(content(&list(true, "", "", "")), Answer::Told);
    }

    #[test]
    fn path_and_commit_decide_what_is_open() {
        let mut one = list(false, "", "^test/", "");
        one.commits = vec!["abc".to_owned()];
        assert!(one.place(b"test/a.ts", None) && one.place(b"src/a.ts", Some("abc")));
        assert!(!one.place(b"src/a.ts", Some("abd")));
        one.all = true;
        assert!(
            one.place(b"test/a.ts", Some("abc"))
                && !one.place(b"test/a.ts", None)
                && !one.place(b"src/a.ts", Some("abc"))
        );
    }
}
