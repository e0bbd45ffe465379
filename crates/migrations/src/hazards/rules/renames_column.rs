//! `RENAME COLUMN`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a column of a table, or an attribute of a composite type, that gets another name.
    ///
    /// ## Why is this bad
    /// The release that still runs asks for the old name and fails at once; the release before the migration cannot be
    /// brought back either.
    ///
    /// ## Instead
    /// Add the new column, write both, copy in batches, read the new one, drop the old one: a release each.
    /// ```sql
    /// -- before
    /// ALTER TABLE users RENAME COLUMN mail TO email;
    /// -- after
    /// ALTER TABLE users ADD COLUMN email text;
    /// ```
    "renames-column", "Renames a column", BreaksRelease, Both, ["renaming-column"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    if let Act::AlterAttribute { name, verb: "rename", attribute } = subject.act {
        if subject.may_be_old(Object::Type, name) {
            let message = format!(
                "renames the attribute `{attribute}` of the type `{}`: the running release asks for the old name.",
                name.plain()
            );
            let help = "Add an attribute with the new name, and drop the old one when no release reads it.".to_owned();
            out.push(subject.hazard(&RULE, Warning, message, help));
        }
        return;
    }
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::RenameColumn { from, to } = action else { continue };
        if subject.state.is_added_column(subject.file, table, from) {
            continue;
        }
        let message = format!(
            "renames `{from}` of `{}` to `{to}`: the release that still runs asks for the old name and fails.",
            table.plain()
        );
        let help = format!(
            "Add the new column, write both, copy in batches, switch readers, then drop the old one:\nALTER TABLE {table} ADD COLUMN {} …;",
            quoted(to)
        );
        let hazard = subject.hazard(&RULE, Warning, message, help).on([table]).at(range);
        out.push(if subject.file.context.dialect == Dialect::Postgres { hazard.lock(AccessExclusive) } else { hazard });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_name_is_missed() {
        fires(IDENT, "ALTER TABLE users RENAME COLUMN mail TO email");
        fires(IDENT, "ALTER TABLE users RENAME mail TO email");
        fires(IDENT, "ALTER TYPE address RENAME ATTRIBUTE zip TO postcode");
        only(&examine_sqlite("ALTER TABLE users RENAME mail TO email"), IDENT);
    }

    #[test]
    fn new_columns_and_constraints_have_no_readers() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users ADD COLUMN mail text; ALTER TABLE users RENAME mail TO email;",
                "ALTER TABLE users RENAME CONSTRAINT a TO b",
                "CREATE TABLE users (mail text); ALTER TABLE users RENAME mail TO email;",
            ],
        );
    }
}
