//! What destroys data is allowed statement by statement, and only with a way back.

use serde_json::Value;

use super::settled_on_postgres;
use crate::story::{Story, said};

/// A table with rows, and a migration that drops it.
fn dropping() -> Story {
    let story = settled_on_postgres().migration("2_drop.sql", "select 1;\ndrop table items;");
    story.sql("insert into items values (1)");
    story
}

/// The digest that the report has for the statement that destroys.
fn digest(report: &Value) -> String {
    let statements = &report["details"]["migrations"][1]["statements"];
    let of_drop =
        statements.as_array().unwrap().iter().find(|statement| statement["hazards"] != Value::Array(Vec::new()));
    of_drop.expect("a hazard")["sql_digest"].as_str().unwrap().to_owned()
}

fn not_allowed(report: &Value) {
    let short = &digest(report)[.."sha256:".len() + 16];
    assert_eq!(
        said(report, "destructive"),
        format!(
            "fail: data would be destroyed, which is not allowed, in 1 statement: migrations/2_drop.sql:2\n\
             next: after review, add to the policy's [migrations]: allow_destructive = [\"{short}\"], and give --backup-reference"
        )
    );
}

#[test]
fn it_is_refused_with_the_digest_that_allows_it() {
    let story = dropping();
    let report = story.refused(&["apply", "--backup-reference", "snap-1"], 1);
    not_allowed(&report);
    // What was printed is what works, as it stands.
    let answer = said(&report, "destructive");
    let (_, rest) = answer.split_once("[migrations]: ").unwrap();
    let (setting, _) = rest.split_once(", and give").unwrap();
    let story = story.policy(&format!("[migrations]\n{setting}\n"));
    let report = story.passed(&["apply", "--backup-reference", "snap-1"]);
    assert_eq!(said(&report, "destructive"), "pass: 1 statement may destroy data, with backup snap-1");
    assert_eq!(story.sql("select to_regclass('items') is null"), "t");
}

#[test]
fn allowed_without_a_backup_it_is_refused() {
    let story = dropping();
    let digest = digest(&story.refused(&["apply"], 1));
    let report = story.refused(&["apply", "--allow-destructive", &digest], 1);
    assert_eq!(
        said(&report, "destructive"),
        "fail: 1 statement may destroy data, but no backup was named to return to\n\
         next: make a backup and name it: --backup-reference REFERENCE"
    );
    story.passed(&["apply", "--allow-destructive", &digest, "--backup-reference", "snap-1"]);
}

#[test]
fn a_beginning_of_the_digest_is_enough_if_it_is_long_enough() {
    let story = dropping();
    let digest = digest(&story.refused(&["apply"], 1));
    let short = &digest[.."sha256:".len() + 12];
    let outcome = story.run(&["apply", "--allow-destructive", &digest[..10], "--backup-reference", "snap-1"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    story.passed(&["apply", "--allow-destructive", short, "--backup-reference", "snap-1"]);
}

#[test]
fn another_statements_digest_allows_nothing() {
    let story = dropping();
    let other = format!("sha256:{}", "0".repeat(64));
    not_allowed(&story.refused(&["apply", "--allow-destructive", &other, "--backup-reference", "snap-1"], 1));
    // The permission is for these very bytes.
    let digest = digest(&story.refused(&["apply"], 1));
    let story = story.migration("2_drop.sql", "select 1;\ndrop table items cascade;");
    not_allowed(&story.refused(&["apply", "--allow-destructive", &digest, "--backup-reference", "snap-1"], 1));
}

#[test]
fn what_destroys_nothing_needs_no_permission() {
    let story = settled_on_postgres().migration("2_more.sql", "create table more (id int primary key);");
    assert_eq!(said(&story.passed(&["apply"]), "destructive"), "pass: no pending statement destroys data");
}

#[test]
fn without_a_database_nobody_is_told_to_allow_what_may_have_run_already() {
    let story = super::ready().migration("2_drop.sql", "drop table items;").without("DATABASE_URL");
    let (outcome, report) = story.report(&["plan"]);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert_eq!(
        said(&report, "destructive"),
        "unproven: 1 statement of these files may destroy data, but without a database nobody knows which are pending\n\
         next: see the check connection"
    );
    let seen = outcome.everything();
    assert!(seen.contains("Without a database nobody knows which of these files are pending"), "{outcome}");
    assert!(seen.contains("2 files") && !seen.contains("2 pending"), "{outcome}");
}
