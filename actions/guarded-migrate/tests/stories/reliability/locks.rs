//! Locks that others hold: on a table, and on the whole database as other runs and other tools hold them.

use std::time::Duration;

use crate::running::{Running, Session, until, value};
use crate::story::{Story, check, said};

const POLICY: &str = "[migrations]\nlock_timeout = \"300ms\"\nretries = 2\nlock_wait = \"1s\"\n";

/// A database with a table, and a migration that needs the table for itself.
fn widening() -> Story {
    let story = Story::postgres()
        .policy(POLICY)
        .migration("1_items.sql", "create table items (id int);")
        .migration("2_other.sql", "create table other (id int);")
        .marked();
    story.passed(&["apply"]);
    story.migration("3_widen.sql", "create table before_it (id int);\nalter table items add column name text;")
}

#[test]
fn a_table_that_stays_locked_is_refused_in_the_servers_words_and_nothing_is_left() {
    let story = widening();
    let other = Session::open(&story.url, "begin; lock table items");
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 3 was refused at migrations/3_widen.sql:2:1: canceling statement due to lock timeout [55P03]; nothing of it is \
         left in the database\n\
         next: wait until the session that holds the lock has ended (pg_locks names it), or raise migrations.lock_timeout, and \
         run apply again"
    );
    assert_eq!(story.sql("select to_regclass('before_it') is null"), "t");
    assert_eq!(story.sql("select count(*) from ops_actions.migrations"), "2");
    other.end();
    story.passed(&["apply"]);
}

#[test]
fn a_table_that_is_released_in_time_is_tried_again_and_migrated() {
    let story = widening().policy("[migrations]\nlock_timeout = \"300ms\"\nretries = 20\n");
    let other = Session::open(&story.url, "begin; lock table items");
    let run = Running::start(&story, &["apply"]);
    // Another try has begun when the transaction that waits is not the first one.
    let waiting =
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    until(&story, waiting, "1");
    let first = story.sql(
        "select backend_xid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    let later = format!(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and backend_xid::text <> '{first}'"
    );
    until(&story, &later, "1");
    other.end();
    let (outcome, report) = run.end();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(said(&report, "apply"), "pass: 1 of 1 applied");
    assert_eq!(story.sql("select count(*) from ops_actions.audit where event = 'applied' and migration = '3'"), "1");
}

#[test]
fn a_sqlite_file_that_stays_locked_is_refused_with_the_way_out() {
    let story = Story::sqlite().policy(POLICY).migration("1_items.sql", "create table items (id int);").marked();
    let path = story.root().join("dev.db");
    let url = ops_database::DatabaseUrl::parse(&format!("file:{}", path.display()), story.root()).expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut other = runtime.block_on(async {
        let mut other = ops_database::Connection::open(&url, ops_database::Open::Existing).await.expect("the file");
        other.run("begin immediate").await.expect("the lock");
        other
    });
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: the ledger could not be prepared: database is locked; no migration was begun\n\
         next: wait until the program that holds the database file has ended, or raise migrations.lock_timeout, and run apply again"
    );
    runtime.block_on(async { other.run("rollback").await.expect("the end of the lock") });
    story.passed(&["apply"]);
    assert_eq!(value(&story, "select cast(count(*) as text) from ops_actions_audit where event = 'began'"), "1");
}

#[test]
fn another_run_is_waited_for_and_then_named() {
    let story = widening();
    let own_key = ops_database::mutex::OWN_KEY;
    let other = Session::open(&story.url, &format!("select pg_advisory_lock({own_key})"));
    // The same lock in another database has nothing to do with it.
    let elsewhere = Story::postgres();
    let noise = Session::open(&elsewhere.url, &format!("select pg_advisory_lock({own_key})"));
    let process = story.sql("select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())");
    let report = story.refused(&["apply"], 1);
    let lock = check(&report, "lock");
    let summary = lock["summary"].as_str().expect("a summary");
    let expected = format!("another run holds the migration lock (process {process}, somebody else, since ");
    assert!(summary.starts_with(&expected), "{summary}");
    assert!(summary.ends_with("), and did not finish within 1 s"), "{summary}");
    assert_eq!(lock["next"], "wait for the other run to end, or raise migrations.lock_wait, and run apply again");
    noise.end();
    other.end();
    story.passed(&["apply"]);
}

/// A repository of Prisma's with one migration that waits at a gate.
fn prisma() -> Story {
    Story::postgres()
        .policy(POLICY)
        .file("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n")
        .file("prisma/migrations/20270101000000_items/migration.sql", "create table items (id int);")
        .marked()
}

const PRISMAS_KEY: &str = "72707369";

#[test]
fn prisma_at_work_keeps_us_out() {
    let story = prisma();
    let other = Session::open(&story.url, &format!("select pg_advisory_lock({PRISMAS_KEY})"));
    let report = story.refused(&["apply"], 1);
    let summary = check(&report, "lock")["summary"].as_str().expect("a summary");
    assert!(summary.contains("somebody else"), "{summary}");
    other.end();
    story.passed(&["apply"]);
}

#[test]
fn we_at_work_keep_prisma_out() {
    let story = prisma();
    story.passed(&["apply"]);
    let story = story
        .file("prisma/migrations/20270102000000_more/migration.sql", "alter table items add column name text;")
        .policy("[migrations]\nlock_timeout = \"60s\"\n");
    let other = Session::open(&story.url, "begin; lock table items");
    let run = Running::start(&story, &["apply"]);
    until(&story, "select count(*) from pg_locks where not granted and relation = 'items'::regclass", "1");
    assert_eq!(story.sql(&format!("select pg_try_advisory_lock({PRISMAS_KEY})")), "f");
    other.end();
    let (outcome, _) = run.end_within(Duration::from_secs(60));
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(story.sql(&format!("select pg_try_advisory_lock({PRISMAS_KEY})")), "t");
}
