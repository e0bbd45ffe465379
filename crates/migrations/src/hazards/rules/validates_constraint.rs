//! `VALIDATE CONSTRAINT`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Names the lock of `VALIDATE CONSTRAINT` in a transaction of its own.
    ///
    /// ## Why is this bad
    /// It is the right way. It reads the whole table under SHARE UPDATE EXCLUSIVE, which blocks neither reads nor
    /// writes but every other schema change and VACUUM, for as long as the scan takes; a foreign key takes ROW SHARE on
    /// the other table. A note.
    ///
    /// ## Instead
    /// ```sql
    /// -- before: together
    /// ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);
    /// -- after: in a file after the one that added it with NOT VALID
    /// ALTER TABLE orders VALIDATE CONSTRAINT positive;
    /// ```
    "validates-constraint", "Reads a whole table to validate a constraint", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::ValidateConstraint { name } = action else { continue };
        if subject.state.added_unvalidated(subject.file, table, name) == Some(subject.transaction()) {
            continue;
        }
        let message = format!(
            "reads `{}` whole under SHARE UPDATE EXCLUSIVE, which blocks {}; a foreign key takes {} on the other table.",
            table.plain(),
            ShareUpdateExclusive.blocks(),
            locked::VALIDATED_OTHER_TABLE
        );
        let help = "Give the scan time, and the lock none:\nSET statement_timeout = '15min';\nSET lock_timeout = '5s';"
            .to_owned();
        out.push(subject.hazard(&RULE, Note, message, help).on([table]).lock(ShareUpdateExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_note_with_a_light_lock() {
        let hazard = fires(IDENT, "ALTER TABLE orders VALIDATE CONSTRAINT positive");
        assert_eq!((hazard.severity, hazard.lock), (Note, Some(ShareUpdateExclusive)));
    }

    #[test]
    fn together_with_the_add_another_rule_speaks() {
        silent(
            IDENT,
            &["ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT c;"],
        );
    }
}
