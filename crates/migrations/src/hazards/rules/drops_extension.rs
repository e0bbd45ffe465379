//! `DROP EXTENSION`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP EXTENSION`.
    ///
    /// ## Why is this bad
    /// With CASCADE every column of its types is dropped with its values. Without, the running release loses its
    /// functions and operators.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP EXTENSION hstore CASCADE;
    /// -- after: convert the columns first, then, without CASCADE
    /// DROP EXTENSION hstore;
    /// ```
    "drops-extension", "Drops an extension", DestroysData, Postgres, ["ban-drop-extension"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::Extension, names, cascade, .. } = subject.act else { return };
    for name in names.iter().filter(|name| subject.may_be_old(Object::Extension, name)) {
        let (severity, what) = if *cascade {
            (Error, "and, by CASCADE, every column of its types with its values")
        } else {
            (Warning, "with the functions and operators that the running release may call")
        };
        let message = format!("drops the extension `{}` {what}.", name.plain());
        let help = format!("Convert the columns of its types first; then, without CASCADE:\nDROP EXTENSION {name};");
        out.push(subject.hazard(&RULE, severity, message, help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cascade_takes_columns_along() {
        assert_eq!(fires(IDENT, "DROP EXTENSION hstore CASCADE").severity, Error);
        assert_eq!(fires(IDENT, "DROP EXTENSION IF EXISTS hstore").severity, Warning);
    }

    #[test]
    fn adding_one_is_harmless() {
        silent(IDENT, &["CREATE EXTENSION hstore"]);
    }
}
