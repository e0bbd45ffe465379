//! Playwright's `--reporter=json`: <https://playwright.dev/docs/test-reporters#json-reporter>.

use std::borrow::Cow;

use ops_core::Severity;
use serde::Deserialize;

use crate::{
    Issue, Reading, Region, Unreadable,
    json::{self, Position},
    suites, text,
};

#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow)]
    config: Config<'a>,
    #[serde(borrow)]
    suites: Vec<Suite<'a>>,
    /// What went wrong outside of the tests: a file that cannot be loaded, no tests at all, a time limit of the whole run.
    #[serde(borrow)]
    errors: Vec<Problem<'a>>,
    stats: Stats,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    /// What the files of suites are relative to.
    #[serde(borrow)]
    root_dir: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

#[derive(Deserialize)]
struct Suite<'a> {
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    specs: Vec<Spec<'a>>,
    #[serde(borrow, default)]
    suites: Vec<Suite<'a>>,
}

#[derive(Deserialize)]
struct Spec<'a> {
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    file: Cow<'a, str>,
    line: Position,
    column: Position,
    /// One for each project.
    #[serde(borrow)]
    tests: Vec<Test<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    project_name: Cow<'a, str>,
    /// One for each try.
    #[serde(borrow)]
    results: Vec<Outcome<'a>>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    error: Option<Problem<'a>>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    value: Option<Cow<'a, str>>,
    #[serde(borrow)]
    location: Option<Location<'a>>,
}

#[derive(Deserialize)]
struct Location<'a> {
    #[serde(borrow)]
    file: Cow<'a, str>,
    line: Position,
    column: Position,
}

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let run: Run<'_> = json::read(report)?;
    let mut reading = Reading::default();
    for what in ["files", "tests", "passed", "failed", "flaky", "skipped", "errors"] {
        reading.count(what, 0);
    }
    for suite in &run.suites {
        reading.count("files", 1);
        // The outermost title is the file's name.
        read_suite(&run.config.root_dir, suite, &mut Vec::new(), &mut reading)?;
    }
    suites::agree(
        &reading,
        &[
            ("stats.expected", run.stats.expected, "passed"),
            ("stats.unexpected", run.stats.unexpected, "failed"),
            ("stats.flaky", run.stats.flaky, "flaky"),
            ("stats.skipped", run.stats.skipped, "skipped"),
        ],
    )?;
    // A test that passed at last has passed.
    reading.count("passed", run.stats.flaky);
    for problem in &run.errors {
        reading.count("errors", 1);
        reading.count("failed", 1);
        reading.add(outside(problem));
    }
    Ok(reading)
}

fn read_suite<'a>(
    root: &str,
    suite: &'a Suite<'a>,
    titles: &mut Vec<&'a str>,
    reading: &mut Reading,
) -> Result<(), Unreadable> {
    for spec in &suite.specs {
        for test in &spec.tests {
            let counted = match &*test.status {
                "expected" => "passed",
                "unexpected" => {
                    reading.add(unexpected(root, titles, spec, test));
                    "failed"
                }
                "flaky" => "flaky",
                "skipped" => "skipped",
                other => {
                    let reason = format!("unknown status `{}`", text::one_line(other));
                    return Err(Unreadable::malformed("suites[].specs[].tests[].status", reason));
                }
            };
            reading.count(counted, 1);
            reading.count("tests", 1);
        }
    }
    for inner in &suite.suites {
        titles.push(&inner.title);
        read_suite(root, inner, titles, reading)?;
        titles.pop();
    }
    Ok(())
}

fn unexpected(root: &str, titles: &[&str], spec: &Spec<'_>, test: &Test<'_>) -> Issue {
    let mut names = titles.to_vec();
    names.push(&spec.title);
    let name = text::one_line(&names.join(" › "));
    let last = test.results.last();
    let problem = last.and_then(|outcome| outcome.error.as_ref());
    let status = last.map_or("never ran", |outcome| &outcome.status);
    let why = problem.map(Problem::words).filter(|words| !words.is_empty());
    let why = why.unwrap_or_else(|| format!("{status}, which was not expected"));
    let place = problem.and_then(|problem| problem.location.as_ref());
    // An error may have come from a helper: then the test's own line says more than another file's.
    let place = place.filter(|place| suites::same_file(&place.file, &spec.file));
    let region = place.map_or_else(
        || Region {
            path: text::path(&format!("{}/{}", root.trim_end_matches('/'), spec.file)),
            start_line: spec.line.0,
            start_column: spec.column.0,
            ..Region::default()
        },
        Location::region,
    );
    Issue {
        rule: "test/failed".to_owned(),
        severity: Severity::Error,
        message: text::one_line(&format!("{name}: {why}")),
        help: String::new(),
        region: Some(region),
        identity: text::one_line(&format!("{} {} {name}", test.project_name, spec.file)),
    }
}

fn outside(problem: &Problem<'_>) -> Issue {
    let words = problem.words();
    Issue {
        rule: "test/error".to_owned(),
        severity: Severity::Error,
        message: if words.is_empty() { "the run failed outside of its tests".to_owned() } else { words },
        help: String::new(),
        region: problem.location.as_ref().map(Location::region),
        identity: String::new(),
    }
}

impl Problem<'_> {
    fn words(&self) -> String {
        suites::without_stack(self.message.as_deref().or(self.value.as_deref()).unwrap_or_default())
    }
}

impl Location<'_> {
    fn region(&self) -> Region {
        let path = text::path(&self.file);
        Region { path, start_line: self.line.0, start_column: self.column.0, ..Region::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn what_was_not_expected_is_a_failure_and_what_passed_at_last_is_flaky() {
        assert_eq!(
            testing::told(Format::Playwright, "playwright-1.65/findings.json"),
            "error test/failed /repo/tests/page.spec.js:9:46-0:0 a page › has no heading: \
             Error: expect(received).toBe(expected) // Object.is equality Expected: 1 Received: 0\n\
             errors 0, failed 1, files 1, flaky 1, passed 3, skipped 1, tests 5"
        );
        assert_eq!(
            testing::told(Format::Playwright, "playwright-1.40/findings.json"),
            "error test/failed /repo/tests/page.spec.js:3:50-0:0 a page › has no heading: \
             Error: expect(received).toBe(expected) // Object.is equality Expected: 1 Received: 0\n\
             errors 0, failed 1, files 2, flaky 1, passed 2, skipped 1, tests 4"
        );
        assert_eq!(
            testing::told(Format::Playwright, "playwright-1.65/clean.json"),
            "errors 0, failed 0, files 1, flaky 0, passed 1, skipped 0, tests 1"
        );
    }

    #[test]
    fn what_fails_outside_of_the_tests_is_a_failure() {
        let told = testing::told(Format::Playwright, "playwright-1.65/broken.json");
        assert!(
            told.starts_with(
                "error test/error /repo/broken/broken.spec.js:1:1-0:0 Error: Cannot find module './missing'"
            ),
            "{told}"
        );
        assert!(told.ends_with(
            "error test/error Error: No tests found\nerrors 2, failed 2, files 0, flaky 0, passed 0, skipped 0, tests 0"
        ));
    }

    #[test]
    fn a_run_without_tests_counts_none() {
        let told = testing::told(Format::Playwright, "playwright-1.65/none.json");
        assert_eq!(told, "errors 0, failed 0, files 0, flaky 0, passed 0, skipped 0, tests 0");
    }

    fn report(status: &str, unexpected: u64) -> String {
        format!(
            r#"{{"config": {{"rootDir": "/repo"}}, "errors": [], "stats": {{"expected": 0, "unexpected": {unexpected}, "flaky": 0, "skipped": 0}},
            "suites": [{{"title": "a", "specs": [{{"title": "b", "file": "a.ts", "line": 3, "column": 1, "tests": [
            {{"status": "{status}", "projectName": "p", "results": [{{"status": "passed"}}]}}]}}]}}]}}"#
        )
    }

    #[test]
    fn a_test_that_should_have_failed_is_told_at_its_own_line() {
        let reading = read(&report("unexpected", 1)).unwrap();
        assert_eq!(
            testing::words(&reading),
            "error test/failed /repo/a.ts:3:1-0:0 b: passed, which was not expected\n\
             errors 0, failed 1, files 1, flaky 0, passed 0, skipped 0, tests 1"
        );
        assert_eq!(reading.issues[0].identity, "p a.ts b");
    }

    #[test]
    fn sums_and_statuses_that_make_no_sense_are_refused() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told(&report("unexpected", 0)), "stats.unexpected: says 0, but the report lists 1");
        assert_eq!(told(&report("expected", 1)), "stats.expected: says 0, but the report lists 1");
        assert_eq!(told(&report("odd", 0)), "suites[].specs[].tests[].status: unknown status `odd`");
    }
}
