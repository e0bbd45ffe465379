//! Our own ledger for plain SQL: `ops_actions.migrations`; in SQLite `ops_actions_migrations`.
//!
//! | column | |
//! |---|---|
//! | `version` | the file's number, without leading zeros |
//! | `name` | the rest of the file's name |
//! | `checksum` | SHA-256 of the file, in lowercase hexadecimal |
//! | `statements` | how many statements ran; while it runs, how many are done |
//! | `started_at`, `finished_at` | when it ran; no end: it is running, or it failed |
//! | `error` | why it failed |

use super::row::Row;
use super::{Entry, Ledger, LedgerError, NamedBy, Opened, Outcome, Rules, Stamp};
use crate::{Dialect, Migration};

pub(super) struct Plain;

impl Rules for Plain {
    fn create(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        let (schema, moment) = match ledger.dialect {
            Dialect::Postgres => (super::create_schema(&ledger.schema), "timestamptz"),
            Dialect::Sqlite => (String::new(), "text"),
        };
        format!(
            "{schema}create table if not exists {table} (\n    version text primary key not null,\n    name text not null,\n    \
             checksum text not null,\n    statements integer not null,\n    started_at {moment} not null,\n    \
             finished_at {moment},\n    error text\n);\n"
        )
    }

    fn read(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            Dialect::Postgres => {
                format!(
                    "select (pg_catalog.to_jsonb(t) - 'error')::text from {table} as t order by t.started_at, t.version"
                )
            }
            Dialect::Sqlite => format!(
                "select json_object('version', version, 'checksum', checksum, 'finished_at', finished_at) from {table} \
                 order by started_at, version"
            ),
        }
    }

    fn entries(&self, _: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError> {
        rows.iter()
            .map(|row| {
                let finished_at = row.moment("finished_at");
                Ok(Entry {
                    id: row.required("version")?,
                    checksum: Some(row.required("checksum")?),
                    outcome: if finished_at.is_some() { Outcome::Applied } else { Outcome::Failed },
                    applied_at: finished_at,
                    content: None,
                    created_at_millis: None,
                })
            })
            .collect()
    }

    fn succeed(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, statements: usize) -> String {
        format!("{};\n", insert(ledger, migration, stamp, true, statements))
    }

    fn start(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> Option<String> {
        Some(format!("{};\n", insert(ledger, migration, stamp, false, 0)))
    }

    fn progress(&self, ledger: &Ledger, migration: &Migration, done: usize) -> Option<String> {
        let version = ledger.literal(&migration.id);
        Some(format!("update {} set statements = {done} where version = {version};\n", ledger.qualified()))
    }

    fn finish(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, statements: usize) -> String {
        format!(
            "update {} set finished_at = '{:.6}', statements = {statements}, error = null where version = {};\n",
            ledger.qualified(),
            stamp.finished_at,
            ledger.literal(&migration.id)
        )
    }

    fn fail(&self, ledger: &Ledger, migration: &Migration, error: &str) -> Option<String> {
        let (error, version) = (ledger.literal(error), ledger.literal(&migration.id));
        Some(format!("update {} set error = {error} where version = {version};\n", ledger.qualified()))
    }

    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> String {
        format!(
            "{} on conflict (version) do update set name = excluded.name, checksum = excluded.checksum, \
             finished_at = excluded.finished_at, error = null;\n",
            insert(ledger, migration, stamp, true, 0)
        )
    }

    fn retire(&self, ledger: &Ledger, migration: &Migration) -> Option<String> {
        let version = ledger.literal(&migration.id);
        Some(format!("delete from {} where version = {version} and finished_at is null;\n", ledger.qualified()))
    }

    fn opened(&self, ledger: &Ledger, id: &str) -> Option<Opened> {
        let condition = format!("version = {} and finished_at is null", ledger.literal(id));
        Some(Opened { condition, named_by: NamedBy::Moment("started_at") })
    }

    fn ended(&self, ledger: &Ledger, migration: &Migration) -> String {
        format!("version = {} and finished_at is not null", ledger.literal(&migration.id))
    }

    fn forget(&self, ledger: &Ledger, id: &str) -> String {
        format!("delete from {} where version = {};\n", ledger.qualified(), ledger.literal(id))
    }
}

fn insert(ledger: &Ledger, migration: &Migration, stamp: &Stamp, finished: bool, statements: usize) -> String {
    let finished_at = if finished { format!("'{:.6}'", stamp.finished_at) } else { "null".to_owned() };
    format!(
        "insert into {} (version, name, checksum, statements, started_at, finished_at) values ({}, {}, {}, {statements}, \
         '{:.6}', {finished_at})",
        ledger.qualified(),
        ledger.literal(&migration.id),
        ledger.literal(&migration.name),
        ledger.literal(&migration.checksum),
        stamp.started_at(),
    )
}
