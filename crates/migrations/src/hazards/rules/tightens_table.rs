//! A new rule on rows that exist.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds a check, a unique rule or an exclusion that is added to a table which was there before.
    ///
    /// ## Why is this bad
    /// The release that still runs was written without it, so its writes may be refused. A note: mostly the release
    /// keeps to the rule already, but nothing here proves it.
    ///
    /// ## Instead
    /// Ask for rows that break it, before the migration does.
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
    /// -- after
    /// SELECT email FROM users GROUP BY email HAVING count(*) > 1;
    /// ```
    "tightens-table", "Adds a rule to a table", BreaksRelease, Both, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    if let Act::CreateIndex { table, unique: true, .. } = subject.act {
        if subject.is_old(table) {
            out.push(hazard(subject, table, "a unique index"));
        }
        return;
    }
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::AddConstraint(constraint) = action else { continue };
        let what = match &constraint.rule {
            ConstraintRule::Check { .. } => "a check",
            ConstraintRule::Unique { primary: false, using_index: None, .. } => "a unique constraint",
            ConstraintRule::Exclude => "an exclusion constraint",
            _ => continue,
        };
        out.push(hazard(subject, table, what).at(range));
    }
}

fn hazard(subject: &Subject<'_>, table: &Name, what: &str) -> Hazard {
    let message = format!("adds {what} to `{}`: writes of the release that still runs may be refused.", table.plain());
    let help =
        "Look for rows that break the rule before the migration does, and deploy a release that keeps to it first."
            .to_owned();
    subject.hazard(&RULE, Note, message, help).on([table])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_of_the_running_release_may_be_refused() {
        for sql in [
            "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID",
            "ALTER TABLE a ADD UNIQUE (b)",
            "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)",
            "ALTER TABLE a ADD EXCLUDE USING gist (b WITH &&)",
        ] {
            assert_eq!(fires(IDENT, sql).severity, Note, "{sql}");
        }
    }

    #[test]
    fn a_new_table_has_no_writers() {
        silent(IDENT, &["CREATE TABLE a (b int UNIQUE); CREATE UNIQUE INDEX i ON a (b);", "CREATE INDEX i ON a (b)"]);
    }
}
