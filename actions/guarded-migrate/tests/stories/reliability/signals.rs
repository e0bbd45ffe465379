//! SIGINT and SIGTERM, as a runner sends them when a job is cancelled. Here the time is the requirement.

use std::time::Duration;

use ops_testing::{Event, GitHubServer, Proxy, Rule};

use crate::running::{Running, Session, through_proxy, until, until_alone};
use crate::story::{Story, check, said};

const LIMIT: Duration = Duration::from_secs(5);

/// A first migration that ends, and a second one that sleeps while the table `gate` holds a row.
pub(super) fn gated(story: Story) -> Story {
    let sleep = "create table half (id int);\n\
                 do $$ begin if exists (select from gate) then perform pg_sleep(600); end if; end $$;";
    story
        .migration("1_gate.sql", "create table gate (id int);\ninsert into gate values (1);")
        .migration("2_slow.sql", sleep)
        .marked()
}

pub(super) const SLEEPS: &str =
    "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()";

fn assert_stopped_while_applying(story: &Story, run: Running<'_>, signal: &str) {
    run.signal(signal);
    let (outcome, report) = run.end_within(LIMIT);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: asked to stop while applying 2; what was not committed is rolled back\n\
         next: run apply again: it goes on where this run ended"
    );
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    until_alone(story);
    let free = format!("select pg_try_advisory_lock({})", ops_database::mutex::OWN_KEY);
    assert_eq!(story.sql(&free), "t");
}

fn a_long_statement_is_rolled_back_on(signal: &str) {
    let story = gated(Story::postgres());
    let run = Running::start(&story, &["apply"]);
    until(&story, SLEEPS, "1");
    assert_stopped_while_applying(&story, run, signal);
    assert_eq!(story.sql("select to_regclass('half') is null"), "t");
    assert_eq!(story.sql("select note from ops_actions.audit where event = 'finished'"), "fail: 1 applied");
    story.sql("delete from gate");
    story.passed(&["apply"]);
    assert_eq!(story.sql("select to_regclass('half') is null"), "f");
}

#[test]
fn an_interrupt_rolls_a_long_statement_back() {
    a_long_statement_is_rolled_back_on("INT");
}

#[test]
fn a_termination_rolls_a_long_statement_back() {
    a_long_statement_is_rolled_back_on("TERM");
}

#[test]
fn a_run_that_waits_for_another_one_stops_at_once() {
    let story = gated(Story::postgres());
    let other = Session::open(&story.url, &format!("select pg_advisory_lock({})", ops_database::mutex::OWN_KEY));
    let before = story.content();
    let run = Running::start(&story, &["apply"]);
    until(
        &story,
        "select count(*) from pg_stat_activity where query like 'select pg_try_advisory_lock%' and datname = current_database() \
         and pid <> pg_backend_pid()",
        "1",
    );
    run.signal("TERM");
    let (outcome, report) = run.end_within(LIMIT);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(said(&report, "apply"), "fail: asked to stop before anything was changed\nnext: run apply again");
    assert_eq!(report["headline"], "refused, nothing was changed");
    assert_eq!(story.content(), before);
    other.end();
}

#[test]
fn a_concurrent_index_build_stops_and_the_next_run_builds_it_anew() {
    let story = Story::postgres()
        .migration("1_items.sql", "create table items (id int);")
        .migration("2_index.sql", "create index concurrently items_id on items (id);")
        .marked();
    let (outcome, _) = {
        let other = Session::open(&story.url, "begin; set transaction isolation level repeatable read; select 1");
        let run = Running::start(&story, &["apply"]);
        until(&story, "select count(*) from pg_index where indexrelid = to_regclass('items_id')", "1");
        run.signal("INT");
        let ended = run.end_within(LIMIT);
        other.end();
        ended
    };
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(story.sql("select indisvalid from pg_index where indexrelid = 'items_id'::regclass"), "f");
    assert!(outcome.stdout.contains("an index build did not finish: public.items_id is invalid"), "{outcome}");
    story.passed(&["apply"]);
    assert_eq!(story.sql("select indisvalid from pg_index where indexrelid = 'items_id'::regclass"), "t");
    assert_eq!(story.sql("select count(*) from ops_actions.progress"), "0");
}

#[test]
fn a_stop_between_two_tries_for_a_lock_leaves_nothing() {
    let story = gated(Story::postgres()).policy("[migrations]\nlock_timeout = \"50ms\"\nretries = 1000\n");
    let other = Session::open(&story.url, "begin; create table gate (id int)");
    let run = Running::start(&story, &["apply"]);
    let waiting = "select count(*) from pg_locks where not granted and locktype = 'transactionid' and pid in \
                   (select pid from pg_stat_activity where datname = current_database())";
    until(&story, waiting, "1");
    until(&story, waiting, "0");
    run.signal("TERM");
    let (outcome, report) = run.end_within(LIMIT);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        check(&report, "apply")["summary"],
        "asked to stop while applying 1; what was not committed is rolled back"
    );
    other.end();
    assert_eq!(story.sql("select count(*) from ops_actions.migrations"), "0");
}

#[test]
fn a_server_that_answers_nothing_any_more_does_not_hold_up_the_end() {
    let story = gated(Story::postgres());
    let (story, _proxy) = through_proxy(story, Rule::stall_answer_to("pg_sleep(600)"));
    let run = Running::start(&story, &["apply"]);
    until(&story, SLEEPS, "1");
    run.signal("TERM");
    let (outcome, report) = run.end_within(LIMIT);
    // Before the COMMIT was sent there is nothing to doubt.
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        check(&report, "apply")["summary"],
        "asked to stop while applying 2; what was not committed is rolled back"
    );
    until_alone(&story);
    assert_eq!(story.sql("select to_regclass('half') is null"), "t");
}

#[test]
fn a_github_that_answers_nothing_does_not_hold_up_the_end_either() {
    let server = GitHubServer::start();
    let proxy = Proxy::start(server.port(), Rule::stall_answer_to("GET /user"));
    let sha = |digit: char| digit.to_string().repeat(40);
    let story = gated(Story::postgres());
    let url = story.url.clone();
    let story = Story { runner: ops_testing::FakeRunner::new(story.root()).env("DATABASE_URL", &url), ..story }
        .event(&Event::pull_request(7, &sha('a'), &sha('b')))
        .env("GITHUB_API_URL", &format!("http://127.0.0.1:{}", proxy.port()))
        .env("INPUT_GITHUB_TOKEN", "ghs_never_to_be_shown")
        .env("INPUT_COMMENT", "true");
    let run = Running::start(&story, &["apply"]);
    until(&story, SLEEPS, "1");
    run.signal("TERM");
    let (outcome, report) = run.end_within(LIMIT);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    assert_eq!(proxy.fired(), 1);
    let findings = report["findings"].as_array().expect("findings");
    let note = findings.iter().find(|finding| finding["rule"] == "github/comment").expect("a note");
    assert_eq!(
        note["message"],
        "the pull request has no comment from this run: the run was asked to stop before GitHub answered"
    );
}

#[test]
fn a_commit_whose_answer_never_came_is_read_back_even_by_a_run_that_is_stopped() {
    let story = Story::postgres().migration("1_items.sql", "create table items (id int);").marked();
    let (story, _proxy) = through_proxy(story, Rule::stall_answer_to("'applied', 'development'"));
    let run = Running::start(&story, &["apply"]);
    until(&story, "select (to_regclass('items') is not null)::text", "true");
    run.signal("TERM");
    let (outcome, report) = run.end_within(LIMIT);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(said(&report, "apply"), "pass: 1 of 1 applied");
    until_alone(&story);
    let report = story.passed(&["status"]);
    assert_eq!(check(&report, "ledger")["summary"], "1 applied, 0 pending");
}
