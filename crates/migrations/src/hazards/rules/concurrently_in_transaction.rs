//! Statements that the server refuses in a transaction.

use super::prelude::*;
use crate::statement::TransactionNeed;

rule! {
    /// ## What it does
    /// Finds a statement that cannot run in a transaction (CONCURRENTLY, VACUUM, …) between the file's own BEGIN and
    /// COMMIT: an error; or beside other statements in one file: a warning.
    ///
    /// ## Why is this bad
    /// In a transaction the server refuses it. Beside others it makes the file fall into steps: if one fails, those
    /// before it stay, and the migration is half done.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE orders ADD COLUMN region text;
    /// CREATE INDEX CONCURRENTLY orders_region ON orders (region);
    /// -- after: two files, this one alone in the second
    /// CREATE INDEX CONCURRENTLY orders_region ON orders (region);
    /// ```
    "concurrently-in-transaction", "Needs to be outside a transaction", TransactionTrap, Postgres, ["ban-concurrent-index-creation-in-transaction"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some(statement) = subject.file.statements.get(subject.statement) else { return };
    if statement.transaction != TransactionNeed::Forbidden {
        return;
    }
    let inside = subject.file.inside_begin.get(subject.statement).copied().unwrap_or_default();
    let settings = |acts: &Vec<Act>| !acts.is_empty() && acts.iter().all(|act| matches!(act, Act::Set { .. }));
    let others = subject.file.readings.iter().filter(|acts| !settings(acts)).count() > 1;
    let (severity, message) = if inside {
        (Error, "PostgreSQL refuses this between BEGIN and COMMIT.".to_owned())
    } else if others && subject.file.migration.transaction == TransactionMode::Inside {
        (
            Warning,
            "cannot run in a transaction, so this file falls into steps: if one fails, those before it stay."
                .to_owned(),
        )
    } else {
        return;
    };
    let help = format!("Give it a file of its own:\n{};", subject.sql());
    out.push(subject.hazard(&RULE, severity, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_begin_and_commit_it_is_refused() {
        assert_eq!(fires(IDENT, "BEGIN; CREATE INDEX CONCURRENTLY i ON a (b); COMMIT;").severity, Error);
    }

    #[test]
    fn beside_others_the_file_falls_apart() {
        assert_eq!(fires(IDENT, "ALTER TABLE a ADD b int; CREATE INDEX CONCURRENTLY i ON a (b);").severity, Warning);
    }

    #[test]
    fn alone_or_behind_settings_it_is_right() {
        silent(
            IDENT,
            &[
                "CREATE INDEX CONCURRENTLY i ON a (b)",
                "SET lock_timeout = '5s'; DROP INDEX CONCURRENTLY i;",
                "CREATE INDEX i ON a (b)",
            ],
        );
    }
}
