//! The server: one that takes writes, of a version that was tested.

use ops_testing::Postgres;

use super::{ITEMS, ready, ready_on_postgres};
use crate::story::{Story, said};

const TAKES_NO_WRITES: &str =
    "\nnext: point DATABASE_URL at the primary; if it is the primary, turn default_transaction_read_only off";

#[test]
fn a_primary_passes() {
    assert_eq!(said(&ready_on_postgres().passed(&["apply"]), "primary"), "pass: the server takes writes");
}

#[test]
fn sessions_that_may_only_read_are_refused() {
    let story = ready_on_postgres();
    let name = story.database.as_ref().unwrap().name.clone();
    story.sql(&format!("alter database {name} set default_transaction_read_only = on"));
    assert_eq!(
        said(&story.refused(&["apply"], 1), "primary"),
        format!(
            "fail: the server takes no writes: its sessions are read-only (default_transaction_read_only){TAKES_NO_WRITES}"
        )
    );
    ops_testing::psql(
        &format!("{}?options=-c%20default_transaction_read_only%3Doff", story.url),
        &format!("alter database {name} reset default_transaction_read_only"),
    );
    story.passed(&["apply"]);
}

#[test]
fn a_standby_is_refused() {
    let mut server = Postgres::start();
    let database = server.create_database();
    let story = Story::at(database.url.clone()).migration("1_items.sql", ITEMS).production().marked();
    // A server with this file follows a primary; without an address it waits for one for ever, and answers questions.
    std::fs::write(server.folder().join("data/standby.signal"), "").expect("the signal");
    server.restart();
    assert_eq!(
        said(&story.refused(&["apply"], 1), "primary"),
        format!("fail: the server takes no writes: it is a standby in recovery{TAKES_NO_WRITES}")
    );
}

#[test]
fn the_version_is_told() {
    let report = ready_on_postgres().passed(&["apply"]);
    assert!(said(&report, "server-version").starts_with("pass: PostgreSQL 1"), "{report:#}");
    assert!(said(&ready().passed(&["apply"]), "server-version").starts_with("pass: SQLite 3."));
}

#[test]
fn a_version_that_nobody_tested_is_refused() {
    let story = ready_on_postgres();
    let name = story.database.as_ref().unwrap().name.clone();
    // No such server can be installed here, so this one is taught to say something else.
    story.sql(&format!(
        "create schema older; create function older.current_setting(name text) returns text language sql as \
         $$ select case name when 'server_version_num' then '120022' when 'server_version' then '12.22' \
         else pg_catalog.current_setting(name) end $$; alter database {name} set search_path = public, older, pg_catalog"
    ));
    assert_eq!(
        said(&story.refused(&["apply"], 1), "server-version"),
        "fail: PostgreSQL 12.22 is outside PostgreSQL 13 to 18\n\
         next: use a server within that range, or a release of guarded-migrate that knows this one"
    );
}
