//! `schema_migrations`, which holds versions and nothing else.
//!
//! Formats: amacneil/dbmate, `pkg/driver/postgres/postgres.go` and `pkg/driver/sqlite/sqlite.go`.

use super::row::Row;
use super::{Entry, Ledger, LedgerError, Outcome, Rules, Stamp};
use crate::{Dialect, Migration};

pub(super) struct Dbmate;

impl Rules for Dbmate {
    fn create(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            Dialect::Postgres => {
                // dbmate makes the schema only where it is missing, and so do roles that may not make any.
                let schema = match ledger.schema.as_str() {
                    "public" => String::new(),
                    schema => super::create_schema(schema),
                };
                format!("{schema}create table if not exists {table} (version varchar primary key);\n")
            }
            Dialect::Sqlite => format!("create table if not exists {table} (version varchar(128) primary key);\n"),
        }
    }

    fn read(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        match ledger.dialect {
            Dialect::Postgres => format!("select pg_catalog.to_jsonb(t)::text from {table} as t order by t.version"),
            Dialect::Sqlite => format!("select json_object('version', version) from {table} order by version"),
        }
    }

    fn entries(&self, _: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError> {
        rows.iter()
            .map(|row| {
                Ok(Entry {
                    id: row.required("version")?,
                    checksum: None,
                    outcome: Outcome::Applied,
                    applied_at: None,
                    content: None,
                    created_at_millis: None,
                })
            })
            .collect()
    }

    fn succeed(&self, ledger: &Ledger, migration: &Migration, _: &Stamp, _: usize) -> String {
        format!("insert into {} (version) values ({});\n", ledger.qualified(), ledger.literal(&migration.id))
    }

    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, _: &Stamp) -> String {
        let (table, version) = (ledger.qualified(), ledger.literal(&migration.id));
        format!("insert into {table} (version) values ({version}) on conflict (version) do nothing;\n")
    }

    fn ended(&self, ledger: &Ledger, migration: &Migration) -> String {
        format!("version = {}", ledger.literal(&migration.id))
    }

    fn forget(&self, ledger: &Ledger, id: &str) -> String {
        format!("delete from {} where version = {};\n", ledger.qualified(), ledger.literal(id))
    }
}
