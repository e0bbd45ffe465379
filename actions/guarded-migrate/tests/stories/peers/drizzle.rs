//! Drizzle 0.x with its journal and Drizzle 1.0 with its folders: drizzle-orm's `migrate()` and drizzle-kit's `migrate`, the
//! real ones, on PostgreSQL and on SQLite.

use serde_json::json;

use super::{Hand, Peer, postgres, postgres_schema, sqlite, sqlite_schema, tool};
use crate::story::Story;

/// The tag, its moment in milliseconds, and the file.
type History = [(&'static str, i64, &'static str); 4];

const POSTGRES: History = [
    (
        "0000_shop",
        1_767_225_600_123,
        "CREATE TABLE \"shop\" (\n\t\"id\" serial PRIMARY KEY NOT NULL,\n\t\"name\" text DEFAULT 'it''s'\n);\n--> statement-breakpoint\n\
         CREATE INDEX \"shop_name\" ON \"shop\" USING btree (\"name\");",
    ),
    ("0001_seed", 1_767_225_601_456, "INSERT INTO \"shop\" (\"name\") VALUES ('ø; \\ --'), ('$$');"),
    (
        "0002_kind",
        1_767_225_602_789,
        "CREATE TYPE \"public\".\"kind\" AS ENUM('a', 'b');--> statement-breakpoint\nALTER TABLE \"shop\" ADD COLUMN \"kind\" \"kind\";",
    ),
    ("0003_more", 1_767_225_603_000, "CREATE TABLE \"more\" (\"id\" integer);\n"),
];

const SQLITE: History = [
    (
        "0000_shop",
        1_767_225_600_123,
        "CREATE TABLE `shop` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`name` text DEFAULT 'it''s'\n);\n--> statement-breakpoint\n\
         CREATE UNIQUE INDEX `shop_name` ON `shop` (`name`);",
    ),
    ("0001_seed", 1_767_225_601_456, "INSERT INTO `shop` (`name`) VALUES ('ø; \\ --'), ('$$');"),
    ("0002_kind", 1_767_225_602_789, "ALTER TABLE `shop` ADD `kind` text;\n"),
    ("0003_more", 1_767_225_603_000, "CREATE TABLE `more` (`id` integer);\n"),
];

/// Each step adds a file and writes the journal anew, as drizzle-kit's `generate` does in 0.x.
fn journal(history: History, dialect: &str) -> Vec<Vec<(String, String)>> {
    let entry = |(index, (tag, when, _)): (usize, &(&str, i64, &str))| json!({ "idx": index, "version": "7", "when": when, "tag": tag, "breakpoints": true });
    (history.iter().enumerate())
        .map(|(index, (tag, _, sql))| {
            let entries: Vec<_> = history.iter().enumerate().take(index + 1).map(entry).collect();
            let journal = json!({ "version": "7", "dialect": dialect, "entries": entries });
            vec![
                (format!("drizzle/{tag}.sql"), (*sql).to_owned()),
                ("drizzle/meta/_journal.json".to_owned(), journal.to_string()),
            ]
        })
        .collect()
}

/// Each step adds a folder, as drizzle-kit's `generate` does in 1.0.
fn folders(history: History) -> Vec<Vec<(String, String)>> {
    let folder = |(index, (tag, _, sql)): (usize, &(&str, i64, &str))| {
        let folder = format!("drizzle/2026010100000{index}_{}", &tag[5..]);
        vec![
            (format!("{folder}/migration.sql"), (*sql).to_owned()),
            (format!("{folder}/snapshot.json"), "{}".to_owned()),
        ]
    };
    history.iter().enumerate().map(folder).collect()
}

/// Lets scripts of this story import what npm installed.
fn with_modules(story: Story) -> Story {
    let modules = ops_testing::node_modules();
    std::os::unix::fs::symlink(modules.canonicalize().unwrap(), story.root().join("node_modules")).unwrap();
    story
}

fn on_postgres(history: Vec<Vec<(String, String)>>, apply: impl Fn(&Story) -> String + 'static) -> Peer {
    Peer {
        history,
        policy: "",
        begin: || with_modules(postgres()),
        apply: Box::new(apply),
        rows: |story| {
            let table = "drizzle.__drizzle_migrations";
            story.sql(&format!(
                "select to_jsonb(t) - 'applied_at', to_jsonb(t) ->> 'applied_at' is null from {table} t order by id"
            ))
        },
        schema: postgres_schema,
    }
}

fn on_sqlite(
    history: Vec<Vec<(String, String)>>,
    rows: fn(&Story) -> String,
    apply: impl Fn(&Story) -> String + 'static,
) -> Peer {
    Peer {
        history,
        policy: "",
        begin: || with_modules(Story::sqlite()),
        apply: Box::new(apply),
        rows,
        // The tool breaks the lines of its table elsewhere.
        schema: |story| sqlite_schema(story).split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// The rows of 0.x in SQLite, and how their moment is stored.
fn rows_of_0(story: &Story) -> String {
    sqlite(story, "select id, hash, created_at, typeof(created_at) from __drizzle_migrations order by created_at")
}

/// The rows of 1.0 in SQLite, but for the moment of the run itself.
fn rows_of_1(story: &Story) -> String {
    sqlite(
        story,
        "select id, hash, created_at, typeof(created_at), name, typeof(applied_at), length(applied_at) \
         from __drizzle_migrations order by created_at",
    )
}

/// Runs `migrate()` of a release of drizzle-orm, by the driver of that name; `close` ends its connection.
fn orm(story: &Story, package: &str, driver: &str, close: &str) -> String {
    let script = format!(
        "const {{ drizzle }} = require('{package}/{driver}'); \
         const {{ migrate }} = require('{package}/{driver}/migrator'); \
         const database = drizzle(process.env.DATABASE_URL); \
         migrate(database, {{ migrationsFolder: 'drizzle' }}).then(() => database.$client.{close}())"
    );
    tool(story, std::path::Path::new("node"), &["-e", &script])
}

/// Whether npm's packages are there.
fn is_installed() -> bool {
    ops_testing::tool_unless_skipped("drizzle-kit").is_some()
}

#[test]
fn drizzle_orm_and_we_agree() {
    if is_installed() {
        on_postgres(journal(POSTGRES, "postgresql"), |story| orm(story, "drizzle-orm", "node-postgres", "end"))
            .agrees();
    }
}

#[test]
fn drizzle_orm_and_we_agree_on_sqlite() {
    if is_installed() {
        on_sqlite(journal(SQLITE, "sqlite"), rows_of_0, |story| orm(story, "drizzle-orm", "libsql", "close")).agrees();
    }
}

#[test]
fn drizzle_orm_1_and_we_agree() {
    if is_installed() {
        on_postgres(folders(POSTGRES), |story| orm(story, "drizzle-orm-1", "node-postgres", "end")).agrees();
    }
}

#[test]
fn drizzle_orm_1_and_we_agree_on_sqlite() {
    if is_installed() {
        on_sqlite(folders(SQLITE), rows_of_1, |story| orm(story, "drizzle-orm-1", "libsql", "close")).agrees();
    }
}

#[test]
fn drizzle_orm_1_and_we_upgrade_a_ledger_alike() {
    if !is_installed() {
        return;
    }
    let peer = on_postgres(journal(POSTGRES, "postgresql"), |story| orm(story, "drizzle-orm", "node-postgres", "end"));
    let upgraded = [Hand::Ours, Hand::Theirs].map(|hand| {
        let mut story = peer.story([Hand::Ours, Hand::Theirs]);
        // What `drizzle-kit up` makes of the files, and one more.
        std::fs::remove_dir_all(story.root().join("drizzle")).unwrap();
        for (path, content) in folders(POSTGRES).into_iter().flatten() {
            story = story.file(&path, &content);
        }
        let story = story.file("drizzle/20260101000004_last/migration.sql", "CREATE TABLE \"last\" (\"id\" integer);");
        match hand {
            Hand::Ours => assert_eq!(story.passed(&["apply"])["headline"], "1 migration applied"),
            Hand::Theirs => drop(orm(&story, "drizzle-orm-1", "node-postgres", "end")),
        }
        (peer.rows)(&story)
    });
    assert_eq!(upgraded[0], upgraded[1]);
    assert_eq!(upgraded[0].lines().count(), 5);
}

#[test]
fn drizzle_kit_and_we_agree() {
    let Some(program) = ops_testing::tool_unless_skipped("drizzle-kit") else { return };
    on_postgres(journal(POSTGRES, "postgresql"), move |story| {
        let config =
            json!({ "dialect": "postgresql", "out": "./drizzle", "dbCredentials": { "url": story.url } }).to_string();
        story.repository.write("drizzle.config.json", config);
        tool(story, &program, &["migrate", "--config", "drizzle.config.json"])
    })
    .agrees();
}
