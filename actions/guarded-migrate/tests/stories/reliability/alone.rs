//! A run that is no longer alone: its lock was given away, or a tool that knows no lock was at work.

use std::sync::mpsc;

use crate::running::{Session, until};
use crate::story::{Story, said};

const NOT_ALONE: &str = "another run or another tool is at work on this ledger, or recorded this migration meanwhile [lock]; \
                         nothing of it is left in the database\n\
                         next: see guarded-migrate status for what is applied, and run apply again: it plans anew";

#[test]
fn a_migration_that_gives_the_lock_away_lets_nobody_in_unseen() {
    let held = "select count(*) from pg_locks where locktype = 'advisory' and granted \
                and database = (select oid from pg_database where datname = current_database())";
    let story = Story::postgres()
        .migration(
            "1_unlock.sql",
            "do $$ begin while not exists (select from pg_locks where locktype = 'advisory' and not granted) loop \
             perform pg_sleep(0.02); end loop; end $$;\nselect pg_advisory_unlock_all();",
        )
        .migration("2_items.sql", "create table items (id int);")
        .marked();
    let (ended, wait) = mpsc::channel();
    let report = std::thread::scope(|scope| {
        let story = &story;
        scope.spawn(move || {
            until(story, held, "1");
            let key = ops_database::mutex::OWN_KEY;
            let other = Session::open(&story.url, &format!("select pg_advisory_lock({key})"));
            let () = wait.recv().unwrap();
            other.end();
        });
        let report = story.refused_in_the_middle(&["apply"]);
        ended.send(()).unwrap();
        report
    });
    assert_eq!(said(&report, "apply"), format!("fail: 2 was refused at migrations/2_items.sql:1:1: {NOT_ALONE}"));
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    assert_eq!(story.sql("select to_regclass('items') is null"), "t");
    story.passed(&["apply"]);
    assert_eq!(story.sql("select count(*) from ops_actions.migrations"), "2");
}

#[test]
fn what_another_tool_recorded_meanwhile_is_not_run_again() {
    let record = "insert into ops_actions.migrations (version, name, checksum, statements, started_at, finished_at) \
                  values ('2', 'items', '', 1, now(), now());";
    let story = Story::postgres()
        .migration("1_meanwhile.sql", record)
        .migration("2_items.sql", "create table items (id int);")
        .marked();
    let report = story.refused_in_the_middle(&["apply"]);
    assert_eq!(said(&report, "apply"), format!("fail: 2 was refused at migrations/2_items.sql:1:1: {NOT_ALONE}"));
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    assert_eq!(story.sql("select to_regclass('items') is null"), "t");
}

#[test]
fn nor_is_it_on_sqlite() {
    let record = "insert into ops_actions_migrations (version, name, checksum, statements, started_at, finished_at) \
                  values ('2', 'items', '', 1, '2027-03-31', '2027-03-31');";
    let story = Story::sqlite()
        .migration("1_meanwhile.sql", record)
        .migration("2_items.sql", "create table items (id int);")
        .marked();
    let report = story.refused_in_the_middle(&["apply"]);
    assert_eq!(said(&report, "apply"), format!("fail: 2 was refused at migrations/2_items.sql:1:1: {NOT_ALONE}"));
}
