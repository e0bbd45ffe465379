//! What a run leaves on GitHub: annotations, the summary, outputs, one comment; and what it must never leave.

mod comment;
mod secrets;

use ops_testing::Level;

use crate::story::Story;

const ITEMS: &str = "create table items (id int primary key);";

/// Production in PostgreSQL with the first migration applied.
fn settled() -> Story {
    let story = Story::postgres().migration("1_items.sql", ITEMS).production().marked();
    story.passed(&["apply"]);
    story
}

#[test]
fn annotations_stand_on_the_migrations_own_lines() {
    let story = settled().migration("2_drop.sql", "select 1;\n\n  drop table\n  items;\n");
    let outcome = story.run(&["plan"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let placed: Vec<_> = outcome.annotations.iter().filter(|annotation| annotation.file.is_some()).collect();
    assert!(!placed.is_empty(), "{outcome}");
    for annotation in placed {
        assert_eq!(annotation.file.as_deref(), Some("migrations/2_drop.sql"));
        assert_eq!((annotation.line, annotation.end_line), (Some(3), Some(4)), "{annotation:?}");
        assert!(annotation.title.as_deref().is_some_and(|title| title.contains('/')), "{annotation:?}");
    }
    let refusals: Vec<_> = outcome.of_level(Level::Error).iter().filter_map(|error| error.title.clone()).collect();
    assert!(refusals.contains(&"destructive".to_owned()), "{refusals:?}");
}

#[test]
fn a_root_within_the_workspace_is_part_of_the_place() {
    let story = Story::sqlite().file("apps/shop/migrations/1_drop.sql", "drop table items;").production();
    let outcome = story.env("INPUT_ROOT", "apps/shop").run(&["lint"]);
    let files: Vec<_> = outcome.annotations.iter().filter_map(|annotation| annotation.file.as_deref()).collect();
    assert!(!files.is_empty() && files.iter().all(|file| *file == "apps/shop/migrations/1_drop.sql"), "{outcome}");
}

#[test]
fn the_budget_is_kept_and_the_summary_has_the_rest() {
    let drops: String = (1..=40).map(|number| format!("drop table t{number};\n")).collect();
    let outcome = Story::sqlite().migration("1_drops.sql", &drops).production().run(&["lint"]);
    for (level, budget) in [(Level::Error, 9), (Level::Warning, 10), (Level::Notice, 10)] {
        assert!(outcome.of_level(level).len() <= budget, "{outcome}");
    }
    let more = outcome.annotations.iter().filter(|annotation| annotation.message.contains(" in the job's summary)"));
    assert!(more.count() > 0, "{outcome}");
    assert!(outcome.summary.contains("1_drops.sql:40"), "{}", outcome.summary);
}

#[test]
fn the_summary_begins_with_the_verdict_and_what_to_do() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).production();
    let refused = story.marked().without("NODE_ENV");
    let summary = refused.run(&["apply"]).summary;
    let lines: Vec<&str> = summary.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "### ❌ guarded-migrate · production · refused, nothing was changed",
            "NODE_ENV is not set, expected \"production\"",
            "**Next:** set in the env of the step: NODE_ENV=production",
        ]
    );
    let summary = refused.env("NODE_ENV", "production").run(&["apply"]).summary;
    assert!(summary.starts_with("### ✅ guarded-migrate · production · 1 migration applied\n"), "{summary}");
}

#[test]
fn every_output_is_set() {
    let story =
        settled().migration("2_drop.sql", "drop table items;").migration("3_more.sql", "create table more (id int);");
    let planned = story.run(&["plan"]).outputs;
    let value = |name: &str| planned[name].as_str();
    assert_eq!(
        [value("verdict"), value("pending"), value("applied"), value("destructive")],
        ["fail", "2", "0", "true"]
    );
    let digest = value("plan-digest");
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(value("matrix")).unwrap(),
        serde_json::json!({ "include": [{ "target": "", "pending": 2, "plan-digest": digest }] })
    );
    for file in ["report", "sarif", "summary"] {
        assert!(std::fs::metadata(value(file)).unwrap().len() > 0, "{file}");
    }

    std::fs::remove_file(story.root().join("migrations/2_drop.sql")).unwrap();
    let applied = story.run(&["apply"]).outputs;
    let value = |name: &str| applied[name].as_str();
    assert_eq!(
        [value("verdict"), value("pending"), value("applied"), value("destructive")],
        ["pass", "0", "1", "false"]
    );
    assert_eq!(value("matrix"), "{\"include\":[]}");
}

#[test]
fn a_migrations_name_gives_no_orders() {
    for name in
        ["1_a\n::error::boom.sql", "1_a\r::set-output name=x::boom.sql", "1_##[error]boom.sql", "1_::error::boom.sql"]
    {
        let story = Story::sqlite().migration(name, "drop table items;").production();
        for words in [&["lint"], &["plan"], &["apply"]] {
            let outcome = story.run(words);
            assert_ne!(outcome.code, Some(0), "{outcome}");
            let ours = |command: &ops_testing::WorkflowCommand| {
                !command.legacy && !command.data.starts_with("boom") && command.name != "set-output"
            };
            assert!(outcome.commands.iter().all(ours), "{:?}", outcome.commands);
        }
    }
}
