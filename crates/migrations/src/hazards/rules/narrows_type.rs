//! `ALTER COLUMN … TYPE` to a narrower type.

use super::prelude::*;
use crate::hazards::reader::data_type_of_text;
use crate::hazards::types;

rule! {
    /// ## What it does
    /// Finds a change of type that some values may not survive: a shorter `varchar`, a smaller integer, fewer digits,
    /// a timestamp that becomes a date. Where the column's old type is known from the database, it is an error or
    /// silent; where it is not, a type that may be narrower is a warning.
    ///
    /// ## Why is this bad
    /// PostgreSQL rounds numbers without a word, and a cast in USING cuts texts. What does not fit at all makes the
    /// migration fail half way through the table.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ALTER COLUMN total TYPE numeric(10, 2);
    /// -- after: prove that nothing is lost, without changing the type
    /// ALTER TABLE orders ADD CONSTRAINT total_fits CHECK (total = round(total, 2)) NOT VALID;
    /// ALTER TABLE orders VALIDATE CONSTRAINT total_fits;
    /// ```
    "narrows-type", "Narrows a column's type", DestroysData, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::ChangeType { column, new, .. } = action else { continue };
        if subject.state.is_added_column(subject.file, table, column) {
            continue;
        }
        let old = subject.file.relation(table).and_then(|relation| relation.columns.get(column));
        let (severity, from) = match old {
            Some(old) if types::change(&data_type_of_text(old), new).narrows => (Error, format!("from `{old}`")),
            None if types::may_narrow(new) => (Warning, "from a type that is not known here".to_owned()),
            _ => continue,
        };
        let message = format!(
            "changes `{column}` of `{}` {from} to `{}`: values that do not fit are rounded, cut or refused.",
            table.plain(),
            display(new)
        );
        let constraint = quoted(&format!("{}_{column}_fits", table.name));
        let help = format!(
            "Prove first that every value fits:\nALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({} = {}::{}) NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {constraint};",
            quoted(column),
            quoted(column),
            display(new)
        );
        out.push(subject.hazard(&RULE, severity, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrower_type_is_an_error_where_the_old_one_is_known() {
        let catalog = catalog_with("orders", 5, &[("total", "bigint"), ("note", "character varying(20)")]);
        let context = Context { catalog: Some(&catalog), ..Context::default() };
        let hazards = examine_with("ALTER TABLE orders ALTER COLUMN total TYPE integer", &context);
        assert_eq!(only(&hazards, IDENT).severity, Error);
        let hazards = examine_with("ALTER TABLE orders ALTER note SET DATA TYPE varchar(40)", &context);
        assert!(hazards.iter().all(|hazard| hazard.rule != IDENT));
    }

    #[test]
    fn an_unknown_old_type_is_a_warning() {
        for new in ["varchar(10)", "int", "numeric(10, 2)", "DATE", "timestamp(3)"] {
            assert_eq!(
                fires(IDENT, &format!("ALTER TABLE orders ALTER COLUMN a TYPE {new}")).severity,
                Warning,
                "{new}"
            );
        }
    }

    #[test]
    fn types_that_hold_more_are_left_alone() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a ALTER b TYPE text",
                "ALTER TABLE a ALTER b TYPE bigint",
                "CREATE TABLE a (b text); ALTER TABLE a ALTER b TYPE int USING b::int;",
            ],
        );
    }
}
