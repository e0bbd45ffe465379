//! `runner = "command"`: a foreign tool between our guard and our verification. Its word counts for nothing.

mod shell;
mod stopped;

use crate::story::{Story, check};

const ONE: &str = "-- migrate:up\ncreate table one (id int primary key);\n-- migrate:down\ndrop table one;\n";
const TWO: &str = "-- migrate:up\ncreate table two (id int primary key);\n-- migrate:down\ndrop table two;\n";

/// A repository of dbmate's with two migrations, a marked PostgreSQL database and this command.
fn story(words: &[&str]) -> Story {
    let story = Story::postgres();
    // dbmate asks for TLS unless it is told not to.
    let url = format!("{}?sslmode=disable", story.url);
    Story { url: url.clone(), ..story }
        .env("DATABASE_URL", &url)
        .env("PATH", &std::env::var("PATH").unwrap())
        .file("db/migrations/1_one.sql", ONE)
        .file("db/migrations/2_two.sql", TWO)
        .policy(&policy(words))
        .marked()
}

fn policy(words: &[&str]) -> String {
    format!("[migrations]\nrunner = \"command\"\ncommand = {words:?}\n")
}

/// The words that start the real dbmate, or none where it is not installed.
fn dbmate(words: &[&str]) -> Option<Vec<String>> {
    let program = ops_testing::tool_unless_skipped("dbmate")?;
    let program = program.display().to_string();
    Some([program.as_str(), "--no-dump-schema"].iter().chain(words).map(|word| (*word).to_owned()).collect())
}

fn words(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

#[test]
fn dbmate_applies_what_was_planned_and_is_believed_because_its_ledger_says_so() {
    let Some(command) = dbmate(&["migrate"]) else { return };
    let story = story(&words(&command));
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(report["headline"], "2 migrations applied");
    assert_eq!(report["details"]["applied"], serde_json::json!(["1", "2"]));
    assert_eq!(check(&report, "ledger-after")["verdict"], "pass");
    assert!(outcome.stderr.contains("Applying: 1_one.sql"), "{outcome}");
    assert_eq!(story.sql("select version from schema_migrations order by 1"), "1\n2");
    let trail = "select migration || ' ' || left(digest, 7) from ops_actions.audit where event = 'applied' order by id";
    assert_eq!(story.sql(trail).lines().count(), 2);

    let (outcome, report) = story.report(&["apply"]);
    assert_eq!((outcome.code, report["headline"].as_str()), (Some(0), Some("nothing to apply")), "{outcome}");
    assert!(!outcome.stderr.contains("guarded-migrate runs"), "the command ran again: {outcome}");
}

#[test]
fn the_command_is_not_even_started_on_the_wrong_database() {
    let story = story(&["touch", "the-command-ran"]).production();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "refused, nothing was changed");
    assert!(
        check(&report, "marker")["summary"].as_str().unwrap().starts_with("bk_env_marker says dev; expected prod.")
    );
    assert!(!story.root().join("the-command-ran").exists());
}

#[test]
fn dbmate_that_fails_in_the_middle_leaves_a_true_account() {
    let Some(command) = dbmate(&["migrate"]) else { return };
    let story = story(&words(&command))
        .file("db/migrations/2_two.sql", "-- migrate:up\ncreate table two (id nonsense);\n-- migrate:down\n");
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(report["headline"], "stopped: 1 of 2 applied");
    assert_eq!(report["details"]["applied"], serde_json::json!(["1"]));
    assert_eq!(report["details"]["pending"], serde_json::json!(["2"]));
    let apply = check(&report, "apply");
    assert_eq!(apply["summary"], format!("`{}` ended with exit code 2", command.join(" ")));
    assert_eq!(apply["next"], "read what the command printed, put that right and run apply again");
    assert!(outcome.stderr.contains("type \"nonsense\" does not exist"), "{outcome}");
}

#[test]
fn each_target_gets_its_own_url_in_the_variable_that_the_environment_names() {
    let Some(command) = dbmate(&["--env", "SHOP_URL", "migrate"]) else { return };
    let second = ops_testing::Postgres::shared().create_database();
    let second_url = format!("{}?sslmode=disable", second.url);
    let story = story(&words(&command));
    let policy = format!(
        "{}targets = [\"TENANTS\"]\n[environments.development]\ndatabase_url = \"SHOP_URL\"\n",
        policy(&words(&command))
    );
    let both = format!("{}\n{second_url}\n", story.url);
    let story = story.policy(&policy).env("TENANTS", &both).env("SHOP_URL", "postgres://nobody@127.0.0.1:1/nowhere");
    let outcome = story.run(&["marker", "set", "--target", "TENANTS/2"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(report["headline"], "2 of 2 databases passed");
    for url in [&story.url, &second_url] {
        assert_eq!(ops_testing::psql(url, "select version from schema_migrations order by 1"), "1\n2");
    }
}

#[test]
fn runner_command_without_a_command_is_refused_before_anything_is_asked() {
    for line in ["", "command = []\n", "command = [\"\"]\n"] {
        let story = Story::postgres()
            .migration("1_items.sql", "select 1;")
            .policy(&format!("[migrations]\nrunner = \"command\"\n{line}"));
        let outcome = story.run(&["plan"]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert_eq!(
            outcome.stderr,
            "error: migrations.runner is \"command\", but migrations.command names no program: write \
             command = [\"pnpm\", \"prisma\", \"migrate\", \"deploy\"] there, or leave runner out\n"
        );
    }
}

#[test]
fn a_tool_that_sets_no_timeouts_has_missing_ones_told() {
    let rules = |runner: &str| -> Vec<String> {
        let story = story(&["true"]).policy(&format!("[migrations]\nrunner = \"{runner}\"\ncommand = [\"true\"]\n"));
        story.sql("create table users (id int); create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('2')");
        let story = story.file(
            "db/migrations/3_plan.sql",
            "-- migrate:up\nalter table users add column plan text;\n-- migrate:down\n",
        );
        let (_, report) = story.report(&["plan"]);
        report["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
    };
    let missing = ["migration/missing-lock-timeout", "migration/missing-statement-timeout"];
    let told = rules("command");
    assert!(missing.iter().all(|rule| told.iter().any(|one| one == rule)), "{told:?}");
    let told = rules("builtin");
    assert!(missing.iter().all(|rule| told.iter().all(|one| one != rule)), "{told:?}");
}
