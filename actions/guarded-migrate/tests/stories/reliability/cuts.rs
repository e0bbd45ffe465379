//! Connections that break at the worst moments, and a server that goes away.

use ops_testing::{Postgres, Rule};

use super::work::{applied, assert_ledger_is_true, story};
use crate::running::{Running, Session, through_proxy, until, value};
use crate::story::{Story, check, said};

/// What the client sends at each moment that matters, for migration 5, which runs in steps, and 3 and 4, which do not.
const MOMENTS: [(&str, &str); 9] = [
    ("the ledger is prepared", "'began', 'development'"),
    ("a migration in one transaction begins", "create table made_4 "),
    ("a migration commits and the next one is opened", "'applied', 'development', '3'"),
    ("a migration in one transaction commits", "'applied', 'development', '4'"),
    ("a migration in steps is recorded", "('5', 0, "),
    ("its first step commits", "('5', 1, "),
    ("its index is built", "create index concurrently index_5 "),
    ("the end of the index is recorded", "('5', 2, "),
    ("it is finished", "'applied', 'development', '5'"),
];

#[test]
fn a_connection_cut_before_the_answer_is_read_back_and_nothing_is_applied_twice() {
    for (moment, text) in MOMENTS {
        survive(moment, Rule::cut_before_answer_to(text));
    }
}

#[test]
fn a_connection_cut_before_the_server_hears_is_made_good() {
    for (moment, text) in MOMENTS {
        survive(moment, Rule::cut_before(text));
    }
}

fn survive(moment: &str, rule: Rule) {
    let (place, proxy) = through_proxy(story(Story::postgres(), 6), rule.clone());
    let (outcome, report) = place.report(&["apply"]);
    assert_eq!(proxy.fired(), 1, "{moment}, {rule:?}: {outcome}");
    assert_eq!(outcome.code, Some(0), "{moment}, {rule:?}: {outcome}");
    assert_eq!(said(&report, "apply"), "pass: 6 of 6 applied", "{moment}, {rule:?}");
    assert_eq!(applied(&place), 6, "{moment}, {rule:?}");
    assert_ledger_is_true(&place);
    let audit = "select string_agg(event || coalesce(migration, ''), ' ' order by id) from ops_actions.audit";
    assert_eq!(
        value(&place, audit),
        "began applied1 applied2 applied3 applied4 applied5 applied6 finished",
        "{moment}, {rule:?}"
    );
    let report = place.passed(&["apply"]);
    assert_eq!(report["headline"], "nothing to apply");
}

#[test]
fn a_run_whose_connection_was_cut_gives_way_to_one_that_came_between() {
    let (place, proxy) = through_proxy(story(Story::postgres(), 6), Rule::Pass);
    // The third migration waits for this session; the lock goes to the other one as soon as the run's session ends.
    let gate = Session::open(
        &place.url,
        "create table made_3 (id int); drop table made_3; begin; create table made_3 (id int)",
    );
    let run = Running::start(&place, &["apply"]);
    let waits = "select count(*) from pg_locks where not granted and locktype = 'transactionid' and pid in \
                 (select pid from pg_stat_activity where datname = current_database())";
    until(&place, waits, "1");
    let url = place.url.clone();
    let between = std::thread::spawn(move || {
        Session::open(
            &url,
            &format!(
                "select pg_advisory_lock({}); insert into ops_actions.migrations (version, name, checksum, statements, started_at, \
                 finished_at) values ('6', 'make', 'of another commit', 1, now(), now())",
                ops_database::mutex::OWN_KEY
            ),
        )
        .end();
    });
    until(&place, "select count(*) from pg_locks where not granted and locktype = 'advisory'", "1");
    proxy.set(Rule::cut_before("'applied', 'development', '3'"));
    gate.end();
    between.join().expect("the one between");
    let (outcome, report) = run.end();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let summary = check(&report, "apply")["summary"].as_str().expect("a summary");
    assert!(summary.starts_with("while 3 was applied, the connection broke off: "), "{summary}");
    assert!(summary.ends_with("; before the lock was taken again, another run changed the ledger"), "{summary}");
    assert_eq!(report["headline"], "stopped: 2 of 6 applied");
    assert_eq!(place.sql("select count(*) from witness"), "2");
}

#[test]
fn a_server_that_goes_away_leaves_the_run_unproven_and_the_next_one_completes() {
    let mut server = Postgres::configure().start();
    let database = server.create_database();
    let place = Story::at(database.url.clone())
        .migration("1_gate.sql", "create table gate (id int);\ninsert into gate values (1);")
        .migration("2_slow.sql", "do $$ begin if exists (select from gate) then perform pg_sleep(600); end if; end $$;")
        .migration("3_items.sql", "create table items (id int);")
        .marked();
    let run = Running::start(&place, &["apply"]);
    until(&place, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'", "1");
    server.stop_immediately();
    let (outcome, report) = run.end();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    let apply = check(&report, "apply");
    let summary = apply["summary"].as_str().expect("a summary");
    assert!(summary.starts_with("while 2 was applied, the connection broke off: "), "{summary}");
    assert!(
        summary.contains("; whether it was committed could not be read back: cannot connect to 127.0.0.1:"),
        "{summary}"
    );
    assert_eq!(
        apply["next"],
        "when the database answers again, run guarded-migrate status: it tells whether the migration is in the ledger; then run \
         apply again"
    );
    assert_eq!(report["headline"], "stopped: 1 of 3 applied");

    server.restart();
    let report = place.passed(&["status"]);
    assert_eq!(check(&report, "ledger")["summary"], "1 applied, 2 pending");
    place.sql("delete from gate");
    let report = place.passed(&["apply"]);
    assert_eq!(report["headline"], "2 migrations applied");
}

#[test]
fn a_session_that_an_administrator_ends_is_opened_again_until_the_limit() {
    let place = Story::postgres()
        .policy("[migrations]\nretries = 1\n")
        .migration("1_items.sql", "create table items (id int);\nselect pg_terminate_backend(pg_backend_pid());")
        .marked();
    let (outcome, report) = place.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 1 is not applied: the session broke off 2 times while it ran, at last because the connection broke off: \
         terminating connection due to administrator command\n\
         next: look into the server's log for why it ends these sessions, put that right and run apply again"
    );
    assert_eq!(place.sql("select to_regclass('items') is null"), "t");
    assert_eq!(check(&report, "audit")["verdict"], "pass");
}
