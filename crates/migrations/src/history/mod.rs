//! Files and ledger side by side: what was applied, what waits, what went wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::{Entry, Outcome};
use crate::{Ledger, Migration};

/// Where one migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In the ledger, with these bytes.
    Applied,
    /// Not in the ledger.
    Pending,
    /// In the ledger with other bytes.
    Edited,
    /// In the ledger, but its file is gone.
    Missing,
    /// Begun and never finished.
    Failed,
    /// Not in the ledger, though a later one is.
    OutOfOrder,
}

/// One migration, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What identifies it in the ledger.
    pub id: String,
    /// Where it stands.
    pub state: State,
    /// Its file; `None` where that is gone.
    pub path: Option<String>,
    /// The file's checksum; where it is gone, the ledger's, or nothing.
    pub checksum: String,
    /// When it was applied, as RFC 3339, where the ledger tells.
    pub applied_at: Option<String>,
}

impl Standing {
    /// A file of which no ledger knows.
    #[must_use]
    pub fn pending(migration: &Migration) -> Self {
        Self::of(migration, State::Pending, None)
    }

    fn of(migration: &Migration, state: State, entry: Option<&Entry>) -> Self {
        Self {
            id: migration.id.clone(),
            state,
            path: Some(migration.path.clone()),
            checksum: migration.checksum.clone(),
            applied_at: entry.and_then(|entry| entry.applied_at.clone()),
        }
    }
}

/// Lays the files beside the ledger: the files first, in their order, then what the ledger alone knows, in its order.
///
/// A file that the ledger does not know is out of order where a later file was applied, or where the tool itself would
/// pass over it.
#[must_use]
pub fn compare(migrations: &[Migration], entries: &[Entry], ledger: &Ledger) -> Vec<Standing> {
    let by_id: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    let is_applied =
        |migration: &Migration| by_id.get(migration.id.as_str()).is_some_and(|entry| entry.outcome == Outcome::Applied);
    let last_applied = migrations.iter().rposition(is_applied);
    let mut standings: Vec<Standing> = Vec::with_capacity(migrations.len());
    for (index, migration) in migrations.iter().enumerate() {
        let entry = by_id.get(migration.id.as_str()).copied();
        let state = match entry.map(|entry| (entry, entry.outcome)) {
            Some((entry, Outcome::Applied)) if ledger.same_bytes(migration, entry) == Some(false) => State::Edited,
            Some((_, Outcome::Applied)) => State::Applied,
            Some((_, Outcome::Failed)) => State::Failed,
            Some((_, Outcome::RolledBack)) | None => {
                let passed = last_applied.is_some_and(|last| index < last) || ledger.is_passed_over(migration, entries);
                if passed { State::OutOfOrder } else { State::Pending }
            }
        };
        standings.push(Standing::of(migration, state, entry));
    }
    let files: BTreeSet<&str> = migrations.iter().map(|migration| migration.id.as_str()).collect();
    for entry in entries.iter().filter(|entry| !files.contains(entry.id.as_str())) {
        let state = match entry.outcome {
            Outcome::Applied => State::Missing,
            Outcome::Failed => State::Failed,
            // Undone, and its file is gone: as if it had never been.
            Outcome::RolledBack => continue,
        };
        standings.push(Standing {
            id: entry.id.clone(),
            state,
            path: None,
            checksum: entry.checksum.clone().unwrap_or_default(),
            applied_at: entry.applied_at.clone(),
        });
    }
    standings
}

#[cfg(test)]
mod tests;
