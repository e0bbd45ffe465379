//! `DROP TYPE` and `DROP DOMAIN`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP TYPE` and `DROP DOMAIN`. A type that was renamed to make room for its successor is left to
    /// `migration/removes-enum-value`.
    ///
    /// ## Why is this bad
    /// With CASCADE every column of the type is dropped with its values: an error. Without, PostgreSQL refuses while a
    /// column uses the type, so no value is lost: a warning, since casts in the running release fail.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP TYPE mood CASCADE;
    /// -- after: drop the columns by name, when no release reads them, then
    /// DROP TYPE mood;
    /// ```
    "drops-type", "Drops a type", DestroysData, Postgres, ["ban-drop-type", "ban-drop-domain"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: object @ (Object::Type | Object::Domain), names, cascade, .. } = subject.act else {
        return;
    };
    for name in names.iter().filter(|name| subject.may_be_old(*object, name)) {
        let made_room = subject.file.earlier(subject.statement).any(
            |act| matches!(act, Act::Rename { object: Object::Type | Object::Domain, to, .. } if *to == name.name),
        );
        if made_room && !cascade {
            continue;
        }
        let word = object.word();
        let (severity, message) = if *cascade {
            (Error, format!("drops the {word} `{}` and, by CASCADE, every column of it with its values.", name.plain()))
        } else {
            (
                Warning,
                format!(
                    "drops the {word} `{}`; PostgreSQL refuses while a column uses it, so no value is lost.",
                    name.plain()
                ),
            )
        };
        let help = format!(
            "Drop the columns that use it by name, when no release reads them; then, without CASCADE:\nDROP {} {name};",
            word.to_uppercase()
        );
        out.push(subject.hazard(&RULE, severity, message, help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cascade_takes_the_columns_along() {
        assert_eq!(fires(IDENT, "DROP TYPE mood CASCADE").severity, Error);
        assert_eq!(fires(IDENT, "DROP DOMAIN email CASCADE").severity, Error);
    }

    #[test]
    fn without_cascade_no_value_is_lost() {
        assert_eq!(fires(IDENT, "DROP TYPE IF EXISTS mood").severity, Warning);
    }

    #[test]
    fn a_new_type_and_one_that_made_room_are_left_alone() {
        silent(
            IDENT,
            &[
                "CREATE TYPE mood AS ENUM ('a'); DROP TYPE mood;",
                "CREATE TYPE mood_new AS ENUM ('a'); ALTER TYPE mood RENAME TO mood_old; ALTER TYPE mood_new RENAME TO mood; DROP TYPE mood_old;",
            ],
        );
    }
}
