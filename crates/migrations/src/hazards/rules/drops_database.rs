//! `DROP DATABASE`, `DROP TABLESPACE`, `DROP OWNED`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP DATABASE`, `DROP TABLESPACE` and `DROP OWNED BY`.
    ///
    /// ## Why is this bad
    /// They destroy far more than one migration is about, and none of it is named.
    ///
    /// ## Instead
    /// Leave databases to whoever operates the server; in a migration, drop by name.
    /// ```sql
    /// -- before
    /// DROP OWNED BY reporting;
    /// -- after
    /// REASSIGN OWNED BY reporting TO operations;
    /// ```
    "drops-database", "Drops a database, or all that a role owns", DestroysData, Postgres, ["ban-drop-database"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let message = match subject.act {
        Act::DropOwned => "drops everything that a role owns.".to_owned(),
        Act::Drop { object: object @ (Object::Database | Object::Tablespace), names, .. } => {
            let names: Vec<_> = names.iter().map(Name::plain).collect();
            format!("drops the {} `{}`.", object.word(), names.join("`, `"))
        }
        _ => return,
    };
    let help =
        "Leave this to whoever operates the server; to keep a role's objects:\nREASSIGN OWNED BY old_role TO new_role;"
            .to_owned();
    out.push(subject.hazard(&RULE, Error, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_databases_and_belongings_count() {
        for sql in ["DROP DATABASE shop", "DROP OWNED BY reporting", "DROP TABLESPACE fast"] {
            assert_eq!(fires(IDENT, sql).severity, Error, "{sql}");
        }
    }

    #[test]
    fn dropping_a_role_destroys_no_data() {
        silent(IDENT, &["DROP ROLE reporting", "REASSIGN OWNED BY a TO b"]);
    }
}
