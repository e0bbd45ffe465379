//! A foreign key without NOT VALID.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a foreign key that is added to a table which was there before, without NOT VALID. ADD COLUMN …
    /// REFERENCES without a default has nothing to look up, and PostgreSQL knows it; in two statements it does not.
    ///
    /// ## Why is this bad
    /// Every row is looked up in the other table while SHARE ROW EXCLUSIVE is held on both, which blocks writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id);
    /// -- after: the second in a file of its own
    /// ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id) NOT VALID;
    /// ALTER TABLE orders VALIDATE CONSTRAINT orders_customer;
    /// ```
    "scans-for-foreign-key", "Reads a whole table for a foreign key", ScanOrRewrite, Postgres, ["adding-foreign-key-constraint"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let (name, other) = match action {
            ActionKind::AddConstraint(constraint) if !constraint.not_valid => match &constraint.rule {
                ConstraintRule::ForeignKey { columns, references } => (
                    constraint.name.clone().unwrap_or_else(|| format!("{}_{}_fkey", table.name, columns.join("_"))),
                    references,
                ),
                _ => continue,
            },
            ActionKind::AddColumn { column, .. } if column.default.is_some() && !column.default_is_null => {
                match &column.references {
                    Some(references) => (format!("{}_{}_fkey", table.name, column.name), references),
                    None => continue,
                }
            }
            _ => continue,
        };
        let message = format!(
            "looks up every row of `{}` in `{}` under SHARE ROW EXCLUSIVE on both, which blocks writes.",
            table.plain(),
            other.plain()
        );
        let sql = subject.text(&range);
        let safe = if matches!(action, ActionKind::AddConstraint(_)) {
            format!("ALTER TABLE {table} {sql} NOT VALID;\n")
        } else {
            String::new()
        };
        let help = format!(
            "Add it for new rows only, and look up the old ones in a later file:\n{safe}ALTER TABLE {table} VALIDATE CONSTRAINT {};",
            quoted(&name)
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table, other]).lock(ShareRowExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_looked_up() {
        let hazard = fires(
            IDENT,
            "ALTER TABLE \"Post\" ADD CONSTRAINT \"f\" FOREIGN KEY (\"a\") REFERENCES \"User\"(\"id\") ON DELETE SET NULL",
        );
        assert_eq!((hazard.lock, hazard.relations.len()), (Some(ShareRowExclusive), 2));
        assert!(
            hazard.help.contains("ON DELETE SET NULL NOT VALID;\nALTER TABLE \"Post\" VALIDATE CONSTRAINT f;"),
            "{}",
            hazard.help
        );
        fires(IDENT, "ALTER TABLE a ADD b int DEFAULT 1 REFERENCES c");
        fires(IDENT, "ALTER TABLE a ADD b int; ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c;");
    }

    #[test]
    fn not_valid_or_nothing_to_look_up_is_silent() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c NOT VALID",
                "ALTER TABLE a ADD b int REFERENCES c",
                "CREATE TABLE a (b int); ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c;",
            ],
        );
    }
}
