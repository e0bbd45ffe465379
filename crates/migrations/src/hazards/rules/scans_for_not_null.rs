//! `SET NOT NULL` without a proof.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `SET NOT NULL` where the same file has no validated `CHECK (column IS NOT NULL)` before it.
    ///
    /// ## Why is this bad
    /// Every row is read under ACCESS EXCLUSIVE, which blocks reads and writes. PostgreSQL skips that where a validated
    /// check proves that there is no NULL; a check that an earlier migration validated counts too, but is not seen here.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ALTER COLUMN plan SET NOT NULL;
    /// -- after: three files, so that no lock is held through the scan
    /// ALTER TABLE users ADD CONSTRAINT users_plan_not_null CHECK (plan IS NOT NULL) NOT VALID;
    /// ALTER TABLE users VALIDATE CONSTRAINT users_plan_not_null;
    /// ALTER TABLE users ALTER COLUMN plan SET NOT NULL;
    /// ```
    "scans-for-not-null", "Reads a whole table to forbid NULL", ScanOrRewrite, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let column = match action {
            ActionKind::SetNotNull { column } => column,
            ActionKind::AddConstraint(constraint) if !constraint.not_valid => match &constraint.rule {
                ConstraintRule::NotNull { column } => column,
                _ => continue,
            },
            _ => continue,
        };
        if subject.state.is_proven_not_null(subject.file, table, column) {
            continue;
        }
        let message = format!(
            "reads every row of `{}` under ACCESS EXCLUSIVE, which blocks reads and writes, to see that `{column}` is never NULL.",
            table.plain()
        );
        let constraint = quoted(&format!("{}_{column}_not_null", table.name));
        let column = quoted(column);
        let help = format!(
            "Prove it first, in two files before this one:\nALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({column} IS NOT NULL) NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint};\nthen:\nALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {constraint};"
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_proof_every_row_is_read() {
        assert_eq!(fires(IDENT, "ALTER TABLE users ALTER COLUMN plan SET NOT NULL").lock, Some(AccessExclusive));
        fires(
            IDENT,
            "ALTER TABLE users ADD CONSTRAINT c CHECK (plan IS NOT NULL) NOT VALID; ALTER TABLE users ALTER plan SET NOT NULL;",
        );
        fires(IDENT, "ALTER TABLE users ADD CONSTRAINT n NOT NULL plan");
    }

    #[test]
    fn a_validated_check_is_the_proof() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users ADD CONSTRAINT c CHECK (\"plan\" IS NOT NULL) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c; ALTER TABLE users ALTER plan SET NOT NULL;",
                "CREATE TABLE users (plan text); ALTER TABLE users ALTER plan SET NOT NULL;",
                "ALTER TABLE users ADD CONSTRAINT n NOT NULL plan NOT VALID",
            ],
        );
    }

    #[test]
    fn a_check_of_another_column_proves_nothing() {
        fires(
            IDENT,
            "ALTER TABLE users ADD CONSTRAINT c CHECK (mail IS NOT NULL); ALTER TABLE users ALTER plan SET NOT NULL;",
        );
    }
}
