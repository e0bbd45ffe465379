//! From what was looked at to findings, to what a gate came to, and to the report's details.

use ops_core::words::count;
use ops_core::{Finding, Place, Severity};
use ops_secrets::look::Looked;
use ops_secrets::{Found, Validity};
use serde_json::{Value, json};

use super::Mode;
use crate::outcome::Outcome;

/// What to do about a secret that somebody can read.
const ROTATE: &str = "Make it worthless first: revoke it where it was made, and make a new one. Then take it out of the file and \
    read it from an environment variable.";
const STILL_THERE: &str =
    "The commit stays in history, for everybody who has a clone; taking the line away changes nothing.";
const NO_SECRET: &str =
    "If it is none, write `gitleaks:allow` in a comment behind it, or a waiver with an owner and an end.";

fn finding(found: &Found) -> Finding {
    let about = match found.validity {
        Validity::Valid => ", whole and with a checksum that holds",
        Validity::Expired => ", whose time is over",
        Validity::Invalid => " with a checksum that does not hold, so that nobody ever gave it out",
        Validity::Unknown => "",
    };
    let encoded = if found.is_decoded { ", encoded" } else { "" };
    let commit = found.commit.as_deref().map(|commit| format!(", since the commit {}", short(commit)));
    let page = found.reference.as_ref().map(|page| format!("Its provider's page: {page}")).unwrap_or_default();
    let help = [ROTATE, if found.commit.is_some() { STILL_THERE } else { "" }, &page, NO_SECRET];
    Finding {
        rule: format!("secret/{}", found.rule).into(),
        severity: found.severity,
        message: format!("{}{encoded}{about}{}", found.title, commit.unwrap_or_default()),
        help: help.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"),
        place: Place {
            path: found.path.clone(),
            start_line: found.start_line,
            start_column: found.start_column,
            end_line: found.end_line,
            end_column: found.end_column,
        },
        fingerprint: found.fingerprint.clone(),
        waived_by: None,
    }
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// What the look came to. Errors fail; what could not be looked at proves nothing.
pub(crate) fn outcome(looked: &Looked, mode: Mode) -> Outcome {
    let findings: Vec<Finding> = looked.found.iter().map(finding).collect();
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let seen = seen(looked, mode);
    let outcome = match (errors, looked.gaps.first()) {
        (0, None) => Outcome::pass(format!("no secret in {seen}{}", lesser(findings.len()))),
        (0, Some(gap)) => Outcome::unproven(gap.what.clone(), gap.next.clone()),
        (_, gap) => {
            let failed = Outcome::fail(format!("{} in {seen}", count(errors, "secret")), ROTATE);
            Outcome { unanswered: gap.map(|gap| gap.what.clone()), ..failed }
        }
    };
    let numbers = [
        ("files", looked.files + looked.known),
        ("commits", looked.commits),
        ("binary", looked.binary),
        ("too_large", looked.large),
        ("known", looked.known),
        ("secrets", looked.found.len() as u64),
    ];
    let outcome = numbers
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .fold(outcome, |outcome, (name, number)| outcome.with(name, number));
    Outcome { secrets: details(&looked.found), ..outcome.finding(findings) }
}

fn lesser(number: usize) -> String {
    if number == 0 { String::new() } else { format!("; {} of less weight", count(number, "finding")) }
}

/// `12 files` or `3 commits (12 file versions)`, with what was left out of them.
fn seen(looked: &Looked, mode: Mode) -> String {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let looked_into = number(looked.files + looked.known);
    let (seen, versions) = match mode {
        Mode::Tree | Mode::Logs => (count(looked_into, "file"), None),
        Mode::Range | Mode::History => {
            (count(number(looked.commits), "commit"), Some(count(looked_into, "file version")))
        }
    };
    let left = [(looked.binary, "binary"), (looked.large, "too large")].into_iter().filter(|(left, _)| *left > 0);
    let left: Vec<String> = left.map(|(left, why)| format!("{left} {why}")).collect();
    let left = (!left.is_empty()).then(|| format!("left out: {}", left.join(", ")));
    let more: Vec<String> = versions.into_iter().chain(left).collect();
    if more.is_empty() { seen } else { format!("{seen} ({})", more.join("; ")) }
}

/// The contract's `details.secrets`.
fn details(found: &[Found]) -> Vec<Value> {
    let secret = |found: &Found| {
        json!({
            "rule": format!("secret/{}", found.rule),
            "path": found.path,
            "commit": found.commit,
            "start_line": found.start_line,
            "end_line": found.end_line,
            "validity": found.validity,
            "fingerprint": found.fingerprint,
        })
    };
    found.iter().map(secret).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mode, outcome};
    use ops_core::Severity;
    use ops_secrets::look::Looked;
    use ops_secrets::{Found, Validity};

    fn secret(severity: Severity) -> Found {
        Found {
            rule: "password".to_owned(),
            title: "A password".to_owned(),
            reference: None,
            severity,
            validity: Validity::Unknown,
            path: "src/mail.ts".to_owned(),
            start_line: 1,
            start_column: 1,
            end_line: 1,
            end_column: 9,
            commit: None,
            is_decoded: false,
            fingerprint: "0".repeat(64),
        }
    }

    fn summary(looked: &Looked, mode: Mode) -> String {
        let outcome = outcome(looked, mode);
        format!("{}: {}", outcome.verdict.word(), outcome.summary)
    }

    #[test]
    fn the_help_names_the_providers_page() {
        let help = |secret: &Found| super::finding(secret).help;
        let unknown = secret(Severity::Error);
        assert!(!help(&unknown).contains("page"));
        let known = Found { reference: Some("https://docs.example.com/keys".to_owned()), ..unknown };
        assert!(help(&known).contains("\nIts provider's page: https://docs.example.com/keys\n"));
    }

    #[test]
    fn a_tree_has_files() {
        let looked = Looked { files: 12, ..Looked::default() };
        assert_eq!(summary(&looked, Mode::Tree), "pass: no secret in 12 files");
        let looked = Looked { files: 1, binary: 1, large: 2, found: vec![secret(Severity::Error)], ..looked };
        assert_eq!(summary(&looked, Mode::Tree), "fail: 1 secret in 1 file (left out: 1 binary, 2 too large)");
        let looked = Looked { large: 0, found: vec![secret(Severity::Warning)], ..looked };
        assert_eq!(
            summary(&looked, Mode::Tree),
            "pass: no secret in 1 file (left out: 1 binary); 1 finding of less weight"
        );
    }

    #[test]
    fn commits_have_versions_of_files() {
        let looked = Looked { commits: 2, files: 1, found: vec![secret(Severity::Error)], ..Looked::default() };
        for mode in [Mode::Range, Mode::History] {
            assert_eq!(summary(&looked, mode), "fail: 1 secret in 2 commits (1 file version)");
        }
        let looked = Looked { commits: 1, files: 3, known: 40, large: 1, ..Looked::default() };
        assert_eq!(
            summary(&looked, Mode::History),
            "pass: no secret in 1 commit (43 file versions; left out: 1 too large)"
        );
    }
}
