use super::read;
use crate::{Format, testing};

fn told(report: &str) -> String {
    match read(report) {
        Ok(reading) => testing::words(&reading),
        Err(error) => format!("unreadable: {error}"),
    }
}

/// A log of one run, with what stands in the driver and in the run.
fn log(driver: &str, run: &str) -> String {
    format!(r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "My Tool"{driver}}}}}{run}}}]}}"#)
}

fn results(results: &str) -> String {
    log("", &format!(r#", "results": [{results}]"#))
}

#[test]
fn eslint_keeps_what_it_could_not_parse_among_its_notifications() {
    assert_eq!(
        testing::told(Format::Sarif, "eslint-9/findings.sarif"),
        "error eslint/no-unused-vars /repo/src/findings.js:1:7-1:13 'unused' is assigned a value but never used.\n\
         warning eslint/no-console /repo/src/findings.js:2:1-2:12 Unexpected console statement.\n\
         error eslint/eqeqeq /repo/src/findings.js:4:9-4:11 Expected '===' and instead saw '=='.\n\
         error eslint/no-debugger /repo/src/findings.js:5:3-5:12 Unexpected 'debugger' statement.\n\
         error eslint/ESL0999 /repo/src/broken.js:1:7-1:0 Parsing error: Unexpected token =\n\
         errors 4, files 3, notes 0, rules 4, suppressed 1, warnings 1"
    );
}

#[test]
fn semgrep_leaves_the_level_to_the_rule() {
    assert_eq!(
        testing::told(Format::Sarif, "semgrep-1.182.0/found.sarif"),
        "error semgrep-oss/no-eval src/a.js:1:1-1:10 Do not evaluate text\n\
         warning semgrep-oss/no-console src/a.js:2:1-2:17 Do not print\n\
         error semgrep-oss/no-eval src/broken.js:1:13-2:10 Do not evaluate text\n\
         warning semgrep-oss/Syntax-error Syntax error at line src/broken.js:1: `=` was unexpected\n\
         errors 2, notes 0, rules 2, suppressed 1, warnings 2"
    );
}

#[test]
fn codeql_keeps_its_rules_in_extensions() {
    assert_eq!(
        testing::told(Format::Sarif, "made-up/codeql.sarif"),
        "error codeql/js/sql-injection src/db.ts:10:5-10:20 This query depends on a user-provided value.\n\
         note codeql/js/useless-comment src/my page.ts:3:1-3:0 Useless comment\n\
         errors 1, files 2, notes 1, rules 2, suppressed 0, warnings 0"
    );
}

#[test]
fn snyk_names_manifests_for_packages_and_lines_for_code() {
    assert_eq!(
        testing::told(Format::Sarif, "made-up/snyk.sarif"),
        "error snyk-open-source/SNYK-JS-ADMZIP-1 package.json:1:0-1:0 This file introduces a vulnerable adm-zip package with a high severity vulnerability.\n\
         note snyk-open-source/npm:ms:20170412 package.json:1:0-1:0 This file introduces a vulnerable ms package with a low severity vulnerability.\n\
         error snykcode/javascript/CodeInjection src/status.ts:41:17-41:53 Unsanitized input flows into eval.\n\
         errors 2, notes 1, rules 3, suppressed 1, warnings 0"
    );
}

#[test]
fn a_rule_may_say_in_a_word_how_grave_it_is() {
    for (word, severity) in
        [("CRITICAL", "error"), ("High", "error"), ("MEDIUM", "warning"), ("LOW", "note"), ("odd", "note")]
    {
        let rules = format!(r#", "rules": [{{"id": "A", "properties": {{"security-severity": "{word}"}}}}]"#);
        let run = r#", "results": [{"ruleId": "A", "level": "note", "message": {"text": "m"}}]"#;
        assert!(told(&log(&rules, run)).starts_with(&format!("{severity} my-tool/A m\n")), "{word}");
    }
}

#[test]
fn a_level_comes_from_the_result_then_from_its_rule_then_is_a_warning() {
    let rules = r#", "rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}, {"id": "B"},
        {"id": "C", "properties": {"security-severity": "7.5"}}, {"id": "D", "properties": {"security-severity": 5}}]"#;
    let result = |rule: &str| format!(r#"{{{rule}, "message": {{"text": "m"}}}}"#);
    let all = [
        result(r#""ruleId": "A""#),
        result(r#""ruleId": "A", "level": "note""#),
        result(r#""ruleId": "A/1""#),
        result(r#""ruleIndex": 1"#),
        result(r#""ruleId": "C", "level": "note""#),
        result(r#""ruleId": "D", "level": "note""#),
        result(r#""ruleId": "D", "level": "error""#),
        result(r#""ruleId": "E", "ruleIndex": 0"#),
    ];
    let found = told(&log(rules, &format!(r#", "results": [{}]"#, all.join(","))));
    assert_eq!(
        found,
        "error my-tool/A m\nnote my-tool/A m\nerror my-tool/A/1 m\nwarning my-tool/B m\nerror my-tool/C m\nwarning my-tool/D m\n\
         error my-tool/D m\nwarning my-tool/E m\nerrors 4, notes 1, rules 4, suppressed 0, warnings 3"
    );
}

#[test]
fn what_is_suppressed_passed_or_gone_does_not_count() {
    let result = |more: &str| format!(r#"{{"ruleId": "A", "message": {{"text": "m"}}, {more}}}"#);
    let counts = |more: &str| told(&results(&result(more)));
    let suppressed = "errors 0, notes 0, rules 0, suppressed 1, warnings 0";
    assert_eq!(counts(r#""suppressions": [{"kind": "inSource"}]"#), suppressed);
    assert_eq!(counts(r#""suppressions": [{"kind": "external", "status": "accepted"}]"#), suppressed);
    let other = "errors 0, notes 0, other 1, rules 0, suppressed 0, warnings 0";
    assert_eq!(counts(r#""kind": "pass""#), other);
    assert_eq!(counts(r#""baselineState": "absent""#), other);
    let counted = "warning my-tool/A m\nerrors 0, notes 0, rules 0, suppressed 0, warnings 1";
    assert_eq!(counts(r#""suppressions": []"#), counted);
    assert_eq!(counts(r#""suppressions": [{"kind": "external", "status": "rejected"}]"#), counted);
    assert_eq!(counts(r#""suppressions": [{"kind": "external", "status": "underReview"}]"#), counted);
    assert_eq!(counts(r#""kind": "fail", "baselineState": "new""#), counted);
}

#[test]
fn a_place_may_be_relative_to_folders_that_the_log_names() {
    let place = |location: &str| {
        let result = format!(
            r#"{{"ruleId": "A", "message": {{"text": "m"}}, "locations": [{{"physicalLocation": {{"artifactLocation": {{{location}}}}}}}]}}"#
        );
        let bases = r#""originalUriBaseIds": {"ROOT": {"uri": "file:///repo/"}, "SRC": {"uri": "src/", "uriBaseId": "ROOT"}, "LOOP": {"uriBaseId": "LOOP"}}"#;
        let artifacts = r#""artifacts": [{"location": {"uri": "by/index.ts"}}]"#;
        let told = told(&log("", &format!(r#", {bases}, {artifacts}, "results": [{result}]"#)));
        told.lines().next().unwrap().to_owned()
    };
    assert_eq!(place(r#""uri": "a%20b.ts", "uriBaseId": "SRC""#), "warning my-tool/A /repo/src/a b.ts:0:0-0:0 m");
    assert_eq!(place(r#""uri": "a.ts", "uriBaseId": "LOOP""#), "warning my-tool/A a.ts:0:0-0:0 m");
    assert_eq!(place(r#""uri": "file:///C:/a.ts""#), "warning my-tool/A C:/a.ts:0:0-0:0 m");
    assert_eq!(place(r#""index": 0"#), "warning my-tool/A by/index.ts:0:0-0:0 m");
    assert_eq!(place(r#""index": 7"#), "warning my-tool/A m");
}

#[test]
fn a_message_may_stand_in_the_rule() {
    let rules = r#", "rules": [{"id": "A", "messageStrings": {"two": {"text": "{1} before {0}, {9} {"}}}]"#;
    let result = r#", "results": [{"ruleId": "A", "message": {"id": "two", "arguments": ["x", "y"]}}]"#;
    assert!(told(&log(rules, result)).starts_with("warning my-tool/A y before x, {9} {\n"));
}

#[test]
fn a_run_that_was_not_successful_leaves_its_question_unanswered() {
    let run = |invocation: &str| told(&log("", &format!(r#", "results": [], "invocations": [{{{invocation}}}]"#)));
    let counts = "errors 0, notes 0, rules 0, suppressed 0, warnings 0";
    assert_eq!(
        run(r#""executionSuccessful": false"#),
        format!("unanswered: My Tool says that its run was not successful\n{counts}")
    );
    let failed = r#""executionSuccessful": false, "toolExecutionNotifications": [{"level": "error", "message": {"text": "no memory"}}]"#;
    assert_eq!(run(failed), format!("unanswered: My Tool says that its run was not successful: no memory\n{counts}"));
    let place =
        r#""locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.ts"}, "region": {"startLine": 2}}}]"#;
    let of_a_file = format!(
        r#""executionSuccessful": false, "toolConfigurationNotifications": [{{"level": "error", "message": {{"text": "no semicolon"}}, {place}}}]"#
    );
    assert_eq!(
        run(&of_a_file),
        "error my-tool/notification a.ts:2:0-2:0 no semicolon\nerrors 1, notes 0, rules 0, suppressed 0, warnings 0"
    );
    let went_on = r#""executionSuccessful": true, "toolExecutionNotifications": [{"level": "error", "message": {"text": "no memory"}}]"#;
    assert!(run(went_on).starts_with("error my-tool/notification no memory\n"));
    let noted = r#""executionSuccessful": true, "toolExecutionNotifications": [{"level": "note", "message": {"text": "took 3 s"}}]"#;
    assert_eq!(run(noted), "errors 0, notes 0, rules 0, suppressed 0, warnings 0");
}

#[test]
fn a_log_that_tells_of_no_results_is_unreadable() {
    assert_eq!(
        told(&log("", "")),
        "unreadable: runs[0].results: the tool came to no results, or keeps them in another file"
    );
    assert_eq!(told(r#"{"version": "2.1.0", "runs": []}"#), "unreadable: runs: no tool was run");
    assert_eq!(told(r#"{"version": "1.0.0", "runs": []}"#), "unreadable: version: expected 2.1.0, found 1.0.0");
    let odd = results(r#"{"ruleId": "A", "level": "fatal", "message": {"text": "m"}}"#);
    assert_eq!(told(&odd), "unreadable: runs[0].results[0].level: unknown level `fatal`");
}

#[test]
fn a_log_may_have_any_number_of_results_but_not_of_anything_else() {
    let many = |one: &str| vec![one; 500_000].join(",");
    let passed = many(r#"{"kind": "pass"}"#);
    assert_eq!(told(&results(&passed)), "errors 0, notes 0, other 500000, rules 0, suppressed 0, warnings 0");
    let rules = log(&format!(r#", "rules": [{}]"#, many("{}")), r#", "results": []"#);
    assert!(told(&rules).ends_with(": more than 500000 objects and lists"), "{}", told(&rules));
    // A list of that name which stands elsewhere is counted.
    let elsewhere = log(&format!(r#", "results": [{}]"#, many("{}")), r#", "results": []"#);
    assert!(told(&elsewhere).ends_with(": more than 500000 objects and lists"));
}

#[test]
fn results_may_stand_before_the_rules() {
    let log = r#"{"runs": [{"results": [{"ruleId": "A", "message": {"text": "m"}}],
        "tool": {"driver": {"name": "t", "rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}]}}},
        {"results": [{"message": {"text": "n"}, "ruleIndex": 0}], "tool": {"driver": {"name": "u", "rules": [{"id": "B"}]}}}],
        "version": "2.1.0"}"#;
    assert_eq!(told(log), "error t/A m\nwarning u/B n\nerrors 1, notes 0, rules 2, suppressed 0, warnings 1");
}

#[test]
fn results_that_are_no_list_are_unreadable() {
    for odd in [r#"{"a": 1}"#, "7", r#"[{"message": 3}]"#, "[7]"] {
        let told = told(&log("", &format!(r#", "results": {odd}"#)));
        assert!(told.starts_with("unreadable: line 1, column "), "{odd}: {told}");
    }
    let nothing = told(&log("", r#", "results": null"#));
    assert_eq!(nothing, "unreadable: runs[0].results: the tool came to no results, or keeps them in another file");
}
