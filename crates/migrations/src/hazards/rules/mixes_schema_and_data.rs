//! A schema change and a backfill in one transaction.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a statement that changes many rows of an old table in the transaction in which a schema change has taken a
    /// heavy lock on an old table.
    ///
    /// ## Why is this bad
    /// The lock of the schema change is held until the backfill is done: reads and writes wait for minutes instead of
    /// a moment.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN plan text;
    /// UPDATE users SET plan = 'free' WHERE plan IS NULL;
    /// -- after: two files, the second in batches
    /// UPDATE users SET plan = 'free' WHERE id BETWEEN 1 AND 1000;
    /// ```
    "mixes-schema-and-data", "Changes schema and rows in one transaction", TransactionTrap, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let table = match subject.act {
        Act::Update { table, filter, .. } | Act::Delete { table, filter } if *filter != Filter::Bounded => table,
        Act::Insert { table, sources, .. } if !sources.is_empty() => table,
        _ => return,
    };
    let old_source =
        matches!(subject.act, Act::Insert { sources, .. } if sources.iter().any(|source| subject.is_old(source)));
    if !subject.is_old(table) && !old_source {
        return;
    }
    let Some((_, locked, lock, _)) =
        subject.state.heavy.iter().find(|(_, _, _, statement)| *statement != subject.statement)
    else {
        return;
    };
    let message = format!(
        "changes rows of `{}` while this transaction holds {lock} on `{}`, which blocks {} until all is done.",
        table.plain(),
        locked.plain(),
        lock.blocks()
    );
    let help = format!("Move it to a file of its own, in batches:\n{};", subject.sql());
    out.push(subject.hazard(&RULE, Warning, message, help).on([locked, table]).lock(*lock));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backfill_holds_the_lock_of_the_schema_change() {
        let hazard =
            fires(IDENT, "ALTER TABLE users ADD COLUMN plan text; UPDATE users SET plan = 'free' WHERE plan IS NULL;");
        assert_eq!(hazard.lock, Some(AccessExclusive));
        fires(IDENT, "ALTER TABLE users ADD plan text; INSERT INTO log SELECT id FROM users;");
    }

    #[test]
    fn apart_or_on_new_tables_no_lock_is_held() {
        silent(
            IDENT,
            &[
                "UPDATE users SET plan = 'free' WHERE plan IS NULL",
                "BEGIN; ALTER TABLE users ADD plan text; COMMIT; BEGIN; UPDATE users SET plan = 'x' WHERE plan IS NULL; COMMIT;",
                "CREATE TABLE a (b int); UPDATE c SET b = 1 WHERE b IS NULL;",
                "ALTER TABLE users ADD plan text; INSERT INTO log VALUES (1);",
                "ALTER TABLE users ADD plan text; UPDATE users SET plan = 'x' WHERE id = 5;",
            ],
        );
    }
}
