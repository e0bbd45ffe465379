//! Will the running release and its users get through it?

use ops_core::words::count;
use ops_core::{Check, Severity, Verdict};
use ops_migrations::hazards::{Family, Hazard};

use super::SEE_CONNECTION;
use crate::situation::Situation;

const ID: &str = "hazards";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let check = of_files(situation);
    if check.verdict == Verdict::Fail && situation.facts().is_none() {
        // Nobody should rewrite a file that may have run already.
        let summary = format!("{}; without a database nobody knows which files are pending", check.summary);
        return Check::unproven(ID, summary, SEE_CONNECTION);
    }
    check
}

/// Whether the files themselves are good enough, all of them.
pub(super) fn of_files(situation: &Situation<'_>) -> Check {
    // What destroys data is the subject of its own check, with its own way to be allowed.
    let open = || {
        let each =
            situation.pending.iter().flat_map(|pending| pending.open_hazards().map(move |hazard| (pending, hazard)));
        each.filter(|(_, hazard)| hazard.family != Family::DestroysData)
    };
    let number = |severity: Severity| open().filter(|(_, hazard)| hazard.severity == severity).count();
    let Some((pending, first)) = open().find(|(_, hazard)| hazard.severity == Severity::Error) else {
        let (warnings, notes) = (number(Severity::Warning), number(Severity::Note));
        let is_error = |hazard: &Hazard| hazard.severity == Severity::Error;
        let has_others = situation.pending.iter().any(|pending| pending.open_hazards().any(is_error));
        let errors = if has_others { "no other errors" } else { "no errors" };
        return Check::pass(ID, format!("{errors}, {}, {}", count(warnings, "warning"), count(notes, "note")));
    };
    let place = pending.place(&first.range);
    Check::fail(
        ID,
        format!(
            "{}, first {}:{}: {}",
            count(number(Severity::Error), "error"),
            place.path,
            place.start_line,
            first.message
        ),
        format!(
            "rewrite the statement as its finding says, or silence it with a comment: -- ops-ignore {}: REASON",
            first.rule
        ),
    )
}
