//! `ALTER COLUMN … TYPE` that writes the table anew.

use super::prelude::*;
use crate::hazards::reader::data_type_of_text;
use crate::hazards::types;

rule! {
    /// ## What it does
    /// Finds a change of type that rewrites the table. Where the old type is known from the database, changes that only
    /// touch the catalog are silent: `varchar(50)` to `varchar(80)` or `text`, `numeric(10,2)` to `numeric(12,2)`.
    /// Where it is not, `text`, and `varchar` without a length, are a note: mostly they come from a `varchar`.
    ///
    /// ## Why is this bad
    /// The table and its indexes are written anew under ACCESS EXCLUSIVE, which blocks reads and writes.
    ///
    /// ## Instead
    /// Add a column of the new type, write both, copy in batches, switch readers, drop the old one.
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ALTER COLUMN id TYPE bigint;
    /// -- after
    /// ALTER TABLE orders ADD COLUMN id_next bigint;
    /// ```
    "rewrites-for-type-change", "Rewrites a table for a change of type", ScanOrRewrite, Postgres, ["changing-column-type"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::ChangeType { column, new, using } = action else { continue };
        let old = subject.file.relation(table).and_then(|relation| relation.columns.get(column));
        let unbounded_text = using.is_none()
            && !new.array
            && matches!(new.name.as_str(), "text" | "varchar")
            && new.arguments.is_empty();
        let (severity, condition) = match old {
            Some(old) if !types::change(&data_type_of_text(old), new).rewrites && using.is_none() => continue,
            Some(old) => (Warning, format!("`{column}` is `{old}` now")),
            None if unbounded_text => (Note, format!("unless `{column}` is a varchar now")),
            None => (Warning, format!("unless `{column}` is of a type with the same bytes now")),
        };
        let message = format!(
            "writes `{}` and its indexes anew under ACCESS EXCLUSIVE, which blocks reads and writes; {condition}.",
            table.plain()
        );
        let next = quoted(&format!("{column}_next"));
        let help = format!(
            "Add a column of the new type, write both, copy in batches, switch readers, drop the old one:\nALTER TABLE {table} ADD COLUMN {next} {};",
            types::display(new)
        );
        out.push(subject.hazard(&RULE, severity, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_representation_rewrites() {
        let hazard = fires(IDENT, "ALTER TABLE orders ALTER COLUMN id SET DATA TYPE bigint");
        assert_eq!((hazard.severity, hazard.lock), (Warning, Some(AccessExclusive)));
        assert!(hazard.help.ends_with("ALTER TABLE orders ADD COLUMN id_next bigint;"));
        assert_eq!(fires(IDENT, "ALTER TABLE orders ALTER note TYPE text").severity, Note);
        assert_eq!(fires(IDENT, "ALTER TABLE orders ALTER note TYPE text USING note::text").severity, Warning);
    }

    #[test]
    fn a_known_old_type_settles_it() {
        let catalog = catalog_with(
            "orders",
            50_000,
            &[("note", "character varying(20)"), ("total", "numeric(10,2)"), ("id", "integer")],
        );
        let context = Context { catalog: Some(&catalog), ..Context::default() };
        for (sql, fires) in [
            ("ALTER TABLE orders ALTER note TYPE varchar(40)", false),
            ("ALTER TABLE orders ALTER note TYPE text", false),
            ("ALTER TABLE orders ALTER total TYPE numeric(12,2)", false),
            ("ALTER TABLE orders ALTER total TYPE numeric(12,4)", true),
            ("ALTER TABLE orders ALTER id TYPE bigint", true),
        ] {
            assert_eq!(examine_with(sql, &context).iter().any(|hazard| hazard.rule == IDENT), fires, "{sql}");
        }
    }

    #[test]
    fn a_new_table_has_nothing_to_rewrite() {
        silent(IDENT, &["CREATE TABLE a (id int); ALTER TABLE a ALTER id TYPE bigint;"]);
    }
}
