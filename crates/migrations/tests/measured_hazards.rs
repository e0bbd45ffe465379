//! What the hazards claim about locks, scans and rewrites, compared with what a running server does.

#![allow(clippy::panic, reason = "a test reports by panicking")]

use std::fmt::Write as _;

use ops_migrations::hazards::locks::{FORMS, Form};
use ops_migrations::hazards::{Context, Family, Hazard, LockLevel, examine};
use ops_migrations::migration::TransactionMode;
use ops_migrations::{Dialect, Migration, statement};
use ops_testing::{Postgres, psql, try_psql};

/// A table for each kind of example, with everything that the examples name.
const PREPARED: &str = "
    CREATE SCHEMA elsewhere;
    CREATE TABLE other (id integer PRIMARY KEY);
    CREATE TABLE t (
        a integer, b text, required integer NOT NULL, counted integer GENERATED ALWAYS AS IDENTITY,
        computed integer GENERATED ALWAYS AS (required + 1) STORED,
        CONSTRAINT existing_check CHECK (a > 0),
        CONSTRAINT existing_key FOREIGN KEY (a) REFERENCES other (id)
    );
    ALTER TABLE t ADD CONSTRAINT unchecked CHECK (a > 1) NOT VALID;
    CREATE INDEX existing_index ON t (b);
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER existing_trigger AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing();
    CREATE RULE existing_rule AS ON DELETE TO t DO INSTEAD NOTHING;
    CREATE TABLE partitioned (a integer) PARTITION BY RANGE (a);
    CREATE TABLE attached PARTITION OF partitioned FOR VALUES FROM (0) TO (100);
    CREATE TABLE detached (a integer);
    CREATE TABLE parent (a integer);
    CREATE TABLE orphan (a integer);
    CREATE TABLE child () INHERITS (parent);
    CREATE TYPE shape AS (x integer);
    CREATE TABLE untyped (x integer);
    CREATE TABLE typed OF shape;
    CREATE MATERIALIZED VIEW totals AS SELECT id FROM other;
    CREATE VIEW seen AS SELECT id FROM other;
    CREATE SEQUENCE numbers;
    CREATE FOREIGN DATA WRAPPER wrapper;
    CREATE SERVER server FOREIGN DATA WRAPPER wrapper;
    CREATE FOREIGN TABLE remote (a integer) SERVER server;
";

/// The strongest first, so that the first line that fits is the answer.
const STRONGEST_FIRST: [LockLevel; 8] = [
    LockLevel::AccessExclusive,
    LockLevel::Exclusive,
    LockLevel::ShareRowExclusive,
    LockLevel::Share,
    LockLevel::ShareUpdateExclusive,
    LockLevel::RowExclusive,
    LockLevel::RowShare,
    LockLevel::AccessShare,
];

fn table_of(form: &Form) -> &'static str {
    match form.words {
        "attach partition" | "detach partition" => "partitioned",
        "inherit" => "orphan",
        "no inherit" => "child",
        "of" => "untyped",
        "not of" => "typed",
        "options" => "remote",
        _ => "t",
    }
}

/// What `pg_locks` shows for the table in the transaction of the statement, by the table's number: its name may change.
fn measured(url: &str, statement: &str, table: &str) -> Result<LockLevel, String> {
    let sql = format!(
        "BEGIN; SELECT '{table}'::regclass::oid AS number \\gset
         {statement};
         SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation = :number;
         ROLLBACK;"
    );
    let output = try_psql(url, &sql)?;
    STRONGEST_FIRST
        .into_iter()
        .find(|lock| output.lines().any(|line| line.trim() == lock.pg_locks_mode()))
        .ok_or_else(|| format!("no lock of {table} in: {output}"))
}

#[test]
fn each_form_of_alter_table_takes_the_lock_that_the_table_says() {
    let database = Postgres::shared().create_database();
    psql(&database.url, PREPARED);
    let version: u32 =
        psql(&database.url, "SHOW server_version_num").trim().parse().unwrap_or_else(|error| panic!("{error}"));
    let mut differences = String::new();
    let mut compared = 0;
    for form in FORMS {
        // CONCURRENTLY cannot run in a transaction, and FINALIZE needs one that was cut short.
        let outside = form.words.ends_with("concurrently") || form.words.ends_with("finalize");
        if outside || u32::from(form.since) > version / 10_000 {
            continue;
        }
        compared += 1;
        let table = table_of(form);
        let foreign = if table == "remote" { "FOREIGN " } else { "" };
        let statement = format!("ALTER {foreign}TABLE {table} {}", form.example);
        match measured(&database.url, &statement, table) {
            Ok(lock) if lock == form.lock => {}
            Ok(lock) => {
                let _ =
                    writeln!(differences, "{}: the server takes {lock}, the table says {}", form.example, form.lock);
            }
            Err(error) => {
                let _ = writeln!(differences, "{}: {error}", form.example);
            }
        }
    }
    assert!(differences.is_empty(), "of {compared} forms:\n{differences}");
}

/// Statements other than ALTER TABLE, and a relation that they lock.
const STATEMENTS: &[(&str, &str)] = &[
    ("DROP TABLE t", "t"),
    ("DROP MATERIALIZED VIEW totals", "totals"),
    ("DROP VIEW seen", "seen"),
    ("DROP SEQUENCE numbers", "numbers"),
    ("DROP INDEX existing_index", "existing_index"),
    ("DROP TRIGGER existing_trigger ON t", "t"),
    ("DROP RULE existing_rule ON t", "t"),
    ("TRUNCATE t", "t"),
    ("CREATE INDEX i ON t (a)", "t"),
    ("REINDEX INDEX existing_index", "existing_index"),
    ("CLUSTER t USING existing_index", "t"),
    ("REFRESH MATERIALIZED VIEW totals", "totals"),
    ("LOCK TABLE t", "t"),
    ("LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE", "t"),
    ("CREATE TRIGGER again AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()", "t"),
    ("CREATE RULE again AS ON UPDATE TO t DO INSTEAD NOTHING", "t"),
    ("CREATE POLICY p ON t USING (true)", "t"),
    ("CREATE OR REPLACE VIEW seen AS SELECT id FROM other WHERE id > 0", "seen"),
    ("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other (id)", "t"),
    ("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES other (id)", "other"),
    ("ALTER TABLE t ADD COLUMN c integer REFERENCES other (id)", "t"),
    ("CREATE TABLE fresh (c integer REFERENCES other (id))", "other"),
    ("CREATE TABLE fresh PARTITION OF partitioned FOR VALUES FROM (200) TO (300)", "partitioned"),
    ("ALTER TABLE partitioned ATTACH PARTITION detached FOR VALUES FROM (100) TO (200)", "detached"),
    ("ALTER TABLE partitioned DETACH PARTITION attached", "partitioned"),
    ("ALTER TABLE partitioned DETACH PARTITION attached", "attached"),
    ("ALTER TABLE t VALIDATE CONSTRAINT unchecked", "t"),
    ("UPDATE t SET b = 'x'", "t"),
];

/// The hazards of this SQL without any knowledge of a database.
fn hazards(sql: &str) -> Vec<Hazard> {
    let migration = Migration {
        id: "1".to_owned(),
        name: String::new(),
        path: "1.sql".to_owned(),
        source: sql.to_owned(),
        up: 0..sql.len(),
        down: None,
        checksum: String::new(),
        transaction: TransactionMode::Inside,
        created_at_millis: None,
    };
    let statements = statement::split(sql, 0..sql.len(), Dialect::Postgres).unwrap_or_else(|error| panic!("{error}"));
    examine(&migration, &statements, &Context::default())
}

/// The strongest lock that the hazards of this statement name for this relation.
fn named(sql: &str, relation: &str) -> Option<LockLevel> {
    let hazards = hazards(sql);
    let about = hazards.iter().filter(|hazard| hazard.relations.iter().any(|name| name == relation));
    about.filter_map(|hazard| hazard.lock).max()
}

#[test]
fn the_locks_that_hazards_name_are_the_locks_that_the_server_takes() {
    let database = Postgres::shared().create_database();
    psql(&database.url, PREPARED);
    let mut differences = String::new();
    for (sql, relation) in STATEMENTS {
        let measured = measured(&database.url, sql, relation);
        let named = named(sql, relation);
        if measured.as_ref().ok() != named.as_ref() {
            let _ =
                writeln!(differences, "{sql}: the server takes {measured:?} on {relation}, the hazards name {named:?}");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Statements on a table of 1,000 rows, and the rule that says the table is read or written whole, if one does.
const WHOLE_TABLE: &[(&str, Option<&str>)] = &[
    ("ALTER TABLE rows ADD COLUMN c integer", None),
    ("ALTER TABLE rows ADD COLUMN c timestamptz DEFAULT now()", None),
    ("ALTER TABLE rows ADD COLUMN c uuid DEFAULT gen_random_uuid()", Some("rewrites-for-default")),
    ("ALTER TABLE rows ADD COLUMN c integer GENERATED ALWAYS AS (a + 1) STORED", Some("rewrites-for-generated-column")),
    ("ALTER TABLE rows ADD COLUMN c bigserial", Some("rewrites-for-identity")),
    ("ALTER TABLE rows ADD COLUMN c integer CHECK (c > 0)", Some("scans-for-check")),
    ("ALTER TABLE rows ADD COLUMN c integer REFERENCES other", None),
    ("ALTER TABLE rows ADD COLUMN c integer DEFAULT 1 REFERENCES other", Some("scans-for-foreign-key")),
    (
        "ALTER TABLE rows ADD COLUMN c integer; ALTER TABLE rows ADD FOREIGN KEY (c) REFERENCES other",
        Some("scans-for-foreign-key"),
    ),
    ("ALTER TABLE rows ADD FOREIGN KEY (a) REFERENCES other NOT VALID", None),
    ("ALTER TABLE rows ADD CHECK (a > 0)", Some("scans-for-check")),
    ("ALTER TABLE rows ADD CHECK (a > 0) NOT VALID", None),
    ("ALTER TABLE rows ALTER a SET NOT NULL", Some("scans-for-not-null")),
    ("ALTER TABLE rows ALTER a TYPE bigint", Some("rewrites-for-type-change")),
    ("ALTER TABLE rows SET UNLOGGED", Some("rewrites-storage")),
    ("ALTER TABLE rows SET (fillfactor = 80)", None),
];

#[test]
fn the_rules_that_say_a_table_is_read_or_written_whole_agree_with_the_server() {
    let database = Postgres::shared().create_database();
    psql(
        &database.url,
        "CREATE TABLE other (id integer PRIMARY KEY); INSERT INTO other VALUES (1);
         CREATE TABLE rows (a integer); INSERT INTO rows SELECT 1 FROM generate_series(1, 1000);",
    );
    let mut differences = String::new();
    for (sql, rule) in WHOLE_TABLE {
        // Rows read by this transaction, or another file on disk than before.
        let output = psql(
            &database.url,
            &format!(
                "BEGIN; SELECT relfilenode AS file FROM pg_class WHERE oid = 'rows'::regclass \\gset
                 {sql};
                 SELECT relfilenode <> :file OR pg_stat_get_xact_tuples_returned(oid) >= 1000
                 FROM pg_class WHERE oid = 'rows'::regclass;
                 ROLLBACK;"
            ),
        );
        let whole = output.lines().last() == Some("t");
        let fires = hazards(sql).iter().any(|hazard| {
            rule.map_or(hazard.family == Family::ScanOrRewrite, |rule| hazard.rule == format!("migration/{rule}"))
        });
        if whole != rule.is_some() || fires != rule.is_some() {
            let _ = writeln!(differences, "{sql}: whole table {whole}, rule {rule:?} fires {fires}");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}
