use super::read;
use crate::{Format, testing};

#[test]
fn vitest_names_files_where_java_has_classes() {
    for version in [1, 2, 3, 4, 5] {
        let told = testing::told(Format::Junit, &format!("vitest-{version}/junit.xml"));
        let (issues, counts) = told.rsplit_once('\n').unwrap();
        assert!(
            issues.contains("error test/failed src/hook.test.js:3:27-0:0 with a database: no database\n"),
            "{issues}"
        );
        let adds =
            "error test/failed src/sum.test.js:6:23-0:0 sum > adds wrongly: expected 3 to be 4 // Object.is equality";
        assert!(issues.contains(adds), "{issues}");
        assert!(issues.starts_with("error test/failed src/broken.test.js:"), "{issues}");
        let expected = match version {
            // The first version leaves the state of a test whose hook failed open.
            1 => "failed 3, flaky 0, passed 5, skipped 2, suites 6, tests 10",
            2..=4 => "failed 3, flaky 0, passed 4, skipped 3, suites 6, tests 10",
            // The fifth tells of an error that no test waits for.
            _ => "failed 4, flaky 0, passed 4, skipped 3, suites 7, tests 11",
        };
        assert_eq!(counts, expected, "Vitest {version}");
    }
    let told = testing::told(Format::Junit, "vitest-5/junit.xml");
    assert!(told.contains("error test/error Unhandled Rejection: nobody waits: nobody waits\n"), "{told}");
}

#[test]
fn jest_junit_tells_a_file_that_could_not_be_loaded() {
    for version in [29, 30] {
        let told = testing::told(Format::Junit, &format!("jest-{version}/jest-junit.xml"));
        let adds = "error test/failed src/sum.test.js:5:23-0:0 sum adds wrongly: Error: expect(received).toBe(expected) \
                    // Object.is equality Expected: 4 Received: 3";
        assert!(told.contains(adds), "{told}");
        assert!(
            told.contains(
                "error test/error src/broken.test.js:1:17-0:0 src/broken.test.js: ● Test suite failed to run"
            )
        );
        // It tells the broken file twice: as an error, and as a test that failed.
        assert!(told.ends_with("failed 4, flaky 0, passed 4, skipped 1, suites 5, tests 9"), "{told}");
    }
}

#[test]
fn pytest_tells_modules_instead_of_files() {
    assert_eq!(
        testing::told(Format::Junit, "pytest-9/junit.xml"),
        "error test/failed test_adds_wrongly: assert 3 == 4 + where 3 = add(1, 2)\n\
         error test/error test_needs_database: failed on setup with \"RuntimeError: no database\"\n\
         failed 2, flaky 0, passed 1, skipped 1, suites 1, tests 4"
    );
}

#[test]
fn node_tells_files_as_tests() {
    for version in ["18.20.8", "20.20.2", "24.9.0", "26.9.0"] {
        let told = |name: &str| testing::told(Format::Junit, &format!("node-{version}/{name}.xml"));
        let findings = told("findings");
        let (issues, counts) = findings.rsplit_once('\n').unwrap();
        let broken = issues.lines().next().unwrap();
        assert!(broken.starts_with("error test/failed "), "{version}: {broken}");
        assert!(
            broken.contains("test/broken.test.js:0:0-0:0 ") && broken.ends_with(": test failed"),
            "{version}: {broken}"
        );
        for place in ["10:10", "18:11", "22:14", "34:12"] {
            assert!(
                issues.contains(&format!("error test/failed /repo/test/price.test.js:{place}-0:0 ")),
                "{version}: {issues}"
            );
        }
        assert!(issues.contains("never runs: test did not finish before its parent and was cancelled"), "{issues}");
        assert!(!issues.contains("not yet"), "what is to be done may fail: {issues}");
        assert_eq!(counts, "failed 6, flaky 0, passed 3, skipped 2, suites 4, tests 11", "{version}");
        assert_eq!(told("clean"), "failed 0, flaky 0, passed 2, skipped 0, suites 1, tests 2");
        // A file in which no test stands, and no file at all.
        assert_eq!(told("none"), "failed 0, flaky 0, passed 0, skipped 0, suites 0, tests 0", "{version}");
        assert_eq!(told("nothing"), "failed 0, flaky 0, passed 0, skipped 0, suites 0, tests 0");
    }
    let to_do = r#"<testsuites><testsuite name="a" failures="1"><testcase name="b" classname="test" failure="x">
        <skipped type="todo"/><failure message="x"/></testcase></testsuite></testsuites>"#;
    assert_eq!(testing::words(&read(to_do).unwrap()), "failed 0, flaky 0, passed 0, skipped 1, suites 1, tests 1");
}

#[test]
fn mocha_names_its_files_only_lately() {
    for version in ["8.4.0", "12.0.3"] {
        let file = if version == "8.4.0" { "mocha" } else { "/repo/mocha" };
        assert_eq!(
            testing::told(Format::Junit, &format!("mocha-{version}/findings.xml")),
            format!(
                "error test/failed {file}/price.test.js:9:12-0:0 adds <nothing> & \"more\": Expected values to be strictly equal: 0 !== 1 + expected - actual -0 +1 AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: 0 !== 1\n\
                 error test/failed {file}/price.test.js:20:29-0:0 waits: too late Error: too late\n\
                 error test/failed {file}/hook.test.js:3:11-0:0 \"before all\" hook for \"never runs\": no database Error: no database\n\
                 failed 3, flaky 0, passed 2, skipped 2, suites 1, tests 7"
            )
        );
        let told = |name: &str| testing::told(Format::Junit, &format!("mocha-{version}/{name}.xml"));
        assert_eq!(told("clean"), "failed 0, flaky 0, passed 2, skipped 0, suites 1, tests 2");
        assert_eq!(told("none"), "failed 0, flaky 0, passed 0, skipped 0, suites 1, tests 0");
    }
}

#[test]
fn bun_tells_more_with_each_version() {
    assert_eq!(
        testing::told(Format::Junit, "bun-1.2.15/test-findings.xml"),
        "error test/failed buntest/price.test.ts:0:0-0:0 counts both failed\n\
         error test/failed buntest/price.test.ts:0:0-0:0 adds <nothing> & \"more\" failed\n\
         error test/failed buntest/price.test.ts:0:0-0:0 passes at last failed\n\
         error test/failed buntest/hook.test.ts:0:0-0:0 never runs failed\n\
         failed 4, flaky 0, passed 2, skipped 2, suites 2, tests 8"
    );
    assert_eq!(
        testing::told(Format::Junit, "bun-1.4.5/test-findings.xml"),
        "error test/failed buntest/price.test.ts:8:21-0:0 adds <nothing> & \"more\": expect(received).toBe(expected) Expected: 1 Received: 0\n\
         error test/failed buntest/price.test.ts:16:33-0:0 counts both: too full\n\
         error test/failed buntest/hook.test.ts:4:34-0:0 (unnamed): no database\n\
         failed 3, flaky 0, passed 3, skipped 2, suites 5, tests 8"
    );
}

#[test]
fn playwright_does_not_say_which_test_was_flaky() {
    assert_eq!(
        testing::told(Format::Junit, "playwright-1.65/junit.xml"),
        "error test/failed page.spec.js:9:46-0:0 a page › has no heading: expect(received).toBe(expected) // Object.is equality\n\
         failed 1, flaky 0, passed 3, skipped 1, suites 1, tests 5"
    );
}

fn told(report: &str) -> String {
    match read(report) {
        Ok(reading) => testing::words(&reading),
        Err(error) => format!("unreadable: {error}"),
    }
}

#[test]
fn a_suite_that_counts_more_failures_than_it_lists_is_believed() {
    assert_eq!(
        told(
            r#"<testsuites failures="3"><testsuite name="a" tests="2" failures="2"><testcase name="x"/></testsuite></testsuites>"#
        ),
        "error test/suite-failed a: says that 2 of its tests failed, but lists 0\n\
         error test/suite-failed : says that 3 of its tests failed, but lists 2\n\
         failed 3, flaky 0, passed 1, skipped 0, suites 1, tests 1"
    );
}

#[test]
fn a_suite_that_counts_fewer_failures_than_it_lists_is_not() {
    let report = r#"<testsuite name="a" failures="0"><testcase name="x"><failure/></testcase></testsuite>"#;
    assert_eq!(told(report), "error test/failed x failed\nfailed 1, flaky 0, passed 0, skipped 0, suites 1, tests 1");
}

#[test]
fn a_test_that_passed_at_last_is_flaky() {
    let report = r#"<testsuite><testcase name="x"><flakyFailure message="m"/></testcase></testsuite>"#;
    assert_eq!(told(report), "failed 0, flaky 1, passed 1, skipped 0, suites 1, tests 1");
    let report = r#"<testsuite><testcase name="x"><failure message="m"/><rerunFailure/></testcase></testsuite>"#;
    assert!(told(report).ends_with("failed 1, flaky 0, passed 0, skipped 0, suites 1, tests 1"));
}

#[test]
fn a_suite_without_tests_counts_none() {
    assert_eq!(told("<testsuites/>"), "failed 0, flaky 0, passed 0, skipped 0, suites 0, tests 0");
}

#[test]
fn other_documents_are_unreadable() {
    assert_eq!(told("<html/>"), "unreadable: byte 7: expected `testsuites` or `testsuite`, found `html`");
    assert_eq!(
        told("<testsuite><testcase><failure/><testcase/></testcase></testsuite>"),
        "unreadable: byte 42: a `testcase` stands in a `testcase`"
    );
    assert_eq!(
        told(r#"<testsuite failures="few"/>"#),
        "unreadable: byte 27: attribute `failures`: expected a number, found `few`"
    );
}
