//! A hazard that became an error stops the run, until the statement is rewritten or silenced with a reason.

use super::settled_on_postgres;
use crate::story::{Story, said};

const TYPE: &str = "alter table items alter column id type bigint;";

/// A migration that rewrites a table which the policy calls large.
fn heavy() -> Story {
    let story = settled_on_postgres().migration("2_type.sql", &format!("-- bigger numbers\n{TYPE}"));
    story.sql("insert into items values (1); analyze items");
    story.policy("[migrations]\nsmall_table_rows = 0\nlarge_table_rows = 1\n")
}

#[test]
fn it_is_refused_with_the_place_the_reason_and_both_ways_out() {
    let story = heavy();
    let report = story.refused(&["apply"], 1);
    let errors: Vec<_> =
        report["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error").collect();
    let (message, rule) = (errors[0]["message"].as_str().unwrap(), errors[0]["rule"].as_str().unwrap());
    assert_eq!(
        said(&report, "hazards"),
        format!(
            "fail: {}, first migrations/2_type.sql:2: {message}\n\
             next: rewrite the statement as its finding says, or silence it with a comment: -- ops-ignore {rule}: REASON",
            if errors.len() == 1 { "1 error".to_owned() } else { format!("{} errors", errors.len()) }
        )
    );
    let reasons: String = errors
        .iter()
        .map(|error| format!("-- ops-ignore {}: the table is empty at night\n", error["rule"].as_str().unwrap()))
        .collect();
    let report = story.migration("2_type.sql", &format!("{reasons}{TYPE}")).passed(&["apply"]);
    assert!(said(&report, "hazards").starts_with("pass: no errors, "));
}

#[test]
fn a_small_table_stops_nothing() {
    let story = heavy().policy("");
    assert!(said(&story.passed(&["apply"]), "hazards").starts_with("pass: no errors, "));
}

#[test]
fn without_a_database_nobody_is_told_to_rewrite_what_may_have_run_already() {
    let sql = "alter type state add value 'paused'; alter table items alter state set default 'paused';";
    let story = super::ready().migration("2_state.sql", sql).without("DATABASE_URL");
    let (outcome, report) = story.report(&["plan"]);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    let said = said(&report, "hazards");
    assert!(said.starts_with("unproven: 1 error, first migrations/2_state.sql:1: "), "{said}");
    assert!(
        said.ends_with("; without a database nobody knows which files are pending\nnext: see the check connection"),
        "{said}"
    );
}
