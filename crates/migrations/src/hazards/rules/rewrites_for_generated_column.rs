//! A new stored generated column.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a new column `GENERATED ALWAYS AS (…) STORED`.
    ///
    /// ## Why is this bad
    /// Its value is computed for each row: the table and its indexes are written anew under ACCESS EXCLUSIVE, which
    /// blocks reads and writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN mail_key text GENERATED ALWAYS AS (lower(mail)) STORED;
    /// -- after: an index on the expression; or a column, a trigger that fills it, and batches
    /// CREATE INDEX CONCURRENTLY users_mail_key ON users (lower(mail));
    /// ```
    "rewrites-for-generated-column", "Rewrites a table for a generated column", ScanOrRewrite, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::AddColumn { column, .. } = action else { continue };
        if !column.generated_stored {
            continue;
        }
        let message = format!(
            "writes `{}` anew under ACCESS EXCLUSIVE, which blocks reads and writes, to store `{}` in each row.",
            table.plain(),
            column.name
        );
        let help = format!(
            "Add a plain column, fill it by a trigger and in batches; or index the expression:\nALTER TABLE {table} ADD COLUMN {} …;",
            quoted(&column.name)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_column_rewrites() {
        fires(IDENT, "ALTER TABLE a ADD COLUMN b text GENERATED ALWAYS AS (lower(c)) STORED NOT NULL");
    }

    #[test]
    fn a_virtual_column_does_not() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a ADD COLUMN b text GENERATED ALWAYS AS (lower(c)) VIRTUAL",
                "ALTER TABLE a ADD COLUMN b int GENERATED ALWAYS AS IDENTITY",
            ],
        );
    }
}
