//! From what was looked at to findings, to what a gate came to, and to the report's details.

use ops_core::words::{all_of, count};
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
    let help = [ROTATE, if found.commit.is_some() { STILL_THERE } else { "" }, NO_SECRET];
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
        ("files", looked.files),
        ("commits", looked.commits),
        ("binary", looked.binary),
        ("too_large", looked.large),
        ("known_clean", looked.known),
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

/// `12 files`, `3 commits`, with what was left.
fn seen(looked: &Looked, mode: Mode) -> String {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let looked_into = number(looked.files + looked.known);
    let mut seen = match mode {
        Mode::Tree => count(looked_into, "file"),
        Mode::Range | Mode::History => {
            format!("{} and {} of files", count(number(looked.commits), "commit"), count(looked_into, "content"))
        }
    };
    let left = [(looked.binary, "no text"), (looked.large, "too large")];
    let left = all_of(left.iter().filter(|(left, _)| *left > 0).map(|(left, why)| format!("{left} {why}")));
    if !left.is_empty() {
        seen.push_str(&format!(" ({left})"));
    }
    seen
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
