//! What other programs rely on: exit codes, the report, SARIF, the step's outputs, and flags that arrive as inputs.

use std::collections::BTreeSet;

use ops_testing::{Contract, FakeRunner, assert_fits, keys, repository_file};
use serde_json::{Value, json};

use crate::story::{PROGRAM, Story};

const ITEMS: &str = "create table items (id integer primary key, note text);\n";
const HEX: usize = 64;

/// Three migrations: one applied, two pending, of which the last destroys data. `development` on SQLite, marked.
fn story() -> Story {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).marked();
    story.passed(&["apply"]);
    story
        .migration(
            "2_goods.sql",
            "create table goods (id integer primary key);\ncreate index goods_id on goods (id);\n",
        )
        .migration("3_drop.sql", "drop table items;\n")
}

fn set<const N: usize>(names: [&'static str; N]) -> BTreeSet<&'static str> {
    names.into()
}

fn contract() -> Contract {
    Contract::of("guarded-migrate", PROGRAM)
}

/// Every verb, on a story where it ends with each verdict that it can, and the exit code of that.
fn runs() -> Vec<(Story, &'static str, Vec<&'static str>, i32)> {
    let wrong = || story().environment("staging");
    let blind = || story().without("DATABASE_URL");
    let settle = vec!["--migration", "2", "--as", "applied"];
    vec![
        (story(), "lint", vec![], 1),
        (Story::sqlite().migration("1_items.sql", ITEMS), "lint", vec![], 0),
        (story(), "lint", vec!["--base", "main"], 1),
        (Story::sqlite().migration("1_items.sql", ITEMS), "lint", vec!["--base", "main"], 3),
        (story(), "plan", vec![], 1),
        (story().file("migrations/3_drop.sql", "select 1;"), "plan", vec![], 0),
        (blind().file("migrations/3_drop.sql", "select 1;"), "plan", vec![], 3),
        (story(), "apply", vec![], 1),
        (story().file("migrations/3_drop.sql", "select 1;"), "apply", vec![], 0),
        (blind().file("migrations/3_drop.sql", "select 1;"), "apply", vec![], 3),
        (story(), "status", vec![], 0),
        (wrong(), "status", vec![], 1),
        (blind(), "status", vec![], 3),
        (story(), "resolve", settle.clone(), 0),
        (wrong(), "resolve", settle, 1),
        (story(), "marker set", vec![], 0),
        (wrong(), "marker set", vec![], 1),
        (story(), "marker show", vec![], 0),
        (wrong(), "marker show", vec![], 1),
    ]
}

#[test]
fn every_verb_and_verdict_has_its_exit_code_a_report_and_sarif_as_published() {
    let contract = contract();
    for (story, verb, flags, code) in runs() {
        let flags = story.words(&flags);
        let report = contract.report(&story.runner, story.repository.outside(), verb, &flags, code);
        assert_eq!(report["environment"], story.environment);
        let details = set(["target", "plan_digest", "pending", "applied", "migrations"]);
        assert_eq!(keys(&report["details"]), details, "{verb} {flags:?}");
    }
}

#[test]
fn the_details_are_those_of_the_contract() {
    let (_, report) = story().report(&["plan"]);
    let details = &report["details"];
    assert_eq!(details["pending"], json!(["2", "3"]));
    assert_eq!(details["applied"], json!([]));
    let is_digest = |value: &Value| value.as_str().is_some_and(|text| text.len() == "sha256:".len() + HEX);
    assert!(is_digest(&details["plan_digest"]), "{details:#}");
    let [applied, pending, drop] = details["migrations"].as_array().unwrap().as_slice() else { panic!("{details:#}") };
    for (migration, id, state) in [(applied, "1", "applied"), (pending, "2", "pending"), (drop, "3", "pending")] {
        assert_eq!(keys(migration), set(["id", "checksum", "state", "path", "applied_at", "statements"]));
        assert_eq!((migration["id"].as_str(), migration["state"].as_str()), (Some(id), Some(state)));
        assert_eq!(migration["checksum"].as_str().unwrap().len(), HEX);
    }
    assert!(applied["applied_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(applied["statements"], json!([]), "what is applied is not judged again");
    assert_eq!(pending["statements"].as_array().unwrap().len(), 2);
    let statement = &drop["statements"][0];
    assert_eq!(keys(statement), set(["sql_digest", "kind", "transactional", "hazards"]));
    assert!(is_digest(&statement["sql_digest"]));
    assert_eq!(statement["transactional"], true);
    assert_eq!(statement["hazards"], json!(["migration/drops-table"]));
}

#[test]
fn with_several_databases_each_has_its_own_details() {
    let policy = "[migrations]\ntargets = [\"TENANTS\"]\n";
    let story =
        Story::sqlite().migration("1_items.sql", ITEMS).policy(policy).env("TENANTS", "file:./a.db\nfile:./b.db");
    story.passed(&["marker", "set", "--target", "TENANTS/1"]);
    story.passed(&["marker", "set", "--target", "TENANTS/2"]);
    let report = story.passed(&["apply"]);
    assert_fits(&repository_file("schemas/report.schema.json"), &report);
    assert_eq!(keys(&report["details"]), set(["migrations", "targets"]));
    let targets = report["details"]["targets"].as_array().unwrap();
    assert_eq!(targets.len(), 2);
    let fields = set(["target", "verdict", "outcome", "plan_digest", "pending", "applied", "migrations"]);
    assert!(targets.iter().all(|target| keys(target) == fields), "{targets:#?}");
}

fn without_times(mut report: Value) -> Value {
    for field in ["started_at", "duration_ms"] {
        assert!(report.as_object_mut().unwrap().remove(field).is_some(), "{field}");
    }
    report
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let story = story();
    let outside = story.repository.outside().to_owned();
    let write = |name: &str| {
        let file = |kind: &str| outside.join(format!("{name}.{kind}"));
        let paths = ["sarif", "md"].map(|kind| file(kind).display().to_string());
        let (outcome, report) = story.report(&["plan", "--sarif", &paths[0], "--summary", &paths[1]]);
        let [sarif, summary] = paths.map(|path| std::fs::read_to_string(path).expect("a file"));
        let timeless = |line: &&str| !line.contains("\"startTimeUtc\"");
        let sarif: Vec<String> = sarif.lines().filter(timeless).map(str::to_owned).collect();
        (outcome.stdout, serde_json::to_string(&without_times(report)).unwrap(), sarif, summary)
    };
    assert_eq!(write("first"), write("second"));
}

#[test]
fn each_format_is_what_it_says() {
    let story = story();
    let stdout = |format: &str| story.run(&["plan", "--format", format]).stdout;
    assert!(stdout("text").starts_with("❌ guarded-migrate · development · would be refused\n"));
    let github = stdout("github");
    assert!(
        github.starts_with(&stdout("text")) && github.contains("::error file=migrations/3_drop.sql,line=1"),
        "{github}"
    );
    assert_eq!(serde_json::from_str::<Value>(&stdout("json")).unwrap()["verdict"], "fail");
    assert_eq!(serde_json::from_str::<Value>(&stdout("sarif")).unwrap()["version"], "2.1.0");
    assert!(stdout("markdown").starts_with("### ❌ guarded-migrate · development · would be refused\n"));
    // Without a word it is text at a desk, and GitHub's on its runner.
    assert_eq!(story.run(&["plan"]).stdout, stdout("text"));
    let on_github = Story { runner: FakeRunner::new(story.root()).env("DATABASE_URL", &story.url), ..story };
    assert!(on_github.run(&["plan"]).stdout.contains("::error file="));
}

#[test]
fn help_and_version_are_asked_for_and_no_failure() {
    let verbs = ["plan", "apply", "status", "lint", "resolve", "marker set", "marker show"];
    contract().assert_help(&verbs);
}

#[test]
fn each_output_of_the_action_is_written_by_every_verb_and_no_other() {
    let contract = contract();
    for words in [&["lint"][..], &["plan"], &["apply"], &["status"], &["marker", "show"]] {
        let story = story();
        let story = Story { runner: FakeRunner::new(story.root()).env("DATABASE_URL", &story.url), ..story };
        let outcome = story.run(words);
        contract.assert_outputs(&outcome);
    }
    let story = story();
    let story = Story { runner: FakeRunner::new(story.root()).env("DATABASE_URL", &story.url), ..story };
    let (outcome, report) = story.report(&["plan"]);
    assert_eq!(outcome.outputs["verdict"], "fail");
    assert_eq!(outcome.outputs["pending"], "2");
    assert_eq!(outcome.outputs["applied"], "0");
    assert_eq!(outcome.outputs["destructive"], "true");
    assert_eq!(outcome.outputs["plan-digest"], report["details"]["plan_digest"].as_str().unwrap());
}

#[test]
fn a_step_that_cannot_begin_still_says_fail() {
    let story = story().policy("nonsense");
    let story = Story { runner: FakeRunner::new(story.root()).env("DATABASE_URL", &story.url), ..story };
    let outcome = story.run(&["plan"]);
    assert_eq!(outcome.code, Some(2));
    assert_eq!(outcome.outputs["verdict"], "fail");
}

#[test]
fn inputs_drive_the_program_as_flags_do() {
    let story = story();
    let report_path = story.repository.outside().join("report.json").display().to_string();
    let (by_flags, flags) = story.report(&["plan", "--layout", "plain", "--directory", "migrations"]);
    let runner = [
        ("command", "plan"),
        ("environment", "development"),
        ("layout", "plain"),
        ("directory", "migrations"),
        ("report", &report_path),
        ("comment", "false"),
        // Empty is how a step says nothing.
        ("policy", ""),
        ("target", ""),
    ]
    .into_iter()
    .fold(FakeRunner::laptop(story.root()).env("DATABASE_URL", &story.url), |runner, (name, value)| {
        runner.input(name, value)
    });
    let by_inputs = runner.run::<&str>(PROGRAM, &[]);
    assert_eq!((by_inputs.code, &by_inputs.stdout), (by_flags.code, &by_flags.stdout), "{by_inputs}");
    let inputs: Value = serde_json::from_str(&std::fs::read_to_string(&report_path).unwrap()).unwrap();
    assert_eq!(without_times(inputs), without_times(flags));
}

#[test]
fn a_command_of_two_words_is_an_input_too() {
    let story = Story::sqlite();
    let runner = FakeRunner::laptop(story.root()).env("DATABASE_URL", "file:./dev.db");
    let runner = runner.input("command", "marker set").input("environment", "development");
    let outcome = runner.run::<&str>(PROGRAM, &[]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.starts_with("✅ guarded-migrate · development · set\n"), "{outcome}");
}
