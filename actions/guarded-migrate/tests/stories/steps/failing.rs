//! A step that fails: what came before it stays, the file is put right, the next run goes on.

use crate::story::{Story, check, said};

/// Three steps, of which the third fails.
fn broken() -> Story {
    Story::postgres()
        .migration("1_items.sql", "create table items (id int);")
        .migration(
            "2_more.sql",
            "create table first (id int);\ncreate index concurrently items_id on items (id);\ninsert into nowhere values (1);\n",
        )
        .marked()
}

const RIGHT: &str =
    "create table first (id int);\ncreate index concurrently items_id on items (id);\ninsert into items values (1);\n";

fn fail(story: &Story) {
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 2 was refused at migrations/2_more.sql:3:13: relation \"nowhere\" does not exist [42P01]; its first 2 steps are \
         committed, and the next run goes on after them\n\
         next: put the file right and run apply again"
    );
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    assert_eq!(
        story.sql("select statements, error from ops_actions.migrations where version = '2'"),
        "1|relation \"nowhere\" does not exist"
    );
}

#[test]
fn a_file_that_was_put_right_goes_on_after_the_steps_that_ran() {
    let story = broken();
    fail(&story);
    let number = story.sql("select 'items_id'::regclass::oid");
    let story = story.migration("2_more.sql", RIGHT);
    let report = story.passed(&["status"]);
    assert_eq!(check(&report, "ledger")["summary"], "1 applied, 0 pending; 2 was interrupted and will be finished");
    story.passed(&["apply"]);
    assert_eq!(story.sql("select 'items_id'::regclass::oid"), number);
    assert_eq!(story.sql("select count(*) from items"), "1");
    assert_eq!(
        story.sql(
            "select statements, error is null, finished_at is null from ops_actions.migrations where version = '2'"
        ),
        "3|t|f"
    );
    assert_eq!(story.passed(&["apply"])["headline"], "nothing to apply");
}

#[test]
fn a_step_that_ran_must_not_be_edited() {
    let story = broken();
    fail(&story);
    let story = story.migration("2_more.sql", &RIGHT.replace("first (id int)", "first (id bigint)"));
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        check(&report, "ledger")["summary"],
        "2 was interrupted, and the steps that ran are no longer those of its file"
    );
    let story = story.migration("2_more.sql", RIGHT);
    story.passed(&["apply"]);
}

#[test]
fn a_migration_that_somebody_settled_as_undone_starts_from_its_first_step() {
    let story = broken();
    fail(&story);
    story.sql("drop table first; drop index items_id");
    story.passed(&["resolve", "--migration", "2", "--as", "rolled-back"]);
    let story = story.migration("2_more.sql", RIGHT);
    story.passed(&["apply"]);
    assert_eq!(story.sql("select to_regclass('first') is null or to_regclass('items_id') is null"), "f");
}

#[test]
fn a_first_migration_that_failed_on_sqlite_is_put_right_and_applied() {
    let story = Story::sqlite()
        .migration("1_items.sql", "create table items (id int);\ninsert into nowhere values (1);")
        .marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let summary = check(&report, "apply")["summary"].as_str().expect("a summary");
    assert!(summary.ends_with("no such table: nowhere [1]; nothing of it is left in the database"), "{summary}");
    let story = story.migration("1_items.sql", "create table items (id int);");
    let report = story.passed(&["apply"]);
    assert_eq!(report["headline"], "1 migration applied");
}
