use super::*;
use crate::statement::split;

fn one(source: &str, dialect: Dialect) -> (String, TransactionNeed) {
    let statements = split(source, 0..source.len(), dialect).unwrap();
    assert_eq!(statements.len(), 1, "{source}");
    (statements[0].kind.clone(), statements[0].transaction)
}

#[test]
fn kinds_leave_modifiers_out() {
    for (source, kind) in [
        ("CREATE TABLE a (id int)", "create table"),
        ("create unlogged table if not exists a (id int)", "create table"),
        ("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'", "create function"),
        ("CREATE UNIQUE INDEX i ON a (id)", "create index"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", "create materialized view"),
        ("CREATE CONSTRAINT TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()", "create trigger"),
        ("ALTER TABLE a ADD b int", "alter table"),
        ("ALTER TEXT SEARCH CONFIGURATION c RENAME TO d", "alter text search configuration"),
        ("DROP FOREIGN DATA WRAPPER w", "drop foreign data wrapper"),
        ("INSERT INTO a VALUES (1)", "insert"),
        ("(SELECT 1)", "select"),
        ("WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", "insert"),
        ("WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", "select"),
        ("DO $$ begin end $$", "do"),
        ("COMMENT ON TABLE a IS 'x'", "comment on"),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "refresh materialized view"),
        ("'text'", "other"),
    ] {
        assert_eq!(one(source, Dialect::Postgres).0, kind, "{source}");
    }
}

#[test]
fn postgres_refuses_these_inside_a_transaction() {
    for source in [
        "CREATE INDEX CONCURRENTLY i ON a (id)",
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (id)",
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "REINDEX TABLE CONCURRENTLY a",
        "REINDEX (CONCURRENTLY) INDEX i",
        "REINDEX DATABASE d",
        "REINDEX SYSTEM d",
        "REINDEX SCHEMA s",
        "VACUUM",
        "VACUUM (ANALYZE) a",
        "CREATE DATABASE d",
        "DROP DATABASE IF EXISTS d",
        "CREATE TABLESPACE t LOCATION '/x'",
        "DROP TABLESPACE t",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "CLUSTER",
        "CLUSTER (VERBOSE)",
        "ALTER DATABASE d SET TABLESPACE t",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
        "ALTER SUBSCRIPTION s ADD PUBLICATION p",
        "ALTER SUBSCRIPTION s SET (failover = true)",
        "DROP SUBSCRIPTION s",
        "DISCARD ALL",
        "COMMIT PREPARED 'x'",
        "ROLLBACK PREPARED 'x'",
    ] {
        assert_eq!(one(source, Dialect::Postgres).1, TransactionNeed::Forbidden, "{source}");
    }
}

#[test]
fn these_run_inside_a_transaction() {
    for source in [
        "CREATE INDEX concurrently_built ON a (id)",
        "CREATE INDEX i ON a (id)",
        "DROP INDEX i",
        "REINDEX TABLE a",
        "REINDEX (CONCURRENTLY FALSE) TABLE a",
        "ANALYZE a",
        "CLUSTER a",
        "CLUSTER \"a\"",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "ALTER TABLE a DETACH PARTITION b",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        "ALTER SUBSCRIPTION s DISABLE",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        "DISCARD PLANS",
        "ALTER TYPE e ADD VALUE 'x'",
        "SAVEPOINT a",
        "ROLLBACK TO SAVEPOINT a",
        "RELEASE a",
    ] {
        assert_eq!(one(source, Dialect::Postgres).1, TransactionNeed::Allowed, "{source}");
    }
}

#[test]
fn transaction_words_are_told_apart() {
    for (source, need) in [
        ("BEGIN", TransactionNeed::Opens),
        ("begin work", TransactionNeed::Opens),
        ("START TRANSACTION READ WRITE", TransactionNeed::Opens),
        ("COMMIT", TransactionNeed::Commits),
        ("END TRANSACTION", TransactionNeed::Commits),
        ("COMMIT AND CHAIN", TransactionNeed::Commits),
        ("PREPARE TRANSACTION 'x'", TransactionNeed::Commits),
        ("ROLLBACK", TransactionNeed::RollsBack),
        ("ABORT", TransactionNeed::RollsBack),
    ] {
        assert_eq!(one(source, Dialect::Postgres).1, need, "{source}");
    }
}

#[test]
fn sqlite_has_its_own_list() {
    for (source, need) in [
        ("VACUUM", TransactionNeed::Forbidden),
        ("PRAGMA journal_mode = WAL", TransactionNeed::Forbidden),
        ("ATTACH 'x' AS y", TransactionNeed::Forbidden),
        ("PRAGMA journal_mode", TransactionNeed::Allowed),
        ("PRAGMA foreign_keys=OFF", TransactionNeed::Allowed),
        ("PRAGMA defer_foreign_keys=ON", TransactionNeed::Allowed),
        ("REINDEX", TransactionNeed::Allowed),
        ("BEGIN IMMEDIATE", TransactionNeed::Opens),
    ] {
        assert_eq!(one(source, Dialect::Sqlite).1, need, "{source}");
    }
}
