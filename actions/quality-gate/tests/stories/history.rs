//! What earlier runs tell of a gate.

use serde_json::{Value, json};

use crate::story::Story;

const POLICY: &str = "[gates.unit]\nrun = [\"sh\", \"-c\", \"cp made out.xml; test -e good\"]\nreport = \"out.xml\"\n[gates.pages]\nrun = \"no-such-program\"\non_unproven = \"pass\"\n";
const TEST: &str =
    "<testsuites><testsuite name=\"a\"><testcase classname=\"a\" name=\"adds\"/></testsuite></testsuites>";
const WORDS: [&str; 6] = ["--only", "unit", "--only", "pages", "--history", "kept/gates.jsonl"];

fn story() -> Story {
    Story::with(POLICY).file("made", TEST)
}

/// `details.gates[].history` of a gate.
fn told(report: &Value, id: &str) -> Value {
    let gates = report["details"]["gates"].as_array().unwrap();
    gates.iter().find(|gate| gate["id"] == id).unwrap()["history"].clone()
}

#[test]
fn a_run_is_added_to_those_before_and_the_summary_tells_of_them() {
    let story = story();
    let commit = ("GITHUB_SHA", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    let story = story.env(commit.0, commit.1);
    let first = told(&story.report(&WORDS, 1), "unit");
    assert_eq!((&first["runs"], &first["flaky"]), (&json!(1), &json!(0)));
    let story = story.file("good", "");
    let report = story.report(&WORDS, 0);
    let second = told(&report, "unit");
    assert_eq!((&second["runs"], &second["flaky"]), (&json!(2), &json!(1)), "it failed and passed on one commit");
    assert!(second["p95_ms"].is_u64());
    assert_eq!(told(&report, "pages"), Value::Null, "what could not be judged has no part in it");
    let outcome = story.run(&[&WORDS[..], &["--format", "markdown"]].concat());
    let row = outcome.stdout.lines().find(|line| line.starts_with("| unit |") && line.contains("run")).unwrap();
    assert!(
        outcome.stdout.contains("| gate | time | counted | p95 | flaky |") && row.ends_with("| 1 of 3 runs |"),
        "{outcome}"
    );
}

#[test]
fn nothing_is_remembered_unless_it_is_asked_for() {
    let outcome = story().file("good", "").run(&["--only", "unit", "--format", "markdown"]);
    assert!(outcome.stdout.contains("| gate | time | counted |\n"), "{outcome}");
}

#[test]
fn a_file_that_is_something_else_is_refused_before_anything_runs() {
    let story = story().file("kept/gates.jsonl", "{\"name\": \"shop\"}\n");
    let outcome = story.run(&WORDS);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(
        format!("{outcome}").contains("kept/gates.jsonl is no history of quality-gate: line 1 is none of its lines"),
        "{outcome}"
    );
    assert_eq!(story.repository.read("kept/gates.jsonl"), "{\"name\": \"shop\"}\n");
    assert!(!story.repository.path().join("out.xml").exists());
}

#[test]
fn a_killed_run_leaves_the_file_as_it_was_or_whole() {
    let story = story().file("good", "");
    story.report(&WORDS, 0);
    let path = story.repository.path().join("kept/gates.jsonl");
    for wait in [0, 5, 10, 20, 40, 80, 160] {
        let before = std::fs::read_to_string(&path).unwrap();
        story.killed_after(&WORDS, wait);
        let after = std::fs::read_to_string(&path).unwrap();
        let added = after.strip_prefix(&before).expect("the runs of before");
        assert!(added.is_empty() || added.lines().count() == 1 && added.ends_with("}\n"), "{added}");
    }
    story.report(&WORDS, 0);
}
