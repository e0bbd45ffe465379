//! SQL that cannot be read, or that the server refuses.

use crate::story::{Story, said};

#[test]
fn text_that_cannot_be_cut_into_statements_is_refused_with_line_and_column() {
    let story = Story::sqlite()
        .migration("1_items.sql", "create table items (id integer);\n\ninsert into items values ('unfinished);\n")
        .marked();
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "statements"),
        "fail: migrations/1_items.sql:3:27: unterminated string\n\
         next: put the SQL right; nothing of this file was run"
    );
    assert_eq!(story.report(&["lint"]).0.code, Some(1));
}

#[test]
fn a_statement_that_the_server_refuses_is_named_with_line_and_column() {
    let story = Story::postgres()
        .migration(
            "1_items.sql",
            "create table items (id int primary key);\n\nalter table items\n  add colum note text;\n",
        )
        .marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 1 was refused at migrations/1_items.sql:4:18: syntax error at or near \"text\" [42601]; nothing of it is left in \
         the database\nnext: put the file right and run apply again"
    );
    assert_eq!(report["headline"], "stopped: 0 of 1 applied");
    assert_eq!(report["findings"][0]["rule"], "migration/refused-by-database");
    assert_eq!(report["findings"][0]["start_line"], 4);
    assert_eq!(report["findings"][0]["start_column"], 18);
    assert_eq!(story.sql("select count(*) from pg_class where relname = 'items'"), "0");
}

#[test]
fn so_is_one_that_only_the_data_refuse() {
    let story = Story::postgres()
        .migration("1_items.sql", "create table items (id int primary key);\ninsert into items values (1), (1);\n")
        .marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 1 was refused at migrations/1_items.sql:2:1: duplicate key value violates unique constraint \"items_pkey\" \
         [23505]; nothing of it is left in the database\n\
         next: put the file right and run apply again"
    );
}

#[test]
fn sqlite_names_the_statement_too() {
    let story = Story::sqlite()
        .migration("1_items.sql", "create table items (id integer);\n\ninsert into goods values (1);\n")
        .marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 1 was refused at migrations/1_items.sql:3:1: no such table: goods [1]; nothing of it is left in the database\n\
         next: put the file right and run apply again"
    );
}

#[test]
fn a_statement_that_takes_too_long_is_ended_by_the_timeout_that_the_policy_sets() {
    let limits = "create table limits as select current_setting('lock_timeout') as l, current_setting('statement_timeout') as s;";
    let story = Story::postgres()
        .policy("[migrations]\nlock_timeout = \"700ms\"\nstatement_timeout = \"800ms\"\n")
        .migration("1_limits.sql", limits)
        .migration("2_slow.sql", "create table slow (id int);\nselect pg_sleep(600);\n")
        .marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 2 was refused at migrations/2_slow.sql:2:1: canceling statement due to statement timeout [57014]; nothing of it is \
         left in the database\n\
         next: if it took too long, make the statement cheaper or raise migrations.statement_timeout; if somebody cancelled it, \
         ask why; then run apply again"
    );
    assert_eq!(story.sql("select l, s, to_regclass('slow') is null from limits"), "700ms|800ms|t");
}

#[test]
fn a_slow_statement_does_not_show_its_data_in_the_log() {
    let story = Story::postgres().migration("1_card.sql", "select pg_sleep(1.1), 'card 4111';").marked();
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(!outcome.everything().contains("4111"), "{outcome}");
}
