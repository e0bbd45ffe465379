//! The guard: one question, one file. All of them are asked, whatever the first ones answer.

mod approvals;
mod audit;
pub(crate) mod confirmation;
mod connection;
mod destructive;
mod hazards;
mod ledger;
mod marker;
mod plan_digest;
mod pooler;
mod primary;
mod privileges;
mod reference;
mod runner;
mod server_version;
mod staging;
mod statements;
mod window;

use ops_core::Check;

use crate::situation::Situation;

type Question = fn(&Situation<'_>) -> Check;

/// What a plan must survive.
pub(crate) const PLAN: &[Question] = &[
    connection::check,
    marker::check,
    pooler::check,
    primary::check,
    server_version::check,
    privileges::check,
    ledger::check,
    statements::check,
    staging::check,
    destructive::check,
    hazards::check,
];

/// What belongs to the moment of applying: it is asked in addition, and a plan only names it.
pub(crate) const MOMENT: &[Question] =
    &[confirmation::check, runner::check, reference::check, window::check, approvals::check, plan_digest::check];

/// What a correction of the ledger must survive.
pub(crate) const RESOLVE: &[Question] = &[
    connection::check,
    marker::check,
    pooler::check,
    primary::check,
    server_version::check,
    confirmation::check,
    runner::check,
    reference::check,
];

/// What the state of a ledger depends on.
pub(crate) const STATUS: &[Question] = &[connection::check, marker::check, ledger::check, audit::check];

/// What files alone can answer.
pub(crate) const LINT: &[Question] = &[statements::check, destructive::allowance, hazards::of_files];

/// Asks the questions, all of them.
pub(crate) fn ask(questions: &[Question], situation: &Situation<'_>) -> Vec<Check> {
    questions.iter().map(|question| question(situation)).collect()
}

const SEE_CONNECTION: &str = "see the check connection";

/// The answer where the database could not be asked.
fn no_database(id: &'static str) -> Check {
    Check::unproven(id, "the database could not be asked", SEE_CONNECTION)
}
