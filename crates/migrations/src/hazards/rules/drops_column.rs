//! `ALTER TABLE … DROP COLUMN`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP COLUMN` on a table, and `DROP ATTRIBUTE` on a composite type.
    ///
    /// ## Why is this bad
    /// The values are gone, and the release that still runs names the column in its queries: an ORM lists every
    /// column it knows. The statement takes ACCESS EXCLUSIVE, which blocks reads and writes.
    ///
    /// ## Instead
    /// Deploy a release that no longer names the column. Drop it in the release after that, with a backup at hand.
    /// ```sql
    /// -- before
    /// ALTER TABLE users DROP COLUMN legacy_name;
    /// -- after: in the first release only this
    /// ALTER TABLE users ALTER COLUMN legacy_name DROP NOT NULL;
    /// ```
    "drops-column", "Drops a column", DestroysData, Both, ["ban-drop-column"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    if let Act::AlterAttribute { name, verb: "drop", attribute } = subject.act {
        if subject.may_be_old(Object::Type, name) {
            let message =
                format!("drops the attribute `{attribute}` of the type `{}` from every value stored.", name.plain());
            let help =
                "Add a new type and a new column of it; drop the old column when no release reads it.".to_owned();
            out.push(subject.hazard(&RULE, Error, message, help));
        }
        return;
    }
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::DropColumn { column } = action else { continue };
        if subject.state.is_added_column(subject.file, table, column) {
            continue;
        }
        let mut message = format!("drops the column `{column}` of `{}` with all its values", table.plain());
        let mut help = format!(
            "Deploy a release that no longer names `{column}` first; drop it in the one after that, with a backup at hand."
        );
        if subject.file.context.dialect == Dialect::Postgres {
            message.push_str(", under ACCESS EXCLUSIVE, which blocks reads and writes.");
            help.push_str(&format!(
                "\nUntil then:\nALTER TABLE {table} ALTER COLUMN {} DROP NOT NULL;",
                quoted(column)
            ));
        } else {
            message.push('.');
        }
        let hazard = subject.hazard(&RULE, Error, message, help).on([table]).at(range);
        out.push(if subject.file.context.dialect == Dialect::Postgres { hazard.lock(AccessExclusive) } else { hazard });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_named_where_it_stands() {
        let sql = "ALTER TABLE users DROP COLUMN a, DROP IF EXISTS \"B\" CASCADE;";
        let found: Vec<_> = examine_postgres(sql).into_iter().filter(|hazard| hazard.rule == IDENT).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(&sql[found[0].range.clone()], "DROP COLUMN a");
        assert!(found[1].help.ends_with("ALTER TABLE users ALTER COLUMN \"B\" DROP NOT NULL;"));
    }

    #[test]
    fn sqlite_loses_the_column_just_as_well() {
        assert_eq!(only(&examine_sqlite("ALTER TABLE [my table] DROP COLUMN `a`"), IDENT).relations, ["my table"]);
    }

    #[test]
    fn an_attribute_of_a_stored_type_counts() {
        fires(IDENT, "ALTER TYPE address DROP ATTRIBUTE zip");
    }

    #[test]
    fn constraints_and_new_columns_are_none() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users DROP CONSTRAINT a",
                "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a;",
                "CREATE TABLE users (a int); ALTER TABLE users DROP COLUMN a;",
                "ALTER TABLE users ALTER COLUMN a DROP DEFAULT",
            ],
        );
    }
}
