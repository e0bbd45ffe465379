//! SQL text cut into statements.

use std::ops::Range;

/// One statement of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its bytes in `Migration::source`, from its first to its last token, without the `;`.
    pub range: Range<usize>,
    /// What it does, in a few lower-case words: `create table`, `alter table`, `insert`.
    pub kind: String,
    /// `sha256:` and 64 hexadecimal digits over its tokens, joined by single spaces, comments left out:
    /// the same for a statement that was only reformatted.
    pub digest: String,
    /// How it stands to transactions.
    pub transaction: TransactionNeed,
}

/// How a statement stands to transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionNeed {
    /// Runs inside a transaction.
    Allowed,
    /// The server refuses it inside a transaction: `CREATE INDEX CONCURRENTLY`, `VACUUM`.
    Forbidden,
    /// Opens a transaction: `BEGIN`, `START TRANSACTION`.
    Opens,
    /// Ends one: `COMMIT`, `END`.
    Commits,
    /// Throws one away: `ROLLBACK`, `ABORT` (but not `ROLLBACK TO`).
    RollsBack,
}

/// SQL that cannot be cut into statements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, as a lower-case fragment: `unterminated dollar-quoted string`.
    pub message: String,
    /// Where, as a byte offset in `Migration::source`.
    pub offset: usize,
}
