//! `UPDATE` or `DELETE` of many rows in one statement.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds an `UPDATE` or `DELETE` on an old table whose WHERE bounds nothing: no key, no range, no LIMIT.
    ///
    /// ## Why is this bad
    /// Every row it touches stays locked until the end; the table doubles in size; replicas fall behind; and if it
    /// fails at the last row, all was for nothing.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// UPDATE users SET plan = 'free' WHERE plan IS NULL;
    /// -- after: repeat until no row is left, outside the migration
    /// UPDATE users SET plan = 'free' WHERE ctid IN (SELECT ctid FROM users WHERE plan IS NULL LIMIT 1000);
    /// ```
    "unbatched-backfill", "Changes many rows at once", TransactionTrap, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let (verb, table, filter) = match subject.act {
        Act::Update { table, filter, .. } => ("updates", table, filter),
        Act::Delete { table, filter } => ("deletes", table, filter),
        _ => return,
    };
    if *filter == Filter::Bounded || !subject.is_old(table) {
        return;
    }
    let message = format!(
        "{verb} an unbounded number of rows of `{}` in one statement; each stays locked (ROW EXCLUSIVE on the table) until the end.",
        table.plain()
    );
    let help = format!(
        "Take them in batches, until none is left:\n… WHERE ctid IN (SELECT ctid FROM {table} WHERE … LIMIT 1000);"
    );
    out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(RowExclusive));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_condition_bounds_nothing() {
        for sql in [
            "UPDATE users SET plan = 'free'",
            "UPDATE users SET plan = 'free' WHERE plan IS NULL",
            "UPDATE users u SET plan = o.plan FROM old o WHERE o.id = u.id",
            "DELETE FROM users WHERE created_at < now() - interval '1 year'",
            "MERGE INTO users u USING plans p ON p.id = u.plan_id WHEN MATCHED THEN UPDATE SET plan = p.name",
        ] {
            assert_eq!(fires(IDENT, sql).relations, ["users"], "{sql}");
        }
    }

    #[test]
    fn keys_ranges_and_limits_bound_it() {
        silent(
            IDENT,
            &[
                "UPDATE users SET plan = 'free' WHERE id = 5",
                "UPDATE users SET plan = 'free' WHERE id BETWEEN 1 AND 1000",
                "DELETE FROM users WHERE ctid IN (SELECT ctid FROM users LIMIT 1000)",
                "DELETE FROM users WHERE \"userId\" IN ('a', 'b')",
                "CREATE TABLE a (b int); UPDATE a SET b = 1;",
            ],
        );
    }
}
