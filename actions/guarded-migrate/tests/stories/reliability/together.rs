//! Several runs at once.

use super::work::{applied, assert_ledger_is_true, story};
use crate::running::{Running, value};
use crate::story::{Story, said};

const RUNS: usize = 8;
const MIGRATIONS: usize = 20;

#[test]
fn of_8_runs_at_once_on_postgres_exactly_one_applies() {
    run_together(&story(Story::postgres(), MIGRATIONS));
}

#[test]
fn of_8_runs_at_once_on_sqlite_exactly_one_applies() {
    run_together(&story(Story::sqlite(), MIGRATIONS));
}

fn run_together(place: &Story) {
    let runs: Vec<_> = (0..RUNS).map(|_| Running::start(place, &["apply"])).collect();
    let mut appliers = 0;
    for run in runs {
        let (outcome, report) = run.end();
        assert_eq!(outcome.code, Some(0), "{outcome}");
        match report["headline"].as_str().expect("a headline") {
            "20 migrations applied" => {
                assert_eq!(said(&report, "apply"), "pass: 20 of 20 applied");
                appliers += 1;
            }
            "nothing to apply" | "nothing to apply: another run was first" => {}
            other => panic!("{other}: {outcome}"),
        }
    }
    assert_eq!(appliers, 1);
    assert_eq!(applied(place), MIGRATIONS);
    assert_ledger_is_true(place);
    let audit = if place.database.is_some() { "ops_actions.audit" } else { "ops_actions_audit" };
    let count =
        |event: &str| value(place, &format!("select cast(count(*) as text) from {audit} where event = '{event}'"));
    assert_eq!(["began", "applied", "finished"].map(count), ["1", "20", "1"]);
}
