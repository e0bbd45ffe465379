//! What Jest and Vitest have in common: files of tests, and what became of each test.

use std::borrow::Cow;

use ops_core::Severity;
use serde::Deserialize;

use crate::{Issue, Reading, Region, Unreadable, json::Position, text};

/// A file of tests.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestFile<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) status: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) message: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) assertion_results: Vec<Test<'a>>,
}

/// One test.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Test<'a> {
    #[serde(borrow)]
    full_name: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    /// Of a test that passed at last, what Vitest says of its earlier tries.
    #[serde(borrow, default)]
    failure_messages: Option<Vec<Cow<'a, str>>>,
    /// How often Jest tried.
    invocations: Option<u64>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    line: Position,
    column: Position,
}

/// Reads the files into issues and counts.
pub(crate) fn read(files: &[TestFile<'_>]) -> Result<Reading, Unreadable> {
    let mut reading = Reading::default();
    for what in ["files", "tests", "passed", "failed", "skipped", "todo", "flaky", "failed_suites"] {
        reading.count(what, 0);
    }
    for (index, file) in files.iter().enumerate() {
        let failed = reading.counted("failed");
        for test in &file.assertion_results {
            read_test(index, file, test, &mut reading)?;
        }
        match &*file.status {
            // A file that could not be loaded, or whose hook failed: its tests did not fail, for none of them ran.
            "failed" if reading.counted("failed") == failed => {
                reading.count("failed_suites", 1);
                reading.add(suite_failed(file));
            }
            "failed" | "passed" | "pending" | "skipped" | "todo" | "focused" => {}
            other => return Err(unknown_status(format!("testResults[{index}].status"), other)),
        }
        reading.count("files", 1);
    }
    Ok(reading)
}

fn read_test(index: usize, file: &TestFile<'_>, test: &Test<'_>, reading: &mut Reading) -> Result<(), Unreadable> {
    let messages = test.failure_messages.as_deref().unwrap_or_default();
    let counted = match &*test.status {
        "passed" => {
            let tried_again = test.invocations.is_some_and(|tries| tries > 1) || !messages.is_empty();
            reading.count("flaky", u64::from(tried_again));
            "passed"
        }
        "failed" => {
            reading.add(test_failed(file, test, messages));
            "failed"
        }
        "pending" | "skipped" | "disabled" => "skipped",
        "todo" => "todo",
        other => return Err(unknown_status(format!("testResults[{index}].assertionResults[].status"), other)),
    };
    reading.count(counted, 1);
    reading.count("tests", 1);
    Ok(())
}

fn unknown_status(place: String, status: &str) -> Unreadable {
    Unreadable::malformed(place, format!("unknown status `{}`", text::one_line(status)))
}

fn test_failed(file: &TestFile<'_>, test: &Test<'_>, messages: &[Cow<'_, str>]) -> Issue {
    let name = text::one_line(&test.full_name);
    let why = messages.first().map(|message| without_stack(message)).unwrap_or_default();
    let at_test = test.location.as_ref().map(|location| (location.line.0, location.column.0));
    let found = messages.iter().find_map(|message| position(message, &file.name)).or(at_test);
    let message = if why.is_empty() { format!("{name} failed") } else { text::one_line(&format!("{name}: {why}")) };
    failed("test/failed", file, message, found, &name)
}

fn suite_failed(file: &TestFile<'_>) -> Issue {
    let why = without_stack(&file.message);
    let why = why.trim_start_matches(['●', ' ']);
    let message =
        if why.is_empty() { "no test of this file failed, but the file did: a hook, or what it needs" } else { why };
    failed("test/suite-failed", file, text::one_line(message), position(&file.message, &file.name), "")
}

fn failed(rule: &str, file: &TestFile<'_>, message: String, found: Option<(u32, u32)>, name: &str) -> Issue {
    let path = text::path(&file.name);
    let (start_line, start_column) = found.unwrap_or_default();
    let file_name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    Issue {
        rule: rule.to_owned(),
        severity: Severity::Error,
        message,
        help: String::new(),
        identity: if name.is_empty() { file_name.to_owned() } else { format!("{file_name} {name}") },
        region: Some(Region { path, start_line, start_column, ..Region::default() }),
    }
}

/// A failure's words: plain, in one line, without the calls that led to it and without the source around it.
pub(crate) fn without_stack(message: &str) -> String {
    let plain = text::without_escapes(message);
    let lines = plain.lines().map(str::trim).take_while(|line| !line.starts_with("at ") && !line.starts_with('❯'));
    let words = lines.filter(|line| !is_source(line)).collect::<Vec<_>>().join(" ");
    text::one_line(&words)
}

/// `> 1 | const { sum } = require("./missing");`, or `|     ^` below it.
fn is_source(line: &str) -> bool {
    let line = line.trim_start_matches(['>', ' ']);
    line.trim_start_matches(|character: char| character.is_ascii_digit()).trim_start().starts_with('|')
}

/// Line and column of the first call in a stack that is in the file: `at Object.toBe (/repo/src/a.test.js:5:23)`. A stack may
/// name the file by the end of its path.
pub(crate) fn position(stack: &str, path: &str) -> Option<(u32, u32)> {
    stack.lines().take(200).find_map(|line| {
        let call = line.trim_start().strip_prefix("at ").or_else(|| line.trim_start().strip_prefix("❯ "))?;
        let place = call.trim_end().trim_end_matches(')');
        let (place, column) = place.rsplit_once(':')?;
        let (place, line) = place.rsplit_once(':')?;
        if names(&place.replace("%20", " "), path) { Some((line.parse().ok()?, column.parse().ok()?)) } else { None }
    })
}

/// The first call in a stack that is in a file of one's own: neither Node.js's nor a dependency's.
pub(crate) fn first_call(stack: &str) -> Option<(String, u32, u32)> {
    stack.lines().take(200).find_map(|line| {
        let call = line.trim_start().strip_prefix("at ")?;
        // `name (place)`, or the place alone, which may hold brackets and blanks itself.
        let place = call.split_once(" (").map_or(call, |(_, place)| place.trim_end_matches(')'));
        let (place, column) = place.trim_start_matches("async ").rsplit_once(':')?;
        let (path, line) = place.rsplit_once(':')?;
        let path = path.strip_prefix("file://").unwrap_or(path).replace("%20", " ");
        let is_own = !path.starts_with("node:") && !path.contains("node_modules/") && path.contains(['/', '.']);
        if is_own { Some((path, line.parse().ok()?, column.parse().ok()?)) } else { None }
    })
}

/// Whether the end of a call is this path, which may hold blanks and brackets, or an end of it.
fn names(call: &str, path: &str) -> bool {
    let is_whole = |before: &str| before.is_empty() || before.ends_with(['/', '(', ' ']);
    let called = call.rsplit(['(', ' ']).next().unwrap_or(call);
    call.strip_suffix(path).is_some_and(is_whole) || same_file(called.strip_prefix("file://").unwrap_or(called), path)
}

/// Whether one path is the other's end.
pub(crate) fn same_file(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() < other.len() { (other, one) } else { (one, other) };
    let before = long.strip_suffix(short);
    !short.is_empty()
        && before.is_some_and(|before| before.is_empty() || before.ends_with('/') || short.starts_with('/'))
}

/// Refuses a sum that its parts do not come to.
pub(crate) fn agree(reading: &Reading, sums: &[(&str, u64, &str)]) -> Result<(), Unreadable> {
    for (place, declared, what) in sums {
        let counted = reading.counted(what);
        if *declared != counted {
            return Err(Unreadable::sum(place, *declared, counted));
        }
    }
    Ok(())
}

/// A run that calls itself unsuccessful has an issue, though none of its tests failed.
pub(crate) fn successful(success: bool, reading: &mut Reading) {
    if !success && reading.issues.is_empty() {
        reading.add(Issue {
            rule: "test/unsuccessful".to_owned(),
            severity: Severity::Error,
            message: "the run calls itself unsuccessful, though none of its tests failed".to_owned(),
            help: "See what the run printed.".to_owned(),
            region: None,
            identity: String::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{first_call, position, without_stack};

    #[test]
    fn a_failure_is_told_without_its_stack_and_its_source() {
        let message = "Error: \u{1b}[2mexpect(\u{1b}[22mreceived)\n\nExpected: 4\nReceived: 3\n    at Object.toBe (/repo/a.js:5:23)\nmore";
        assert_eq!(without_stack(message), "Error: expect(received) Expected: 4 Received: 3");
        let message =
            "  ● Test suite failed to run\n\n    no such file\n\n    > 1 | require('a')\n        |    ^\n      2 |\n";
        assert_eq!(without_stack(message), "● Test suite failed to run no such file");
    }

    #[test]
    fn the_first_call_of_ones_own_is_no_call_of_a_tool() {
        let stack = "Error: x\n  at async Promise.all (index 0) {\n  at f (/repo/node_modules/e.js:1:2)\n\
                     at Test.run (node:internal/test:7:8)\n  at Context.<anonymous> (file:///repo/my%20a.test.js:9:12)\n";
        assert_eq!(first_call(stack), Some(("/repo/my a.test.js".to_owned(), 9, 12)));
        assert_eq!(first_call("at async src/a.test.js:3:4"), Some(("src/a.test.js".to_owned(), 3, 4)));
        assert_eq!(first_call("at native:1:2\nat x"), None);
    }

    #[test]
    fn the_place_of_a_failure_is_the_first_call_in_its_file() {
        let stack =
            "Error: x\n    at expect (/repo/node_modules/e.js:1:2)\n    at Object.toBe (/repo/src/a.test.js:5:23)";
        assert_eq!(position(stack, "/repo/src/a.test.js"), Some((5, 23)));
        assert_eq!(position("    at file:///repo/src/a.test.js:5:23", "/repo/src/a.test.js"), Some((5, 23)));
        assert_eq!(position(" ❯ src/a.test.js:6:23", "/repo/src/a.test.js"), Some((6, 23)));
        let (shop, group) = ("/the shop/a.test.js", "/repo/(shop)/a.test.js");
        assert_eq!(position("    at /the shop/a.test.js:5:23", shop), Some((5, 23)));
        assert_eq!(position("    at run (file:///the%20shop/a.test.js:5:23)", shop), Some((5, 23)));
        assert_eq!(position("    at run (/repo/(shop)/a.test.js:5:23)", group), Some((5, 23)));
        assert_eq!(position("    at /the other shop/ba.test.js:5:23", "/shop/a.test.js"), None);
        assert_eq!(position(stack, "/repo/src/b.test.js"), None);
        assert_eq!(position("at :1:2", "/repo/src/b.test.js"), None);
    }
}
