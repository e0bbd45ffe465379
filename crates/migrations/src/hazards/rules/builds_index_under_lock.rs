//! A constraint whose index is built under ACCESS EXCLUSIVE.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds UNIQUE, PRIMARY KEY and EXCLUDE added to a table that was there before, unless USING INDEX.
    ///
    /// ## Why is this bad
    /// PostgreSQL builds the index under ACCESS EXCLUSIVE, which blocks reads and writes until it is done.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
    /// -- after: the first alone in its file
    /// CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
    /// ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
    /// ```
    "builds-index-under-lock", "Builds a constraint's index while everything waits", HeavyLock, Postgres, ["disallowed-unique-constraint", "adding-serial-primary-key-field"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let (words, columns, name) = match action {
            ActionKind::AddConstraint(constraint) => match &constraint.rule {
                ConstraintRule::Unique { columns, primary, using_index: None } => {
                    (if *primary { "PRIMARY KEY" } else { "UNIQUE" }, columns.clone(), constraint.name.clone())
                }
                ConstraintRule::Exclude => ("EXCLUDE", Vec::new(), constraint.name.clone()),
                _ => continue,
            },
            ActionKind::AddColumn { column, .. } if column.primary_key => {
                ("PRIMARY KEY", vec![column.name.clone()], None)
            }
            ActionKind::AddColumn { column, .. } if column.unique => ("UNIQUE", vec![column.name.clone()], None),
            _ => continue,
        };
        let message = format!(
            "builds the index of {words} on `{}` under ACCESS EXCLUSIVE, which blocks reads and writes until it is done.",
            table.plain()
        );
        let help = help(table, words, &columns, name);
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

fn help(table: &Name, words: &str, columns: &[String], name: Option<String>) -> String {
    if words == "EXCLUDE" {
        return format!(
            "An exclusion constraint cannot take over an index that was built before. Run it when `{}` is little used, with a lock_timeout:\nSET lock_timeout = '5s';",
            table.plain()
        );
    }
    let suffix = if words == "UNIQUE" { format!("{}_key", columns.join("_")) } else { "pkey".to_owned() };
    let index = quoted(&name.unwrap_or_else(|| format!("{}_{suffix}", table.name)));
    let columns: Vec<_> = columns.iter().map(|column| quoted(column)).collect();
    format!(
        "Build the index while queries go on, in a file of its own, then take it over:\nCREATE UNIQUE INDEX CONCURRENTLY {index} ON {table} ({});\nALTER TABLE {table} ADD CONSTRAINT {index} {words} USING INDEX {index};",
        columns.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_built_while_everything_waits() {
        let hazard = fires(IDENT, "ALTER TABLE users ADD UNIQUE (email, \"Tenant\")");
        assert_eq!(hazard.lock, Some(AccessExclusive));
        assert!(
            hazard
                .help
                .contains("CREATE UNIQUE INDEX CONCURRENTLY \"users_email_Tenant_key\" ON users (email, \"Tenant\");"),
            "{}",
            hazard.help
        );
        fires(IDENT, "ALTER TABLE users ADD COLUMN code text UNIQUE");
        fires(IDENT, "ALTER TABLE users ADD CONSTRAINT e EXCLUDE USING gist (span WITH &&)");
        fires(IDENT, "ALTER TABLE users ADD PRIMARY KEY (id)");
    }

    #[test]
    fn an_index_that_is_there_is_only_taken_over() {
        silent(
            IDENT,
            &[
                "ALTER TABLE users ADD CONSTRAINT k UNIQUE USING INDEX k",
                "ALTER TABLE users ADD CONSTRAINT k PRIMARY KEY USING INDEX k",
                "CREATE TABLE a (b int); ALTER TABLE a ADD UNIQUE (b);",
            ],
        );
    }
}
