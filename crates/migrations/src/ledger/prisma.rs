//! `_prisma_migrations`.
//!
//! Formats: prisma-engines, `flavour/postgres.rs` and `flavour/sqlite.rs` (table), `sql_migration_persistence.rs` (rows),
//! `apply_migrations.rs` and `mark_migration_applied.rs` (what counts), `checksum.rs` (matching).

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::row::Row;
use super::{Entry, Ledger, LedgerError, NamedBy, Opened, Outcome, Rules, Stamp};
use crate::{Dialect, Migration};

/// The key that Prisma locks while it migrates.
pub(super) const ADVISORY_KEY: i64 = 72_707_369;

/// A random version 4 identifier, made by the engine. PostgreSQL has the function since version 13.
const POSTGRES_UUID: &str = "pg_catalog.gen_random_uuid()::text";
const SQLITE_UUID: &str = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || \
                           substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";

pub(super) struct Prisma;

impl Rules for Prisma {
    fn create(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            Dialect::Postgres => format!(
                "create table if not exists {table} (\n\
                 \x20   id                      VARCHAR(36) PRIMARY KEY NOT NULL,\n\
                 \x20   checksum                VARCHAR(64) NOT NULL,\n\
                 \x20   finished_at             TIMESTAMPTZ,\n\
                 \x20   migration_name          VARCHAR(255) NOT NULL,\n\
                 \x20   logs                    TEXT,\n\
                 \x20   rolled_back_at          TIMESTAMPTZ,\n\
                 \x20   started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),\n\
                 \x20   applied_steps_count     INTEGER NOT NULL DEFAULT 0\n);\n"
            ),
            Dialect::Sqlite => format!(
                "create table if not exists {table} (\n\
                 \x20   \"id\"                    TEXT PRIMARY KEY NOT NULL,\n\
                 \x20   \"checksum\"              TEXT NOT NULL,\n\
                 \x20   \"finished_at\"           DATETIME,\n\
                 \x20   \"migration_name\"        TEXT NOT NULL,\n\
                 \x20   \"logs\"                  TEXT,\n\
                 \x20   \"rolled_back_at\"        DATETIME,\n\
                 \x20   \"started_at\"            DATETIME NOT NULL DEFAULT current_timestamp,\n\
                 \x20   \"applied_steps_count\"   INTEGER UNSIGNED NOT NULL DEFAULT 0\n);\n"
            ),
        }
    }

    fn read(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            // The logs may be long and say nothing that counts.
            Dialect::Postgres => {
                format!("select (pg_catalog.to_jsonb(t) - 'logs')::text from {table} as t order by t.started_at, t.id")
            }
            Dialect::Sqlite => format!(
                "select json_object('migration_name', migration_name, 'checksum', checksum, 'finished_at', finished_at, \
                 'rolled_back_at', rolled_back_at) from {table} order by started_at, rowid"
            ),
        }
    }

    /// A name may have several rows. One that failed counts most, since Prisma refuses to go on; then one that stands.
    fn entries(&self, _: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError> {
        let rank = |outcome| match outcome {
            Outcome::RolledBack => 0,
            Outcome::Applied => 1,
            Outcome::Failed => 2,
        };
        let mut entries: Vec<Entry> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows {
            let id = row.required("migration_name")?;
            let outcome = match (row.moment("finished_at"), row.moment("rolled_back_at")) {
                (_, Some(_)) => Outcome::RolledBack,
                (Some(_), None) => Outcome::Applied,
                (None, None) => Outcome::Failed,
            };
            let entry = Entry {
                id: id.clone(),
                checksum: Some(row.required("checksum")?),
                outcome,
                applied_at: row.moment("finished_at"),
                content: None,
                created_at_millis: None,
            };
            match places.get(&id).and_then(|place| entries.get_mut(*place)) {
                Some(earlier) if rank(earlier.outcome) <= rank(outcome) => *earlier = entry,
                Some(_) => {}
                None => {
                    places.insert(id, entries.len());
                    entries.push(entry);
                }
            }
        }
        Ok(entries)
    }

    fn succeed(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, _: usize) -> String {
        insert(ledger, migration, moment(ledger, stamp.started_at()), &moment(ledger, stamp.finished_at), "null", 1)
    }

    fn start(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> Option<String> {
        Some(insert(ledger, migration, moment(ledger, stamp.finished_at), "null", "null", 0))
    }

    fn finish(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, _: usize) -> String {
        let finished = moment(ledger, stamp.finished_at);
        let open = open(ledger, &migration.id);
        format!(
            "update {} set finished_at = {finished}, applied_steps_count = 1, logs = null where {open};\n",
            ledger.qualified()
        )
    }

    fn fail(&self, ledger: &Ledger, migration: &Migration, error: &str) -> Option<String> {
        let (logs, open) = (ledger.literal(error), open(ledger, &migration.id));
        Some(format!("update {} set logs = {logs} where {open};\n", ledger.qualified()))
    }

    /// Prisma's `resolve --applied`; and where a row stands already, it gets the file's checksum.
    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> String {
        let (table, name) = (ledger.qualified(), ledger.literal(&migration.id));
        let standing = format!("migration_name = {name} and finished_at is not null and rolled_back_at is null");
        let now = moment(ledger, stamp.finished_at);
        let row = values(ledger, migration, &now, &now, "''", 0);
        format!(
            "{}update {table} set checksum = {} where {standing};\n\
             insert into {table} ({COLUMNS}) select {row} where not exists (select 1 from {table} where {standing});\n",
            self.retire(ledger, migration).unwrap_or_default(),
            ledger.literal(&migration.checksum),
        )
    }

    fn retire(&self, ledger: &Ledger, migration: &Migration) -> Option<String> {
        let now = moment(ledger, Timestamp::now());
        let open = open(ledger, &migration.id);
        Some(format!("update {} set rolled_back_at = {now} where {open};\n", ledger.qualified()))
    }

    fn opened(&self, ledger: &Ledger, id: &str) -> Option<Opened> {
        Some(Opened { condition: open(ledger, id), named_by: NamedBy::Text("id") })
    }

    fn ended(&self, ledger: &Ledger, migration: &Migration) -> String {
        let name = ledger.literal(&migration.id);
        format!("migration_name = {name} and finished_at is not null and rolled_back_at is null")
    }

    fn forget(&self, ledger: &Ledger, id: &str) -> String {
        let now = moment(ledger, Timestamp::now());
        let (table, name) = (ledger.qualified(), ledger.literal(id));
        format!("update {table} set rolled_back_at = {now} where migration_name = {name} and rolled_back_at is null;\n")
    }

    fn same_bytes(&self, migration: &Migration, entry: &Entry) -> Option<bool> {
        entry.checksum.as_ref().map(|checksum| matches(&migration.source, checksum))
    }
}

const COLUMNS: &str = "id, checksum, started_at, finished_at, migration_name, logs, applied_steps_count";

fn insert(ledger: &Ledger, migration: &Migration, started: String, finished: &str, logs: &str, steps: u8) -> String {
    let row = values(ledger, migration, &started, finished, logs, steps);
    format!("insert into {} ({COLUMNS}) values ({row});\n", ledger.qualified())
}

fn values(ledger: &Ledger, migration: &Migration, started: &str, finished: &str, logs: &str, steps: u8) -> String {
    let uuid = match ledger.dialect {
        Dialect::Postgres => POSTGRES_UUID,
        Dialect::Sqlite => SQLITE_UUID,
    };
    let (checksum, name) = (ledger.literal(&migration.checksum), ledger.literal(&migration.id));
    format!("{uuid}, {checksum}, {started}, {finished}, {name}, {logs}, {steps}")
}

/// The row of a run that began and did not end.
fn open(ledger: &Ledger, id: &str) -> String {
    format!("migration_name = {} and finished_at is null and rolled_back_at is null", ledger.literal(id))
}

/// A moment as Prisma writes it: in SQLite, milliseconds since 1970.
fn moment(ledger: &Ledger, moment: Timestamp) -> String {
    match ledger.dialect {
        Dialect::Postgres => format!("'{moment:.6}'::timestamptz"),
        Dialect::Sqlite => moment.as_millisecond().to_string(),
    }
}

/// Whether a script has this checksum, also if git changed its line ends; old versions wrote bytes without leading zeros.
fn matches(script: &str, checksum: &str) -> bool {
    let old = !checksum.is_empty() && checksum.len() != 64;
    let is = |script: &str| {
        let digest = Sha256::digest(script.as_bytes());
        let hexadecimal: String =
            digest.iter().map(|byte| if old { format!("{byte:x}") } else { format!("{byte:02x}") }).collect();
        hexadecimal == checksum
    };
    is(script) || is(&script.replace("\r\n", "\n")) || is(&script.replace('\n', "\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_missing_zeros_make_no_difference() {
        let digest = |text: &str| format!("{:x}", Sha256::digest(text.as_bytes()));
        assert!(matches("a\nb", &digest("a\nb")));
        assert!(matches("a\r\nb", &digest("a\nb")));
        assert!(matches("a\nb", &digest("a\r\nb")));
        assert!(!matches("a\nb", &digest("a\nc")));
        let old: String = Sha256::digest(b"select 1").iter().map(|byte| format!("{byte:x}")).collect();
        assert!(old.len() < 64);
        assert!(matches("select 1", &old));
        assert!(!matches("select 2", &old));
        assert!(!matches("select 1", ""));
    }
}
