//! `ALTER TYPE … RENAME VALUE`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a value of an enum that gets another name.
    ///
    /// ## Why is this bad
    /// The release that still runs writes the old value, which PostgreSQL now refuses, and reads one it does not know.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TYPE status RENAME VALUE 'done' TO 'finished';
    /// -- after: add it, change the rows in batches, and leave the old value unused
    /// ALTER TYPE status ADD VALUE 'finished' AFTER 'done';
    /// ```
    "renames-enum-value", "Renames a value of an enum", BreaksRelease, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::RenameEnumValue { name, from, to } = subject.act else { return };
    if !subject.may_be_old(Object::Type, name) {
        return;
    }
    let message = format!(
        "renames the value `{from}` of `{}` to `{to}`: the running release still writes and reads `{from}`.",
        name.plain()
    );
    let help = format!(
        "Add the new value and change the rows in batches; leave the old value unused:\nALTER TYPE {name} ADD VALUE '{}' AFTER '{}';",
        to.replace('\'', "''"),
        from.replace('\'', "''")
    );
    out.push(subject.hazard(&RULE, Warning, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_release_writes_the_old_value() {
        let hazard = fires(IDENT, "ALTER TYPE status RENAME VALUE 'it''s done' TO 'finished'");
        assert!(hazard.help.ends_with("ADD VALUE 'finished' AFTER 'it''s done';"), "{}", hazard.help);
    }

    #[test]
    fn an_added_value_is_safe() {
        silent(
            IDENT,
            &[
                "ALTER TYPE status ADD VALUE 'finished'",
                "CREATE TYPE s AS ENUM ('a'); ALTER TYPE s RENAME VALUE 'a' TO 'b';",
            ],
        );
    }
}
