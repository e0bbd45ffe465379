//! One migration as it stands on disk.

use std::ops::Range;

/// The SQL dialect of a migration, and so the engine it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// What the file itself says about transactions, in its tool's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionMode {
    /// Nothing was said: run it in one transaction where its statements allow that.
    Inside,
    /// `-- no-transaction`, `transaction:false`: statement by statement, outside a transaction.
    Outside,
}

/// One migration as it stands on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// What identifies it in its ledger: Prisma's folder name, a version, Drizzle's tag.
    pub id: String,
    /// The rest of its name, for people; may be empty.
    pub name: String,
    /// The file, relative to the repository's root, with `/` between the parts.
    pub path: String,
    /// The whole text of the file.
    pub source: String,
    /// The bytes of `source` that applying runs: all of it, or the `up` section.
    pub up: Range<usize>,
    /// The SQL that undoes it, where the layout has such a thing and the author wrote it.
    pub down: Option<String>,
    /// The checksum that its ledger records, in lowercase hexadecimal; where a ledger records none, SHA-256 of `source`.
    pub checksum: String,
    /// What the file says about transactions.
    pub transaction: TransactionMode,
    /// Drizzle's `when` or the folder's timestamp, in milliseconds since 1970.
    pub created_at_millis: Option<i64>,
}

impl Migration {
    /// The SQL that applying runs.
    #[must_use]
    pub fn sql(&self) -> &str {
        self.source.get(self.up.clone()).unwrap_or_default()
    }
}

/// The line of a byte offset, counted from 1. A carriage return alone ends no line.
#[must_use]
pub fn line_of(source: &str, offset: usize) -> usize {
    1 + source.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
