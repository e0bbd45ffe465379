//! `DROP SCHEMA`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP SCHEMA`, with or without CASCADE.
    ///
    /// ## Why is this bad
    /// With CASCADE every table in it is gone, and no statement names them. Without, PostgreSQL refuses unless the
    /// schema is empty; whoever counted on its name still fails.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP SCHEMA reporting CASCADE;
    /// -- after: drop by name what nobody uses, then the empty schema
    /// DROP TABLE reporting.daily;
    /// DROP SCHEMA reporting;
    /// ```
    "drops-schema", "Drops a schema", DestroysData, Both, ["ban-drop-schema"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::Schema, names, cascade, .. } = subject.act else { return };
    for schema in names {
        // A schema's own name is kept without a schema before it.
        let inside = Name { schema: Some(schema.name.clone()), name: String::new() };
        if !subject.may_be_old(Object::Table, &inside) {
            continue;
        }
        let what = if *cascade { "with every table in it" } else { "if nothing is in it" };
        let message = format!("drops the schema `{}` {what}.", schema.plain());
        let help = format!("Drop by name what no release uses any more, then, without CASCADE:\nDROP SCHEMA {schema};");
        out.push(subject.hazard(&RULE, Error, message, help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_goes_with_all_it_holds() {
        let hazard = fires(IDENT, "DROP SCHEMA IF EXISTS reporting CASCADE");
        assert_eq!(hazard.message, "drops the schema `reporting` with every table in it.");
    }

    #[test]
    fn a_schema_of_the_same_file_is_new() {
        silent(IDENT, &["CREATE SCHEMA scratch; DROP SCHEMA scratch CASCADE;"]);
    }
}
