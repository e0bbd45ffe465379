//! `BEGIN`, `COMMIT` and `ROLLBACK` in a file.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds BEGIN, COMMIT and ROLLBACK in a migration. One report for each block, at its BEGIN; ROLLBACK is an error.
    ///
    /// ## Why is this bad
    /// Whoever runs the migration opens a transaction and writes its ledger row in it. A COMMIT in the file ends that
    /// transaction: if the rest fails, the database is half way and the ledger knows nothing. A ROLLBACK throws away
    /// what the ledger then says was applied.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// BEGIN;
    /// ALTER TABLE users ADD COLUMN plan text;
    /// COMMIT;
    /// -- after: the runner opens the transaction
    /// ALTER TABLE users ADD COLUMN plan text;
    /// ```
    "controls-transaction", "Opens or ends a transaction itself", TransactionTrap, Both, ["transaction-nesting"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Transaction { word } = subject.act else { return };
    let inside = subject.file.inside_begin.get(subject.statement).copied().unwrap_or_default();
    let (severity, message) = match word.as_str() {
        "BEGIN" => {
            (Warning, "opens a transaction itself; the runner's own, with the ledger row, is not the one that counts.")
        }
        "COMMIT" if !inside => (Warning, "ends the runner's transaction; if the rest fails, what came before stays."),
        "ROLLBACK" => (Error, "throws away what came before, and the ledger would say that it was applied."),
        _ => return,
    };
    let help = "Leave transactions to the runner: take BEGIN, COMMIT and ROLLBACK out of the file.".to_owned();
    out.push(subject.hazard(&RULE, severity, message.to_owned(), help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_reported_once() {
        assert_eq!(fires(IDENT, "BEGIN; ALTER TABLE a ADD b int; COMMIT;").severity, Warning);
        assert_eq!(fires(IDENT, "SELECT 1; COMMIT;").statement, 1);
        only(&examine_sqlite("BEGIN TRANSACTION; SELECT 1; END;"), IDENT);
    }

    #[test]
    fn a_rollback_makes_the_ledger_lie() {
        assert_eq!(fires(IDENT, "SELECT 1; ROLLBACK WORK;").severity, Error);
    }

    #[test]
    fn savepoints_are_fine() {
        silent(
            IDENT,
            &[
                "SAVEPOINT a; ROLLBACK TO SAVEPOINT a;",
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$",
            ],
        );
    }
}
