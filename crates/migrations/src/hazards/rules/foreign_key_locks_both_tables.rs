//! A foreign key's lock on the other table.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a foreign key that refers to a table which was there before, however it is made: ADD CONSTRAINT, ADD
    /// COLUMN, CREATE TABLE.
    ///
    /// ## Why is this bad
    /// It takes SHARE ROW EXCLUSIVE on both tables, which blocks writes on both: people forget the other one. A note,
    /// since the lock is brief unless rows are checked (`migration/scans-for-foreign-key`).
    ///
    /// ## Instead
    /// One foreign key in a file, without the check, so that two tables are locked only for a moment.
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id);
    /// -- after
    /// ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id) NOT VALID;
    /// ```
    "foreign-key-locks-both-tables", "Locks two tables for a foreign key", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let (table, is_old, others): (&Name, bool, Vec<&Name>) = match subject.act {
        Act::CreateTable(table) => {
            let of_columns = table.columns.iter().filter_map(|column| column.references.as_ref());
            (&table.name, false, of_columns.chain(table.constraints.iter().filter_map(references)).collect())
        }
        Act::AlterTable { table, actions, .. } => {
            (table, subject.is_old(table), actions.iter().filter_map(added_reference).collect())
        }
        _ => return,
    };
    let mut seen: Vec<&Name> = Vec::new();
    for other in others {
        if seen.contains(&other) || other == table || !subject.is_old(other) {
            continue;
        }
        seen.push(other);
        let both = if is_old { vec![table, other] } else { vec![other] };
        let names: Vec<_> = both.iter().map(|name| format!("`{}`", name.plain())).collect();
        let message =
            format!("the foreign key takes SHARE ROW EXCLUSIVE on {}, which blocks writes.", names.join(" and on "));
        let help = "Add one foreign key in a file, with NOT VALID, and validate it in a later file.".to_owned();
        out.push(subject.hazard(&RULE, Note, message, help).on(both).lock(ShareRowExclusive));
    }
}

fn references(constraint: &Constraint) -> Option<&Name> {
    match &constraint.rule {
        ConstraintRule::ForeignKey { references, .. } => Some(references),
        _ => None,
    }
}

fn added_reference(action: &Action) -> Option<&Name> {
    match &action.what {
        ActionKind::AddColumn { column, .. } => column.references.as_ref(),
        ActionKind::AddConstraint(constraint) => references(constraint),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_named() {
        let hazard = fires(
            IDENT,
            "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES customers (id) ON DELETE CASCADE",
        );
        assert_eq!(
            (hazard.lock, hazard.relations),
            (Some(ShareRowExclusive), vec!["orders".to_owned(), "customers".to_owned()])
        );
    }

    #[test]
    fn a_new_table_locks_the_one_it_refers_to() {
        assert_eq!(fires(IDENT, "CREATE TABLE orders (c int REFERENCES customers)").relations, ["customers"]);
        assert_eq!(
            fires(IDENT, "ALTER TABLE orders ADD c int REFERENCES customers").relations,
            ["orders", "customers"]
        );
    }

    #[test]
    fn new_tables_and_references_to_oneself_wait_for_nobody() {
        silent(
            IDENT,
            &[
                "CREATE TABLE a (id int); CREATE TABLE b (a int REFERENCES a);",
                "CREATE TABLE a (id int, parent int REFERENCES a);",
            ],
        );
    }
}
