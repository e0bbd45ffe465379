//! `ALTER COLUMN … DROP DEFAULT`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP DEFAULT`, unless the same file sets one again.
    ///
    /// ## Why is this bad
    /// The release that still runs leaves the column out of its INSERTs: they write NULL, or fail where it is NOT NULL.
    ///
    /// ## Instead
    /// Drop it one release after the last that counts on it.
    /// ```sql
    /// -- before
    /// ALTER TABLE users ALTER COLUMN plan DROP DEFAULT;
    /// -- after
    /// ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';
    /// ```
    "drops-default", "Drops a default", BreaksRelease, Postgres, ["ban-drop-default"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::DropDefault { column } = action else { continue };
        if subject.state.is_added_column(subject.file, table, column) || is_set_again(subject, table, column) {
            continue;
        }
        let message = format!(
            "drops the default of `{column}` of `{}`, which the release that still runs may count on.",
            table.plain()
        );
        let help = format!(
            "Drop it one release after the last that counts on it. Until then:\nALTER TABLE {table} ALTER COLUMN {} SET DEFAULT …;",
            quoted(column)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

/// Prisma drops a default, changes the type, and sets the default again.
fn is_set_again(subject: &Subject<'_>, table: &Name, column: &str) -> bool {
    let after = subject.file.statements.iter().skip(subject.statement);
    let sets = |range| {
        let tokens = subject.tokens(&range);
        tokens.windows(3).any(|window| match window {
            [name, set, default] => {
                set.is("set") && default.is("default") && name.name(Dialect::Postgres).as_deref() == Some(column)
            }
            _ => false,
        }) && tokens.iter().any(|token| token.name(Dialect::Postgres).as_ref() == Some(&table.name))
    };
    after.into_iter().any(|statement| sets(statement.range.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_insert_of_the_running_release_may_count_on_it() {
        assert_eq!(fires(IDENT, "ALTER TABLE users ALTER COLUMN plan DROP DEFAULT").severity, Warning);
    }

    #[test]
    fn a_default_that_is_set_again_is_not_missed() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users ALTER plan DROP DEFAULT; ALTER TABLE users ALTER plan SET DEFAULT 'x';",
                "ALTER TABLE users ALTER plan DROP DEFAULT, ALTER plan TYPE text, ALTER plan SET DEFAULT 'x';",
                "ALTER TABLE users ADD COLUMN plan text DEFAULT 'x'; ALTER TABLE users ALTER plan DROP DEFAULT;",
            ],
        );
    }
}
