//! Heavy locks on several tables in one transaction.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds the statement by which a transaction comes to hold heavy locks on a second table that was there before.
    ///
    /// ## Why is this bad
    /// All locks are held until the end. A session that takes them in the other order makes a deadlock, and while the
    /// transaction waits for the second table, everybody waits for the first.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN plan text;
    /// ALTER TABLE orders ADD COLUMN plan text;
    /// -- after: one table in a file
    /// ALTER TABLE users ADD COLUMN plan text;
    /// ```
    "several-heavy-locks", "Locks several tables in one transaction", TransactionTrap, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let held = &subject.state.heavy;
    let Some((_, first, first_lock, _)) = held.first() else { return };
    // Once for a transaction: when it takes the second table.
    let statements_before =
        held.iter().any(|(_, _, _, statement)| *statement != held.first().map_or(0, |first| first.3));
    if statements_before || held.first().is_some_and(|first| first.3 == subject.statement) {
        return;
    }
    let locks = subject.locks();
    let new = locks.iter().find(|(name, lock)| {
        lock.is_heavy()
            && !matches!(subject.act, Act::Drop { object: Object::Index, .. })
            && !held.iter().any(|(key, ..)| *key == subject.file.key(name))
    });
    let Some((second, lock)) = new else { return };
    let message = format!(
        "takes {lock} on `{}` while {first_lock} is held on `{}`: whoever needs both in the other order makes a deadlock, and while this waits, `{}` is blocked too.",
        second.plain(),
        first.plain(),
        first.plain()
    );
    let help = format!("Change one table in a file: move this, and what follows, to the next one:\n{};", subject.sql());
    out.push(subject.hazard(&RULE, Note, message, help).on([first, second]).lock(*lock));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_table_is_reported_once() {
        let hazard = fires(IDENT, "ALTER TABLE a ADD x int; ALTER TABLE b ADD x int; ALTER TABLE c ADD x int;");
        assert_eq!((hazard.statement, hazard.relations), (1, vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn one_table_new_tables_and_other_transactions_are_fine() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a ADD x int; ALTER TABLE a ADD y int;",
                "ALTER TABLE a ADD x int; CREATE TABLE b (c int); ALTER TABLE b ADD y int;",
                "BEGIN; ALTER TABLE a ADD x int; COMMIT; BEGIN; ALTER TABLE b ADD x int; COMMIT;",
                "ALTER TABLE a ADD x int; INSERT INTO b VALUES (1);",
            ],
        );
    }
}
