//! `TRUNCATE`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `TRUNCATE` of a table that the file did not make.
    ///
    /// ## Why is this bad
    /// All rows are gone; with CASCADE those of every table that refers to it as well. It takes ACCESS EXCLUSIVE,
    /// which blocks reads and writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// TRUNCATE sessions;
    /// -- after: in batches, until no row is left, outside the migration
    /// DELETE FROM sessions WHERE ctid IN (SELECT ctid FROM sessions WHERE expires_at < now() LIMIT 1000);
    /// ```
    "truncates-table", "Empties a table", DestroysData, Postgres, ["ban-truncate-cascade"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Truncate { tables, cascade } = subject.act else { return };
    for table in tables.iter().filter(|table| subject.may_be_old(Object::Table, table)) {
        let more = if *cascade { " and, by CASCADE, every table that refers to it" } else { "" };
        let message =
            format!("empties `{}`{more}, under ACCESS EXCLUSIVE, which blocks reads and writes.", table.plain());
        let help = format!(
            "Delete what is not needed, in batches, outside the migration:\nDELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} WHERE … LIMIT 1000);"
        );
        out.push(subject.hazard(&RULE, Error, message, help).on([table]).lock(AccessExclusive));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_named_is_emptied() {
        assert_eq!(
            examine_postgres("TRUNCATE TABLE a, ONLY b CASCADE").iter().filter(|hazard| hazard.rule == IDENT).count(),
            2
        );
    }

    #[test]
    fn a_new_table_has_nothing_to_lose() {
        silent(IDENT, &["CREATE TABLE a (id int); TRUNCATE a;"]);
    }
}
