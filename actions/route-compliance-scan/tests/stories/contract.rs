//! What other programs rely on: exit codes, the report and SARIF by their schemas, outputs, inputs, equal bytes.

use std::collections::BTreeSet;
use std::path::Path;

use ops_testing::{FakeRunner, assert_fits, keys, repository_file, sarif_schema};
use serde_json::Value;

use crate::story::{GUARDED, OPEN, PROGRAM, Story};

/// Every verb on a story where it ends with each verdict that it can, and the exit code of that.
fn runs() -> Vec<(Story, Vec<&'static str>, i32)> {
    let app = || Story::app().route("orders", GUARDED);
    vec![
        (app(), vec!["scan"], 0),
        (app().route("open", OPEN), vec!["scan"], 1),
        (Story::app(), vec!["scan"], 3),
        (app(), vec!["inventory"], 0),
        (Story::app(), vec!["inventory"], 3),
        (app(), vec!["explain", "/api/orders"], 0),
        (app().route("open", OPEN), vec!["explain", "/api/open"], 1),
        (app().policy(""), vec!["explain", "/api/orders"], 3),
        (app(), vec!["init"], 0),
        (Story::app(), vec!["init"], 3),
        (app(), vec!["baseline"], 0),
        (Story::app(), vec!["baseline"], 3),
    ]
}

#[test]
fn every_verb_and_verdict_has_its_exit_code_a_report_and_sarif_as_published() {
    let (schema, sarif_schema) = (repository_file("schemas/report.schema.json"), sarif_schema());
    for (story, words, code) in runs() {
        let sarif = story.repository.outside().join("results.sarif");
        let sarif_path = sarif.display().to_string();
        let mut all = words.clone();
        all.extend(["--sarif", &sarif_path]);
        let report = story.report(&all, code);
        assert_eq!(report["verdict"], ["pass", "fail", "", "unproven"][usize::try_from(code).unwrap()], "{words:?}");
        assert_eq!((&report["action"], &report["command"]), (&"route-compliance-scan".into(), &words[0].into()));
        assert_fits(&schema, &report);
        assert_eq!(
            keys(&report["details"]),
            BTreeSet::from(["base", "changes", "passed_over", "proofs", "routes"]),
            "{words:?}"
        );
        assert_fits(&sarif_schema, &serde_json::from_str(&std::fs::read_to_string(sarif).unwrap()).unwrap());
    }
}

#[test]
fn a_route_of_the_details_has_the_fields_of_the_contract() {
    let report = Story::app().route("orders", GUARDED).report(&["scan"], 0);
    let route = &report["details"]["routes"][0];
    let fields = ["path", "methods", "file", "line", "framework", "proof", "reason", "chain", "headers", "changed"];
    assert_eq!(keys(route), BTreeSet::from(fields));
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

/// The names below `outputs:` of action.yml.
fn declared_outputs() -> BTreeSet<String> {
    let text = repository_file("actions/route-compliance-scan/action.yml");
    let block = text
        .lines()
        .skip_while(|line| *line != "outputs:")
        .skip(1)
        .take_while(|line| line.starts_with(' ') || line.is_empty());
    let names = block.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.map(|line| line.trim().trim_end_matches(':').to_owned()).collect()
}

#[test]
fn each_output_of_the_action_is_written_by_every_verb_and_no_other() {
    for words in [&["scan"][..], &["inventory"], &["explain", "/api/orders"], &["init"], &["baseline"]] {
        let story = Story::app().route("orders", GUARDED).on_github();
        let outcome = story.run(words);
        let written: BTreeSet<String> = outcome.outputs.keys().cloned().collect();
        assert_eq!(written, declared_outputs(), "{words:?}: {outcome}");
        for file in ["report", "sarif", "summary"] {
            assert!(Path::new(&outcome.outputs[file]).exists(), "{outcome}");
        }
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
    let runner = FakeRunner::laptop(Path::new("."));
    let run = |words: &[&str]| {
        let outcome = runner.run(PROGRAM, words);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome}");
        outcome.stdout
    };
    assert_eq!(run(&["--version"]), format!("route-compliance-scan {}\n", env!("CARGO_PKG_VERSION")));
    assert!(run(&["--help"]).contains("Exit codes: 0 pass, 1 fail, 2 the input or the policy is wrong"));
    for verb in ["scan", "inventory", "explain", "init", "baseline"] {
        assert!(run(&[verb, "--help"]).contains("Example: --root packages/shop"), "{verb}");
    }
}
