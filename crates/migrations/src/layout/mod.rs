//! How a tool keeps migrations on disk.

mod dbmate;
mod detect;
mod drizzle;
mod error;
mod files;
mod plain;
mod prisma;
mod sqlx;
mod supabase;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::{Dialect, Migration};
pub use detect::detect;
pub use error::{Candidate, LayoutError, LayoutProblem, printable};
use files::Folder;
pub use files::LIMIT;

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

    /// The word that the policy uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Prisma => "prisma",
            Self::Supabase => "supabase",
            Self::Drizzle => "drizzle",
            Self::Dbmate => "dbmate",
            Self::Sqlx => "sqlx",
            Self::Plain => "plain",
        }
    }

    /// The layout of a word of the policy.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.word() == word)
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
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

impl Found {
    /// Whether the files are for the engine that answered.
    ///
    /// # Errors
    /// The files name another engine.
    pub fn check_dialect(&self, database: Dialect) -> Result<(), LayoutError> {
        match self.dialect_hint {
            Some(files) if files != database => {
                let name = |dialect| match dialect {
                    Dialect::Postgres => "PostgreSQL",
                    Dialect::Sqlite => "SQLite",
                };
                let problem = LayoutProblem::WrongEngine { files: name(files), database: name(database) };
                Err(LayoutError::at(&self.directory, problem))
            }
            _ => Ok(()),
        }
    }
}

/// Reads the migrations in the order in which their tool applies them.
///
/// # Errors
/// Everything that is wrong with the folder, at once.
pub fn read(root: &Path, found: &Found) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let folder = Folder::open(root, &found.directory).map_err(|error| vec![error])?;
    let migrations = match found.layout {
        Layout::Prisma => prisma::read(&folder),
        Layout::Supabase => supabase::read(&folder),
        Layout::Drizzle if found.drizzle_folders => drizzle::read_folders(&folder),
        Layout::Drizzle => drizzle::read_journal(&folder),
        Layout::Dbmate => dbmate::read(&folder),
        Layout::Sqlx => {
            refuse_ignored_characters(root)?;
            sqlx::read(&folder)
        }
        Layout::Plain => plain::read(&folder),
    }?;
    if migrations.is_empty() {
        return Err(vec![LayoutError::at(&found.directory, LayoutProblem::Empty(found.layout))]);
    }
    Ok(migrations)
}

/// SQL files beside the migrations that their tool passes over without a word: the journal does not list them, or their
/// names are not in its way. Scripts that undo a migration are not among them.
///
/// # Errors
/// The folder cannot be read.
pub fn passed_over(root: &Path, found: &Found, migrations: &[Migration]) -> Result<Vec<String>, Vec<LayoutError>> {
    let folder = Folder::open(root, &found.directory).map_err(|error| vec![error])?;
    let read: BTreeSet<&str> = migrations.iter().map(|migration| migration.path.as_str()).collect();
    let mut paths: Vec<String> =
        folder.entries()?.into_iter().filter(|entry| !entry.is_folder).map(|entry| entry.path).collect();
    paths.retain(|path| path.ends_with(".sql") && !path.ends_with(".down.sql") && !read.contains(path.as_str()));
    Ok(paths)
}

/// `sqlx.toml` may leave characters out of every checksum.
fn refuse_ignored_characters(root: &Path) -> Result<(), Vec<LayoutError>> {
    let Ok(text) = std::fs::read_to_string(root.join("sqlx.toml")) else { return Ok(()) };
    match text.lines().position(|line| line.trim_start().starts_with("ignored-chars")) {
        Some(line) => Err(vec![LayoutError::on_line("sqlx.toml", line + 1, LayoutProblem::IgnoredCharacters)]),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
