//! The progress of migrations that run in several steps, so that a run goes on where a killed one ended.

use ops_database::{Connection, DatabaseError};

use super::Bookkeeping;

/// What stands before the name of a row in the ledger, in the state of step 0.
const OF_ROW: &str = "begun as ";

/// A migration that a killed run left half done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interrupted {
    pub(crate) id: String,
    /// SHA-256 of the file's bytes when it began.
    pub(crate) digest: String,
    /// What names its row in the ledger, where that has one.
    pub(crate) row: Option<String>,
    /// The digests of the steps that are done, in order.
    pub(crate) done: Vec<String>,
    /// The digest of a step that began outside a transaction and was not seen to end.
    pub(crate) begun: Option<String>,
}

impl Bookkeeping {
    /// Records that a step, counted from 1, begins (`begun`, or `repeated` where its effect was there before) or is `done`.
    pub(crate) fn record(&self, migration: &str, step: usize, digest: &str, state: &str) -> String {
        format!(
            "insert into {} (migration, step, digest, state) values ({}, {step}, {}, {}) on conflict (migration, step) do update \
             set digest = excluded.digest, state = excluded.state;\n",
            self.table("progress"),
            self.literal(migration),
            self.literal(digest),
            self.literal(state)
        )
    }

    /// Records that a migration begins to run in steps: step 0. `row` is an expression that names its row in the ledger,
    /// where there is such a row, so that the progress is not taken for that of another try which somebody else made.
    pub(crate) fn record_beginning(&self, migration: &str, digest: &str, row: Option<&str>) -> String {
        format!(
            "insert into {} (migration, step, digest, state) values ({}, 0, {}, coalesce({} || {}, 'begun')) \
             on conflict (migration, step) do update set digest = excluded.digest, state = excluded.state;\n",
            self.table("progress"),
            self.literal(migration),
            self.literal(digest),
            self.literal(OF_ROW),
            row.unwrap_or("null")
        )
    }

    /// Forgets a migration's progress, once the ledger tells all of it.
    pub(crate) fn forget(&self, migration: &str) -> String {
        format!("delete from {} where migration = {};\n", self.table("progress"), self.literal(migration))
    }

    /// Reads what killed runs left, one entry for each migration.
    pub(crate) async fn interrupted(&self, connection: &mut Connection) -> Result<Vec<Interrupted>, DatabaseError> {
        if !self.exists(connection).await? {
            return Ok(Vec::new());
        }
        let rows = connection
            .rows(&format!(
                "select migration, cast(step as text), digest, state from {} order by migration, step",
                self.table("progress")
            ))
            .await?;
        let mut found: Vec<Interrupted> = Vec::new();
        for row in rows {
            let Ok([Some(id), Some(step), Some(digest), Some(state)]) = <[_; 4]>::try_from(row) else { continue };
            let Ok(step) = step.parse::<usize>() else { continue };
            if step == 0 {
                let row = state.strip_prefix(OF_ROW).map(str::to_owned);
                found.push(Interrupted { id, digest, row, done: Vec::new(), begun: None });
            } else if let Some(last) = found.last_mut().filter(|last| last.id == id) {
                match state.as_str() {
                    "done" => last.done.push(digest),
                    "begun" => last.begun = Some(digest),
                    // Repeated: what it was to make was there before, so that its end proves nothing.
                    _ => {}
                }
            }
        }
        Ok(found)
    }
}
