//! Drizzle 0.x on PostgreSQL: drizzle-orm's `migrate()` and drizzle-kit's `migrate`, the real ones.

use serde_json::json;

use super::{Peer, postgres, postgres_schema, tool};
use crate::story::Story;

/// The tag, the journal's `when`, and the file.
const HISTORY: [(&str, i64, &str); 4] = [
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

/// Each step adds a file and writes the journal anew, as drizzle-kit's `generate` does.
fn history() -> Vec<Vec<(String, String)>> {
    let entry = |(index, (tag, when, _)): (usize, &(&str, i64, &str))| json!({ "idx": index, "version": "7", "when": when, "tag": tag, "breakpoints": true });
    (HISTORY.iter().enumerate())
        .map(|(index, (tag, _, sql))| {
            let entries: Vec<_> = HISTORY.iter().enumerate().take(index + 1).map(entry).collect();
            let journal = json!({ "version": "7", "dialect": "postgresql", "entries": entries });
            vec![
                (format!("drizzle/{tag}.sql"), (*sql).to_owned()),
                ("drizzle/meta/_journal.json".to_owned(), journal.to_string()),
            ]
        })
        .collect()
}

fn peer(apply: impl Fn(&Story) -> String + 'static) -> Peer {
    Peer {
        history: history(),
        policy: "",
        begin: || {
            let story = postgres();
            let modules = ops_testing::node_modules();
            std::os::unix::fs::symlink(modules.canonicalize().unwrap(), story.root().join("node_modules")).unwrap();
            story
        },
        apply: Box::new(apply),
        rows: |story| story.sql("select to_jsonb(t) from drizzle.__drizzle_migrations t order by id"),
        schema: postgres_schema,
    }
}

#[test]
fn drizzle_orm_and_we_agree() {
    if ops_testing::tool_unless_skipped("drizzle-kit").is_none() {
        return;
    }
    let script = "const { drizzle } = require('drizzle-orm/node-postgres'); \
                  const { migrate } = require('drizzle-orm/node-postgres/migrator'); \
                  const database = drizzle(process.env.DATABASE_URL); \
                  migrate(database, { migrationsFolder: 'drizzle' }).then(() => database.$client.end())";
    peer(|story| tool(story, std::path::Path::new("node"), &["-e", script])).agrees();
}

#[test]
fn drizzle_kit_and_we_agree() {
    let Some(program) = ops_testing::tool_unless_skipped("drizzle-kit") else { return };
    peer(move |story| {
        let config =
            json!({ "dialect": "postgresql", "out": "./drizzle", "dbCredentials": { "url": story.url } }).to_string();
        story.repository.write("drizzle.config.json", config);
        tool(story, &program, &["migrate", "--config", "drizzle.config.json"])
    })
    .agrees();
}
