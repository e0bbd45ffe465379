//! Is the plan still the one that was looked at?

use ops_core::Check;

use crate::situation::Situation;

const ID: &str = "plan-digest";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let found = crate::digest::of(situation);
    let Some(expected) = &situation.inputs.plan_digest else {
        return Check::pass(ID, "no plan digest was given").with("found", found);
    };
    let check = match &found {
        None => return super::no_database(ID),
        Some(found) if expected.split(',').any(|one| one == found) => {
            Check::pass(ID, "files, ledger and database are as planned")
        }
        // Of many databases, those that are done are no obstacle to a second try at the others.
        Some(_) if situation.pending.is_empty() && situation.facts().is_some_and(|facts| facts.carried_out) => {
            Check::pass(ID, "an earlier run carried out this plan, and nothing is pending since")
        }
        Some(found) => Check::fail(
            ID,
            format!("files, ledger or database changed since the plan: expected {expected}, found {found}"),
            "look at a new plan, and apply that one",
        ),
    };
    check.with("expected", expected.clone()).with("found", found)
}
