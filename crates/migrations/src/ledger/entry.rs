//! What goes into a ledger and what comes out of it.

use std::time::Duration;

use jiff::Timestamp;

/// Where the ledger is, as the policy and the URL say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerOptions {
    /// The schema of unqualified names: `?schema=` of the URL. `None`: `public`.
    pub schema: Option<String>,
    /// `name` or `schema.name` of the table, for Drizzle, dbmate, sqlx and plain SQL.
    pub table: Option<String>,
    /// The schema of our own tables; in SQLite, which has no schemas, the beginning of their names.
    pub bookkeeping_schema: String,
}

impl Default for LedgerOptions {
    fn default() -> Self {
        Self { schema: None, table: None, bookkeeping_schema: "ops_actions".to_owned() }
    }
}

/// When a migration ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When it ended.
    pub finished_at: Timestamp,
    /// How long it took.
    pub elapsed: Duration,
}

impl Stamp {
    /// Ends now.
    #[must_use]
    pub fn now(elapsed: Duration) -> Self {
        Self { finished_at: Timestamp::now(), elapsed }
    }

    /// When it began.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.finished_at.checked_sub(self.elapsed).unwrap_or(self.finished_at)
    }
}

/// What the ledger says became of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It ran to its end.
    Applied,
    /// It began and did not end.
    Failed,
    /// It was undone, or declared undone; it may run again.
    RolledBack,
}

/// What the ledger says of one migration. There is one for each identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same as `Migration::id`; for a row of Drizzle 0.x whose file is unknown, its `created_at`.
    pub id: String,
    /// As the tool wrote it, or `None` where it writes none.
    pub checksum: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// RFC 3339, where the tool records it.
    pub applied_at: Option<String>,
    /// The statements themselves, which Supabase keeps.
    pub content: Option<Vec<String>>,
    /// Drizzle's `created_at`: the moment in the file's name or journal, in milliseconds since 1970.
    pub created_at_millis: Option<i64>,
}

/// A ledger that does not look as its tool makes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// A row that cannot be read.
    #[error("row {row} of the ledger cannot be read: {reason}; was the table changed by hand?")]
    Unreadable {
        /// Its number, in the order of reading, from 1.
        row: usize,
        /// Why.
        reason: String,
    },
    /// SQLite cannot add the columns of Drizzle 1.0 only where they are missing.
    #[error(
        "the ledger was made by Drizzle 0.x and the files are of Drizzle 1.0; run `drizzle-kit migrate` once to upgrade it"
    )]
    OldDrizzle,
}
