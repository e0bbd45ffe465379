//! Will the running release and its users get through it?

use ops_core::{Check, Severity};
use ops_migrations::hazards::Family;

use crate::pending::Pending;
use crate::situation::{Situation, count};

const ID: &str = "hazards";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    // What destroys data is the subject of its own check, with its own way to be allowed.
    let open = situation
        .pending
        .iter()
        .flat_map(Pending::open_hazards)
        .filter(|(hazard, _)| hazard.family != Family::DestroysData);
    let (errors, others): (Vec<_>, Vec<_>) = open.partition(|(hazard, _)| hazard.severity == Severity::Error);
    let warnings = others.iter().filter(|(hazard, _)| hazard.severity == Severity::Warning).count();
    let Some((first, place)) = errors.first() else {
        return Check::pass(
            ID,
            format!("no errors, {}, {}", count(warnings, "warning"), count(others.len() - warnings, "note")),
        );
    };
    Check::fail(
        ID,
        format!("{}, first {}:{}: {}", count(errors.len(), "error"), place.path, place.start_line, first.message),
        format!(
            "rewrite the statement as its finding says, or silence it with a comment: -- ops-ignore {}: REASON",
            first.rule
        ),
    )
}
