//! `ADD COLUMN … NOT NULL` without a default.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a new column that is NOT NULL and has no default.
    ///
    /// ## Why is this bad
    /// It fails outright where the table has rows. Where it has none, every INSERT of the release that still runs
    /// fails, since it does not know the column.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN plan text NOT NULL;
    /// -- after: a constant default costs nothing
    /// ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';
    /// ```
    "adds-required-column", "Adds a column that every row needs", BreaksRelease, Both, ["adding-required-field", "adding-not-nullable-field"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::AddColumn { column, .. } = action else { continue };
        let filled = column.default.is_some() && !column.default_is_null;
        if !column.not_null || filled || column.identity || column.is_serial() || column.generated_stored {
            continue;
        }
        let name = &column.name;
        let message = format!(
            "adds `{name}` NOT NULL without a default to `{}`: it fails where the table has rows, and the running release cannot insert any more.",
            table.plain()
        );
        let help = format!(
            "Give it a constant default, which rewrites nothing:\nALTER TABLE {table} ADD COLUMN {} … NOT NULL DEFAULT …;",
            quoted(name)
        );
        let hazard = subject.hazard(&RULE, Warning, message, help).on([table]).at(range);
        out.push(if subject.file.context.dialect == Dialect::Postgres { hazard.lock(AccessExclusive) } else { hazard });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_the_running_release_have_no_value_for_it() {
        fires(IDENT, "ALTER TABLE users ADD COLUMN plan text NOT NULL");
        fires(IDENT, "ALTER TABLE users ADD plan text DEFAULT NULL NOT NULL");
        only(&examine_sqlite("ALTER TABLE users ADD COLUMN plan TEXT NOT NULL"), IDENT);
    }

    #[test]
    fn a_default_or_no_need_is_safe() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users ADD COLUMN plan text",
                "ALTER TABLE users ADD COLUMN plan text DEFAULT 'x' NOT NULL",
                "ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'x'",
                "ALTER TABLE users ADD COLUMN n int GENERATED ALWAYS AS IDENTITY NOT NULL",
                "CREATE TABLE users (id int); ALTER TABLE users ADD COLUMN plan text NOT NULL;",
                "ALTER TABLE users ADD COLUMN plan text REFERENCES plans (id) ON DELETE SET NULL",
            ],
        );
    }
}
