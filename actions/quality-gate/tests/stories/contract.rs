//! What other programs rely on: exit codes, the report and SARIF by their schemas, outputs, inputs, equal bytes.

use std::collections::BTreeSet;
use std::path::Path;

use ops_testing::{FakeRunner, assert_fits, keys, repository_file, sarif_schema};
use serde_json::Value;

use crate::story::{PROGRAM, Story};

const GOOD: &str = "[gates.lint]\nrun = \"true\"\n";
const BAD: &str = "[gates.lint]\nrun = \"false\"\n";

/// Every verb on a story where it ends with each verdict that it can, and the exit code of that.
fn runs() -> Vec<(Story, Vec<&'static str>, i32)> {
    vec![
        (Story::with(GOOD), vec!["run"], 0),
        (Story::with(BAD), vec!["run"], 1),
        (Story::empty(), vec!["run"], 3),
        (Story::with(GOOD), vec!["list"], 0),
        (Story::with(GOOD), vec!["baseline"], 0),
        (Story::empty(), vec!["baseline"], 3),
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
        assert_eq!((&report["action"], &report["command"]), (&"quality-gate".into(), &words[0].into()));
        assert_fits(&schema, &report);
        assert!(keys(&report["details"]).contains("gates"), "{words:?}");
        assert_fits(&sarif_schema, &serde_json::from_str(&std::fs::read_to_string(sarif).unwrap()).unwrap());
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

/// The names below `outputs:` of action.yml.
fn declared_outputs() -> BTreeSet<String> {
    let text = repository_file("actions/quality-gate/action.yml");
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
    for words in [["run"], ["list"], ["baseline"]] {
        let story = Story::with(GOOD).on_github();
        let outcome = story.run(&words);
        let written: BTreeSet<String> = outcome.outputs.keys().cloned().collect();
        assert_eq!(written, declared_outputs(), "{words:?}: {outcome}");
        for file in ["report", "sarif", "summary"] {
            assert!(Path::new(&outcome.outputs[file]).exists(), "{outcome}");
        }
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
    let runner = FakeRunner::laptop(Path::new("."));
    let run = |words: &[&str]| {
        let outcome = runner.run(PROGRAM, words);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome}");
        outcome.stdout
    };
    assert_eq!(run(&["--version"]), format!("quality-gate {}\n", env!("CARGO_PKG_VERSION")));
    assert!(run(&["--help"]).contains("Exit codes: 0 pass, 1 fail, 2 the input or the policy is wrong"));
    for verb in ["run", "list", "baseline"] {
        assert!(run(&[verb, "--help"]).contains("Example: --root packages/shop"), "{verb}");
    }
}
