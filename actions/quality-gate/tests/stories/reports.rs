//! What a gate's report says, and what shows that it is one of this run.

use serde_json::Value;

use crate::story::{Story, gates};

/// A policy with one gate that writes `text` to `path` and ends with `code`.
fn writes(path: &str, text: &str, code: i32) -> Story {
    let script = format!("mkdir -p reports && cp made {path}; exit {code}");
    Story::with(&format!("[gates.unit]\nrun = [\"sh\", \"-c\", \"{script}\"]\nreport = \"{path}\"\n"))
        .file("made", text)
}

fn junit(tests: &str) -> String {
    format!("<testsuites><testsuite name=\"a\">{tests}</testsuite></testsuites>")
}

const GOOD: &str = "<testcase classname=\"a\" name=\"adds\"/>";
const BAD: &str = "<testcase classname=\"a\" name=\"adds\" file=\"src/a.test.ts\" line=\"2\"><failure message=\"expected 2\"/></testcase>";
const SKIPPED: &str = "<testcase classname=\"a\" name=\"later\"><skipped/></testcase>";

#[test]
fn tests_are_counted_and_shown() {
    let report = writes("reports/junit.xml", &junit(&format!("{GOOD}{SKIPPED}")), 0).report(&[], 0);
    assert_eq!(gates(&report), ["unit pass: 1 of 2 tests passed, 1 skipped"]);
    let counts = &report["details"]["gates"][0]["counts"];
    assert_eq!((&counts["tests"], &counts["skipped"]), (&2.into(), &1.into()));
}

#[test]
fn a_failed_test_is_a_finding_at_its_line() {
    let story = writes("reports/junit.xml", &junit(&format!("{GOOD}{BAD}")), 1).file("src/a.test.ts", "one\ntwo\n");
    let report = story.report(&[], 1);
    assert_eq!(gates(&report), ["unit fail: 1 of 2 tests passed, 1 failed"]);
    let finding = &report["findings"][0];
    assert_eq!((&finding["path"], &finding["start_line"]), (&"src/a.test.ts".into(), &2.into()));
    assert_eq!(finding["severity"], "error");
}

#[test]
fn what_two_gates_find_is_told_once() {
    let bad = junit(BAD);
    let gate = |id: &str| format!("[gates.{id}]\nrun = \"cp made {id}.xml\"\nreport = \"{id}.xml\"\n");
    let story = Story::with(&(gate("unit") + &gate("again"))).file("made", &bad).file("src/a.test.ts", "one\ntwo\n");
    let report = story.report(&[], 1);
    assert_eq!(gates(&report).len(), 2);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_program_that_hides_its_failure_fails_all_the_same() {
    let report = writes("reports/junit.xml", &junit(BAD), 0).report(&[], 1);
    assert_eq!(gates(&report), ["unit fail: 0 of 1 test passed, 1 failed; though it ended with 0"]);
    let report = writes("reports/junit.xml", &junit(GOOD), 2).report(&[], 1);
    assert_eq!(gates(&report), ["unit fail: 1 of 1 test passed; ended with 2, though its report names no error"]);
}

#[test]
fn a_tool_that_could_not_do_its_work_is_unproven_whatever_its_exit_code() {
    let log = |results: &str| {
        format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "scanner"}}}}, "results": [{results}], "invocations":
            [{{"executionSuccessful": false, "toolExecutionNotifications": [{{"level": "error", "message": {{"text": "no memory"}}}}]}}]}}]}}"#
        )
    };
    for code in [0, 2] {
        let report = writes("reports/scan.sarif", &log(""), code).report(&[], 3);
        let told = gates(&report);
        assert!(
            told[0].starts_with("unit unproven: ")
                && told[0].ends_with("; scanner says that its run was not successful: no memory"),
            "{told:?}"
        );
    }
    let found = r#"{"ruleId": "A", "level": "error", "message": {"text": "wrong"}}"#;
    let told = gates(&writes("reports/scan.sarif", &log(found), 0).report(&[], 1));
    assert!(told[0].starts_with("unit fail: 1 error"), "{told:?}");
}

#[test]
fn no_test_is_no_pass() {
    let report = writes("reports/junit.xml", &junit(""), 0).report(&[], 3);
    assert_eq!(gates(&report), ["unit unproven: 0 of 0 tests passed; no test ran"]);
    let report = writes("reports/junit.xml", &junit(SKIPPED), 0).report(&[], 3);
    assert_eq!(gates(&report), ["unit unproven: 0 of 1 test passed, 1 skipped; 1 test skipped, and no other ran"]);
}

#[test]
fn no_file_is_no_pass() {
    let report = writes("reports/eslint.json", "[]", 0).report(&[], 3);
    assert_eq!(
        gates(&report),
        ["unit unproven: ended with 0; its report `reports/eslint.json` is in no format that is known, or was cut off"]
    );
    let policy = "[gates.lint]\nrun = \"echo []\"\nformat = \"eslint\"\n";
    assert_eq!(
        gates(&Story::with(policy).report(&[], 3)),
        ["lint unproven: nothing wrong in 0 files; it looked at no file"]
    );
}

#[test]
fn half_a_report_is_unproven() {
    let whole = junit(GOOD);
    let report = writes("reports/junit.xml", &whole[..whole.len() - 20], 0).report(&[], 3);
    let told = gates(&report).remove(0);
    assert!(
        told.starts_with("unit unproven: ended with 0; its report `reports/junit.xml` cannot be read as junit: "),
        "{told}"
    );
    let report = writes("reports/junit.xml", "", 0).report(&[], 3);
    assert_eq!(gates(&report), ["unit unproven: ended with 0; its report `reports/junit.xml` is empty"]);
    let report = writes("reports/junit.xml", "", 4).report(&[], 1);
    assert_eq!(gates(&report), ["unit fail: ended with 4; its report `reports/junit.xml` is empty"]);
}

#[test]
fn a_report_of_an_earlier_run_proves_nothing() {
    let policy = "[gates.unit]\nrun = \"true\"\nreport = \"reports/junit.xml\"\n";
    let story = Story::with(policy).file("reports/junit.xml", junit(GOOD));
    let old = "unit unproven: ended with 0; its report `reports/junit.xml` is older than this run";
    assert_eq!(gates(&story.report(&[], 3)), [old]);
    // Brought back with its old time, as a cache does it.
    let script = "cp -p reports/junit.xml kept && rm reports/junit.xml && cp -p kept reports/junit.xml";
    let policy = format!("[gates.unit]\nrun = [\"sh\", \"-c\", \"{script}\"]\nreport = \"reports/junit.xml\"\n");
    assert_eq!(gates(&story.policy(&policy).report(&[], 3)), [old]);
}

#[test]
fn a_report_that_is_not_there_is_missed_and_what_is_there_is_named() {
    let policy = "[gates.unit]\nrun = \"touch reports/unit.xml\"\nreport = \"reports/junit*.xml\"\n";
    let report = Story::with(policy).file("reports/old.txt", "").report(&[], 3);
    assert_eq!(
        gates(&report),
        [
            "unit unproven: ended with 0; its report `reports/junit*.xml` is not there; `reports` holds `old.txt` and `unit.xml`"
        ]
    );
    let policy = "[gates.unit]\nrun = \"true\"\nreport = \"out/a/junit.xml\"\n";
    assert_eq!(
        gates(&Story::with(policy).report(&[], 3)),
        ["unit unproven: ended with 0; its report `out/a/junit.xml` is not there; the root holds `ops.toml`"]
    );
}

#[test]
fn several_reports_are_one() {
    let script = "mkdir -p r && cp made r/a.xml && cp made r/b.xml";
    let policy = format!("[gates.unit]\nrun = [\"sh\", \"-c\", \"{script}\"]\nreport = \"r/*.xml\"\n");
    let report = Story::with(&policy).file("made", junit(GOOD)).report(&[], 0);
    assert_eq!(gates(&report), ["unit pass: 2 of 2 tests passed"]);
}

#[test]
fn what_a_program_prints_may_be_its_report() {
    let policy = "[gates.types]\nrun = [\"sh\", \"-c\", \"echo 'src/a.ts(2,5): error TS2322: wrong'; exit 2\"]\n";
    let report = Story::with(policy).file("src/a.ts", "one\ntwo\n").report(&[], 1);
    assert_eq!(gates(&report), ["types fail: 1 error"]);
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["rule"], &finding["path"], &finding["start_column"]),
        (&"typescript/TS2322".into(), &"src/a.ts".into(), &5.into())
    );
    let silent = Story::with("[gates.types]\nrun = \"true\"\nformat = \"tsc\"\n").report(&[], 0);
    assert_eq!(gates(&silent), ["types pass: nothing wrong"]);
}

#[test]
fn an_unknown_format_is_refused_at_its_place() {
    let outcome = Story::with("[gates.lint]\nrun = \"true\"\nformat = \"es-lint\"\n").run(&[]);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(
        outcome.stderr,
        "error: ops.toml:3:10: unknown format `es-lint`, did you mean `eslint`?\n3 | format = \"es-lint\"\n  |          ^^^^^^^^^\n"
    );
}

fn eslint(warnings: usize) -> String {
    let message =
        r#"{"ruleId":"no-console","severity":1,"message":"Unexpected console statement.","line":1,"column":1}"#;
    let messages = vec![message; warnings].join(",");
    format!(
        r#"[{{"filePath":"a.ts","messages":[{messages}],"suppressedMessages":[],"errorCount":0,"fatalErrorCount":0,"warningCount":{warnings},"fixableErrorCount":0,"fixableWarningCount":0}}]"#
    )
}

#[test]
fn warnings_have_a_budget() {
    let story = |most: u64| {
        let policy =
            format!("[gates.lint]\nrun = \"cp made eslint.json\"\nreport = \"eslint.json\"\nwarnings = {most}\n");
        Story::with(&policy).file("made", eslint(3)).file("a.ts", "console.log(1);\n")
    };
    assert_eq!(gates(&story(3).report(&[], 0)), ["lint pass: 3 warnings in 1 file"]);
    assert_eq!(
        gates(&story(2).report(&[], 1)),
        ["lint fail: 3 warnings in 1 file; 3 warnings, and the policy allows 2"]
    );
    let silent = Story::with("[gates.lint]\nrun = \"true\"\nwarnings = 0\n");
    assert_eq!(gates(&silent.report(&[], 3)), ["lint unproven: ended with 0; no report tells its warnings"]);
}

#[test]
fn a_ratchet_lets_no_number_get_worse() {
    let policy = "[gates.lint]\nrun = \"cp made eslint.json\"\nreport = \"eslint.json\"\nratchet = [\"warnings\"]\n";
    let story = Story::with(policy).file("made", eslint(2)).file("a.ts", "console.log(1);\n");
    assert_eq!(
        gates(&story.report(&[], 3)),
        ["lint unproven: 2 warnings in 1 file; it is not written down how many warnings there may be: now 2"]
    );
    let report = story.report(&["baseline"], 0);
    assert_eq!(
        report["checks"][0]["summary"],
        "ops-baseline.json knows 2 findings, 0 before; 2 without an owner: write `owner`, `reason` and `expires` there; ops-ratchet.json holds 1 number"
    );
    assert_eq!(
        serde_json::from_str::<Value>(&story.repository.read("ops-ratchet.json")).unwrap(),
        serde_json::json!({ "schema": 1, "gates": { "lint": { "warnings": 2.0 } } })
    );
    story.report(&[], 0);
    let story = story.file("made", eslint(3));
    assert_eq!(gates(&story.report(&[], 1)), ["lint fail: 3 warnings in 1 file; warnings rose from 2 to 3"]);
    let story = story.file("made", eslint(1));
    story.report(&[], 0);
}

#[test]
fn an_installation_that_changes_the_lockfile_fails() {
    let policy = "[gates.install]\nrun = \"cp other package-lock.json\"\n";
    let package = r#"{ "scripts": {}, "dependencies": { "a": "1.0.0" } }"#;
    let story = Story::with(policy).file("package.json", package).file("package-lock.json", "{}").file("other", "{ }");
    assert_eq!(
        gates(&story.report(&["--only", "install"], 0)),
        ["install pass: ended with 0"],
        "not by that name alone"
    );
    // The installation that is found, by a stand-in for npm.
    let story = story.policy("").file("bin/npm", "#!/bin/sh\ncp other package-lock.json\n");
    std::process::Command::new("chmod").arg("+x").arg(story.repository.path().join("bin/npm")).status().unwrap();
    let path = format!("{}:{}", story.repository.path().join("bin").display(), std::env::var("PATH").unwrap());
    let story = story.file("package-lock.json", "{}").env("PATH", &path);
    assert_eq!(
        gates(&story.report(&["--only", "install"], 1)),
        ["install fail: the installation changed package-lock.json"]
    );
}
