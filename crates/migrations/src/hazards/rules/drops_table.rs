//! `DROP TABLE`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP TABLE` of a table that the file did not make itself. The way SQLite tools change a table (make
    /// `new_x`, copy every row of `x` into it, drop `x`, rename `new_x` to `x`) loses nothing and is left alone.
    ///
    /// ## Why is this bad
    /// The rows are gone for good, and the release that still runs fails on its next query. The drop itself takes
    /// ACCESS EXCLUSIVE, which blocks reads and writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP TABLE invoices;
    /// -- after: take it out of use, drop it some releases later with a backup at hand
    /// ALTER TABLE invoices RENAME TO invoices_unused;
    /// ```
    "drops-table", "Drops a table", DestroysData, Both, ["ban-drop-table"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::Table, names, .. } = subject.act else { return };
    for table in names.iter().filter(|table| subject.may_be_old(Object::Table, table)) {
        if is_redefined(subject, table) {
            continue;
        }
        let message = if subject.file.context.dialect == Dialect::Sqlite {
            format!("drops the table `{}` with all its rows.", table.plain())
        } else {
            format!(
                "drops the table `{}` with all its rows, under ACCESS EXCLUSIVE, which blocks reads and writes.",
                table.plain()
            )
        };
        let unused = table.sibling(&format!("{}_unused", table.name));
        let help = format!(
            "Take it out of use first; drop it when no release reads it, with a backup at hand:\nALTER TABLE {table} RENAME TO {};",
            quoted(&unused.name)
        );
        let hazard = subject.hazard(&RULE, Error, message, help).on([table]);
        out.push(if subject.file.context.dialect == Dialect::Sqlite { hazard } else { hazard.lock(AccessExclusive) });
    }
}

/// Whether the rows of `table` were copied, all of them, into a new table that takes over its name.
fn is_redefined(subject: &Subject<'_>, table: &Name) -> bool {
    let copy = subject.file.earlier(subject.statement).find_map(|act| match act {
        Act::Insert { table: copy, sources, everything: true } if sources.contains(table) => Some(copy),
        _ => None,
    });
    let Some(copy) = copy.filter(|copy| subject.state.is_surely_new(subject.file, Object::Table, copy)) else {
        return false;
    };
    subject.file.later(subject.statement).any(|act| match act {
        Act::AlterTable { table: renamed, actions, .. } if renamed == copy => {
            actions.iter().any(|action| action.what == ActionKind::RenameTo { to: table.name.clone() })
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDEFINED: &str = "PRAGMA foreign_keys=OFF; CREATE TABLE \"new_User\" (id INTEGER, name TEXT);
        INSERT INTO \"new_User\" (id, name) SELECT id, name FROM \"User\";
        DROP TABLE \"User\"; ALTER TABLE \"new_User\" RENAME TO \"User\";";

    #[test]
    fn dropping_a_table_destroys_its_rows() {
        let hazard = fires(IDENT, "DROP TABLE IF EXISTS billing.\"Invoice\" CASCADE;");
        assert_eq!((hazard.severity, hazard.lock), (Error, Some(AccessExclusive)));
        assert_eq!(hazard.relations, ["billing.Invoice"]);
        assert!(
            hazard.help.ends_with("ALTER TABLE billing.\"Invoice\" RENAME TO \"Invoice_unused\";"),
            "{}",
            hazard.help
        );
    }

    #[test]
    fn each_of_several_tables_is_named() {
        assert_eq!(examine_postgres("DROP TABLE a, b").iter().filter(|hazard| hazard.rule == IDENT).count(), 2);
    }

    #[test]
    fn a_table_of_the_same_file_is_nobodys_loss() {
        silent(IDENT, &["CREATE TABLE a (id int); DROP TABLE a;", "CREATE TEMP TABLE a AS SELECT 1; DROP TABLE a;"]);
    }

    #[test]
    fn a_table_that_may_have_been_there_before_is_not_taken_for_new() {
        fires(IDENT, "CREATE TABLE IF NOT EXISTS a (id int); DROP TABLE a;");
    }

    #[test]
    fn a_new_table_under_the_old_name_does_not_bring_the_rows_back() {
        fires(IDENT, "DROP TABLE a; CREATE TABLE a (id int);");
    }

    #[test]
    fn redefining_a_table_in_sqlite_keeps_its_rows() {
        let hazards = examine_sqlite(REDEFINED);
        assert!(hazards.iter().all(|hazard| hazard.rule != IDENT), "{hazards:#?}");
    }

    #[test]
    fn redefining_with_only_some_rows_destroys_the_others() {
        let hazards = examine_sqlite(&REDEFINED.replace("FROM \"User\"", "FROM \"User\" WHERE id > 5"));
        assert_eq!(only(&hazards, IDENT).lock, None);
    }
}
