//! What is asked of a change: its branch, its size, its tests and its documents.

pub(super) mod branch;
pub(super) mod documented;
pub(super) mod migrations;
pub(super) mod size;
pub(super) mod tested;

use std::collections::BTreeMap;

use super::rule::unknown;
use crate::outcome::Outcome;
use crate::situation::Situation;

pub(super) const NEXT: &str = "Check out with the whole history (`fetch-depth: 0`), or name the commit with --base.";

/// The files that changed. Where nothing did, there is nothing to ask; where nobody knows, the reason.
fn changed<'s>(situation: &'s Situation<'_>) -> Result<&'s BTreeMap<String, Option<String>>, Option<&'s str>> {
    match situation.changed() {
        Ok(changed) if changed.is_empty() => Err(None),
        Ok(changed) => Ok(changed),
        Err(reason) => Err(Some(reason)),
    }
}

/// The outcome of a gate whose change is empty or unknown.
fn unanswered(reason: Option<&str>) -> Option<Outcome> {
    reason.map(|reason| unknown(reason, NEXT))
}
