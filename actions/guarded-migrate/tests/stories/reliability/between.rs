//! Between two migrations: one message commits the first, and opens the transaction of the second.

use std::time::Duration;

use crate::running::{Running, Session, until, until_alone};
use crate::story::{Story, said};

/// The first migration holds on to the ledger until somebody else waits for it, who then has it before the second begins.
fn contended() -> Story {
    let waited_for = "select from pg_locks where relation = 'ops_actions.migrations'::regclass and not granted";
    let first = format!(
        "create table first (id int);\nlock table ops_actions.migrations in row exclusive mode;\n\
         do $$ begin while not exists ({waited_for}) loop perform pg_sleep(0.02); end loop; end $$;\n"
    );
    Story::postgres()
        .migration("1_first.sql", &first)
        .migration("2_second.sql", "create table second (id int);\n")
        .marked()
}

const FIRST_HOLDS: &str = "select count(*) from pg_locks where relation = to_regclass('ops_actions.migrations') \
                           and granted and mode = 'RowExclusiveLock'";
const SECOND_WAITS: &str = "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not granted \
                            and relation = to_regclass('ops_actions.migrations') and application_name <> 'somebody else'";
const TAKE: &str = "begin; lock table ops_actions.migrations in access exclusive mode";

#[test]
fn a_stop_while_the_second_is_opened_counts_the_first() {
    let story = contended().policy("[migrations]\nlock_timeout = \"60s\"\n");
    let run = Running::start(&story, &["apply"]);
    until(&story, FIRST_HOLDS, "1");
    let other = Session::open(&story.url, TAKE);
    until(&story, SECOND_WAITS, "1");
    run.signal("TERM");
    // What the run did it reads in the audit trail, for its last words it needs the ledger.
    let waits_no_more = std::thread::spawn(move || other.end());
    let (outcome, report) = run.end_within(Duration::from_secs(5));
    waits_no_more.join().expect("the other session");
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: asked to stop while applying 2; what was not committed is rolled back\n\
         next: run apply again: it goes on where this run ended"
    );
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    until_alone(&story);
    assert_eq!(story.sql("select to_regclass('first') is null, to_regclass('second') is null"), "f|t");
    story.passed(&["apply"]);
    assert_eq!(story.sql("select count(*) from ops_actions.migrations"), "2");
}

#[test]
fn a_lock_that_only_the_second_meets_is_tried_again_without_the_first() {
    let story = contended().policy("[migrations]\nlock_timeout = \"50ms\"\nretries = 1000\n");
    let run = Running::start(&story, &["apply"]);
    until(&story, FIRST_HOLDS, "1");
    let other = Session::open(&story.url, TAKE);
    for waits in ["1", "0", "1"] {
        until(&story, SECOND_WAITS, waits);
    }
    other.end();
    let (outcome, report) = run.end();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(said(&report, "apply"), "pass: 2 of 2 applied");
    let audit = "select string_agg(event || coalesce(migration, ''), ' ' order by id) from ops_actions.audit";
    assert_eq!(story.sql(audit), "began applied1 applied2 finished");
}

#[test]
fn what_fails_at_the_very_end_of_the_first_is_blamed_on_it() {
    let parents = "create table parents (id int primary key);\n\
                   create table children (id int references parents deferrable initially deferred);\n";
    let story = Story::postgres()
        .migration("1_tables.sql", parents)
        .migration("2_orphan.sql", "insert into children values (1);\n")
        .migration("3_more.sql", "create table more (id int);\n")
        .marked();
    let report = story.refused_in_the_middle(&["apply"]);
    let apply = said(&report, "apply");
    assert!(apply.starts_with("fail: 2 was refused at migrations/2_orphan.sql"), "{apply}");
    assert!(apply.contains("violates foreign key constraint"), "{apply}");
    assert_eq!(report["headline"], "stopped: 1 of 3 applied");
    assert_eq!(story.sql("select count(*) from ops_actions.migrations"), "1");
    assert_eq!(story.sql("select to_regclass('more') is null"), "t");
}
