//! What other programs rely on: exit codes, the report and SARIF by their schemas, outputs, inputs, equal bytes.

use std::collections::BTreeSet;

use ops_testing::{Contract, FakeRunner, keys};
use serde_json::Value;

use crate::story::{PROGRAM, Story};

const GOOD: &str = "[gates.lint]\nrun = \"true\"\n";
const BAD: &str = "[gates.lint]\nrun = \"false\"\n";

fn contract() -> Contract {
    Contract::of("quality-gate", PROGRAM)
}

/// Every verb on a story where it ends with each verdict that it can, and the exit code of that.
fn runs() -> [(Story, &'static str, i32); 7] {
    [
        (Story::with(GOOD), "run", 0),
        (Story::with(BAD), "run", 1),
        (Story::empty(), "run", 3),
        (Story::with(GOOD), "list", 0),
        (Story::with(GOOD), "baseline", 0),
        (Story::empty(), "baseline", 3),
        (Story::with(GOOD), "secrets", 0),
    ]
}

#[test]
fn every_verb_and_verdict_has_its_exit_code_a_report_and_sarif_as_published() {
    let contract = contract();
    for (story, verb, code) in runs() {
        let report = contract.report(&story.runner, story.repository.outside(), verb, &[], code);
        assert!(keys(&report["details"]).contains("gates"), "{verb}");
    }
}

#[test]
fn a_gate_of_the_details_has_the_fields_of_the_contract() {
    let report = Story::with(GOOD).report(&["run"], 0);
    let gate = &report["details"]["gates"][0];
    assert!(keys(gate).is_superset(&BTreeSet::from(["id", "verdict", "duration_ms", "counts"])), "{gate:#}");
    assert_eq!((&gate["id"], &gate["verdict"]), (&"lint".into(), &"pass".into()));
    assert!(gate["duration_ms"].is_u64() && gate["counts"].is_object(), "{gate:#}");
}

#[test]
fn each_output_of_the_action_is_written_by_every_verb_and_no_other() {
    let contract = contract();
    contract.assert_outputs(&Story::with(GOOD).on_github().run(&["secrets"]));
    for words in [["run"], ["list"], ["baseline"]] {
        let story = Story::with(GOOD).on_github();
        let outcome = story.run(&words);
        contract.assert_outputs(&outcome);
        let json = |name: &str| serde_json::from_str::<Value>(&outcome.outputs[name]).unwrap();
        assert_eq!(json("matrix")["include"][0]["gate"], "lint");
        let expected = if words == ["list"] { Value::Null } else { "pass".into() };
        assert_eq!(json("gates")["lint"], expected, "{words:?}");
    }
}

#[test]
fn a_step_that_cannot_begin_still_says_fail() {
    let outcome = Story::with("nonsense").on_github().run(&["run"]);
    assert_eq!((outcome.code, outcome.outputs["verdict"].as_str()), (Some(2), "fail"));
}

#[test]
fn inputs_drive_the_program_as_flags_do() {
    let story = Story::with("[gates.a]\nrun = \"true\"\n[gates.b]\nrun = \"true\"\n[gates.c]\nrun = \"true\"\n");
    let inputs = [("command", "list"), ("format", "markdown"), ("only", "a\nc"), ("skip", "")];
    let runner = FakeRunner::laptop(story.repository.path());
    let runner = inputs.into_iter().fold(runner, |runner, (name, value)| runner.input(name, value));
    let by_inputs = runner.run::<&str>(PROGRAM, &[]);
    let by_flags = story.run(&["list", "--only", "a", "--only", "c", "--format", "markdown"]);
    assert_eq!((by_inputs.code, &by_inputs.stdout), (by_flags.code, &by_flags.stdout), "{by_inputs}");
}

#[test]
fn help_and_version_are_asked_for_and_no_failure() {
    contract().assert_help(&["run", "list", "baseline", "secrets"]);
}
