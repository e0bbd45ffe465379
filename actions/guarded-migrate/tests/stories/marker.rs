//! The marker: which environment a database says it is, and whether it is that database that says so.

use crate::story::{Story, check};

const ITEMS: &str = "create table items (id int primary key);";

#[test]
fn a_database_without_a_marker_is_refused_with_the_command_that_sets_it() {
    let story = Story::postgres().migration("1_items.sql", ITEMS);
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let marker = check(&report, "marker");
    let name = &story.database.as_ref().unwrap().name;
    let summary = marker["summary"].as_str().unwrap();
    assert!(summary.starts_with(&format!("there is no table bk_env_marker in database {name} of cluster ")), "{summary}");
    assert_eq!(marker["next"], "if the database is right, run guarded-migrate marker set --environment development");
    assert_eq!(story.sql("select count(*) from pg_class where relname in ('items', 'bk_env_marker')"), "0");
}

#[test]
fn the_wrong_database_is_refused_and_nothing_in_it_changes() {
    let story = Story::postgres().migration("1_items.sql", ITEMS).marked();
    let before = ops_testing::pg_dump_schema(&story.url);
    let story = story.production();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "refused, nothing was changed");
    let marker = check(&report, "marker");
    assert!(marker["summary"].as_str().unwrap().starts_with("bk_env_marker says dev; expected prod."), "{marker}");
    assert_eq!(ops_testing::pg_dump_schema(&story.url), before);
}
