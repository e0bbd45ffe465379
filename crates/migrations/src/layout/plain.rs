//! Plain SQL: `<digits>_<name>.sql` or `V<digits>__<name>.sql`, with a ledger of our own.
//!
//! Versions are numbers, so `2_b.sql` comes before `10_a.sql`. `<digits>_<name>.up.sql` may have a `.down.sql` beside it.
//! A file that begins with `-- no-transaction` runs statement by statement.

use std::collections::BTreeMap;

use super::error::{LayoutError, LayoutProblem};
use super::files::{Folder, Gathered, leading_digits, whole};
use crate::Migration;
use crate::migration::TransactionMode;

/// A file's name, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// Without leading zeros.
    version: &'a str,
    name: &'a str,
    is_down: bool,
}

pub(super) fn read(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    let mut downs = BTreeMap::new();
    let entries = folder.entries()?;
    for entry in entries.iter().filter(|entry| !entry.is_folder && entry.name.ends_with(".sql")) {
        let Some(name) = parse(&entry.name) else {
            let problem = LayoutProblem::BadName("`<digits>_<name>.sql` or `V<digits>__<name>.sql`");
            gathered.errors.push(LayoutError::at(&entry.path, problem));
            continue;
        };
        match folder.text(&entry.path) {
            Ok(text) if name.is_down => drop(downs.insert(name.version.to_owned(), text)),
            Ok(source) => {
                let mut migration = whole(name.version, name.name, &entry.path, source);
                if migration.source.starts_with("-- no-transaction") {
                    migration.transaction = TransactionMode::Outside;
                }
                gathered.migrations.push(migration);
            }
            Err(error) => gathered.errors.push(error),
        }
    }
    // Without leading zeros, the longer number is the larger one.
    gathered.migrations.sort_by(|a, b| (a.id.len(), &a.id, &a.name).cmp(&(b.id.len(), &b.id, &b.name)));
    for migration in &mut gathered.migrations {
        migration.down = downs.remove(&migration.id);
    }
    gathered.refuse_doubles();
    gathered.finish()
}

pub(super) fn parse(file: &str) -> Option<Name<'_>> {
    let stem = file.strip_suffix(".sql")?;
    let (stem, is_down) = match stem.strip_suffix(".down") {
        Some(stem) => (stem, true),
        None => (stem.strip_suffix(".up").unwrap_or(stem), false),
    };
    let (digits, rest) = leading_digits(stem.strip_prefix('V').unwrap_or(stem));
    let name = rest.strip_prefix(if stem.starts_with('V') { "__" } else { "_" })?;
    let version = digits.trim_start_matches('0');
    let version = if version.is_empty() { digits.get(..1)? } else { version };
    (!name.is_empty()).then_some(Name { version, name, is_down })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_and_others_are_not() {
        let name = |version, name, is_down| Some(Name { version, name, is_down });
        assert_eq!(parse("001_users.sql"), name("1", "users", false));
        assert_eq!(parse("V12__a_b.sql"), name("12", "a_b", false));
        assert_eq!(parse("000_first.sql"), name("0", "first", false));
        assert_eq!(parse("7_a.down.sql"), name("7", "a", true));
        for file in ["users.sql", "V1_a.sql", "1.sql", "1_.sql", "_a.sql", "V__a.sql", "1_a.txt", "R__a.sql"] {
            assert_eq!(parse(file), None, "{file}");
        }
    }
}
