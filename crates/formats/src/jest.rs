//! Jest's `--json`: <https://jestjs.io/docs/configuration#testresultsprocessor-string> gives its shape.

use serde::Deserialize;

use crate::{
    Reading, Unreadable, json,
    suites::{self, TestFile},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    success: bool,
    was_interrupted: bool,
    num_total_tests: u64,
    num_failed_tests: u64,
    num_passed_tests: u64,
    num_pending_tests: u64,
    num_todo_tests: u64,
    /// Files that could not be loaded. None of their tests is counted anywhere else.
    num_runtime_error_test_suites: u64,
    #[serde(borrow)]
    test_results: Vec<TestFile<'a>>,
}

pub(crate) fn read(text: &str) -> Result<Reading, Unreadable> {
    let run: Run<'_> = json::read(text)?;
    if run.was_interrupted {
        return Err(Unreadable::NoResult("the run was interrupted".to_owned()));
    }
    let mut reading = suites::read(&run.test_results)?;
    suites::agree(
        &reading,
        &[
            ("numTotalTests", run.num_total_tests, "tests"),
            ("numFailedTests", run.num_failed_tests, "failed"),
            ("numPassedTests", run.num_passed_tests, "passed"),
            ("numPendingTests", run.num_pending_tests, "skipped"),
            ("numTodoTests", run.num_todo_tests, "todo"),
        ],
    )?;
    let (declared, listed) = (run.num_runtime_error_test_suites, reading.counted("failed_suites"));
    if declared > listed {
        return Err(Unreadable::sum("numRuntimeErrorTestSuites", declared, listed));
    }
    reading.count("failed", listed);
    suites::successful(run.success, &mut reading);
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_version_tells_the_same() {
        let told = "\
error test/failed /repo/src/sum.test.js:5:23-0:0 sum adds wrongly: Error: expect(received).toBe(expected) // Object.is equality Expected: 4 Received: 3
error test/failed /repo/src/hook.test.js:1:25-0:0 needs the database: Error: no database
error test/suite-failed /repo/src/broken.test.js:1:17-0:0 Test suite failed to run Cannot find module './missing' from 'src/broken.test.js'
failed 3, failed_suites 1, files 5, flaky 1, passed 3, skipped 1, tests 7, todo 1";
        for version in [29, 30] {
            let found = testing::told(Format::Jest, &format!("jest-{version}/findings.json"));
            let sorted = |text: &str| {
                let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                lines.sort_unstable();
                lines
            };
            assert_eq!(sorted(&found), sorted(told), "Jest {version}");
            let clean = testing::told(Format::Jest, &format!("jest-{version}/clean.json"));
            assert_eq!(clean, "failed 0, failed_suites 0, files 1, flaky 0, passed 1, skipped 0, tests 1, todo 0");
            let none = testing::told(Format::Jest, &format!("jest-{version}/none.json"));
            assert_eq!(none, "failed 0, failed_suites 0, files 0, flaky 0, passed 0, skipped 0, tests 0, todo 0");
        }
    }

    /// A report of one file with one test.
    fn report(counts: &str, status: &str) -> String {
        format!(
            r#"{{"success": true, "wasInterrupted": false, "numTotalTests": 1, {counts}, "numPendingTests": 0, "numTodoTests": 0,
            "testResults": [{{"name": "/a.test.js", "status": "passed", "message": "",
            "assertionResults": [{{"fullName": "a", "status": "{status}", "failureMessages": []}}]}}]}}"#
        )
    }

    #[test]
    fn sums_that_its_parts_do_not_come_to_are_refused() {
        let told =
            |counts: &str, status: &str| read(&report(counts, status)).map(|_| ()).map_err(|error| error.to_string());
        let counts = r#""numFailedTests": 0, "numPassedTests": 1, "numRuntimeErrorTestSuites": 0"#;
        assert_eq!(told(counts, "passed"), Ok(()));
        assert_eq!(told(counts, "failed"), Err("numFailedTests: says 0, but the report lists 1".to_owned()));
        assert_eq!(
            told(counts, "exploded"),
            Err("testResults[0].assertionResults[].status: unknown status `exploded`".to_owned())
        );
        let counts = r#""numFailedTests": 1, "numPassedTests": 1, "numRuntimeErrorTestSuites": 0"#;
        assert_eq!(told(counts, "passed"), Err("numFailedTests: says 1, but the report lists 0".to_owned()));
        let counts = r#""numFailedTests": 0, "numPassedTests": 1, "numRuntimeErrorTestSuites": 1"#;
        assert_eq!(told(counts, "passed"), Err("numRuntimeErrorTestSuites: says 1, but the report lists 0".to_owned()));
    }

    #[test]
    fn an_interrupted_run_has_no_result() {
        let counts = r#""numFailedTests": 0, "numPassedTests": 1, "numRuntimeErrorTestSuites": 0"#;
        let report = report(counts, "passed").replace(r#""wasInterrupted": false"#, r#""wasInterrupted": true"#);
        assert_eq!(read(&report).unwrap_err().to_string(), "the tool could not do its work: the run was interrupted");
    }

    #[test]
    fn a_run_that_calls_itself_unsuccessful_has_an_issue() {
        let counts = r#""numFailedTests": 0, "numPassedTests": 1, "numRuntimeErrorTestSuites": 0"#;
        let report = report(counts, "passed").replace(r#""success": true"#, r#""success": false"#);
        assert_eq!(read(&report).unwrap().issues[0].rule, "test/unsuccessful");
    }
}
