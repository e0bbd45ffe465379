//! The server behind a session: its version, its role in replication, what the user may do.

use crate::quote::{identifier, literal};
use crate::{Connection, DatabaseError, Engine};

/// What a server says of itself and of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The major version: 15, or 3 for SQLite.
    pub major: u16,
    /// The version in words.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// The schema that unqualified names go to.
    pub schema: Option<String>,
    /// The user.
    pub user: String,
    /// A standby, or a session that may only read.
    pub read_only: Option<&'static str>,
    /// Whether the user may create objects in the schema.
    pub may_create_in_schema: bool,
    /// Whether the user may create schemas in the database.
    pub may_create_schema: bool,
    /// Whether the bookkeeping schema exists and the user may write there.
    pub bookkeeping: Bookkeeping,
}

/// The state of the schema in which the tool keeps its own tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bookkeeping {
    /// Not there yet.
    Absent,
    /// There, and usable.
    Usable,
    /// There, but not for this user.
    Forbidden,
}

impl Server {
    /// The product and its version: `PostgreSQL 15.18`.
    #[must_use]
    pub fn version_words(&self) -> String {
        let product = if self.schema.is_none() && self.user.is_empty() { "SQLite" } else { "PostgreSQL" };
        format!("{product} {}", self.version)
    }

    /// Reads it. `schema` is the ledger's schema where the URL or the policy names one.
    pub async fn read(
        connection: &mut Connection,
        schema: Option<&str>,
        bookkeeping: &str,
    ) -> Result<Self, DatabaseError> {
        match connection.engine() {
            Engine::Sqlite => Self::read_sqlite(connection).await,
            Engine::Postgres => Self::read_postgres(connection, schema, bookkeeping).await,
        }
    }

    async fn read_sqlite(connection: &mut Connection) -> Result<Self, DatabaseError> {
        let version = connection.value("select sqlite_version()").await?.unwrap_or_default();
        let read_only = connection.value("pragma query_only").await?.is_some_and(|value| value == "1");
        Ok(Self {
            major: 3,
            version,
            database: connection.url().place(),
            schema: None,
            user: String::new(),
            read_only: read_only.then_some("the database is open for reading only"),
            may_create_in_schema: true,
            may_create_schema: true,
            bookkeeping: Bookkeeping::Usable,
        })
    }

    async fn read_postgres(
        connection: &mut Connection,
        schema: Option<&str>,
        bookkeeping: &str,
    ) -> Result<Self, DatabaseError> {
        let schema = schema.map_or_else(|| "current_schema()".to_owned(), literal);
        let own = literal(bookkeeping);
        let rows = connection
            .rows(&format!(
                "select current_setting('server_version_num'), current_setting('server_version'), current_database(), \
                 {schema}::text, current_user::text, pg_is_in_recovery()::text, current_setting('transaction_read_only'), \
                 coalesce((select has_schema_privilege(oid, 'create') from pg_namespace where nspname = {schema})::text, 'absent'), \
                 has_database_privilege(current_database(), 'create')::text, \
                 coalesce((select has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create') \
                 and not exists (select from pg_class where relnamespace = n.oid and relkind = 'r' and not has_table_privilege(oid, 'insert')) \
                 from pg_namespace n where nspname = {own})::text, 'absent')"
            ))
            .await?;
        let row = rows.into_iter().next().unwrap_or_default();
        let cell = |index: usize| row.get(index).cloned().flatten();
        let text = |index: usize| cell(index).unwrap_or_default();
        let may_create_schema = text(8) == "true";
        Ok(Self {
            major: text(0)
                .parse::<u32>()
                .ok()
                .and_then(|number| u16::try_from(number / 10_000).ok())
                .unwrap_or_default(),
            version: text(1),
            database: text(2),
            schema: cell(3),
            user: text(4),
            read_only: match (text(5).as_str(), text(6).as_str()) {
                ("true", _) => Some("it is a standby in recovery"),
                (_, "on") => Some("its sessions are read-only (default_transaction_read_only)"),
                _ => None,
            },
            may_create_in_schema: match text(7).as_str() {
                "absent" => may_create_schema,
                answer => answer == "true",
            },
            may_create_schema,
            bookkeeping: match text(9).as_str() {
                "absent" => Bookkeeping::Absent,
                "true" => Bookkeeping::Usable,
                _ => Bookkeeping::Forbidden,
            },
        })
    }
}

/// Puts a session's settings back to what the connection began with, then makes `schema` the one that unqualified names go to.
#[must_use]
pub fn reset_settings(schema: Option<&str>) -> String {
    match schema {
        Some(schema) => format!("reset all; reset role; set search_path to {};", identifier(schema)),
        None => "reset all; reset role;".to_owned(),
    }
}
