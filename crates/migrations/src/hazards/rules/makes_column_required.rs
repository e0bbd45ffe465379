//! `ALTER COLUMN … SET NOT NULL`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `SET NOT NULL` on a column that was there before.
    ///
    /// ## Why is this bad
    /// The release that still runs may write NULL, and now fails. What the statement costs is another matter:
    /// `migration/scans-for-not-null`.
    ///
    /// ## Instead
    /// Deploy a release that always writes the column; fill the old rows; then
    /// ```sql
    /// -- before
    /// ALTER TABLE users ALTER COLUMN plan SET NOT NULL;
    /// -- after: first a default, so that the old release writes it too
    /// ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';
    /// ```
    "makes-column-required", "Forbids NULL in a column", BreaksRelease, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::SetNotNull { column } = action else { continue };
        if subject.state.is_added_column(subject.file, table, column) {
            continue;
        }
        let message =
            format!("forbids NULL in `{column}` of `{}`, which the release that still runs may write.", table.plain());
        let help = format!(
            "Deploy a release that always writes it first, or give it a default:\nALTER TABLE {table} ALTER COLUMN {} SET DEFAULT …;",
            quoted(column)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_release_may_write_null() {
        assert_eq!(fires(IDENT, "ALTER TABLE users ALTER plan SET NOT NULL").severity, Warning);
    }

    #[test]
    fn a_new_column_has_no_writers_yet() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users ADD plan text; ALTER TABLE users ALTER plan SET NOT NULL;",
                "ALTER TABLE users ALTER plan DROP NOT NULL",
            ],
        );
    }
}
