//! Drizzle 0.x: `<tag>.sql` in the order of `meta/_journal.json`. Drizzle 1.0: `<14 digits>_<name>/migration.sql`.
//!
//! Formats: drizzle-team/drizzle-orm, `drizzle-orm/src/migrator.ts` on `main` (0.x) and on `beta` (1.0).

use serde::Deserialize;

use super::error::{LayoutError, LayoutProblem};
use super::files::{Entry, Folder, Gathered, label, leading_digits, whole};
use super::prisma::SCRIPT;
use crate::{Dialect, Migration};

/// The journal of 0.x, within the folder.
pub(super) const JOURNAL: &str = "meta/_journal.json";

/// What Drizzle puts between statements.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// What of the journal counts; the rest is Drizzle's own.
#[derive(Deserialize)]
struct Journal {
    dialect: Option<String>,
    entries: Vec<JournalEntry>,
}

#[derive(Deserialize)]
struct JournalEntry {
    when: i64,
    tag: String,
}

pub(super) fn read_journal(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    let journal = journal(folder).map_err(|error| vec![error])?;
    if let Err(error) = dialect_of(&journal, folder) {
        gathered.errors.push(error);
    }
    if !script_folders(folder)?.is_empty() {
        gathered.errors.push(LayoutError::at(folder.directory, LayoutProblem::BothDrizzles));
    }
    for entry in journal.entries {
        let path = folder.path(&format!("{}.sql", entry.tag));
        if entry.tag.is_empty() || entry.tag.contains(['/', '\\']) {
            gathered.errors.push(LayoutError::at(path, LayoutProblem::BadName("`<digits>_<name>` in the journal")));
        } else if entry.tag.chars().any(char::is_control) {
            gathered.errors.push(LayoutError::at(path, LayoutProblem::ControlCharacter));
        } else if !folder.has(&format!("{}.sql", entry.tag)) {
            gathered.errors.push(LayoutError::at(path, LayoutProblem::NoFileForEntry));
        } else {
            gathered.add(migration(folder, &entry.tag, &path, entry.when));
        }
    }
    gathered.refuse_doubles();
    gathered.finish()
}

pub(super) fn read_folders(folder: &Folder<'_>) -> Result<Vec<Migration>, Vec<LayoutError>> {
    let mut gathered = Gathered::default();
    for entry in script_folders(folder)? {
        let path = format!("{}/{SCRIPT}", entry.path);
        gathered.add(match millis(&entry.name) {
            Some(when) => migration(folder, &entry.name, &path, when),
            None => Err(LayoutError::at(&entry.path, LayoutProblem::BadName("`<yyyymmddhhmmss>_<name>`"))),
        });
    }
    gathered.finish()
}

/// The folders that hold a script, which is all that Drizzle 1.0 looks at.
pub(super) fn script_folders(folder: &Folder<'_>) -> Result<Vec<Entry>, Vec<LayoutError>> {
    let mut entries = folder.entries()?;
    entries.retain(|entry| entry.is_folder && folder.has(&format!("{}/{SCRIPT}", entry.name)));
    Ok(entries)
}

/// The engine that the journal names.
pub(super) fn dialect(folder: &Folder<'_>) -> Result<Option<Dialect>, LayoutError> {
    dialect_of(&journal(folder)?, folder)
}

fn dialect_of(journal: &Journal, folder: &Folder<'_>) -> Result<Option<Dialect>, LayoutError> {
    match journal.dialect.as_deref() {
        None => Ok(None),
        Some("postgresql" | "pg") => Ok(Some(Dialect::Postgres)),
        Some("sqlite" | "turso") => Ok(Some(Dialect::Sqlite)),
        Some(other) => {
            let problem = LayoutProblem::UnsupportedEngine(other.to_owned());
            Err(LayoutError::at(folder.path(JOURNAL), problem))
        }
    }
}

fn journal(folder: &Folder<'_>) -> Result<Journal, LayoutError> {
    let path = folder.path(JOURNAL);
    if !folder.has(JOURNAL) {
        return Err(LayoutError::at(path, LayoutProblem::NoJournal));
    }
    let text = folder.text(&path)?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let line = error.line();
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        LayoutError::on_line(&path, line.max(1), LayoutProblem::BrokenJournal(super::error::printable(&message)))
    })
}

fn migration(folder: &Folder<'_>, id: &str, path: &str, when: i64) -> Result<Migration, LayoutError> {
    let source = folder.text(path)?;
    for (index, line) in source.lines().enumerate() {
        let after = line.split_once(BREAKPOINT).map(|(_, after)| after.trim());
        if after.is_some_and(|after| !after.is_empty() && !after.starts_with("--")) {
            return Err(LayoutError::on_line(path, index + 1, LayoutProblem::BreakpointText));
        }
    }
    let mut migration = whole(id, label(id), path, source);
    migration.created_at_millis = Some(when);
    Ok(migration)
}

/// The first 14 digits as a moment in UTC, in milliseconds since 1970.
fn millis(name: &str) -> Option<i64> {
    let (digits, _) = leading_digits(name);
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let part = |range| number(range).and_then(|value| i8::try_from(value).ok());
    let moment = jiff::civil::DateTime::new(
        number(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?,
        0,
    );
    Some(moment.ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}
