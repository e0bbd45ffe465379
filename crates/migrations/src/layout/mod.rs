//! How a tool keeps migrations on disk.

use std::fmt;

use crate::Dialect;

/// A tool's way to keep migrations on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// `prisma/migrations/<timestamp>_<name>/migration.sql`.
    Prisma,
    /// `supabase/migrations/<timestamp>_<name>.sql`.
    Supabase,
    /// Drizzle 0.x: `<tag>.sql` beside `meta/_journal.json`; Drizzle 1.0: `<timestamp>_<name>/migration.sql`.
    Drizzle,
    /// `db/migrations/<digits>_<name>.sql` with `-- migrate:up` and `-- migrate:down` sections.
    Dbmate,
    /// `migrations/<integer>_<name>.sql`, or pairs of `.up.sql` and `.down.sql`.
    Sqlx,
    /// `<digits>_<name>.sql` or `V<digits>__<name>.sql`, recorded in a ledger of our own.
    Plain,
}

impl Layout {
    /// All of them, in the order in which they are looked for.
    pub const ALL: [Self; 6] = [Self::Prisma, Self::Supabase, Self::Drizzle, Self::Dbmate, Self::Sqlx, Self::Plain];

    /// The name that the policy uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Prisma => "prisma",
            Self::Supabase => "supabase",
            Self::Drizzle => "drizzle",
            Self::Dbmate => "dbmate",
            Self::Sqlx => "sqlx",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Migrations that were found in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose they are.
    pub layout: Layout,
    /// The dialect that the tool's own files name, where they do.
    pub dialect_hint: Option<Dialect>,
    /// The folder, relative to the repository's root, with `/` between the parts.
    pub directory: String,
    /// Drizzle only: folders as of 1.0, and not the journal of 0.x.
    pub drizzle_folders: bool,
}
