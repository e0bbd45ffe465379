//! An enum that is replaced by another of its name.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a type that makes room for a successor of its name: PostgreSQL cannot remove a value from an enum, so
    /// tools make a new type, change every column to it, and rename both.
    ///
    /// ## Why is this bad
    /// The release that still runs writes the value that is gone. A row that holds it makes the migration fail. Each
    /// column is rewritten under ACCESS EXCLUSIVE.
    ///
    /// ## Instead
    /// Leave the value in the type and forbid it where it matters.
    /// ```sql
    /// -- before
    /// ALTER TYPE status RENAME TO status_old;
    /// ALTER TYPE status_new RENAME TO status;
    /// -- after
    /// ALTER TABLE orders ADD CONSTRAINT no_legacy CHECK (status <> 'legacy') NOT VALID;
    /// ```
    "removes-enum-value", "Replaces an enum", BreaksRelease, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Rename { object: Object::Type, from, .. } = subject.act else { return };
    if !subject.may_be_old(Object::Type, from) {
        return;
    }
    let replaced = subject.file.later(subject.statement).any(|act| match act {
        Act::Rename { object: Object::Type, to, .. } => *to == from.name,
        Act::Create { object: Object::Type, name, .. } => name == from,
        _ => false,
    });
    if !replaced {
        return;
    }
    let message = format!(
        "puts another type in the place of `{}`: values that it lacks are refused, and every column of it is rewritten under ACCESS EXCLUSIVE, which blocks reads and writes.",
        from.plain()
    );
    let help = "Leave the value in the type, and forbid it where it matters:\nALTER TABLE … ADD CONSTRAINT … CHECK (… <> 'value') NOT VALID;".to_owned();
    out.push(subject.hazard(&RULE, Warning, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prismas_way_to_change_an_enum_is_seen() {
        let sql = "BEGIN; CREATE TYPE \"Role_new\" AS ENUM ('A');
            ALTER TABLE \"User\" ALTER COLUMN \"role\" TYPE \"Role_new\" USING (\"role\"::text::\"Role_new\");
            ALTER TYPE \"Role\" RENAME TO \"Role_old\"; ALTER TYPE \"Role_new\" RENAME TO \"Role\"; DROP TYPE \"Role_old\"; COMMIT;";
        assert!(fires(IDENT, sql).message.contains("`Role`"));
    }

    #[test]
    fn an_added_value_removes_none() {
        silent(IDENT, &["ALTER TYPE status ADD VALUE 'x'", "ALTER TYPE status RENAME TO state"]);
    }
}
