//! `CLUSTER`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `CLUSTER`.
    ///
    /// ## Why is this bad
    /// It writes the table and all its indexes anew under ACCESS EXCLUSIVE, which blocks reads and writes. Without a
    /// name it does so with every table that was ever clustered.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// CLUSTER orders USING orders_pkey;
    /// -- after: the tool pg_repack orders a table while it is in use; or go without
    /// ALTER TABLE orders SET WITHOUT CLUSTER;
    /// ```
    "clusters-table", "Writes a table anew in order", HeavyLock, Postgres, ["prefer-repack"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Cluster { table } = subject.act else { return };
    if table.as_ref().is_some_and(|table| !subject.is_old(table)) {
        return;
    }
    let what =
        table.as_ref().map_or("every table that was ever clustered".to_owned(), |table| format!("`{}`", table.plain()));
    let message = format!(
        "writes {what} and its indexes anew under ACCESS EXCLUSIVE, which blocks reads and writes until it is done."
    );
    let help = "Leave it to pg_repack, which works while the table is in use, and out of the migration.".to_owned();
    out.push(subject.hazard(&RULE, Warning, message, help).on(table).lock(AccessExclusive));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_written_anew() {
        assert_eq!(fires(IDENT, "CLUSTER VERBOSE orders USING i").relations, ["orders"]);
        assert_eq!(fires(IDENT, "CLUSTER").lock, Some(AccessExclusive));
    }

    #[test]
    fn marking_an_index_moves_nothing() {
        silent(IDENT, &["ALTER TABLE orders CLUSTER ON i", "CREATE TABLE a (b int); CLUSTER a USING i;"]);
    }
}
