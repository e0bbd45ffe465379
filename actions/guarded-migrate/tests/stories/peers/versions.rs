//! Every version of PostgreSQL at hand, with a history that needs more than transactions.

use std::collections::BTreeSet;

use ops_testing::Postgres;

use crate::story::Story;

/// The versions that `scripts/test` installs.
const VERSIONS: std::ops::RangeInclusive<u32> = 13..=18;

const HISTORY: [(&str, &str); 5] = [
    (
        "20260101000001_shop",
        "CREATE TYPE \"Kind\" AS ENUM ('A', 'B');\nCREATE TABLE \"Shop\" (\"id\" SERIAL PRIMARY KEY, \"kind\" \"Kind\" NOT NULL);\n\
         INSERT INTO \"Shop\" (\"kind\") VALUES ('A'), ('B');\n",
    ),
    ("20260101000002_index", "CREATE INDEX CONCURRENTLY \"Shop_kind_idx\" ON \"Shop\"(\"kind\");\n"),
    ("20260101000003_kind", "ALTER TYPE \"Kind\" ADD VALUE 'C';\n"),
    (
        "20260101000004_default",
        "ALTER TABLE \"Shop\" ALTER COLUMN \"kind\" SET DEFAULT 'C';\nINSERT INTO \"Shop\" DEFAULT VALUES;\n",
    ),
    (
        "20260101000005_mixed",
        "ALTER TYPE \"Kind\" ADD VALUE 'D';\nALTER TABLE \"Shop\" ADD COLUMN \"name\" TEXT;\n\
         CREATE UNIQUE INDEX CONCURRENTLY \"Shop_name_key\" ON \"Shop\"(\"name\");\nDROP INDEX CONCURRENTLY \"Shop_kind_idx\";\n",
    ),
];

#[test]
#[allow(clippy::print_stderr, reason = "a version that was skipped is seen by whoever reads the output")]
fn the_same_history_runs_on_every_version() {
    let mut seen = BTreeSet::new();
    for configure in Postgres::every_version() {
        let server = configure.start();
        let database = server.create_database();
        let mut story = Story::at(database.url.clone())
            .file("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        for (name, sql) in HISTORY {
            story = story.file(&format!("prisma/migrations/{name}/migration.sql"), sql);
        }
        let story = story.marked();
        let version: u32 = story.sql("show server_version_num").parse().expect("a number");
        let version = version / 10_000;
        let (outcome, report) = story.report(&["apply"]);
        assert_eq!(outcome.code, Some(0), "{version}: {outcome}");
        assert_eq!(report["headline"], "5 migrations applied", "{version}");
        let objects = "select string_agg(unnest::text, '') from unnest(enum_range(null::\"Kind\")); \
                       select count(*) from \"Shop\" where kind = 'C'; \
                       select indexrelid::regclass from pg_index where indisvalid and indrelid = '\"Shop\"'::regclass order by 1; \
                       select count(*) from _prisma_migrations where finished_at is not null and applied_steps_count = 1";
        assert_eq!(story.sql(objects), "ABCD\n1\n\"Shop_pkey\"\n\"Shop_name_key\"\n5", "{version}");
        let (outcome, report) = story.report(&["status"]);
        assert_eq!((outcome.code, report["headline"].as_str()), (Some(0), Some("up to date")), "{version}: {outcome}");
        seen.insert(version);
    }
    let lacking: Vec<u32> = VERSIONS.filter(|version| !seen.contains(version)).collect();
    if !lacking.is_empty() {
        let text =
            format!("PostgreSQL {lacking:?} not installed; run scripts/test once, which installs them into .tools");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{text}");
        eprintln!("SKIPPED: {text}");
    }
}
