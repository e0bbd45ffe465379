//! A run that never said how it ended: `status` tells of it, and it stops nobody.

use super::signals::{SLEEPS, gated};
use crate::running::{Running, until, until_alone, value};
use crate::story::{Story, check, said};

fn audit(story: &Story) -> String {
    said(&story.passed(&["status"]), "audit")
}

#[test]
fn status_tells_of_a_run_without_an_end_until_another_one_ends() {
    let story = gated(Story::postgres()).env("USER", "mona");
    assert_eq!(audit(&story), "pass: no run is without its end");
    let run = Running::start(&story, &["apply"]);
    until(&story, SLEEPS, "1");
    let at = story
        .sql("select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from ops_actions.audit limit 1");
    let told = format!(
        "pass: the run of {at} (mona) began and did not record its end: it is at work, or it was killed, and the next apply goes \
         on from what the ledger says"
    );
    assert_eq!(audit(&story), told);
    assert!(run.kill());
    story.sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()");
    until_alone(&story);
    assert_eq!(audit(&story), told);
    story.sql("delete from gate");
    story.passed(&["apply"]);
    assert_eq!(audit(&story), "pass: no run is without its end");
}

#[test]
fn so_it_does_on_sqlite() {
    let story = Story::sqlite().migration("1_items.sql", "create table items (id integer primary key);").marked();
    story.passed(&["apply"]);
    assert_eq!(audit(&story), "pass: no run is without its end");
    let began = "insert into ops_actions_audit (at, run, event, environment, actor, run_url, version) \
                 values ('2026-11-21T08:40:21.566Z', 'another', 'began', 'development', 'mona', 'https://github.test/runs/1', '1') \
                 returning run";
    assert_eq!(value(&story, began), "another");
    let report = story.passed(&["status"]);
    assert!(
        said(&report, "audit")
            .starts_with("pass: the run of 2026-11-21T08:40:21Z (mona, https://github.test/runs/1) began"),
        "{report:#}"
    );
    assert_eq!(check(&report, "audit")["evidence"]["unfinished"], true);
}
