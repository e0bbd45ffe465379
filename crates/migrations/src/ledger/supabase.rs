//! `supabase_migrations.schema_migrations`.
//!
//! Formats: supabase/cli, `pkg/migration/history.go` (table, rows), `pkg/parser/token.go` (how statements are cut).

use super::row::Row;
use super::{Entry, Ledger, LedgerError, Outcome, Rules, Stamp};
use crate::statement::{pieces, split};
use crate::{Dialect, Migration};

pub(super) struct Supabase;

impl Rules for Supabase {
    fn create(&self, ledger: &Ledger) -> String {
        let (schema, table) = (super::create_schema(&ledger.schema), ledger.qualified());
        format!(
            "{schema}create table if not exists {table} (version text not null primary key);\n{}",
            self.upgrade(ledger)
        )
    }

    fn upgrade(&self, ledger: &Ledger) -> String {
        let table = ledger.qualified();
        format!(
            "alter table {table} add column if not exists statements text[];\n\
             alter table {table} add column if not exists name text;\n"
        )
    }

    fn added(&self, _: &Ledger) -> &'static [&'static str] {
        &["statements", "name"]
    }

    fn read(&self, ledger: &Ledger) -> String {
        format!("select pg_catalog.to_jsonb(t)::text from {} as t order by t.version", ledger.qualified())
    }

    fn entries(&self, _: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError> {
        rows.iter()
            .map(|row| {
                Ok(Entry {
                    id: row.required("version")?,
                    checksum: None,
                    outcome: Outcome::Applied,
                    applied_at: None,
                    content: row.texts("statements").filter(|statements| !statements.is_empty()),
                    created_at_millis: None,
                })
            })
            .collect()
    }

    fn succeed(&self, ledger: &Ledger, migration: &Migration, _: &Stamp, _: usize) -> String {
        format!("{};\n", insert(ledger, migration))
    }

    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, _: &Stamp) -> String {
        format!(
            "{} on conflict (version) do update set name = excluded.name, statements = excluded.statements;\n",
            insert(ledger, migration)
        )
    }

    fn ended(&self, ledger: &Ledger, migration: &Migration) -> String {
        format!("version = {}", ledger.literal(&migration.id))
    }

    fn forget(&self, ledger: &Ledger, id: &str) -> String {
        format!("delete from {} where version = {};\n", ledger.qualified(), ledger.literal(id))
    }

    /// Tools other than the command line record the whole file as one statement, so the statements are cut anew.
    fn same_bytes(&self, migration: &Migration, entry: &Entry) -> Option<bool> {
        let Some(content) = &entry.content else {
            return entry.checksum.as_ref().map(|checksum| *checksum == migration.checksum);
        };
        if *content == statements(migration) {
            return Some(true);
        }
        // A comment at the end of a statement must not swallow what follows it.
        let recorded = content.join("\n;\n");
        let digests = |source: &str| {
            let statements = split(source, 0..source.len(), Dialect::Postgres).ok()?;
            Some(statements.into_iter().map(|statement| statement.digest).collect::<Vec<_>>())
        };
        Some(digests(&recorded).is_some_and(|recorded| Some(recorded) == digests(&migration.source)))
    }
}

fn insert(ledger: &Ledger, migration: &Migration) -> String {
    let statements: Vec<String> = statements(migration).iter().map(|one| ledger.literal(one)).collect();
    format!(
        "insert into {} (version, name, statements) values ({}, {}, array[{}]::text[])",
        ledger.qualified(),
        ledger.literal(&migration.id),
        ledger.literal(&migration.name),
        statements.join(", ")
    )
}

/// The file as the tool cuts it: comments stay, `;` at the end and white space around go, what is empty then is left out.
fn statements(migration: &Migration) -> Vec<String> {
    let Ok(pieces) = pieces(&migration.source, migration.up.clone(), Dialect::Postgres) else {
        return vec![migration.source.clone()];
    };
    let trimmed = pieces.into_iter().filter_map(|range| migration.source.get(range));
    trimmed.map(|piece| piece.trim_end_matches(';').trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}
