//! Prisma: `prisma/migrations/<timestamp>_<name>/migration.sql` beside `migration_lock.toml`.
//!
//! Every folder is a migration, whatever its name, in the order of their names. Formats: prisma-engines,
//! `migrations_directory.rs` (lock file) and `checksum.rs`.

use super::error::{LayoutError, LayoutProblem};
use super::files::{Folder, Gathered, label, whole};
use crate::{Dialect, Migration};

/// The file that names the engine.
pub(super) const LOCK_FILE: &str = "migration_lock.toml";

/// The script in each folder, also in Drizzle 1.0.
pub(super) const SCRIPT: &str = "migration.sql";

pub(super) fn read(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    if let Err(error) = dialect(folder) {
        gathered.errors.push(error);
    }
    for entry in folder.entries()?.iter().filter(|entry| entry.is_folder) {
        let path = format!("{}/{SCRIPT}", entry.path);
        if folder.has(&format!("{}/{SCRIPT}", entry.name)) {
            gathered.add(folder.text(&path).map(|source| whole(&entry.name, label(&entry.name), &path, source)));
        } else {
            gathered.errors.push(LayoutError::at(&entry.path, LayoutProblem::NoScript));
        }
    }
    gathered.finish()
}

/// The engine that the lock file names; `None` without a lock file.
pub(super) fn dialect(folder: &Folder<'_>) -> Result<Option<Dialect>, LayoutError> {
    if !folder.has(LOCK_FILE) {
        return Ok(None);
    }
    let path = folder.path(LOCK_FILE);
    let text = folder.text(&path)?;
    // Prisma takes the first line that starts with the word, and cuts the quotes off.
    let Some((index, line)) = text.lines().enumerate().find(|(_, line)| line.starts_with("provider")) else {
        return Err(LayoutError::at(path, LayoutProblem::NoProvider));
    };
    let value = line.trim_start_matches("provider").trim_start_matches([' ', '=']).trim().trim_matches('"');
    match value {
        "postgresql" | "postgres" => Ok(Some(Dialect::Postgres)),
        "sqlite" => Ok(Some(Dialect::Sqlite)),
        other => Err(LayoutError::on_line(path, index + 1, LayoutProblem::UnsupportedEngine(other.to_owned()))),
    }
}
