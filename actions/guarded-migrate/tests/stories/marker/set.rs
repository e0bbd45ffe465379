//! `marker set` and `marker show`.

use super::ITEMS;
use crate::running::Session;
use crate::story::{Story, said};

#[test]
fn a_marker_is_set_and_shown() {
    let story = Story::postgres().production();
    let place = story.place();
    assert_eq!(
        said(&story.passed(&["marker", "set"]), "marker"),
        format!("pass: bk_env_marker says prod, bound to {place}")
    );
    assert_eq!(said(&story.passed(&["marker", "show"]), "marker"), format!("pass: bk_env_marker in {place} says prod"));
    assert_eq!(story.sql("select env, set_by from bk_env_marker"), "prod|octocat");
    // Once more changes nothing that matters.
    story.passed(&["marker", "set"]);
    assert_eq!(story.sql("select count(*) from bk_env_marker"), "1");
}

#[test]
fn a_sqlite_file_is_made_with_its_marker() {
    let story = Story::sqlite().marked();
    assert_eq!(
        said(&story.passed(&["marker", "show"]), "marker"),
        format!("pass: bk_env_marker in {} says dev", story.place())
    );
}

#[test]
fn a_marker_that_says_something_else_is_replaced_only_by_name() {
    let story = Story::postgres().marked().production();
    let place = story.place();
    let refused = format!(
        "fail: bk_env_marker in {place} says dev, and prod was to be set\n\
         next: check the URL; if the database is right, add --replace dev"
    );
    assert_eq!(said(&story.refused(&["marker", "set"], 1), "marker"), refused);
    assert_eq!(said(&story.refused(&["marker", "set", "--replace", "staging"], 1), "marker"), refused);
    story.passed(&["marker", "set", "--replace", "dev"]);
    assert_eq!(story.sql("select env from bk_env_marker"), "prod");
}

#[test]
fn the_marker_of_a_protected_environment_is_meant_as_much_as_an_apply() {
    let story = Story::postgres().production().without("CONFIRM_PROD_MIGRATE");
    assert_eq!(
        said(&story.refused(&["marker", "set"], 1), "confirmation"),
        "fail: CONFIRM_PROD_MIGRATE is not set, expected \"YES\"\n\
         next: set in the env of the step: CONFIRM_PROD_MIGRATE=YES"
    );
    // To look is free.
    story.env("CONFIRM_PROD_MIGRATE", "YES").marked().without("CONFIRM_PROD_MIGRATE").passed(&["marker", "show"]);
}

#[test]
fn a_marker_is_not_waited_for_without_end() {
    let story = Story::postgres().marked();
    let _other = Session::open(&story.url, "begin; lock table bk_env_marker in row exclusive mode");
    assert_eq!(
        said(&story.refused(&["marker", "set"], 1), "marker"),
        "fail: canceling statement due to lock timeout\n\
         next: wait until the session that holds the lock has ended (pg_locks names it), and run this again"
    );
}

#[test]
fn show_says_what_is_wrong_and_changes_nothing() {
    let story = Story::postgres().migration("1_items.sql", ITEMS);
    let place = story.place();
    let shown = |story: &Story| {
        let before = story.content();
        let (outcome, report) = story.report(&["marker", "show"]);
        assert_eq!((outcome.code, story.content()), (Some(1), before), "{outcome}");
        said(&report, "marker")
    };
    let set = "guarded-migrate marker set --environment";
    assert_eq!(
        shown(&story),
        format!("fail: there is no bk_env_marker in {place}\nnext: if the database is right, run {set} development")
    );
    let story = story.marked().production();
    assert_eq!(
        shown(&story),
        format!(
            "fail: bk_env_marker in {place} says dev; expected prod\n\
             next: point DATABASE_URL at the right database, or, if the database is right, run {set} production --replace dev"
        )
    );
    story.passed(&["marker", "set", "--replace", "dev"]);
    story.sql("update bk_env_marker set identity = 'postgres:1/elsewhere'");
    assert_eq!(
        shown(&story),
        format!(
            "fail: bk_env_marker in {place} says prod, but it was copied from another database\n\
             next: point DATABASE_URL at the right database, or, if this copy took its place, run {set} production"
        )
    );
    story.sql("update bk_env_marker set identity = null");
    assert_eq!(
        shown(&story),
        format!(
            "fail: bk_env_marker in {place} says prod, but is not bound to this database\n\
             next: if the database is right, run {set} production"
        )
    );
}

#[test]
fn without_a_url_there_is_nothing_to_mark() {
    for words in [["marker", "set"], ["marker", "show"]] {
        let outcome = Story::sqlite().without("DATABASE_URL").run(&words);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert_eq!(outcome.stderr, "error: DATABASE_URL is not set: set it to the database's URL\n");
    }
}
