//! Do the files and the ledger tell the same story?

use ops_core::Check;
use ops_core::policy::OutOfOrder;
use ops_core::words::first_of;
use ops_migrations::State;

use crate::situation::Situation;

const ID: &str = "ledger";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let Some(facts) = situation.facts() else { return super::no_database(ID) };
    let interrupted: Vec<_> = facts.interrupted.iter().map(|migration| migration.id.as_str()).collect();
    let names = |state: State| -> Vec<&str> {
        let standings = situation.standings.iter().filter(|standing| standing.state == state);
        standings.map(|standing| standing.id.as_str()).collect()
    };
    let applied = names(State::Applied).len();
    let pending = names(State::Pending).len();
    let resolve = |id: &str, state: &str| format!("guarded-migrate resolve --migration {id} --as {state}");

    let mut problems = Vec::new();
    let mut ways_out = Vec::new();
    let broken: Vec<_> = situation.pending.iter().filter(|pending| !facts.is_continued_by(pending)).collect();
    if let Some(first) = broken.first() {
        let id = &first.migration.id;
        problems.push(format!("{id} was interrupted, and the steps that ran are no longer those of its file"));
        ways_out.push(format!(
            "put the steps that ran back into the file, or settle it by hand and run {}",
            resolve(id, "applied")
        ));
    }
    let failed: Vec<_> = names(State::Failed).into_iter().filter(|id| !interrupted.contains(id)).collect();
    if let Some(first) = failed.first() {
        problems.push(format!("failed earlier: {}", first_of(&failed)));
        ways_out.push(format!(
            "look at what {first} left behind, then run {} or {}",
            resolve(first, "rolled-back"),
            resolve(first, "applied")
        ));
    }
    let edited = names(State::Edited);
    if let Some(first) = edited.first() {
        problems.push(format!("applied with other bytes than the file has now: {}", first_of(&edited)));
        ways_out.push(format!(
            "put the old bytes back and write a new migration, or accept the new ones with {}",
            resolve(first, "applied")
        ));
    }
    let missing = names(State::Missing);
    if let Some(first) = missing.first() {
        problems.push(format!("applied, but the file is gone: {}", first_of(&missing)));
        ways_out.push(format!("bring the file back from git, or forget it with {}", resolve(first, "rolled-back")));
    }
    let out_of_order = names(State::OutOfOrder);
    if !out_of_order.is_empty() && situation.inputs.policy.migrations.out_of_order == OutOfOrder::Refuse {
        problems.push(format!("older than an applied one, but not applied: {}", first_of(&out_of_order)));
        ways_out.push("give it a newer version, or set migrations.out_of_order = \"allow\"".to_owned());
    }
    if let Some(problem) = facts.untold_history(situation.inputs) {
        let first = situation.standings.first().map_or("NAME", |standing| standing.id.as_str());
        problems.push(problem);
        ways_out.push(format!(
            "mark each migration that the schema already holds, beginning with {}; if it holds none of them, \
             put an empty migration before them and mark that one",
            resolve(first, "applied")
        ));
    }

    if !problems.is_empty() {
        return Check::fail(ID, problems.join("; "), ways_out.join("; "));
    }
    let unfinished = match interrupted.as_slice() {
        [] => String::new(),
        ids => format!("; {} was interrupted and will be finished", ids.join(", ")),
    };
    let new = match (facts.ledger_exists, facts.ledger_is_old) {
        (false, _) => "; the ledger will be made",
        (true, true) => "; the ledger will get the columns that its tool added since",
        (true, false) => "",
    };
    Check::pass(ID, format!("{applied} applied, {} pending{unfinished}{new}", pending + out_of_order.len()))
        .with("applied", applied)
        .with("pending", pending + out_of_order.len())
}
