//! `DROP CONSTRAINT`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP CONSTRAINT`, unless the same file adds one of that name again. A foreign key, by the name that
    /// PostgreSQL and Prisma give it, is a note.
    ///
    /// ## Why is this bad
    /// An upsert of the running release names a unique constraint or its columns in ON CONFLICT and fails without it;
    /// and from now on rows may come in that the constraint would have refused, so it cannot simply be added back.
    ///
    /// ## Instead
    /// Drop it one release after the last that counts on it.
    /// ```sql
    /// -- before
    /// ALTER TABLE users DROP CONSTRAINT users_email_key;
    /// -- after: the new rule first
    /// CREATE UNIQUE INDEX CONCURRENTLY users_tenant_email ON users (tenant, email);
    /// ```
    "drops-constraint", "Drops a constraint", BreaksRelease, Postgres, ["ban-drop-constraint"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::DropConstraint { name } = action else { continue };
        if is_added_again(subject, name) {
            continue;
        }
        let foreign_key = ["_fkey", "_fk", "_foreign"].iter().any(|suffix| name.ends_with(suffix));
        let severity = if foreign_key { Note } else { Warning };
        let message = format!(
            "drops the constraint `{name}` of `{}`: rows it would have refused may come in, and ON CONFLICT may miss it.",
            table.plain()
        );
        let help = format!(
            "Drop it one release after the last that counts on it. To bring it back later the rows must fit again:\nSELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{}'::regclass;",
            table.to_string().replace('\'', "''")
        );
        out.push(subject.hazard(&RULE, severity, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

fn is_added_again(subject: &Subject<'_>, wanted: &str) -> bool {
    let adds = |act: &Act| match act {
        Act::AlterTable { actions, .. } => actions.iter().any(|action| match &action.what {
            ActionKind::AddConstraint(constraint) => constraint.name.as_deref() == Some(wanted),
            _ => false,
        }),
        _ => false,
    };
    adds(subject.act) || subject.file.later(subject.statement).any(adds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upsert_may_count_on_it() {
        assert_eq!(fires(IDENT, "ALTER TABLE users DROP CONSTRAINT IF EXISTS users_email_key").severity, Warning);
        assert_eq!(fires(IDENT, "ALTER TABLE \"Post\" DROP CONSTRAINT \"Post_authorId_fkey\"").severity, Note);
    }

    #[test]
    fn one_that_is_added_again_is_not_missed() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a DROP CONSTRAINT c; ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;",
                "ALTER TABLE a DROP CONSTRAINT c, ADD CONSTRAINT c UNIQUE (b);",
            ],
        );
    }
}
