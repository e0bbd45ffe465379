//! What a pull request shows: annotations, a summary, outputs and code scanning, with a token that may only read.

use ops_testing::Level;
use serde_json::Value;

use crate::story::Story;

const POLICY: &str = "\
[gates.types]
run = [\"sh\", \"-c\", \"echo 'src/a.ts(2,5): error TS2322: wrong'; exit 2\"]

[gates.build]
run = \"true\"
needs = [\"types\"]

[gates.pages]
run = \"true\"
";

fn story() -> Story {
    Story::with(POLICY).file("src/a.ts", "one\n  two\n").on_github()
}

#[test]
fn a_failure_is_annotated_at_its_line_and_the_summary_tells_each_gate() {
    let outcome = story().run(&["--only", "types", "--only", "build", "--only", "pages"]);
    assert_eq!(outcome.code, Some(1));
    let error = outcome.annotations.iter().find(|one| one.file.as_deref() == Some("src/a.ts")).expect("an annotation");
    assert_eq!((error.line, error.message.as_str()), (Some(2), "wrong"));
    let summary = outcome.summary.lines().collect::<Vec<_>>();
    assert_eq!(summary[0], "### ❌ quality-gate · 1 failed, 1 unproven and 1 passed of 3 gates");
    for line in [
        "| types | ❌ fail | 1 error |",
        "| build | ⚠️ unproven | not run, since types failed |",
        "| pages | ✅ pass | ended with 0 |",
        "| gate | time | counted |",
    ] {
        assert!(summary.contains(&line), "{line}: {outcome}");
    }
    let verdicts: Value = serde_json::from_str(&outcome.outputs["gates"]).unwrap();
    assert_eq!(verdicts, serde_json::json!({ "types": "fail", "build": "unproven", "pages": "pass" }));
}

#[test]
fn what_the_policy_lets_pass_is_no_error_where_another_gate_stopped_the_run() {
    let policy =
        "[gates.audit]\nrun = \"no-such-program\"\non_unproven = \"pass\"\n[gates.scan]\nrun = \"no-such-program\"\n";
    let outcome = Story::with(policy).on_github().run(&["--only", "audit", "--only", "scan"]);
    assert_eq!(outcome.code, Some(3));
    let of = |gate: &str| {
        let annotation =
            outcome.annotations.iter().find(|one| one.title.as_deref() == Some(gate)).expect("an annotation");
        annotation.level
    };
    assert_eq!([of("audit"), of("scan")], [Level::Warning, Level::Error], "{outcome}");
}

#[test]
fn code_scanning_gets_a_category_for_each_gate_that_ran() {
    let story = story();
    let outcome = story.run(&["--only", "types", "--only", "build", "--only", "pages"]);
    let log: Value = serde_json::from_str(&std::fs::read_to_string(&outcome.outputs["sarif"]).unwrap()).unwrap();
    let runs: Vec<(&str, usize)> = (log["runs"].as_array().unwrap().iter())
        .map(|run| (run["automationDetails"]["id"].as_str().unwrap(), run["results"].as_array().unwrap().len()))
        .collect();
    assert_eq!(runs, [("quality-gate/types/", 1), ("quality-gate/pages/", 0), ("quality-gate/", 0)]);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert!(!rule["help"]["text"].as_str().unwrap().contains("docs/rules/"), "another tool's rule has no page here");
}

#[test]
fn gates_are_cases_of_junit() {
    let story = story();
    let path = story.repository.outside().join("gates.xml");
    let words = ["--only", "types", "--only", "build", "--only", "pages", "--junit", path.to_str().unwrap()];
    assert_eq!(story.run(&words).code, Some(1));
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<&str> = text.lines().filter(|line| line.contains("<testcase ")).map(str::trim).collect();
    cases.iter_mut().for_each(|case| *case = case.rsplit_once("time=").unwrap().1.split_once(['>', '/']).unwrap().1);
    assert_eq!(
        cases,
        [
            "<failure message=\"1 error\">mend 1 error</failure></testcase>",
            "<error message=\"not run, since types failed\">mend what it needs: types</error></testcase>",
            ">"
        ]
    );
    assert!(
        text.contains("<testsuite name=\"quality-gate\" tests=\"3\" failures=\"1\" errors=\"1\" skipped=\"0\""),
        "{text}"
    );
}
