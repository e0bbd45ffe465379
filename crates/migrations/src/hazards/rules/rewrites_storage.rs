//! A table that moves.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD.
    ///
    /// ## Why is this bad
    /// The whole table is written anew under ACCESS EXCLUSIVE, which blocks reads and writes. An unlogged table is
    /// emptied after a crash, and has no rows on a replica.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE events SET UNLOGGED;
    /// -- after: decide it when the table is made
    /// CREATE UNLOGGED TABLE events_next (LIKE events INCLUDING ALL);
    /// ```
    "rewrites-storage", "Rewrites a table to move it", ScanOrRewrite, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((table, actions)) = subject.actions() else { return };
    for (action, range) in actions {
        let ActionKind::MoveStorage { words } = action else { continue };
        let message = format!(
            "{words} writes all of `{}` anew under ACCESS EXCLUSIVE, which blocks reads and writes.",
            table.plain()
        );
        let help = format!(
            "Make a second table as it should be, and move the rows in batches:\nCREATE TABLE {} (LIKE {table} INCLUDING ALL);",
            table.sibling(&format!("{}_next", table.name))
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([table]).lock(AccessExclusive).at(range));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_moves_is_written_anew() {
        for words in ["SET LOGGED", "SET UNLOGGED", "SET TABLESPACE fast", "SET ACCESS METHOD heap"] {
            assert!(fires(IDENT, &format!("ALTER TABLE a {words}")).message.starts_with(words));
        }
    }

    #[test]
    fn other_settings_move_nothing() {
        silent(
            IDENT,
            &[
                "ALTER TABLE a SET (fillfactor = 80)",
                "ALTER TABLE a SET WITHOUT CLUSTER",
                "CREATE TABLE a (b int); ALTER TABLE a SET UNLOGGED;",
            ],
        );
    }
}
