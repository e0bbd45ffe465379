//! `VALIDATE CONSTRAINT` in the transaction that added the constraint.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a constraint that is added with NOT VALID and validated in one transaction.
    ///
    /// ## Why is this bad
    /// The lock of the ADD is held through the scan, so nothing is gained: a check holds ACCESS EXCLUSIVE, which blocks
    /// reads and writes, a foreign key SHARE ROW EXCLUSIVE, which blocks writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
    /// ALTER TABLE orders VALIDATE CONSTRAINT positive;
    /// -- after: this in a file of its own
    /// ALTER TABLE orders VALIDATE CONSTRAINT positive;
    /// ```
    "validates-under-lock", "Validates while the lock of the ADD is held", TransactionTrap, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::ValidateConstraint { name } = action else { continue };
        if subject.state.added_unvalidated(subject.file, table, name) != Some(subject.transaction()) {
            continue;
        }
        let key = subject.file.key(table);
        let held = subject
            .state
            .heavy
            .iter()
            .find(|(locked, ..)| *locked == key)
            .map_or(AccessExclusive, |(_, _, lock, _)| *lock);
        let message = format!(
            "reads every row of `{}` while this transaction still holds {held} from adding `{name}`, which blocks {}.",
            table.plain(),
            held.blocks()
        );
        let help = format!(
            "Validate it in a file of its own, where the lock is light:\nALTER TABLE {table} VALIDATE CONSTRAINT {};",
            quoted(name)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(held).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_of_the_add_is_still_held() {
        let check = "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT c;";
        assert_eq!(fires(IDENT, check).lock, Some(AccessExclusive));
        let key = "ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT c;";
        assert_eq!(fires(IDENT, key).lock, Some(ShareRowExclusive));
    }

    #[test]
    fn in_another_transaction_it_is_light() {
        silent(
            IDENT,
            &[
                "BEGIN; ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID; COMMIT; BEGIN; ALTER TABLE a VALIDATE CONSTRAINT c; COMMIT;",
                "ALTER TABLE a VALIDATE CONSTRAINT c",
            ],
        );
    }
}
