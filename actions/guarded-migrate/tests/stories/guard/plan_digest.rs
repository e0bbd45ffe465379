//! What is applied is the plan that was looked at.

use super::ready;
use crate::story::{Story, said};

fn planned(story: &Story) -> String {
    let outcome = story.run(&["plan"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    outcome.outputs["plan-digest"].clone()
}

fn refused(story: &Story, digest: &str) {
    let found = planned(story);
    assert_ne!(found, digest);
    let report = story.refused(&["apply", "--plan-digest", digest], 1);
    assert_eq!(
        said(&report, "plan-digest"),
        format!(
            "fail: files, ledger or database changed since the plan: expected {digest}, found {found}\n\
             next: look at a new plan, and apply that one"
        )
    );
    assert_eq!(report["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] != "pass").count(), 1);
}

#[test]
fn the_plan_that_was_looked_at_is_applied() {
    let story = ready();
    let digest = planned(&story);
    assert_eq!(planned(&story), digest, "the same world has the same digest");
    let report = story.passed(&["apply", "--plan-digest", &digest]);
    assert_eq!(said(&report, "plan-digest"), "pass: files, ledger and database are as planned");
}

#[test]
fn without_a_digest_nothing_is_compared() {
    assert_eq!(said(&ready().passed(&["apply"]), "plan-digest"), "pass: no plan digest was given");
}

#[test]
fn a_changed_file_is_another_plan() {
    let story = ready();
    let digest = planned(&story);
    refused(&story.migration("1_items.sql", "create table items (id int primary key, name text);"), &digest);
}

#[test]
fn a_new_file_is_another_plan() {
    let story = ready();
    let digest = planned(&story);
    refused(&story.migration("2_more.sql", "create table more (id int primary key);"), &digest);
}

#[test]
fn a_changed_ledger_is_another_plan() {
    let story = ready();
    let digest = planned(&story);
    story.passed(&["resolve", "--migration", "1", "--as", "applied"]);
    refused(&story, &digest);
}

#[test]
fn another_database_is_another_plan() {
    let story = ready();
    let digest = planned(&story);
    let other = Story { url: "file:./other.db".to_owned(), ..story };
    refused(&other.env("DATABASE_URL", "file:./other.db").marked(), &digest);
}

#[test]
fn a_digest_that_is_none_is_a_wrong_input() {
    let cut = &planned(&ready())[..20];
    for digest in ["yes", "sha256:0", cut, &format!("{cut},{cut}"), &"a".repeat(64)] {
        let story = ready();
        let before = story.content();
        let outcome = story.run(&["apply", "--plan-digest", digest]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert_eq!(
            outcome.stderr,
            format!(
                "error: --plan-digest: \"{digest}\" is not the digest of a plan: it is sha256: and 64 hexadecimal digits, as \
                 plan prints it, or a list of those with commas\n"
            )
        );
        assert_eq!(story.content(), before);
    }
}

#[test]
fn the_digest_of_something_else_is_refused() {
    let other = format!("sha256:{}", "0".repeat(64));
    refused(&ready(), &other);
}
