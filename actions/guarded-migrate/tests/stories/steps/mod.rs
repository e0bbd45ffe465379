//! Migrations that cannot run in one transaction: step by step, with their progress recorded.

mod failing;
mod indexes;
mod mixed;
mod modes;
mod prisma;

use crate::running::{Running, Session, until};
use crate::story::Story;

/// A table, and a second migration that builds an index on it outside a transaction.
fn indexed() -> Story {
    Story::postgres()
        .migration("1_items.sql", "create table items (id int);\ninsert into items values (1);")
        .migration("2_index.sql", "create index concurrently items_id on items (id);")
        .marked()
}

/// A session whose snapshot keeps every concurrent build waiting.
fn snapshot(story: &Story) -> Session {
    Session::open(&story.url, "begin isolation level repeatable read; select 1")
}

/// A run that has begun to build the index and waits for a snapshot.
fn building(story: &Story) -> Running<'_> {
    let run = Running::start(story, &["apply"]);
    until(story, "select count(*) from pg_index where indexrelid = to_regclass('items_id')", "1");
    run
}

/// Ends the session that builds an index, as an administrator or a failover does.
fn end_the_build(story: &Story) {
    let ended = story.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() \
         and query like 'create%index concurrently%'",
    );
    assert_eq!(ended, "t");
}

/// The index: its number, and whether it is valid.
fn index(story: &Story) -> (String, bool) {
    let oid = story.sql("select 'items_id'::regclass::oid");
    (oid, story.sql("select indisvalid from pg_index where indexrelid = 'items_id'::regclass") == "t")
}
