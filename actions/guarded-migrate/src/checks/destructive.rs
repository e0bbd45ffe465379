//! Is what destroys data allowed statement by statement, and can it be undone?

use std::collections::{BTreeSet, HashSet};

use ops_core::words::{count, first_of};
use ops_core::{Check, Verdict};
use ops_migrations::hazards::Family;

use super::SEE_CONNECTION;
use crate::situation::Situation;

const ID: &str = "destructive";

pub(super) fn check(situation: &Situation<'_>) -> Check {
    let allowed = allowance(situation);
    let number = situation
        .pending
        .iter()
        .flat_map(|pending| &pending.hazards)
        .filter(|hazard| hazard.family == Family::DestroysData)
        .count();
    if number > 0 && situation.facts().is_none() {
        let statements = count(number, "statement");
        return Check::unproven(
            ID,
            format!(
                "{statements} of these files may destroy data, but without a database nobody knows which are pending"
            ),
            SEE_CONNECTION,
        );
    }
    if allowed.verdict != Verdict::Pass || number == 0 {
        return allowed;
    }
    match &situation.inputs.backup_reference {
        Some(reference) => {
            Check::pass(ID, format!("{}, with backup {reference}", allowed.summary)).with("backup", reference.clone())
        }
        None => Check::fail(
            ID,
            format!("{}, but no backup was named to return to", allowed.summary),
            "make a backup and name it: --backup-reference REFERENCE",
        ),
    }
}

/// Whether the policy allows each of the statements. A backup is asked for only where they are going to run.
pub(super) fn allowance(situation: &Situation<'_>) -> Check {
    let mut denied = Vec::new();
    let mut seen = HashSet::new();
    let mut number = 0;
    for pending in &situation.pending {
        for hazard in pending.hazards.iter().filter(|hazard| hazard.family == Family::DestroysData) {
            let Some(statement) = pending.statements.get(hazard.statement) else { continue };
            number += 1;
            if !situation.inputs.allow_destructive.iter().any(|allowed| allowed.matches(&statement.digest)) {
                let entry = (pending.place(&hazard.range), short(&statement.digest));
                if seen.insert(entry.clone()) {
                    denied.push(entry);
                }
            }
        }
    }
    if number == 0 {
        return Check::pass(ID, "no pending statement destroys data");
    }
    if !denied.is_empty() {
        let places = denied.iter().map(|(place, _)| format!("{}:{}", place.path, place.start_line)).collect::<Vec<_>>();
        let digests = denied
            .iter()
            .map(|(_, digest)| format!("\"{digest}\""))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>();
        return Check::fail(
            ID,
            format!(
                "data would be destroyed, which is not allowed, in {}: {}",
                count(denied.len(), "statement"),
                first_of(&places)
            ),
            format!(
                "after review, add to the policy's [migrations]: allow_destructive = [{}], and give --backup-reference",
                digests.join(", ")
            ),
        );
    }
    Check::pass(ID, format!("{} may destroy data", count(number, "statement")))
}

/// As many digits as a person copies.
fn short(digest: &str) -> String {
    digest.chars().take("sha256:".len() + 16).collect()
}
