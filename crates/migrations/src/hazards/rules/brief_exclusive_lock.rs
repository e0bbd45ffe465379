//! Every other statement that takes a heavy lock, if only for a moment.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Names the lock of every statement that makes other sessions wait and that no other rule speaks about: the forms
    /// of ALTER TABLE that change the catalog only, triggers, policies, rules.
    ///
    /// ## Why is this bad
    /// It lasts a moment, but the statement waits for every query that runs on the table, and all that come after it
    /// wait behind it. A note: with a `lock_timeout` and retries it is harmless.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN plan text;
    /// -- after
    /// SET lock_timeout = '5s';
    /// ALTER TABLE users ADD COLUMN plan text;
    /// ```
    "brief-exclusive-lock", "Takes a heavy lock for a moment", HeavyLock, Postgres, []
}

/// Runs after all other rules: it speaks only where they did not name a lock.
fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let locks = subject.locks();
    let Some(strongest) = locked::strongest(&locks).filter(|lock| lock.is_heavy()) else { return };
    let here = out.iter().rev().take_while(|hazard| hazard.statement == subject.statement);
    if here.filter_map(|hazard| hazard.lock).any(|named| named >= strongest) {
        return;
    }
    let heavy: Vec<_> = locks.iter().filter(|(_, lock)| *lock == strongest).map(|(name, _)| name).collect();
    let names: Vec<_> = heavy.iter().map(|name| format!("`{}`", name.plain())).collect();
    let message = format!(
        "takes {strongest} on {} for a moment, which blocks {}; queries that come while it waits queue up behind it.",
        names.join(" and "),
        strongest.blocks()
    );
    let help = "Limit how long it may wait, and try again:\nSET lock_timeout = '5s';".to_owned();
    out.push(subject.hazard(&RULE, Note, message, help).on(heavy).lock(strongest));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_the_catalog_alone_is_a_note_with_its_lock() {
        for (sql, lock) in [
            ("ALTER TABLE a ADD COLUMN b text", AccessExclusive),
            ("ALTER TABLE a ENABLE ROW LEVEL SECURITY", AccessExclusive),
            ("ALTER TABLE a ADD COLUMN b integer REFERENCES c", AccessExclusive),
            ("ALTER TABLE a DISABLE TRIGGER ALL", ShareRowExclusive),
            ("CREATE TRIGGER t BEFORE INSERT OR UPDATE OF b ON a FOR EACH ROW EXECUTE FUNCTION f()", ShareRowExclusive),
            ("CREATE POLICY p ON a FOR SELECT USING (true)", AccessExclusive),
            ("ALTER POLICY p ON a USING (false)", AccessExclusive),
            ("CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING", AccessExclusive),
            ("DROP TRIGGER t ON a", AccessExclusive),
        ] {
            let hazard = fires(IDENT, sql);
            assert_eq!(
                (hazard.severity, hazard.lock, hazard.relations.as_slice()),
                (Note, Some(lock), ["a".to_owned()].as_slice()),
                "{sql}"
            );
        }
    }

    #[test]
    fn light_locks_new_tables_and_statements_that_others_speak_about_are_left_alone() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a ALTER b SET STATISTICS 100",
                "ALTER TABLE a SET (fillfactor = 90)",
                "CREATE TABLE a (b int); ALTER TABLE a ADD c int;",
                "DROP TABLE a",
                "INSERT INTO a VALUES (1)",
                "COMMENT ON TABLE a IS 'x'",
                "ALTER INDEX i RENAME TO j",
            ],
        );
    }
}
