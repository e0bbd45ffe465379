//! Every ledger on a real engine: what is written is read back, and the table is the one that the tool would have made.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test report by panicking"
)]

use std::time::Duration;

use ops_database::{Connection, DatabaseUrl, Open};
use ops_migrations::history::{State, compare};
use ops_migrations::ledger::{Entry, LedgerOptions, Outcome, Stamp};
use ops_migrations::migration::TransactionMode;
use ops_migrations::{Dialect, Found, Layout, Ledger, Migration};
use ops_testing::{Postgres, pg_dump_schema, psql};

/// A migration whose every text wants quoting.
fn migration(layout: Layout, number: i64) -> Migration {
    let source = format!("-- o'clock \\ \nselect '{number}\\';\n");
    let id = match layout {
        Layout::Prisma | Layout::Drizzle => format!("2025010100000{number}_it's \\ \"here\""),
        _ => number.to_string(),
    };
    let algorithm_length = if layout == Layout::Sqlx { 48 } else { 32 };
    Migration {
        id,
        name: "it's \\ \"here\"".to_owned(),
        path: format!("m/{number}.sql"),
        up: 0..source.len(),
        down: None,
        checksum: match layout {
            Layout::Prisma => sha256(&source),
            _ => format!("{number:02x}").repeat(algorithm_length),
        },
        transaction: TransactionMode::Inside,
        created_at_millis: Some(1_735_689_600_000 + number * 1000),
        source,
    }
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    format!("{:x}", sha2::Sha256::digest(text.as_bytes()))
}

/// A ledger on an engine.
struct Bench {
    ledger: Ledger,
    connection: Connection,
    migrations: Vec<Migration>,
}

impl Bench {
    async fn new(layout: Layout, drizzle_folders: bool, dialect: Dialect, url: &str) -> Self {
        let url = DatabaseUrl::parse(url, std::path::Path::new("/")).unwrap();
        let connection = Connection::open(&url, Open::OrCreate).await.unwrap();
        let found = Found { layout, dialect_hint: None, directory: "m".to_owned(), drizzle_folders };
        let migrations: Vec<Migration> = (1..=4).map(|number| migration(layout, number)).collect();
        let ledger = Ledger::new(&found, &migrations, dialect, &LedgerOptions::default());
        Self { ledger, connection, migrations }
    }

    async fn run(&mut self, sql: &str) {
        if let Err(error) = self.connection.run(sql).await {
            panic!("{error}\n{sql}");
        }
    }

    async fn entries(&mut self) -> Vec<Entry> {
        let rows = self.connection.rows(&self.ledger.read()).await.unwrap();
        self.ledger.parse(rows).unwrap()
    }

    async fn states(&mut self) -> Vec<State> {
        let entries = self.entries().await;
        compare(&self.migrations, &entries, &self.ledger).into_iter().map(|standing| standing.state).collect()
    }

    /// Walks a ledger through everything that may happen to it.
    async fn walk(&mut self) {
        let name = format!("{} on {:?}", self.ledger.name(), self.ledger.dialect());
        let stamp = Stamp::now(Duration::from_millis(1500));
        let all = self.migrations.clone();
        let (ledger, one, two) = (self.ledger.clone(), &all[0], &all[1]);
        let exists = |answer: Option<String>| answer.unwrap();

        assert_eq!(exists(self.connection.value(&ledger.exists()).await.unwrap()), "f", "{name}");
        self.run(&ledger.create()).await;
        self.run(&ledger.create()).await;
        assert_eq!(exists(self.connection.value(&ledger.exists()).await.unwrap()), "t", "{name}");
        assert_eq!(self.entries().await, [], "{name}");

        self.run(&ledger.succeed(one, &stamp, &["select 1"])).await;
        let entries = self.entries().await;
        assert_eq!((entries.len(), entries[0].id.as_str(), entries[0].outcome), (1, one.id.as_str(), Outcome::Applied));
        assert_ne!(ledger.same_bytes(one, &entries[0]), Some(false), "{name}");

        // A run that is killed, a second that fails, and a third that ends.
        if let Some(start) = ledger.start(two, &stamp) {
            self.run(&start).await;
            assert_eq!(self.states().await[1], State::Failed, "{name}");
            let row = format!("select {}", ledger.open_row(&two.id).unwrap());
            let first = self.connection.value(&row).await.unwrap();
            assert!(first.is_some(), "{name}");
            self.run(&ledger.mark_rolled_back(two).unwrap()).await;
            assert_eq!(self.states().await[1], State::Pending, "{name}");
            assert_eq!(self.connection.value(&row).await.unwrap(), None, "{name}");
            self.run(&start).await;
            assert!(self.connection.value(&row).await.unwrap().is_some(), "{name}");
            if let Some(progress) = ledger.progress(two, 1) {
                self.run(&progress).await;
            }
            if let Some(fail) = ledger.fail(two, "it's \\ broken\0") {
                self.run(&fail).await;
            }
            assert_eq!(self.states().await[1], State::Failed, "{name}");
        }
        self.run(&ledger.finish(two, &stamp, &["select 1"])).await;
        assert_eq!(self.states().await, [State::Applied, State::Applied, State::Pending, State::Pending], "{name}");

        // Declared applied: one that failed, one that is not there, and one that is there already.
        if let Some(start) = ledger.start(&all[2], &stamp) {
            self.run(&start).await;
        }
        for migration in [&all[2], &all[3], &all[3], one] {
            self.run(&ledger.mark_applied(migration)).await;
        }
        assert_eq!(self.states().await, [State::Applied; 4], "{name}");
        assert_eq!(self.entries().await.len(), 4, "{name}");

        // Edited, and the new bytes accepted.
        let mut edited = one.clone();
        edited.source.push_str("select 2;\n");
        edited.up = 0..edited.source.len();
        edited.checksum = if ledger.layout() == Layout::Prisma {
            sha256(&edited.source)
        } else {
            "cd".repeat(one.checksum.len() / 2)
        };
        self.migrations[0] = edited.clone();
        let expected = if ledger.layout() == Layout::Dbmate { State::Applied } else { State::Edited };
        assert_eq!(self.states().await[0], expected, "{name}");
        self.run(&ledger.mark_applied(&edited)).await;
        assert_eq!(self.states().await, [State::Applied; 4], "{name}");

        // Declared undone, with its file and without.
        self.run(&ledger.mark_rolled_back_by_id(&all[3].id)).await;
        assert_eq!(self.states().await[3], State::Pending, "{name}");
        self.migrations.remove(2);
        assert_eq!(self.states().await[3], State::Missing, "{name}");
        self.run(&ledger.mark_rolled_back_by_id(&all[2].id)).await;
        assert_eq!(self.states().await.len(), 3, "{name}");
    }
}

/// Every layout, and Drizzle in both editions.
fn forms() -> impl Iterator<Item = (Layout, bool)> {
    Layout::ALL.into_iter().map(|layout| (layout, false)).chain([(Layout::Drizzle, true)])
}

#[tokio::test]
async fn every_ledger_tells_on_postgres_what_was_written() {
    for (layout, folders) in forms() {
        let database = Postgres::shared().create_database();
        Bench::new(layout, folders, Dialect::Postgres, &database.url).await.walk().await;
    }
}

#[tokio::test]
async fn every_ledger_tells_on_sqlite_what_was_written() {
    for (layout, folders) in forms().filter(|(layout, _)| *layout != Layout::Supabase) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file:{}", folder.path().join("test.db").display());
        Bench::new(layout, folders, Dialect::Sqlite, &url).await.walk().await;
    }
}

#[tokio::test]
async fn settings_that_a_migration_leaves_behind_do_no_harm() {
    for (layout, folders) in forms() {
        let database = Postgres::shared().create_database();
        let mut bench = Bench::new(layout, folders, Dialect::Postgres, &database.url).await;
        bench
            .run(
                "create schema other; set search_path = other; set standard_conforming_strings = off; \
                 set bytea_output = 'escape'; set escape_string_warning = off; set datestyle = 'German'",
            )
            .await;
        bench.walk().await;
    }
}

#[test]
fn each_table_is_the_one_that_its_tool_makes() {
    // As prisma-engines, supabase/cli, drizzle-orm, dbmate and sqlx write them.
    let tables = [
        (
            Layout::Prisma,
            false,
            "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, \
             finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, \
             started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)",
        ),
        (
            Layout::Supabase,
            false,
            "CREATE SCHEMA supabase_migrations; \
             CREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY); \
             ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]; \
             ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text",
        ),
        (
            Layout::Drizzle,
            false,
            "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, \
             created_at bigint)",
        ),
        (
            Layout::Drizzle,
            true,
            "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, \
             created_at bigint, name text, applied_at timestamp with time zone DEFAULT now())",
        ),
        (Layout::Dbmate, false, "create table public.schema_migrations (version varchar primary key)"),
        (
            Layout::Sqlx,
            false,
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
             installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, \
             execution_time BIGINT NOT NULL)",
        ),
    ];
    for (layout, drizzle_folders, theirs) in tables {
        let found = Found { layout, dialect_hint: None, directory: "m".to_owned(), drizzle_folders };
        let ledger = Ledger::new(&found, &[], Dialect::Postgres, &LedgerOptions::default());
        let dump = |sql: &str| {
            let database = Postgres::shared().create_database();
            psql(&database.url, sql);
            pg_dump_schema(&database.url)
        };
        assert_eq!(dump(&ledger.create()), dump(theirs), "{layout}");
    }
}

#[tokio::test]
async fn drizzle_upgrades_an_old_ledger_by_second_then_by_hash() {
    let database = Postgres::shared().create_database();
    let mut old = Bench::new(Layout::Drizzle, false, Dialect::Postgres, &database.url).await;
    old.run(&old.ledger.create()).await;
    let files = old.migrations.clone();
    let row = |when: i64, hash: &str| {
        format!("insert into drizzle.__drizzle_migrations (hash, created_at) values ('{hash}', {when});")
    };
    old.run(&row(files[0].created_at_millis.unwrap() + 789, "edited")).await;
    old.run(&row(5, &files[1].checksum)).await;

    let mut new = Bench::new(Layout::Drizzle, true, Dialect::Postgres, &database.url).await;
    let expected = [State::Edited, State::Applied, State::Pending, State::Pending];
    assert_eq!(new.states().await, expected, "the old table is read without being changed");
    new.run(&new.ledger.create()).await;
    new.run(&new.ledger.create()).await;
    assert_eq!(new.states().await, expected);
    let names =
        psql(&database.url, "select name from drizzle.__drizzle_migrations where applied_at is null order by id");
    assert_eq!(names.lines().collect::<Vec<_>>(), [files[0].id.as_str(), files[1].id.as_str()]);
}

#[tokio::test]
async fn an_old_drizzle_ledger_in_sqlite_is_refused_and_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file:{}", folder.path().join("test.db").display());
    let mut old = Bench::new(Layout::Drizzle, false, Dialect::Sqlite, &url).await;
    old.run(&old.ledger.create()).await;
    old.run(&old.ledger.succeed(&old.migrations[0], &Stamp::now(Duration::ZERO), &[])).await;
    let mut new = Bench::new(Layout::Drizzle, true, Dialect::Sqlite, &url).await;
    let rows = new.connection.rows(&new.ledger.read()).await.unwrap();
    assert!(new.ledger.parse(rows).is_err());
}
