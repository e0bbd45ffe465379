//! Vitest's `--reporter=json`: Jest's shape, without its count of files that could not be loaded.
//!
//! An error that no test waits for (a rejected promise, a timer) fails the run, but stands nowhere in the report: only the exit
//! code tells it.

use serde::Deserialize;

use crate::{
    Reading, Unreadable, json,
    suites::{self, TestFile},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    success: bool,
    num_total_tests: u64,
    num_failed_tests: u64,
    /// Counts files and their `describe` blocks.
    num_failed_test_suites: u64,
    #[serde(borrow)]
    test_results: Vec<TestFile<'a>>,
}

pub(crate) fn read(text: &str) -> Result<Reading, Unreadable> {
    let run: Run<'_> = json::read(text)?;
    let mut reading = suites::read(&run.test_results)?;
    // Vitest 1 counts whatever did not fail as passed, so that sum is not asked for.
    suites::agree(
        &reading,
        &[("numTotalTests", run.num_total_tests, "tests"), ("numFailedTests", run.num_failed_tests, "failed")],
    )?;
    let listed = run.test_results.iter().filter(|file| file.status == "failed").count() as u64;
    if run.num_failed_test_suites > 0 && listed == 0 {
        return Err(Unreadable::sum("numFailedTestSuites", run.num_failed_test_suites, listed));
    }
    reading.count("failed", reading.counted("failed_suites"));
    suites::successful(run.success, &mut reading);
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn a_file_that_could_not_be_loaded_and_a_hook_that_failed_are_failures() {
        for version in [1, 2, 3, 4, 5] {
            let missing = match version {
                1 | 2 => {
                    "Failed to load url ./missing.js (resolved id: ./missing.js) in /repo/src/broken.test.js. Does the file exist?"
                }
                3 => "Cannot find module './missing.js' imported from '/repo/src/broken.test.js'",
                _ => "Cannot find module './missing.js' imported from /repo/src/broken.test.js",
            };
            let kind = if version == 1 { "" } else { "AssertionError: " };
            let told = format!(
                "error test/suite-failed /repo/src/broken.test.js:0:0-0:0 {missing}\n\
                 error test/suite-failed /repo/src/hook.test.js:0:0-0:0 no test of this file failed, but the file did: a hook, or what it needs\n\
                 error test/failed /repo/src/sum.test.js:6:23-0:0 sum adds wrongly: {kind}expected 3 to be 4 // Object.is equality\n\
                 failed 3, failed_suites 2, files 6, flaky 1, passed 4, skipped 2, tests 8, todo 1"
            );
            let found = testing::told(Format::Vitest, &format!("vitest-{version}/findings.json"));
            assert_eq!(found, told, "Vitest {version}");
        }
    }

    #[test]
    fn an_error_that_no_test_waits_for_stands_nowhere_in_the_report() {
        for version in [1, 2, 3, 4, 5] {
            let found = testing::told(Format::Vitest, &format!("vitest-{version}/rejected.json"));
            assert_eq!(found, "failed 0, failed_suites 0, files 1, flaky 0, passed 1, skipped 0, tests 1, todo 0");
        }
    }

    #[test]
    fn a_run_without_tests_counts_none() {
        for version in [3, 4, 5] {
            let found = testing::told(Format::Vitest, &format!("vitest-{version}/none.json"));
            assert_eq!(found, "failed 0, failed_suites 0, files 0, flaky 0, passed 0, skipped 0, tests 0, todo 0");
        }
    }

    #[test]
    fn sums_that_its_parts_do_not_come_to_are_refused() {
        let told = |sums: &str, status: &str| {
            let report = format!(
                r#"{{"success": true, {sums}, "numTotalTests": 0,
                "testResults": [{{"name": "/a", "status": "{status}", "assertionResults": []}}]}}"#
            );
            read(&report).map(|reading| reading.counted("failed")).map_err(|error| error.to_string())
        };
        assert_eq!(told(r#""numFailedTests": 0, "numFailedTestSuites": 1"#, "failed"), Ok(1));
        assert_eq!(
            told(r#""numFailedTests": 1, "numFailedTestSuites": 1"#, "failed"),
            Err("numFailedTests: says 1, but the report lists 0".to_owned())
        );
        assert_eq!(
            told(r#""numFailedTests": 0, "numFailedTestSuites": 1"#, "passed"),
            Err("numFailedTestSuites: says 1, but the report lists 0".to_owned())
        );
        assert_eq!(
            told(r#""numFailedTests": 0, "numFailedTestSuites": 0"#, "lost"),
            Err("testResults[0].status: unknown status `lost`".to_owned())
        );
    }
}
