//! `ALTER … RENAME TO` and `SET SCHEMA` of anything but tables.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a view, sequence, type, domain, function or schema that gets another name or moves to another schema.
    ///
    /// ## Why is this bad
    /// The release that still runs asks for the old name: in a cast, a call, a `FROM`.
    ///
    /// ## Instead
    /// Make a second one under the new name, and drop the old one when no release uses it.
    /// ```sql
    /// -- before
    /// ALTER VIEW totals RENAME TO order_totals;
    /// -- after
    /// CREATE VIEW order_totals AS SELECT * FROM totals;
    /// ```
    "renames-object", "Renames or moves an object", BreaksRelease, Postgres, ["renaming-object", "ban-set-schema"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let (object, name, becomes) = match subject.act {
        Act::Rename { object, from, to } => (*object, from, to.clone()),
        Act::SetSchema { object, name, schema } => (*object, name, format!("{schema}.{}", name.name)),
        _ => return,
    };
    if !NAMED_BY_RELEASES.contains(&object) || !subject.may_be_old(object, name) {
        return;
    }
    // An enum that makes room for its successor keeps its name alive: removes-enum-value looks at that.
    let replaced = subject.file.later(subject.statement).any(|act| match act {
        Act::Rename { object: again, to, .. } => *again == object && *to == name.name,
        Act::Create { object: again, name: new, .. } => *again == object && new == name,
        _ => false,
    });
    if replaced {
        return;
    }
    let word = object.word();
    let message = format!(
        "the {word} `{}` becomes `{becomes}`: the release that still runs asks for the old name.",
        name.plain()
    );
    let help = format!(
        "Make a second {word} under the new name, and later, when no release uses `{}`:\nDROP {} {name};",
        name.plain(),
        word.to_uppercase()
    );
    out.push(subject.hazard(&RULE, Warning, message, help));
}

/// What the text of a query names. Indexes, triggers and policies have names that no query holds.
const NAMED_BY_RELEASES: &[Object] = &[
    Object::View,
    Object::MaterializedView,
    Object::Sequence,
    Object::Type,
    Object::Domain,
    Object::Routine,
    Object::Schema,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_query_names_is_missed() {
        for sql in [
            "ALTER VIEW totals RENAME TO order_totals",
            "ALTER TYPE mood RENAME TO feeling",
            "ALTER SCHEMA app RENAME TO shop",
            "ALTER FUNCTION total(int) RENAME TO sum_of",
            "ALTER FUNCTION total(int) SET SCHEMA archive",
        ] {
            fires(IDENT, sql);
        }
    }

    #[test]
    fn names_that_no_query_holds_may_change() {
        silent(
            IDENT,
            &[
                "ALTER INDEX a RENAME TO b",
                "ALTER TRIGGER a ON t RENAME TO b",
                "CREATE TYPE mood AS ENUM (); ALTER TYPE mood RENAME TO feeling;",
            ],
        );
    }
}
