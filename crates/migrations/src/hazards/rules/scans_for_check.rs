//! `ADD CHECK` without NOT VALID.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a check that is added to a table which was there before, without NOT VALID; in ADD COLUMN too.
    ///
    /// ## Why is this bad
    /// Every row is read under ACCESS EXCLUSIVE, which blocks reads and writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);
    /// -- after: the second in a file of its own
    /// ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
    /// ALTER TABLE orders VALIDATE CONSTRAINT positive;
    /// ```
    "scans-for-check", "Reads a whole table for a check", ScanOrRewrite, Postgres, ["constraint-missing-not-valid"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let (name, expression) = match action {
            ActionKind::AddConstraint(constraint) if !constraint.not_valid => match &constraint.rule {
                ConstraintRule::Check { expression, .. } => (constraint.name.clone(), expression),
                _ => continue,
            },
            ActionKind::AddColumn { column, .. } => match &column.check {
                Some(expression) => (Some(format!("{}_{}_check", table.name, column.name)), expression),
                None => continue,
            },
            _ => continue,
        };
        let message = format!(
            "reads every row of `{}` under ACCESS EXCLUSIVE, which blocks reads and writes, to check it.",
            table.plain()
        );
        let constraint = quoted(&name.unwrap_or_else(|| format!("{}_check", table.name)));
        let help = format!(
            "Add it for new rows only, and check the old ones in a later file:\nALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({}) NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint};",
            subject.text(expression)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let hazard = fires(IDENT, "ALTER TABLE orders ADD CONSTRAINT \"isPositive\" CHECK ((total > 0))");
        assert!(
            hazard.help.contains("ADD CONSTRAINT \"isPositive\" CHECK ((total > 0)) NOT VALID;"),
            "{}",
            hazard.help
        );
        fires(IDENT, "ALTER TABLE orders ADD COLUMN a int CHECK (a > 0)");
    }

    #[test]
    fn not_valid_reads_nothing() {
        silent(
            IDENT,
            &[
                "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID",
                "CREATE TABLE a (b int, CHECK (b > 0)); ALTER TABLE a ADD CHECK (b < 9);",
            ],
        );
    }
}
