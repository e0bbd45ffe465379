//! Old findings are known, and only new ones fail.

use crate::story::{Story, gates};

const POLICY: &str = "[gates.types]\nrun = [\"sh\", \"-c\", \"cat told; test ! -s told\"]\n";

fn error(path: &str, line: u32) -> String {
    format!("{path}({line},1): error TS2322: wrong\n")
}

#[test]
fn after_a_baseline_only_new_findings_fail() {
    let story = Story::with(POLICY).file("a.ts", "old\nnew\n").file("told", error("a.ts", 1));
    assert_eq!(gates(&story.report(&[], 1)), ["types fail: 1 error"]);
    let report = story.report(&["baseline"], 0);
    assert_eq!(
        report["checks"][0]["summary"],
        "ops-baseline.json knows 1 finding, 0 before; 1 without an owner: write `owner`, `reason` and `expires` there"
    );
    let owned =
        story.repository.read("ops-baseline.json").replace("\"fingerprint\"", "\"owner\": \"@shop\", \"fingerprint\"");
    std::fs::write(story.repository.path().join("ops-baseline.json"), owned).unwrap();
    let report = story.report(&["baseline"], 0);
    assert_eq!(report["checks"][0]["summary"], "ops-baseline.json knows 1 finding, 1 before");
    std::fs::remove_file(story.repository.path().join("ops-baseline.json")).unwrap();
    story.report(&["baseline"], 0);
    let report = story.report(&[], 0);
    assert_eq!(gates(&report), ["types pass: 1 error; 1 error waived or known"]);
    assert_eq!(report["findings"][0]["waived_by"], "baseline");
    // It moves with its line, and a new one beside it is new.
    let story = story.file("a.ts", "zero\n  old\nnew\n").file("told", error("a.ts", 2));
    story.report(&[], 0);
    let story = story.file("told", error("a.ts", 2) + &error("a.ts", 3));
    assert_eq!(gates(&story.report(&[], 1)), ["types fail: 2 errors; 1 error waived or known"]);
    // Its content changes, and it is known no more.
    let story = story.file("a.ts", "zero\nolder\n").file("told", error("a.ts", 2));
    let report = story.report(&[], 1);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["typescript/TS2322", "policy/gone-baseline"]);
}

#[test]
fn a_waiver_of_the_policy_counts_too() {
    let waiver = |day: &str| {
        format!(
            "{POLICY}\n[[waivers]]\nrule = \"typescript/TS2322\"\npath = \"a.ts\"\nowner = \"@shop\"\nreason = \"goes with v2\"\nexpires = {day}\n"
        )
    };
    let story = Story::with(&waiver("2999-01-01")).file("a.ts", "old\n").file("told", error("a.ts", 1));
    assert_eq!(story.report(&[], 0)["findings"][0]["waived_by"], "@shop: goes with v2");
    let report = story.policy(&waiver("2020-01-01")).report(&[], 1);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert!(rules.contains(&"policy/expired-waiver"), "{rules:?}");
}

#[test]
fn where_a_gate_could_not_be_judged_nothing_is_written() {
    let story = Story::with("[gates.a]\nrun = \"no-such-program-here\"\n");
    let report = story.report(&["baseline"], 3);
    assert_eq!(report["checks"][0]["summary"], "nothing was written, since not every gate could be judged: a");
    assert!(!story.repository.path().join("ops-baseline.json").exists());
}
