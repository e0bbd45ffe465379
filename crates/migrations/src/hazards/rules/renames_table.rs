//! `ALTER TABLE … RENAME TO` and `SET SCHEMA`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a table that gets another name or moves to another schema.
    ///
    /// ## Why is this bad
    /// The release that still runs asks for the old name and fails at once. It takes ACCESS EXCLUSIVE.
    ///
    /// ## Instead
    /// Keep the old name alive as a view until no release uses it: a simple view can be written to as well.
    /// ```sql
    /// -- before
    /// ALTER TABLE people RENAME TO customers;
    /// -- after, in one transaction
    /// ALTER TABLE people RENAME TO customers;
    /// CREATE VIEW people AS SELECT * FROM customers;
    /// ```
    "renames-table", "Renames or moves a table", BreaksRelease, Both, ["renaming-table"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::AlterTable { object: Object::Table, table, actions } = subject.act else { return };
    if !subject.is_old(table) {
        return;
    }
    for action in actions {
        let new = match &action.what {
            ActionKind::RenameTo { to } => table.sibling(to),
            ActionKind::SetSchema { schema } => Name { schema: Some(schema.clone()), name: table.name.clone() },
            _ => continue,
        };
        // A view of the old name right behind it is the safe way.
        if subject
            .file
            .later(subject.statement)
            .any(|act| matches!(act, Act::Create { object: Object::View, name, .. } if name == table))
        {
            continue;
        }
        let message = format!(
            "`{}` becomes `{}`: the release that still runs asks for the old name and fails.",
            table.plain(),
            new.plain()
        );
        let help = format!(
            "Keep the old name alive until no release uses it, in the same transaction:\nCREATE VIEW {table} AS SELECT * FROM {new};"
        );
        let hazard = subject.hazard(&RULE, Warning, message, help).on([table]);
        out.push(if subject.file.context.dialect == Dialect::Postgres { hazard.lock(AccessExclusive) } else { hazard });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_name_is_missed() {
        assert!(
            fires(IDENT, "ALTER TABLE people RENAME TO customers")
                .help
                .ends_with("CREATE VIEW people AS SELECT * FROM customers;")
        );
        fires(IDENT, "ALTER TABLE people SET SCHEMA archive");
        only(&examine_sqlite("ALTER TABLE people RENAME TO customers"), IDENT);
    }

    #[test]
    fn a_view_of_the_old_name_or_a_new_table_is_safe() {
        silent(
            IDENT,
            &[
                "ALTER TABLE people RENAME TO customers; CREATE VIEW people AS SELECT * FROM customers;",
                "CREATE TABLE a (b int); ALTER TABLE a RENAME TO c;",
                "ALTER TABLE people RENAME CONSTRAINT a TO b",
            ],
        );
    }
}
