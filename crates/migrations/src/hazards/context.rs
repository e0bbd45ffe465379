//! What is known about the database when a migration is examined.

use std::collections::BTreeMap;

use crate::migration::Dialect;

/// What the caller knows, and what its policy says.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The engine.
    pub dialect: Dialect,
    /// PostgreSQL's major version, where a database was asked.
    pub server_version: Option<u16>,
    /// The tables of that database.
    pub catalog: Option<&'a Catalog>,
    /// Below this number of rows a lock or a scan is only worth a note.
    pub small_table_rows: u64,
    /// From this number of rows on, a lock or a scan must not go on.
    pub large_table_rows: u64,
    /// Whether whoever runs the migration sets `lock_timeout` and `statement_timeout` itself.
    pub runner_sets_timeouts: bool,
    /// Whether an ignore comment without a reason counts for nothing.
    pub ignore_needs_reason: bool,
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self {
            dialect: Dialect::Postgres,
            server_version: None,
            catalog: None,
            small_table_rows: 10_000,
            large_table_rows: 1_000_000,
            runner_sets_timeouts: true,
            ignore_needs_reason: true,
        }
    }
}

/// The relations of a database: what `pg_class` and `pg_attribute` say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// By `schema.name`, both as the catalog spells them, without quotes.
    pub relations: BTreeMap<String, Relation>,
    /// Where a name without a schema is looked up: the first schema of `search_path` that exists. Empty means `public`.
    pub default_schema: String,
}

/// One table, partitioned table or materialized view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relation {
    /// `pg_class.reltuples`, or 0 where the table was never analyzed and is empty.
    pub rows: u64,
    /// Bytes on disk, indexes and long values included, as of the last vacuum or analysis.
    pub bytes: u64,
    /// The type of each column as `format_type` prints it: `character varying(50)`. May be empty: then a change of
    /// type is judged without knowing the old one.
    pub columns: BTreeMap<String, String>,
}

impl Catalog {
    /// The relation with this name. `None` for the schema means the default one.
    #[must_use]
    pub fn relation(&self, schema: Option<&str>, name: &str) -> Option<&Relation> {
        let default = if self.default_schema.is_empty() { "public" } else { &self.default_schema };
        self.relations.get(&format!("{}.{name}", schema.unwrap_or(default)))
    }
}
