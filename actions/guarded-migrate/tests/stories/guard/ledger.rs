//! A ledger that is not clean stops everything, and each way out leads out.

use super::{ITEMS, settled_on_postgres};
use crate::story::{Story, said};

/// Two migrations applied, and a third to come.
fn three() -> Story {
    let story = settled_on_postgres().migration("2_more.sql", "create table more (id int primary key);");
    story.passed(&["apply"]);
    story.migration("3_last.sql", "create table last (id int primary key);")
}

fn refusal(story: &Story) -> String {
    said(&story.refused(&["apply"], 1), "ledger")
}

/// Runs the printed `resolve` command that ends so.
fn follow(story: &Story, answer: &str, state: &str) {
    let commands = answer.split("guarded-migrate ").skip(1);
    let command = commands.map(|rest| rest.split([';', ',']).next().unwrap_or(rest)).find_map(|rest| {
        let end = rest.find(&format!("--as {state}"))? + "--as ".len() + state.len();
        Some(&rest[..end])
    });
    let words: Vec<&str> = command.unwrap_or_else(|| panic!("no way to {state} in {answer}")).split(' ').collect();
    story.passed(&words);
}

#[test]
fn a_clean_ledger_passes() {
    assert_eq!(said(&three().passed(&["apply"]), "ledger"), "pass: 2 applied, 1 pending");
    let story = Story::postgres().migration("1_items.sql", ITEMS).marked();
    assert_eq!(said(&story.passed(&["apply"]), "ledger"), "pass: 0 applied, 1 pending; the ledger will be made");
}

#[test]
fn a_failed_migration_is_run_again_or_taken_as_done() {
    for (state, exists) in [("rolled-back", false), ("applied", true)] {
        let story = three();
        story.sql("update ops_actions.migrations set finished_at = null where version = '2'");
        if !exists {
            story.sql("drop table more");
        }
        let answer = refusal(&story);
        assert_eq!(
            answer,
            "fail: failed earlier: 2\n\
             next: look at what 2 left behind, then run guarded-migrate resolve --migration 2 --as rolled-back \
             or guarded-migrate resolve --migration 2 --as applied"
        );
        follow(&story, &answer, state);
        story.passed(&["apply"]);
        assert_eq!(story.sql("select count(*) from pg_class where relname in ('items', 'more', 'last')"), "3");
    }
}

#[test]
fn what_is_pending_is_told_as_it_is_after_the_resolution() {
    let story = three();
    story.sql("update ops_actions.migrations set finished_at = null where version = '2'; drop table more");
    let report = story.passed(&["resolve", "--migration", "2", "--as", "rolled-back"]);
    assert_eq!(report["details"]["pending"], serde_json::json!(["2", "3"]));
    assert_eq!(report["details"]["migrations"][1]["state"], "pending");
    let report = story.passed(&["resolve", "--migration", "2", "--as", "applied"]);
    assert_eq!(report["details"]["pending"], serde_json::json!(["3"]));
    assert_eq!(report["details"]["migrations"][1]["state"], "applied");
}

#[test]
fn an_edited_migration_is_put_back_or_accepted() {
    let edit = |story: Story| story.migration("2_more.sql", "create table more (id bigint primary key);");
    let story = edit(three());
    let answer = refusal(&story);
    assert_eq!(
        answer,
        "fail: applied with other bytes than the file has now: 2\n\
         next: put the old bytes back and write a new migration, or accept the new ones with \
         guarded-migrate resolve --migration 2 --as applied"
    );
    follow(&story, &answer, "applied");
    story.passed(&["apply"]);

    let story = edit(three());
    refusal(&story);
    story.migration("2_more.sql", "create table more (id int primary key);").passed(&["apply"]);
}

#[test]
fn a_missing_file_is_brought_back_or_forgotten() {
    let story = three();
    std::fs::remove_file(story.root().join("migrations/2_more.sql")).unwrap();
    let answer = refusal(&story);
    assert_eq!(
        answer,
        "fail: applied, but the file is gone: 2\n\
         next: bring the file back from git, or forget it with guarded-migrate resolve --migration 2 --as rolled-back"
    );
    follow(&story, &answer, "rolled-back");
    story.passed(&["apply"]);

    let story = three();
    std::fs::remove_file(story.root().join("migrations/2_more.sql")).unwrap();
    refusal(&story);
    story.migration("2_more.sql", "create table more (id int primary key);").passed(&["apply"]);
}

#[test]
fn a_migration_that_comes_late_gets_a_newer_version_or_is_allowed() {
    let late = || {
        let story =
            Story::postgres().migration("1_items.sql", ITEMS).migration("3_last.sql", "create table last (id int);");
        let story = story.production().marked();
        story.passed(&["apply"]);
        story.migration("2_more.sql", "create table more (id int primary key);")
    };
    let story = late();
    assert_eq!(
        refusal(&story),
        "fail: older than an applied one, but not applied: 2\n\
         next: give it a newer version, or set migrations.out_of_order = \"allow\""
    );
    let report = story.policy("[migrations]\nout_of_order = \"allow\"\n").passed(&["apply"]);
    assert_eq!(said(&report, "ledger"), "pass: 2 applied, 1 pending");
    assert_eq!(report["details"]["applied"][0], "2");

    let story = late();
    std::fs::rename(story.root().join("migrations/2_more.sql"), story.root().join("migrations/4_more.sql")).unwrap();
    story.passed(&["apply"]);
}

#[test]
fn a_history_that_nobody_recorded_is_told_first() {
    let unrecorded = || {
        let story =
            Story::postgres().migration("1_items.sql", ITEMS).migration("2_more.sql", "create table more (id int);");
        story.sql(ITEMS);
        story.production().marked()
    };
    let story = unrecorded();
    let answer = refusal(&story);
    assert_eq!(
        answer,
        "fail: the ledger is empty, but the database holds public.items: its history is not recorded\n\
         next: mark each migration that the schema already holds, beginning with guarded-migrate resolve --migration 1 --as applied; \
         if it holds none of them, put an empty migration before them and mark that one"
    );
    follow(&story, &answer, "applied");
    let report = story.passed(&["apply"]);
    assert_eq!(report["details"]["applied"][0], "2");

    let story = unrecorded().migration("0_before.sql", "");
    std::fs::remove_file(story.root().join("migrations/1_items.sql")).unwrap();
    refusal(&story);
    story.passed(&["resolve", "--migration", "0", "--as", "applied"]);
    story.passed(&["apply"]);
}

#[test]
fn what_a_provider_keeps_in_schemas_of_its_own_is_no_history() {
    let story = Story::postgres().migration("1_items.sql", ITEMS).production().marked();
    story.sql("create schema auth; create table auth.users (id int primary key)");
    assert_eq!(said(&story.passed(&["apply"]), "ledger"), "pass: 0 applied, 1 pending; the ledger will be made");
}

#[test]
fn every_trouble_is_told_at_once() {
    let story = three().migration("1_items.sql", "create table items (id bigint primary key);");
    std::fs::remove_file(story.root().join("migrations/2_more.sql")).unwrap();
    let answer = refusal(&story);
    assert!(
        answer
            .starts_with("fail: applied with other bytes than the file has now: 1; applied, but the file is gone: 2\n"),
        "{answer}"
    );
}
