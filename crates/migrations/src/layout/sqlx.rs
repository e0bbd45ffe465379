//! sqlx: `migrations/<integer>_<description>.sql`, or pairs of `.up.sql` and `.down.sql`.
//!
//! Formats: launchbadge/sqlx, `sqlx-core/src/migrate/source.rs`, `migration.rs` and `migration_type.rs`.

use std::collections::BTreeMap;

use sha2::{Digest, Sha384};

use super::error::{LayoutError, LayoutProblem};
use super::files::{Entry, Folder, Gathered, whole};
use crate::Migration;
use crate::migration::TransactionMode;

pub(super) fn read(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    let mut downs = BTreeMap::new();
    let mut versions = Vec::new();
    for entry in folder.entries()?.iter().filter(|entry| !entry.is_folder) {
        let Some((version, rest)) = entry.name.split_once('_').filter(|(_, rest)| rest.ends_with(".sql")) else {
            continue;
        };
        let Ok(version) = version.parse::<i64>() else {
            let problem = LayoutProblem::BadName("`<integer>_<description>.sql`");
            gathered.errors.push(LayoutError::at(&entry.path, problem));
            continue;
        };
        if rest.ends_with(".down.sql") {
            match folder.text(&entry.path) {
                Ok(text) => drop(downs.insert(version, text)),
                Err(error) => gathered.errors.push(error),
            }
        } else {
            match migration(folder, entry, version, rest) {
                Ok(migration) => versions.push((version, migration)),
                Err(error) => gathered.errors.push(error),
            }
        }
    }
    versions.sort_by_key(|(version, _)| *version);
    for (version, mut migration) in versions {
        migration.down = downs.remove(&version);
        gathered.migrations.push(migration);
    }
    gathered.refuse_doubles();
    gathered.finish()
}

fn migration(folder: &Folder<'_>, entry: &Entry, version: i64, rest: &str) -> Result<Migration, LayoutError> {
    let source = folder.text(&entry.path)?;
    // The suffix is cut off as often as it stands there, and only then do underlines become spaces.
    let suffix = if rest.ends_with(".up.sql") { ".up.sql" } else { ".sql" };
    let description = rest.trim_end_matches(suffix).replace('_', " ");
    let mut migration = whole(&version.to_string(), &description, &entry.path, source);
    migration.checksum = format!("{:x}", Sha384::digest(migration.source.as_bytes()));
    if migration.source.starts_with("-- no-transaction") {
        migration.transaction = TransactionMode::Outside;
    }
    Ok(migration)
}
