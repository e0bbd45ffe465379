//! PostgreSQL's table-level locks, from weakest to strongest.

use std::fmt;

/// A table-level lock, as PostgreSQL's manual names it in "Explicit Locking".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockLevel {
    /// `SELECT`.
    AccessShare,
    /// `SELECT … FOR UPDATE`.
    RowShare,
    /// `INSERT`, `UPDATE`, `DELETE`.
    RowExclusive,
    /// `VACUUM`, `CREATE INDEX CONCURRENTLY`.
    ShareUpdateExclusive,
    /// `CREATE INDEX`.
    Share,
    /// `CREATE TRIGGER`, foreign keys.
    ShareRowExclusive,
    /// `REFRESH MATERIALIZED VIEW CONCURRENTLY`.
    Exclusive,
    /// `DROP TABLE`, most of `ALTER TABLE`.
    AccessExclusive,
}

impl LockLevel {
    /// What other sessions have to wait for, in words that follow "blocks".
    #[must_use]
    pub fn blocks(self) -> &'static str {
        match self {
            Self::AccessShare | Self::RowShare | Self::RowExclusive => "neither reads nor writes",
            Self::ShareUpdateExclusive => "other schema changes and VACUUM, but neither reads nor writes",
            Self::Share | Self::ShareRowExclusive => "writes",
            Self::Exclusive => "writes and SELECT … FOR UPDATE",
            Self::AccessExclusive => "reads and writes",
        }
    }

    /// Whether `INSERT`, `UPDATE` and `DELETE` have to wait for it.
    #[must_use]
    pub fn is_heavy(self) -> bool {
        self >= Self::Share
    }

    /// The mode as the view `pg_locks` prints it.
    #[must_use]
    pub fn pg_locks_mode(self) -> &'static str {
        match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        }
    }
}

impl fmt::Display for LockLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::LockLevel::{AccessExclusive, RowExclusive, Share, ShareUpdateExclusive};

    #[test]
    fn a_lock_is_heavy_from_the_level_that_makes_writes_wait() {
        assert_eq!(
            [RowExclusive, ShareUpdateExclusive, Share, AccessExclusive].map(super::LockLevel::is_heavy),
            [false, false, true, true]
        );
    }

    #[test]
    fn a_lock_prints_as_the_manual_names_it() {
        assert_eq!(AccessExclusive.to_string(), "ACCESS EXCLUSIVE");
        assert_eq!(AccessExclusive.blocks(), "reads and writes");
    }
}
