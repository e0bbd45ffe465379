//! What the tests of rules share.

use super::{Catalog, Context, Hazard, Relation, examine};
use crate::migration::{Dialect, Migration, TransactionMode};
use crate::statement::{Statement, split};

/// A migration of this text.
pub(super) fn migration(sql: &str) -> Migration {
    Migration {
        id: "1".to_owned(),
        name: String::new(),
        path: "migrations/1.sql".to_owned(),
        source: sql.to_owned(),
        up: 0..sql.len(),
        down: None,
        checksum: String::new(),
        transaction: TransactionMode::Inside,
        created_at_millis: None,
    }
}

/// The statements of this text.
pub(super) fn statements(sql: &str, dialect: Dialect) -> Vec<Statement> {
    split(sql, 0..sql.len(), dialect).unwrap()
}

pub(super) fn examine_with(sql: &str, context: &Context<'_>) -> Vec<Hazard> {
    examine(&migration(sql), &statements(sql, context.dialect), context)
}

pub(super) fn examine_postgres(sql: &str) -> Vec<Hazard> {
    examine_with(sql, &Context::default())
}

pub(super) fn examine_sqlite(sql: &str) -> Vec<Hazard> {
    examine_with(sql, &Context { dialect: Dialect::Sqlite, ..Context::default() })
}

/// The one hazard of this rule.
#[track_caller]
pub(super) fn only(hazards: &[Hazard], rule: &str) -> Hazard {
    let found: Vec<_> = hazards.iter().filter(|hazard| hazard.rule == rule).collect();
    assert_eq!(found.len(), 1, "hazards of {rule} among {hazards:#?}");
    found[0].clone()
}

/// The one hazard of this rule in a migration for PostgreSQL.
#[track_caller]
pub(super) fn fires(rule: &str, sql: &str) -> Hazard {
    only(&examine_postgres(sql), rule)
}

/// Asserts that the rule has nothing to say, in any of these migrations.
#[track_caller]
pub(super) fn silent(rule: &str, migrations: &[&str]) {
    for sql in migrations {
        let found: Vec<_> = examine_postgres(sql).into_iter().filter(|hazard| hazard.rule == rule).collect();
        assert!(found.is_empty(), "{sql}: {found:#?}");
    }
}

/// A database with one table in its default schema.
pub(super) fn catalog_with(table: &str, rows: u64, columns: &[(&str, &str)]) -> Catalog {
    let columns = columns.iter().map(|(name, data_type)| ((*name).to_owned(), (*data_type).to_owned())).collect();
    let relation = Relation { rows, bytes: rows * 100, columns };
    Catalog { relations: [(format!("public.{table}"), relation)].into(), default_schema: String::new() }
}
