//! A new column whose default differs from row to row.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a new column with a default that calls a volatile function: `gen_random_uuid()`, `clock_timestamp()`,
    /// `random()`, `nextval()`, or any function that PostgreSQL's catalog does not call stable.
    ///
    /// ## Why is this bad
    /// A constant default costs nothing. A volatile one is computed for each row: the table and its indexes are written
    /// anew under ACCESS EXCLUSIVE, which blocks reads and writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
    /// -- after: new rows get it, old rows are filled in batches
    /// ALTER TABLE users ADD COLUMN token uuid;
    /// ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
    /// ```
    "rewrites-for-default", "Rewrites a table for a volatile default", ScanOrRewrite, Postgres, ["adding-field-with-default"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::AddColumn { column, .. } = action else { continue };
        let (Some(function), Some(default)) = (&column.volatile, &column.default) else { continue };
        let message = format!(
            "writes `{}` anew under ACCESS EXCLUSIVE, which blocks reads and writes: `{function}()` may differ for each row.",
            table.plain()
        );
        let name = quoted(&column.name);
        let help = format!(
            "Add the column bare, give new rows their default, and fill the old ones in batches:\nALTER TABLE {table} ADD COLUMN {name} …;\nALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {};",
            subject.text(default)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_that_differs_by_row_rewrites() {
        for sql in [
            "ALTER TABLE a ADD COLUMN b uuid DEFAULT gen_random_uuid()",
            "ALTER TABLE a ADD b timestamptz NOT NULL DEFAULT clock_timestamp()",
            "ALTER TABLE a ADD b bigint DEFAULT nextval('s')",
            "ALTER TABLE a ADD b text DEFAULT app.my_function(1)",
        ] {
            assert_eq!(fires(IDENT, sql).lock, Some(AccessExclusive), "{sql}");
        }
    }

    #[test]
    fn a_constant_or_stable_default_costs_nothing() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a ADD b timestamptz DEFAULT now()",
                "ALTER TABLE a ADD b timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP",
                "ALTER TABLE a ADD b numeric(10, 2) DEFAULT 0",
                "ALTER TABLE a ADD b text[] DEFAULT ARRAY[]::varchar(10)[]",
                "CREATE TABLE a (id uuid DEFAULT gen_random_uuid())",
                "CREATE TABLE a (id int); ALTER TABLE a ADD b uuid DEFAULT gen_random_uuid();",
            ],
        );
    }
}
