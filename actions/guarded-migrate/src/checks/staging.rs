//! Did these very bytes run in the environments that come first?

use ops_core::words::{count, first_of};
use ops_core::{Check, Verdict};

use crate::situation::{Rehearsal, RehearsalOutcome, Situation};

const ID: &str = "staging";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let environment = &situation.inputs.environment;
    if environment.requires.is_empty() {
        return Check::pass(ID, format!("{} requires no other environment first", environment.name));
    }
    if situation.facts().is_some() && situation.pending.is_empty() {
        return Check::pass(ID, "nothing is pending");
    }
    let answers: Vec<_> =
        situation.rehearsals.iter().map(|rehearsal| answer(rehearsal, situation.pending.len())).collect();
    let verdict = Verdict::worst(answers.iter().map(|answer| answer.verdict));
    let worst = |answer: &&Check| answer.verdict == verdict;
    let summary = answers.iter().filter(worst).map(|answer| answer.summary.as_str()).collect::<Vec<_>>().join("; ");
    let next = answers.iter().filter(worst).find_map(|answer| answer.next.clone());
    Check { verdict, next, ..Check::pass(ID, summary) }
}

fn answer(rehearsal: &Rehearsal, pending: usize) -> Check {
    let name = &rehearsal.environment;
    let variable = &rehearsal.variable;
    match &rehearsal.outcome {
        RehearsalOutcome::NotGiven => Check::unproven(
            ID,
            format!("no {name} database was given"),
            format!("set {variable} to the URL of {name}, so that its ledger can be read"),
        ),
        RehearsalOutcome::Refused(reason) => Check::unproven(
            ID,
            format!("{name} could not be asked: {reason}"),
            format!("check the value of {variable}"),
        ),
        RehearsalOutcome::Answered { missing, different, .. } if !missing.is_empty() || !different.is_empty() => {
            let mut parts = Vec::new();
            if !missing.is_empty() {
                parts.push(format!("{name} does not have {}", first_of(missing)));
            }
            if !different.is_empty() {
                parts.push(format!("{name} has other bytes of {}", first_of(different)));
            }
            Check::fail(ID, parts.join("; "), format!("apply this commit to {name} first"))
        }
        RehearsalOutcome::Answered { unknown, .. } if !unknown.is_empty() => Check::unproven(
            ID,
            format!("{name} has {}, but its ledger records no checksum", first_of(unknown)),
            format!("let guarded-migrate apply to {name}: its audit trail records the bytes"),
        ),
        RehearsalOutcome::Answered { .. } => {
            Check::pass(ID, format!("{} ran on {name} with these bytes", count(pending, "pending migration")))
        }
    }
}
