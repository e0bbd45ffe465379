//! Production gets only what ran on staging, byte by byte.

use ops_testing::{FakeRunner, Postgres};

use super::ITEMS;
use crate::story::{PROGRAM, Story, said};

const POLICY: &str = "[environments.production]\nrequires = [\"staging\"]\n";

/// Production waits for staging; both are SQLite files.
fn production() -> Story {
    Story::sqlite().migration("1_items.sql", ITEMS).policy(POLICY).production().marked()
}

/// Runs the program for staging, on the database at this URL.
fn on_staging(story: &Story, url: &str, words: &[&str]) {
    let mut words = words.to_vec();
    words.extend(["--environment", "staging"]);
    let outcome = FakeRunner::laptop(story.root()).env("DATABASE_URL", url).run(PROGRAM, &words);
    assert_eq!(outcome.code, Some(0), "{outcome}");
}

fn with_staging(story: Story) -> Story {
    let story = story.env("STAGING_DATABASE_URL", "file:./staging.db");
    on_staging(&story, "file:./staging.db", &["marker", "set"]);
    story
}

#[test]
fn without_its_url_nothing_is_proven() {
    assert_eq!(
        said(&production().refused(&["apply"], 3), "staging"),
        "unproven: no staging database was given\n\
         next: set STAGING_DATABASE_URL to the URL of staging, so that its ledger can be read"
    );
}

#[test]
fn the_policy_may_let_an_unproven_answer_through() {
    let story =
        production().policy("[environments.production]\nrequires = [\"staging\"]\nallow_unproven = [\"staging\"]\n");
    let report = story.passed(&["apply"]);
    assert!(said(&report, "staging").starts_with("unproven: no staging database was given"));
    assert_eq!((report["verdict"].as_str(), report["details"]["applied"][0].as_str()), (Some("pass"), Some("1")));
}

#[test]
fn what_may_be_unproven_may_not_fail() {
    let policy = "[environments.production]\nrequires = [\"staging\"]\nallow_unproven = [\"staging\"]\n";
    let report = with_staging(production().policy(policy)).refused(&["apply"], 1);
    assert!(said(&report, "staging").starts_with("fail: staging does not have 1\n"));
}

#[test]
fn what_ran_on_staging_is_applied() {
    let story = with_staging(production());
    on_staging(&story, "file:./staging.db", &["apply"]);
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "staging"), "pass: 1 pending migration ran on staging with these bytes");
    assert_eq!(said(&story.passed(&["apply"]), "staging"), "pass: nothing is pending");
}

#[test]
fn what_did_not_run_there_is_refused() {
    let report = with_staging(production()).refused(&["apply"], 1);
    assert_eq!(said(&report, "staging"), "fail: staging does not have 1\nnext: apply this commit to staging first");
}

#[test]
fn other_bytes_are_refused() {
    let story = with_staging(production());
    on_staging(&story, "file:./staging.db", &["apply"]);
    let story = story.migration("1_items.sql", "create table items (id bigint primary key);");
    assert_eq!(
        said(&story.refused(&["apply"], 1), "staging"),
        "fail: staging has other bytes of 1\nnext: apply this commit to staging first"
    );
}

#[test]
fn a_staging_url_that_leads_elsewhere_proves_nothing() {
    let story = with_staging(production());
    on_staging(&story, "file:./staging.db", &["apply"]);
    std::fs::copy(story.root().join("staging.db"), story.root().join("copy.db")).unwrap();
    std::fs::write(story.root().join("empty.db"), "").unwrap();
    let next = "next: check the value of STAGING_DATABASE_URL";
    for (url, reason) in [
        ("file:./dev.db", "its marker says prod, expected staging"),
        ("file:./empty.db", "it has no marker that says staging"),
        ("file:./copy.db", "its marker says staging, but was copied there from another database"),
        ("file:./nowhere.db", "cannot connect to ./nowhere.db: the file does not exist"),
        ("mysql://nobody", "the connection URL starts with neither postgres://, postgresql://, file: nor sqlite:"),
    ] {
        let report = production_with(&story, url);
        assert_eq!(said(&report, "staging"), format!("unproven: staging could not be asked: {reason}\n{next}"));
    }
}

fn production_with(story: &Story, staging: &str) -> serde_json::Value {
    let runner = FakeRunner::new(story.root()).envs([
        ("CONFIRM_PROD_MIGRATE", "YES"),
        ("NODE_ENV", "production"),
        ("DATABASE_URL", story.url.as_str()),
        ("STAGING_DATABASE_URL", staging),
    ]);
    let path = story.repository.outside().join("other.json");
    let words = ["apply", "--environment", "production", "--report", path.to_str().unwrap()];
    let outcome = runner.run(PROGRAM, &words);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_ledger_without_checksums_is_proven_by_our_audit_trail() {
    let staging = Postgres::shared().create_database();
    let file = "db/migrations/20270101000000_items.sql";
    let story = Story::postgres()
        .file(file, "-- migrate:up\ncreate table items (id int primary key);\n-- migrate:down\ndrop table items;\n");
    let story = story.policy(POLICY).production().marked().env("STAGING_DATABASE_URL", &staging.url);
    on_staging(&story, &staging.url, &["marker", "set"]);
    // As the tool itself leaves it.
    ops_testing::psql(
        &staging.url,
        "create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20270101000000')",
    );
    assert_eq!(
        said(&story.refused(&["apply"], 3), "staging"),
        "unproven: staging has 20270101000000, but its ledger records no checksum\n\
         next: let guarded-migrate apply to staging: its audit trail records the bytes"
    );
    ops_testing::psql(&staging.url, "delete from schema_migrations");
    on_staging(&story, &staging.url, &["apply"]);
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "staging"), "pass: 1 pending migration ran on staging with these bytes");
}
