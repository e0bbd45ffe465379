//! Flags, inputs and variables that cannot be meant.

use ops_testing::FakeRunner;

use super::{complaint, complaint_about};
use crate::story::{PROGRAM, Story};

fn story() -> Story {
    Story::sqlite().migration("1_items.sql", "create table items (id integer);")
}

#[test]
fn a_url_must_name_its_database() {
    assert_eq!(
        complaint_about("postgres://owner:hunter2@db.example.com:5432"),
        "DATABASE_URL: the connection URL names no database; end it with /DATABASE, as in \
         postgres://USER:PASSWORD@HOST/DATABASE"
    );
}

#[test]
fn a_url_of_another_engine_is_refused() {
    let refusal = "DATABASE_URL: the connection URL starts with neither postgres://, postgresql://, file: nor sqlite:";
    assert_eq!(complaint_about("mysql://owner:hunter2@db.example.com/shop"), refusal);
    assert_eq!(complaint_about("owner:hunter2@db.example.com/shop"), refusal);
}

#[test]
fn a_url_that_cannot_be_read_does_not_show_its_password() {
    let text = complaint_about("postgres://owner:hunter2/x@db.example.com:port/shop");
    assert!(text.starts_with("DATABASE_URL: the connection URL cannot be read: "), "{text}");
    assert!(text.ends_with("; special characters in the password must be percent-encoded"), "{text}");
}

#[test]
fn a_sqlite_url_must_name_a_file() {
    assert_eq!(
        complaint_about("sqlite::memory:"),
        "DATABASE_URL: the connection URL names no file; write file:./dev.db (an in-memory database has nothing to migrate)"
    );
}

#[test]
fn an_empty_variable_is_none_and_nothing_is_guessed_in_its_place() {
    let (outcome, report) = story().env("DATABASE_URL", "").report(&["plan"]);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert_eq!(
        crate::story::said(&report, "connection"),
        "unproven: DATABASE_URL is not set, so no database was asked\n\
         next: set DATABASE_URL in the step's env, from a secret of the environment"
    );
    for words in [&["marker", "set"][..], &["marker", "show"], &["resolve", "--migration", "1", "--as", "applied"]] {
        let text = complaint(&story().env("DATABASE_URL", ""), words);
        assert_eq!(text, "DATABASE_URL is not set: set it to the database's URL");
    }
}

#[test]
fn a_mistyped_environment_is_not_another_environment() {
    let refused = "unknown environment `producton`; did you mean `production`? Otherwise write a section \
                   [environments.producton] in the policy";
    let story = story().environment("producton");
    for words in [&["apply"][..], &["marker", "set"]] {
        assert_eq!(complaint(&story, words), refused);
    }
    let story = story.policy("[environments.producton]\nmarker = \"dev\"\n").marked();
    story.passed(&["apply"]);
}

#[test]
fn a_target_is_refused_where_the_policy_has_none_or_another() {
    let words = ["plan", "--target", "TENANTS/3"];
    assert_eq!(
        complaint(&story(), &words),
        "there is no target TENANTS/3: migrations.targets in the policy names none; leave --target away"
    );
    let tenants = story().policy("[migrations]\ntargets = [\"TENANTS\"]\n");
    assert_eq!(
        complaint(&tenants, &words),
        "migrations.targets names TENANTS, which holds no URL: set it to one URL a line"
    );
    let tenants = tenants.env("TENANTS", "file:./a.db\n\nfile:./b.db\n");
    assert_eq!(complaint(&tenants, &words), "there is no target TENANTS/3; there are TENANTS/1, TENANTS/2");
    assert_eq!(complaint(&tenants, &["marker", "set"]), "the policy names several databases: choose one with --target");
}

#[test]
fn an_unknown_flag_or_verb_or_value_is_refused_with_the_nearest() {
    let text = complaint(&story(), &["plan", "--enviroment", "production"]);
    assert!(
        text.starts_with(
            "unexpected argument '--enviroment' found\n\n  tip: a similar argument exists: '--environment'"
        ),
        "{text}"
    );
    let text = complaint(&story(), &["resolve", "--migration", "1", "--as", "aplied"]);
    assert!(
        text.starts_with("invalid value 'aplied' for '--as <STATE>'\n  [possible values: applied, rolled-back]\n"),
        "{text}"
    );
    let text = complaint(&story(), &["plan", "--layout", "prizma"]);
    assert!(
        text.starts_with("invalid value 'prizma' for '--layout <LAYOUT>'\n  [possible values: prisma, supabase,"),
        "{text}"
    );
    let text = complaint(&story(), &["aply"]);
    assert!(
        text.starts_with("unrecognized subcommand 'aply'\n\n  tip: a similar subcommand exists: 'apply'"),
        "{text}"
    );
    let text = complaint(&story(), &["plan", "--allow-destructive", "sha256:12"]);
    assert_eq!(
        text,
        "--allow-destructive: `sha256:12` is not a statement's digest; write `sha256:` and 12 to 64 lower-case hexadecimal \
         digits, as the plan prints them"
    );
}

#[test]
fn no_command_at_all_names_the_commands() {
    let outcome = story().runner.run::<&str>(PROGRAM, &[]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert_eq!(
        outcome.stderr.trim_end(),
        "error: no command was given: it is one of plan, apply, status, lint, resolve, marker set and marker show; \
         guarded-migrate --help tells more"
    );
}

#[test]
fn wrong_inputs_of_a_step_become_an_annotation_and_the_verdict_fail() {
    let story = story().production();
    for (inputs, complaint) in [
        (&[("command", "plan"), ("comment", "yes")][..], "the input `comment` is `yes`; write `true` or `false`"),
        (&[("command", "aply")], "the input `command` is `aply`; known are plan, apply, status, lint, resolve, marker"),
        (&[("command", "plan"), ("format", "xml")], "invalid value 'xml' for '--format <FORMAT>'"),
    ] {
        let runner = FakeRunner::new(story.root());
        let runner = inputs.iter().fold(runner, |runner, (name, value)| runner.input(name, value));
        let outcome = runner.run::<&str>(PROGRAM, &[]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert_eq!(outcome.annotations.len(), 1, "{outcome}");
        assert!(outcome.annotations[0].message.starts_with(complaint), "{outcome}");
        assert_eq!(outcome.outputs.get("verdict").map(String::as_str), Some("fail"), "{outcome}");
        assert!(outcome.summary.starts_with("### ❌ "), "{outcome}");
    }
}
