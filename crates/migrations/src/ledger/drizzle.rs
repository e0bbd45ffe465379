//! `drizzle.__drizzle_migrations`; in SQLite without a schema.
//!
//! Formats: drizzle-team/drizzle-orm, `pg-core/dialect.ts` and `sqlite-core/dialect.ts` on `main` (0.x);
//! `pg-core/async/session.ts`, `sqlite-core/async/session.ts` and `up-migrations/` on `beta` (1.0).
//!
//! A row of 0.x names its file only by `created_at`, the journal's `when`, and by the hash of its bytes.

use std::collections::BTreeSet;

use super::row::Row;
use super::{Entry, Known, Ledger, LedgerError, Outcome, Rules, Stamp};
use crate::{Dialect, Migration};

pub(super) struct Drizzle;

impl Rules for Drizzle {
    fn create(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match (ledger.dialect, ledger.drizzle_folders) {
            (Dialect::Postgres, folders) => {
                let schema = super::create_schema(&ledger.schema);
                let more = if folders {
                    ",\n    name text,\n    applied_at timestamp with time zone DEFAULT now()"
                } else {
                    ""
                };
                let upgrade = if folders { upgrade(ledger) } else { String::new() };
                format!(
                    "{schema}create table if not exists {table} (\n    id SERIAL PRIMARY KEY,\n    \
                     hash text NOT NULL,\n    created_at bigint{more}\n);\n{upgrade}"
                )
            }
            (Dialect::Sqlite, true) => format!(
                "create table if not exists {table} (\n    id INTEGER PRIMARY KEY,\n    hash text NOT NULL,\n    \
                 created_at numeric,\n    name text,\n    applied_at TEXT\n);\n"
            ),
            (Dialect::Sqlite, false) => format!(
                "create table if not exists {table} (\n    id SERIAL PRIMARY KEY,\n    hash text NOT NULL,\n    \
                 created_at numeric\n);\n"
            ),
        }
    }

    fn upgrade(&self, ledger: &Ledger) -> String {
        upgrade(ledger)
    }

    fn added(&self, ledger: &Ledger) -> &'static [&'static str] {
        if ledger.drizzle_folders { &["name", "applied_at"] } else { &[] }
    }

    fn read(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            Dialect::Postgres => format!("select pg_catalog.to_jsonb(t)::text from {table} as t order by t.id"),
            // A column that the table lacks is found one level further out, as null.
            Dialect::Sqlite => format!(
                "select json_object('hash', t.hash, 'created_at', t.created_at, \
                 'name', (select name from (select * from {table} as i where i.rowid = t.rowid)), \
                 'applied_at', (select applied_at from (select * from {table} as i where i.rowid = t.rowid)), \
                 'new', (select count(*) from pragma_table_info({}) where name = 'name')) \
                 from (select null as name, null as applied_at) as absent cross join {table} as t order by t.rowid",
                ledger.literal(&ledger.table)
            ),
        }
    }

    fn entries(&self, ledger: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError> {
        let mut entries = Vec::new();
        let mut seen = BTreeSet::new();
        for row in rows {
            if ledger.drizzle_folders && row.integer("new") == Some(0) {
                return Err(LedgerError::OldDrizzle);
            }
            let hash = row.required("hash")?;
            let created_at = row.integer("created_at");
            let name = row.text("name").filter(|_| ledger.drizzle_folders);
            let id = name.or_else(|| identify(ledger, &hash, created_at?).map(str::to_owned));
            let id = id.or_else(|| row.text("created_at")).unwrap_or_else(|| hash.clone());
            if seen.insert(id.clone()) {
                entries.push(Entry {
                    id,
                    checksum: Some(hash),
                    outcome: Outcome::Applied,
                    applied_at: row.moment("applied_at"),
                    content: None,
                    created_at_millis: created_at,
                });
            }
        }
        Ok(entries)
    }

    fn succeed(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, _: usize) -> String {
        insert(ledger, migration, stamp)
    }

    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> String {
        format!("{}{}", self.forget(ledger, &migration.id), insert(ledger, migration, stamp))
    }

    fn ended(&self, ledger: &Ledger, migration: &Migration) -> String {
        if ledger.drizzle_folders {
            return format!("name = {}", ledger.literal(&migration.id));
        }
        let when = migration.created_at_millis.unwrap_or_default();
        format!("hash = {} and created_at = {when}", ledger.literal(&migration.checksum))
    }

    fn forget(&self, ledger: &Ledger, id: &str) -> String {
        let table = ledger.qualified();
        if ledger.drizzle_folders {
            return format!("delete from {table} where name = {};\n", ledger.literal(id));
        }
        let known = ledger.known.iter().find(|known| known.id == id);
        match (known, id.parse::<i64>()) {
            (Some(known), _) => {
                // The moment alone where no other file shares it, since the hash is what may have changed.
                let alone = ledger.known.iter().filter(|other| other.when == known.when).count() == 1;
                let hash = ledger.literal(&known.hash);
                let condition = if alone {
                    format!("created_at = {} or hash = {hash}", known.when)
                } else {
                    format!("hash = {hash}")
                };
                format!("delete from {table} where {condition};\n")
            }
            (None, Ok(created_at)) => format!("delete from {table} where created_at = {created_at};\n"),
            (None, Err(_)) => format!("delete from {table} where hash = {};\n", ledger.literal(id)),
        }
    }
}

/// Drizzle 0.x applies what is newer than the newest row, and says nothing of the rest.
pub(super) fn is_passed_over(migration: &Migration, entries: &[Entry]) -> bool {
    let newest = entries.iter().filter_map(|entry| entry.created_at_millis).max();
    newest.zip(migration.created_at_millis).is_some_and(|(newest, when)| when <= newest)
}

/// The file of a row. Drizzle 1.0 compares whole seconds when it upgrades a ledger, 0.x the very millisecond.
fn identify<'a>(ledger: &'a Ledger, hash: &str, created_at: i64) -> Option<&'a str> {
    let unit = if ledger.drizzle_folders { 1000 } else { 1 };
    let same: Vec<&Known> = ledger.known.iter().filter(|known| known.when / unit == created_at / unit).collect();
    let found = match same.as_slice() {
        [] => ledger.known.iter().find(|known| known.hash == hash),
        [only] => Some(*only),
        several => several.iter().find(|known| known.hash == hash).copied(),
    };
    found.map(|known| known.id.as_str())
}

/// What Drizzle 1.0 does to a ledger of 0.x, in the same order: by second, then by hash.
fn upgrade(ledger: &Ledger) -> String {
    let table = ledger.qualified();
    let mut sql = format!(
        "alter table {table} add column if not exists name text;\n\
         alter table {table} add column if not exists applied_at timestamp with time zone default now();\n"
    );
    let seconds: BTreeSet<i64> = ledger.known.iter().map(|known| known.when / 1000).collect();
    let list = seconds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for known in &ledger.known {
        let (second, hash) = (known.when / 1000, ledger.literal(&known.hash));
        let alone = ledger.known.iter().filter(|other| other.when / 1000 == second).count() == 1;
        let by_second = if alone { String::new() } else { format!(" and hash = {hash}") };
        sql.push_str(&format!(
            "update {table} set name = {name}, applied_at = null where name is null and \
             ((created_at / 1000 = {second}{by_second}) or (hash = {hash} and created_at / 1000 not in ({list})));\n",
            name = ledger.literal(&known.id),
        ));
    }
    sql
}

fn insert(ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> String {
    let (table, hash) = (ledger.qualified(), ledger.literal(&migration.checksum));
    let when = migration.created_at_millis.map_or_else(|| "null".to_owned(), |when| when.to_string());
    let name = ledger.literal(&migration.id);
    match (ledger.drizzle_folders, ledger.dialect) {
        (false, _) => format!("insert into {table} (hash, created_at) values ({hash}, {when});\n"),
        (true, Dialect::Postgres) => {
            format!("insert into {table} (hash, created_at, name) values ({hash}, {when}, {name});\n")
        }
        (true, Dialect::Sqlite) => format!(
            "insert into {table} (hash, created_at, name, applied_at) values ({hash}, {when}, {name}, '{:.3}');\n",
            stamp.finished_at
        ),
    }
}
