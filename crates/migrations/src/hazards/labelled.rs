//! Statements with what must be found in them: all rules of ours, each with its lock, and no other.

use super::LockLevel::{
    self, AccessExclusive as Ae, RowExclusive as Re, Share as Sh, ShareRowExclusive as Sre, ShareUpdateExclusive as Sue,
};
use super::testing::examine_postgres;
use crate::migration::Dialect;
use crate::statement::split;

/// A migration, and its hazards by name.
type Label = (&'static str, &'static [(&'static str, Option<LockLevel>)]);

#[rustfmt::skip]
const LABELS: &[Label] = &[
    ("DROP TABLE a", &[("drops-table", Some(Ae))]),
    (r#"DROP TABLE IF EXISTS app."A", b CASCADE"#, &[("drops-table", Some(Ae)), ("drops-table", Some(Ae))]),
    ("ALTER TABLE a DROP COLUMN b", &[("drops-column", Some(Ae))]),
    ("ALTER TABLE ONLY a DROP b RESTRICT", &[("drops-column", Some(Ae))]),
    ("DROP SCHEMA s CASCADE", &[("drops-schema", None)]),
    ("DROP TYPE mood CASCADE", &[("drops-type", None)]),
    ("DROP MATERIALIZED VIEW v", &[("drops-materialized-view", Some(Ae))]),
    ("DROP SEQUENCE s", &[("drops-sequence", Some(Ae))]),
    ("DROP DATABASE d", &[("drops-database", None)]),
    ("TRUNCATE a", &[("truncates-table", Some(Ae))]),
    ("DELETE FROM a", &[("deletes-all-rows", None), ("unbatched-backfill", Some(Re))]),
    ("DELETE FROM a WHERE id = 1", &[]),
    ("UPDATE a SET b = 1", &[("unbatched-backfill", Some(Re)), ("updates-all-rows", None)]),
    ("UPDATE a SET b = 1 WHERE b IS NULL", &[("unbatched-backfill", Some(Re))]),
    ("ALTER TABLE a ALTER COLUMN b TYPE varchar(10)", &[("narrows-type", Some(Ae)), ("rewrites-for-type-change", Some(Ae))]),
    ("ALTER TABLE a ALTER COLUMN b TYPE bigint", &[("rewrites-for-type-change", Some(Ae))]),
    ("ALTER TABLE a ALTER COLUMN b TYPE text", &[("rewrites-for-type-change", Some(Ae))]),
    ("ALTER TABLE a RENAME TO b", &[("renames-table", Some(Ae))]),
    ("ALTER TABLE a RENAME COLUMN b TO c", &[("renames-column", Some(Ae))]),
    ("ALTER TYPE mood RENAME VALUE 'x' TO 'y'", &[("renames-enum-value", None)]),
    ("ALTER TYPE mood RENAME TO feeling", &[("renames-object", None)]),
    ("ALTER TYPE mood ADD VALUE 'z'", &[]),
    ("ALTER SCHEMA a RENAME TO b", &[("renames-object", None)]),
    ("ALTER TABLE a SET SCHEMA b", &[("renames-table", Some(Ae))]),
    ("DROP VIEW v", &[("drops-view", Some(Ae))]),
    ("DROP FUNCTION f(int)", &[("drops-function", None)]),
    ("ALTER TABLE a ALTER b DROP DEFAULT", &[("drops-default", Some(Ae))]),
    ("ALTER TABLE a DROP CONSTRAINT c", &[("drops-constraint", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int NOT NULL", &[("adds-required-column", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int", &[("brief-exclusive-lock", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0", &[("brief-exclusive-lock", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b uuid DEFAULT gen_random_uuid()", &[("rewrites-for-default", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b bigserial", &[("rewrites-for-identity", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int GENERATED ALWAYS AS (c + 1) STORED", &[("rewrites-for-generated-column", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int UNIQUE", &[("builds-index-under-lock", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int CHECK (b > 0)", &[("scans-for-check", Some(Ae))]),
    ("ALTER TABLE a ADD COLUMN b int REFERENCES c", &[("brief-exclusive-lock", Some(Ae)), ("foreign-key-locks-both-tables", Some(Sre))]),
    ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", &[("makes-column-required", Some(Ae)), ("scans-for-not-null", Some(Ae))]),
    ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", &[("scans-for-check", Some(Ae)), ("tightens-table", None)]),
    ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID", &[("brief-exclusive-lock", Some(Ae)), ("tightens-table", None)]),
    ("ALTER TABLE a VALIDATE CONSTRAINT c", &[("validates-constraint", Some(Sue))]),
    ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id)", &[("foreign-key-locks-both-tables", Some(Sre)), ("scans-for-foreign-key", Some(Sre))]),
    ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id) NOT VALID", &[("foreign-key-locks-both-tables", Some(Sre))]),
    ("ALTER TABLE a ADD CONSTRAINT u UNIQUE (b)", &[("builds-index-under-lock", Some(Ae)), ("tightens-table", None)]),
    ("ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX u", &[("brief-exclusive-lock", Some(Ae))]),
    ("ALTER TABLE a ADD PRIMARY KEY (id)", &[("builds-index-under-lock", Some(Ae))]),
    ("ALTER TABLE a SET UNLOGGED", &[("rewrites-storage", Some(Ae))]),
    ("ALTER TABLE a SET (fillfactor = 80)", &[]),
    ("ALTER TABLE a ALTER b SET STATISTICS 10", &[]),
    ("ALTER TABLE a ENABLE ROW LEVEL SECURITY", &[("brief-exclusive-lock", Some(Ae))]),
    ("ALTER TABLE a DISABLE TRIGGER ALL", &[("brief-exclusive-lock", Some(Sre))]),
    ("ALTER TABLE p ATTACH PARTITION q FOR VALUES IN (1)", &[("attaches-partition", Some(Ae))]),
    ("ALTER TABLE p DETACH PARTITION q", &[("detaches-partition", Some(Ae))]),
    ("ALTER TABLE p DETACH PARTITION q CONCURRENTLY", &[]),
    ("CREATE TABLE q PARTITION OF p FOR VALUES IN (1)", &[("creates-partition", Some(Ae))]),
    ("CREATE TABLE a (b int REFERENCES c)", &[("foreign-key-locks-both-tables", Some(Sre))]),
    ("CREATE TABLE a (id int PRIMARY KEY)", &[]),
    ("CREATE INDEX i ON a (b)", &[("index-without-concurrently", Some(Sh))]),
    ("CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)", &[("tightens-table", None)]),
    ("DROP INDEX i", &[("drops-index-without-concurrently", Some(Ae))]),
    ("DROP INDEX CONCURRENTLY i", &[]),
    ("REINDEX TABLE a", &[("reindexes-without-concurrently", Some(Ae))]),
    ("REINDEX INDEX CONCURRENTLY i", &[]),
    ("CLUSTER a USING i", &[("clusters-table", Some(Ae))]),
    ("VACUUM FULL a", &[("vacuums-full", Some(Ae))]),
    ("VACUUM a", &[]),
    ("REFRESH MATERIALIZED VIEW v", &[("refreshes-without-concurrently", Some(Ae))]),
    ("LOCK TABLE a", &[("locks-table", Some(Ae))]),
    ("CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()", &[("brief-exclusive-lock", Some(Sre))]),
    ("CREATE POLICY p ON a USING (true)", &[("brief-exclusive-lock", Some(Ae))]),
    ("DO $$ BEGIN NULL; END $$", &[("hidden-sql", None)]),
    ("INSERT INTO a VALUES (1)", &[]),
    ("GRANT SELECT ON a TO b", &[]),
    ("BEGIN; CREATE INDEX CONCURRENTLY i ON a (b); COMMIT", &[("concurrently-in-transaction", None), ("controls-transaction", None)]),
    ("CREATE TABLE a (b int); CREATE INDEX i ON a (b); ALTER TABLE a DROP b; DROP TABLE a", &[]),
    ("ALTER TABLE a ADD b int; UPDATE a SET b = 1 WHERE b IS NULL", &[("brief-exclusive-lock", Some(Ae)), ("mixes-schema-and-data", Some(Ae)), ("unbatched-backfill", Some(Re))]),
    ("ALTER TABLE a ADD b int; ALTER TABLE c ADD b int", &[("brief-exclusive-lock", Some(Ae)), ("several-heavy-locks", Some(Ae))]),
];

#[test]
fn every_labelled_statement_has_its_hazards_and_no_other() {
    let mut differences = String::new();
    for (sql, wanted) in LABELS {
        let hazards = examine_postgres(sql);
        let mut found: Vec<_> =
            hazards.iter().filter_map(|hazard| Some((hazard.rule.strip_prefix("migration/")?, hazard.lock))).collect();
        let mut wanted = wanted.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        if found != wanted {
            differences.push_str(&format!("{sql}\n  found  {found:?}\n  wanted {wanted:?}\n"));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic(words in proptest::collection::vec(WORDS, 0..12)) {
        let sql = words.join(" ");
        if split(&sql, 0..sql.len(), Dialect::Postgres).is_err() {
            return Ok(());
        }
        for hazard in examine_postgres(&sql) {
            proptest::prop_assert!(sql.get(hazard.range.clone()).is_some());
            proptest::prop_assert!(!hazard.message.is_empty() && !hazard.help.is_empty());
        }
    }
}

/// Words that begin and fill statements, so that half-finished ones of every kind come up.
const WORDS: &str = "alter|table|drop|column|add|constraint|type|create|index|on|a|\"B\"|\\(|\\)|,|;|not|null|default|references|update|set|=|where|delete|from|with|as|\\$\\$|'x'|using|check|primary|key|do|rename|to|partition|of|attach|1|in|\\.";
