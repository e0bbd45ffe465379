//! Prisma and Supabase, whose engines cannot be had without a download at run time: rows as their sources write them, in
//! both directions.

use crate::story::{Story, said};

const SHOP: &str =
    "CREATE TABLE \"shop\" (\n    \"id\" INTEGER NOT NULL,\n    CONSTRAINT \"shop_pkey\" PRIMARY KEY (\"id\")\n);\n";
const INDEX: &str = "CREATE INDEX CONCURRENTLY \"shop_id\" ON \"shop\"(\"id\");\n";

fn prisma() -> Story {
    Story::postgres()
        .file("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n")
        .file("prisma/migrations/20260101000001_shop/migration.sql", SHOP)
        .file("prisma/migrations/20260101000002_index/migration.sql", INDEX)
        .marked()
}

fn supabase() -> Story {
    Story::postgres()
        .file("supabase/config.toml", "project_id = \"shop\"\n")
        .file("supabase/migrations/20260101000001_the_shop.sql", &format!("-- ours\n{SHOP}\nselect 'a;b';\n"))
        .file("supabase/migrations/20260101000002_index.sql", INDEX)
        .marked()
}

fn nothing_is_left(story: &Story) {
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!((outcome.code, report["headline"].as_str()), (Some(0), Some("nothing to apply")), "{outcome}");
    assert!(
        report["details"]["migrations"].as_array().unwrap().iter().all(|one| one["state"] == "applied"),
        "{outcome}"
    );
}

#[test]
fn our_rows_are_those_that_prismas_engine_writes() {
    let story = prisma();
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    // sql_migration_persistence.rs: a version 4 identifier, SHA-256 of the script, and one step however many statements.
    let rows = format!(
        "select migration_name, length(id), id::uuid::text = id and substr(id, 15, 1) = '4', \
         checksum = encode(sha256(convert_to(case migration_name when '20260101000001_shop' then $a${SHOP}$a$ else $b${INDEX}$b$ end, 'UTF8')), 'hex'), \
         started_at <= finished_at and finished_at <= now(), logs is null, rolled_back_at is null, applied_steps_count \
         from _prisma_migrations order by started_at"
    );
    assert_eq!(story.sql(&rows), "20260101000001_shop|36|t|t|t|t|t|1\n20260101000002_index|36|t|t|t|t|t|1");
    nothing_is_left(&story);
}

#[test]
fn rows_that_prismas_engine_wrote_are_understood() {
    let story = prisma();
    // apply_migrations.rs: the row is made without an end, and gets it when the script has run.
    let row = |name: &str, script: &str| {
        format!(
            "insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) values \
             (gen_random_uuid()::text, encode(sha256(convert_to($a${script}$a$, 'UTF8')), 'hex'), '{name}', now(), now(), 1);"
        )
    };
    story.sql(&format!(
        "create table _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, \
         finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, \
         started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0); {SHOP} {}",
        row("20260101000001_shop", SHOP)
    ));
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!((outcome.code, report["headline"].as_str()), (Some(0), Some("1 migration applied")), "{outcome}");
    nothing_is_left(&story);

    // The same when git changed the line ends, which Prisma forgives.
    let story = story.file("prisma/migrations/20260101000001_shop/migration.sql", &SHOP.replace('\n', "\r\n"));
    nothing_is_left(&story);
}

#[test]
fn our_rows_are_those_that_supabases_command_line_writes() {
    let story = supabase();
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    // pkg/parser/token.go: comments stay with the statement that follows them, the semicolon goes.
    let rows = "select to_jsonb(t) from supabase_migrations.schema_migrations t order by version";
    let expected = [
        serde_json::json!({
            "version": "20260101000001", "name": "the_shop",
            "statements": [format!("-- ours\n{}", SHOP.trim_end().trim_end_matches(';')), "select 'a;b'"],
        }),
        serde_json::json!({
            "version": "20260101000002", "name": "index", "statements": [INDEX.trim_end().trim_end_matches(';')],
        }),
    ];
    let found: Vec<serde_json::Value> =
        story.sql(rows).lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(found, expected);
    nothing_is_left(&story);
}

#[test]
fn rows_that_supabases_command_line_wrote_are_understood() {
    let story = supabase();
    let statement = SHOP.trim_end().trim_end_matches(';');
    story.sql(&format!(
        "create schema supabase_migrations; \
         create table supabase_migrations.schema_migrations (version text not null primary key, statements text[], name text); \
         {SHOP} insert into supabase_migrations.schema_migrations values \
         ('20260101000001', array['-- ours' || chr(10) || $a${statement}$a$, $b$select 'a;b'$b$], 'the_shop')"
    ));
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!((outcome.code, report["headline"].as_str()), (Some(0), Some("1 migration applied")), "{outcome}");
    nothing_is_left(&story);
}

#[test]
fn a_ledger_that_an_early_supabase_made_is_completed() {
    let story = supabase();
    story.sql(&format!(
        "create schema supabase_migrations; create table supabase_migrations.schema_migrations (version text not null primary key); \
         {SHOP} insert into supabase_migrations.schema_migrations values ('20260101000001')"
    ));
    assert_eq!(
        said(&story.passed(&["plan"]), "ledger"),
        "pass: 1 applied, 1 pending; the ledger will get the columns that its tool added since"
    );
    story.passed(&["apply"]);
    let rows = "select version, name, statements is null from supabase_migrations.schema_migrations order by version";
    assert_eq!(story.sql(rows), "20260101000001||t\n20260101000002|index|f");
    nothing_is_left(&story);
}
