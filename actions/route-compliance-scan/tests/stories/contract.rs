//! What other programs rely on: exit codes, the report and SARIF by their schemas, outputs, inputs, equal bytes.

use std::collections::BTreeSet;

use ops_testing::{Contract, FakeRunner, keys};
use serde_json::Value;

use crate::story::{GUARDED, OPEN, PROGRAM, Story};

fn contract() -> Contract {
    Contract::of("route-compliance-scan", PROGRAM)
}

/// Every verb on a story where it ends with each verdict that it can, and the exit code of that.
fn runs() -> Vec<(Story, &'static str, Vec<&'static str>, i32)> {
    let app = || Story::app().route("orders", GUARDED);
    vec![
        (app(), "scan", vec![], 0),
        (app().route("open", OPEN), "scan", vec![], 1),
        (Story::app(), "scan", vec![], 3),
        (app(), "inventory", vec![], 0),
        (Story::app(), "inventory", vec![], 3),
        (app(), "explain", vec!["/api/orders"], 0),
        (app().route("open", OPEN), "explain", vec!["/api/open"], 1),
        (app().policy(""), "explain", vec!["/api/orders"], 3),
        (app(), "init", vec![], 0),
        (Story::app(), "init", vec![], 3),
        (app(), "baseline", vec![], 0),
        (Story::app(), "baseline", vec![], 3),
    ]
}

#[test]
fn every_verb_and_verdict_has_its_exit_code_a_report_and_sarif_as_published() {
    let contract = contract();
    for (story, verb, words, code) in runs() {
        let report = contract.report(&story.runner, story.repository.outside(), verb, &words, code);
        let details = BTreeSet::from(["base", "changes", "passed_over", "proofs", "routes"]);
        assert_eq!(keys(&report["details"]), details, "{verb}");
    }
}

#[test]
fn a_route_of_the_details_has_the_fields_of_the_contract() {
    let report = Story::app().route("orders", GUARDED).report(&["scan"], 0);
    let route = &report["details"]["routes"][0];
    let fields =
        ["path", "methods", "file", "line", "framework", "runtime", "proof", "reason", "chain", "headers", "changed"];
    assert_eq!(keys(route), BTreeSet::from(fields));
    assert_eq!(route["runtime"], "nodejs");
    assert_eq!(
        (route["file"].as_str(), route["framework"].as_str()),
        (Some("app/api/orders/route.ts"), Some("next-app"))
    );
    assert!(!route["chain"].as_array().unwrap().is_empty(), "{route:#}");
    assert_eq!(keys(&route["chain"][0]), BTreeSet::from(["what", "file", "line"]));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let story = Story::app().route("b", OPEN).route("a", GUARDED).route("c/[id]", OPEN);
    let timeless = |mut report: Value| {
        for field in ["started_at", "duration_ms"] {
            assert!(report.as_object_mut().unwrap().remove(field).is_some(), "{field}");
        }
        report.to_string()
    };
    assert_eq!(timeless(story.report(&["scan"], 1)), timeless(story.report(&["scan"], 1)));
    assert_eq!(story.run(&["scan"]).stdout, story.run(&["scan"]).stdout);
}

#[test]
fn each_output_of_the_action_is_written_by_every_verb_and_no_other() {
    let contract = contract();
    for words in [&["scan"][..], &["inventory"], &["explain", "/api/orders"], &["init"], &["baseline"]] {
        let story = Story::app().route("orders", GUARDED).on_github();
        let outcome = story.run(words);
        contract.assert_outputs(&outcome);
    }
}

#[test]
fn a_step_that_cannot_begin_still_says_fail() {
    let outcome = Story::app().policy("nonsense").on_github().run(&["scan"]);
    assert_eq!((outcome.code, outcome.outputs["verdict"].as_str()), (Some(2), "fail"));
}

#[test]
fn inputs_drive_the_program_as_flags_do() {
    let story = Story::app().route("orders", GUARDED);
    let inputs =
        [("command", "explain /api/orders GET"), ("format", "markdown"), ("comment", "false"), ("changed", "")];
    let runner = FakeRunner::laptop(story.repository.path());
    let runner = inputs.into_iter().fold(runner, |runner, (name, value)| runner.input(name, value));
    let by_inputs = runner.run::<&str>(PROGRAM, &[]);
    let by_flags = story.run(&["explain", "/api/orders", "GET", "--format", "markdown"]);
    assert_eq!((by_inputs.code, &by_inputs.stdout), (by_flags.code, &by_flags.stdout), "{by_inputs}");
}

#[test]
fn help_and_version_are_asked_for_and_no_failure() {
    contract().assert_help(&["scan", "inventory", "explain", "init", "baseline"]);
}
