//! The table in which a tool records what it applied.
//!
//! A ledger hands out SQL and reads rows of text. Every name is qualified and every value quoted, so that a migration
//! that changes `search_path` or `standard_conforming_strings` does no harm. Scripts end with `;` and a line break.

mod dbmate;
mod drizzle;
mod entry;
mod plain;
mod prisma;
mod quote;
mod row;
mod sqlx;
mod supabase;
mod table;

use std::time::Duration;

use crate::{Dialect, Found, Layout, Migration};
pub use entry::{Entry, LedgerError, LedgerOptions, Outcome, Stamp};
pub use quote::create_schema;
use row::Row;

/// A tool's ledger in one database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    layout: Layout,
    dialect: Dialect,
    schema: String,
    table: String,
    drizzle_folders: bool,
    /// Drizzle's rows do not all name their file, so the files must be known.
    known: Vec<Known>,
}

/// What of a file names its row in Drizzle's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    id: String,
    when: i64,
    hash: String,
}

/// How to find the row of a migration that began and did not end.
struct Opened {
    condition: String,
    named_by: NamedBy,
}

/// What tells such a row from another one.
enum NamedBy {
    /// A text.
    Text(&'static str),
    /// A moment.
    Moment(&'static str),
}

/// What each tool does in its own way.
trait Rules: Sync {
    fn create(&self, ledger: &Ledger) -> String;
    /// The columns that later releases of the tool added to its table in PostgreSQL.
    fn added(&self, _: &Ledger) -> &'static [&'static str] {
        &[]
    }
    /// Adds them to a table that is there.
    fn upgrade(&self, _: &Ledger) -> String {
        String::new()
    }
    fn read(&self, ledger: &Ledger) -> String;
    fn entries(&self, ledger: &Ledger, rows: Vec<Row>) -> Result<Vec<Entry>, LedgerError>;
    fn succeed(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, statements: usize) -> String;
    fn start(&self, _: &Ledger, _: &Migration, _: &Stamp) -> Option<String> {
        None
    }
    fn progress(&self, _: &Ledger, _: &Migration, _done: usize) -> Option<String> {
        None
    }
    fn finish(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp, statements: usize) -> String {
        self.succeed(ledger, migration, stamp, statements)
    }
    fn fail(&self, _: &Ledger, _: &Migration, _error: &str) -> Option<String> {
        None
    }
    fn mark_applied(&self, ledger: &Ledger, migration: &Migration, stamp: &Stamp) -> String;
    /// Retires what `start` wrote, so that `start` may write it again.
    fn retire(&self, _: &Ledger, _: &Migration) -> Option<String> {
        None
    }
    /// The condition that finds the row which `start` wrote and nothing closed yet, and the column that tells it from
    /// another row of the same name.
    fn opened(&self, _: &Ledger, _id: &str) -> Option<Opened> {
        None
    }
    fn forget(&self, ledger: &Ledger, id: &str) -> String;
    /// The condition that finds the row of a migration that ran to its end.
    fn ended(&self, ledger: &Ledger, migration: &Migration) -> String;
    fn same_bytes(&self, migration: &Migration, entry: &Entry) -> Option<bool> {
        entry.checksum.as_ref().map(|checksum| *checksum == migration.checksum)
    }
}

impl Ledger {
    /// The ledger of the migrations that were found, as their tool would have it.
    #[must_use]
    pub fn new(found: &Found, migrations: &[Migration], dialect: Dialect, options: &LedgerOptions) -> Self {
        let public = options.schema.clone().unwrap_or_else(|| "public".to_owned());
        let bookkeeping = &options.bookkeeping_schema;
        let (schema, table) = match found.layout {
            Layout::Prisma => (public, "_prisma_migrations".to_owned()),
            Layout::Supabase => ("supabase_migrations".to_owned(), "schema_migrations".to_owned()),
            Layout::Drizzle => ("drizzle".to_owned(), "__drizzle_migrations".to_owned()),
            Layout::Dbmate => (public, "schema_migrations".to_owned()),
            Layout::Sqlx => (public, "_sqlx_migrations".to_owned()),
            Layout::Plain if dialect == Dialect::Sqlite => (String::new(), format!("{bookkeeping}_migrations")),
            Layout::Plain => (bookkeeping.clone(), "migrations".to_owned()),
        };
        let wanted = options.table.as_deref().filter(|_| !matches!(found.layout, Layout::Prisma | Layout::Supabase));
        let (schema, table) = match wanted.map(|wanted| wanted.split_once('.').ok_or(wanted)) {
            None => (schema, table),
            Some(Ok((schema, table))) => (schema.to_owned(), table.to_owned()),
            Some(Err(table)) => (schema, table.to_owned()),
        };
        let of_drizzle = found.layout == Layout::Drizzle;
        let known = migrations.iter().filter(|_| of_drizzle).filter_map(|migration| {
            let when = migration.created_at_millis?;
            Some(Known { id: migration.id.clone(), when, hash: migration.checksum.clone() })
        });
        Self {
            layout: found.layout,
            dialect,
            schema,
            table,
            drizzle_folders: found.drizzle_folders,
            known: known.collect(),
        }
    }

    /// The tool whose ledger this is.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The engine that the ledger lives in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The table as people write it: `public._prisma_migrations`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{}.{}", self.schema, self.table),
            Dialect::Sqlite => self.table.clone(),
        }
    }

    /// A query for all rows, each as one text. For a table that is there.
    #[must_use]
    pub fn read(&self) -> String {
        self.rules().read(self)
    }

    /// Reads what [`Ledger::read`] answered, one entry for each migration.
    ///
    /// # Errors
    /// A row that the tool would not have written.
    pub fn parse(&self, rows: Vec<Vec<Option<String>>>) -> Result<Vec<Entry>, LedgerError> {
        self.rules().entries(self, row::rows(rows)?)
    }

    /// Makes the table exactly as the tool makes it, where it is missing, and adds what later releases of the tool added.
    #[must_use]
    pub fn create(&self) -> String {
        self.rules().create(self)
    }

    /// Adds what later releases of the tool added to a table that is there. Its owner may do so without the right to make
    /// tables in its schema.
    #[must_use]
    pub fn upgrade(&self) -> String {
        self.rules().upgrade(self)
    }

    /// The whole row of a migration that ran in one transaction, to be written inside that transaction.
    #[must_use]
    pub fn succeed(&self, migration: &Migration, stamp: &Stamp, statements: &[&str]) -> String {
        self.rules().succeed(self, migration, stamp, statements.len())
    }

    /// The row of a migration that begins to run in several steps, where the tool shows such a thing: Prisma, sqlx, plain.
    #[must_use]
    pub fn start(&self, migration: &Migration, stamp: &Stamp) -> Option<String> {
        self.rules().start(self, migration, stamp)
    }

    /// How many statements or steps are done of a migration that [`Ledger::start`] wrote down: plain SQL only.
    #[must_use]
    pub fn progress(&self, migration: &Migration, done: usize) -> Option<String> {
        self.rules().progress(self, migration, done)
    }

    /// Closes what [`Ledger::start`] opened, or writes the whole row where that wrote nothing.
    #[must_use]
    pub fn finish(&self, migration: &Migration, stamp: &Stamp, statements: &[&str]) -> String {
        self.rules().finish(self, migration, stamp, statements.len())
    }

    /// Adds the error to what [`Ledger::start`] wrote, where the tool keeps it: Prisma, plain.
    #[must_use]
    pub fn fail(&self, migration: &Migration, error: &str) -> Option<String> {
        self.rules().fail(self, migration, error)
    }

    /// Declares a migration applied with the bytes that its file has now, whatever the ledger said of it.
    #[must_use]
    pub fn mark_applied(&self, migration: &Migration) -> String {
        self.rules().mark_applied(self, migration, &Stamp::now(Duration::ZERO))
    }

    /// Declares what [`Ledger::start`] wrote undone, so that the migration may start again. `None` where it wrote nothing.
    #[must_use]
    pub fn mark_rolled_back(&self, migration: &Migration) -> Option<String> {
        self.rules().retire(self, migration)
    }

    /// An expression whose value, a text, names the row that [`Ledger::start`] wrote, as long as that is open; another
    /// row for the same migration has another name. `None` where `start` writes nothing. For a table that is there.
    #[must_use]
    pub fn open_row(&self, id: &str) -> Option<String> {
        let Opened { condition, named_by } = self.rules().opened(self, id)?;
        let (name, order) = match (named_by, self.dialect) {
            (NamedBy::Text(column), _) => (column.to_owned(), "started_at"),
            // Independent of the session's time zone and date style.
            (NamedBy::Moment(column), Dialect::Postgres) => {
                (format!("pg_catalog.to_char({column} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"), column)
            }
            (NamedBy::Moment(column), Dialect::Sqlite) => (format!("cast({column} as text)"), column),
        };
        Some(format!("(select {name} from {} where {condition} order by {order} desc limit 1)", self.qualified()))
    }

    /// Declares a migration undone by its identifier, also one whose file is gone: Prisma keeps the row and dates it,
    /// the others have no row for such a migration.
    #[must_use]
    pub fn mark_rolled_back_by_id(&self, id: &str) -> String {
        self.rules().forget(self, id)
    }

    /// A condition that is true where the ledger says that this migration ran to its end. For a table that is there.
    #[must_use]
    pub fn holds(&self, migration: &Migration) -> String {
        format!("exists (select 1 from {} where {})", self.qualified(), self.rules().ended(self, migration))
    }

    /// The advisory locks of the tool itself, so that a run of the tool is kept out. PostgreSQL only.
    #[must_use]
    pub fn advisory_keys(&self, database_name: &str) -> Vec<i64> {
        match (self.dialect, self.layout) {
            (Dialect::Postgres, Layout::Prisma) => vec![prisma::ADVISORY_KEY],
            (Dialect::Postgres, Layout::Sqlx) => vec![sqlx::advisory_key(database_name)],
            _ => Vec::new(),
        }
    }

    /// Whether the ledger's bytes are the file's, by the tool's own rule. `None` where the ledger does not tell.
    #[must_use]
    pub fn same_bytes(&self, migration: &Migration, entry: &Entry) -> Option<bool> {
        self.rules().same_bytes(migration, entry)
    }

    /// Whether the tool itself would pass over this migration, which is not in the ledger, without a word.
    #[must_use]
    pub fn is_passed_over(&self, migration: &Migration, entries: &[Entry]) -> bool {
        self.layout == Layout::Drizzle && !self.drizzle_folders && drizzle::is_passed_over(migration, entries)
    }

    fn rules(&self) -> &'static dyn Rules {
        match self.layout {
            Layout::Prisma => &prisma::Prisma,
            Layout::Supabase => &supabase::Supabase,
            Layout::Drizzle => &drizzle::Drizzle,
            Layout::Dbmate => &dbmate::Dbmate,
            Layout::Sqlx => &sqlx::Sqlx,
            Layout::Plain => &plain::Plain,
        }
    }

    /// The table as SQL.
    fn qualified(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("{}.{}", quote::identifier(&self.schema), quote::identifier(&self.table)),
            Dialect::Sqlite => quote::identifier(&self.table),
        }
    }

    fn literal(&self, value: &str) -> String {
        match self.dialect {
            Dialect::Postgres => quote::literal(value),
            Dialect::Sqlite => quote::sqlite_literal(value),
        }
    }
}

#[cfg(test)]
mod tests;
