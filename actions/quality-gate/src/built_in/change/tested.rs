//! A change of code brings tests, or says why not.

use ops_core::{Place, Severity};
use ops_typescript::purpose;
use serde_json::Value;

use super::{NEXT, changed, unanswered};
use crate::built_in::BuiltIn;
use crate::built_in::rule::{count, judged, unknown};
use crate::code::is_code;
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(in crate::built_in) const GATE: BuiltIn =
    BuiltIn { id: "tests", title: "The change has tests, or a reason", check };

rule! {
    /// ## What it does
    /// Finds a change of TypeScript or JavaScript that runs in production without a change of any test. A line `No-tests: reason` in the
    /// pull request or in one of its commits answers it. It is a warning, and an error with `[release] require_tests = true`.
    ///
    /// ## Why is this bad
    /// What no test holds is broken by the next change, and nobody notices.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git commit -m "Round totals"
    /// # after: with src/totals.test.ts, or
    /// git commit -m "Rename a variable" -m "No-tests: nothing behaves differently"
    /// ```
    UNTESTED: "release/untested", "Code changed, and no test"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let changed = match changed(situation) {
        Ok(changed) => changed,
        Err(reason) => return unanswered(reason),
    };
    let is_there = |path: &&String| situation.root.join(path).is_file();
    let (tests, code): (Vec<&String>, Vec<&String>) =
        changed.keys().filter(|path| is_code(path)).filter(is_there).partition(|path| purpose::is_test(path));
    let code: Vec<&String> = code.into_iter().filter(|path| purpose::is_production(path)).collect();
    let first = code.first()?;
    if !tests.is_empty() {
        let good = format!("{} of code with {} of tests", count(code.len(), "file"), count(tests.len(), "file"));
        return Some(Outcome::pass(good));
    }
    let commits = match situation.commits() {
        Ok(commits) => commits,
        Err(reason) => return Some(unknown(reason, NEXT)),
    };
    let body = body(situation);
    let texts = commits.iter().map(|commit| commit.message.as_str()).chain(body.as_deref());
    if let Some(reason) = texts.filter_map(reason).next() {
        return Some(Outcome::pass(format!("no tests: {reason}")));
    }
    let severity = if situation.policy.release.require_tests { Severity::Error } else { Severity::Warning };
    let message = format!("{} of code changed, and no test", count(code.len(), "file"));
    let help =
        "Add a test that fails without the change, or the line `No-tests: <reason>` to a commit or the pull request.";
    let finding = UNTESTED.finding(severity, Place::file(first.as_str()), &[], message.clone(), help);
    Some(judged(message, vec![finding], &[]))
}

/// What stands behind `No-tests:` at the start of a line.
fn reason(text: &str) -> Option<&str> {
    const TRAILER: &str = "no-tests:";
    text.lines().find_map(|line| {
        let line = line.trim();
        let (name, reason) = line.split_at_checked(TRAILER.len())?;
        let reason = reason.trim();
        (name.eq_ignore_ascii_case(TRAILER) && !reason.is_empty()).then_some(reason)
    })
}

/// What the author wrote into the pull request.
fn body(situation: &Situation<'_>) -> Option<String> {
    let path = situation.variables.get("GITHUB_EVENT_PATH")?;
    let payload: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    Some(payload.pointer("/pull_request/body")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{GATE, reason};
    use crate::built_in::testing::Repository;

    fn changed(subject: &str, files: &[(&str, &str)]) -> Repository {
        Repository::with(&[("src/a.ts", "1"), ("src/old.test.ts", "1")]).change(subject, files)
    }

    #[test]
    fn code_with_a_test_passes() {
        let repository = changed("Change", &[("src/a.ts", "2"), ("src/a.test.ts", "1")]);
        assert_eq!(repository.verdict(&GATE), "pass: 1 file of code with 1 file of tests");
    }

    #[test]
    fn code_without_a_test_is_a_warning_and_an_error_where_the_policy_says_so() {
        let repository = changed("Change", &[("src/a.ts", "2")]);
        assert_eq!(
            repository.finds(&GATE),
            ["warning release/untested src/a.ts:1: 1 file of code changed, and no test"]
        );
        let strict = repository.policy("[release]\nrequire_tests = true\n");
        assert_eq!(strict.verdict(&GATE), "fail: src/a.ts: 1 file of code changed, and no test");
        std::fs::remove_file(strict.folder.path().join("src/old.test.ts")).unwrap();
        assert_eq!(strict.finds(&GATE).len(), 1, "a test that is removed tests nothing");
    }

    #[test]
    fn a_reason_answers_it_in_a_commit_or_in_the_pull_request() {
        let repository = changed("Rename\n\nNo-tests: nothing behaves differently", &[("src/a.ts", "2")]);
        assert_eq!(repository.verdict(&GATE), "pass: no tests: nothing behaves differently");
        let repository = changed("Rename", &[("src/a.ts", "2")]);
        let event = repository.folder.outside().join("event.json");
        std::fs::write(&event, r#"{ "pull_request": { "body": "Renames it.\r\n\r\nno-tests: a name\r\n" } }"#).unwrap();
        let told = repository.variables(&[("GITHUB_EVENT_PATH", &event.display().to_string())]);
        assert_eq!(told.verdict(&GATE), "pass: no tests: a name");
        for none in ["No-tests:", "No-tests:   ", "I say No-tests: x", "No tests: x"] {
            assert_eq!(reason(none), None, "{none}");
        }
    }

    #[test]
    fn a_change_of_no_code_is_not_asked() {
        let files = [("docs/a.md", "1"), ("next.config.ts", "1"), ("scripts/seed.ts", "1"), ("a.d.ts", "1")];
        assert_eq!(changed("Change", &files).verdict(&GATE), "not asked");
        assert_eq!(Repository::with(&[("src/a.ts", "1")]).verdict(&GATE), "not asked");
    }
}
