//! `VACUUM FULL`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `VACUUM FULL`.
    ///
    /// ## Why is this bad
    /// It writes the table and all its indexes anew under ACCESS EXCLUSIVE, which blocks reads and writes, and it needs
    /// the table's size again on disk. It cannot run in a transaction.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// VACUUM FULL orders;
    /// -- after
    /// VACUUM (ANALYZE) orders;
    /// ```
    "vacuums-full", "Writes a table anew to save space", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::VacuumFull { tables } = subject.act else { return };
    let names: Vec<_> = tables.iter().map(|table| format!("`{}`", table.plain())).collect();
    let what = if names.is_empty() { "every table".to_owned() } else { names.join(" and ") };
    let target = tables.first().map(|table| format!(" {table}")).unwrap_or_default();
    let message = format!("writes {what} anew under ACCESS EXCLUSIVE, which blocks reads and writes until it is done.");
    let help = format!("Without FULL it works beside reads and writes:\nVACUUM (ANALYZE){target};");
    out.push(subject.hazard(&RULE, Warning, message, help).on(tables).lock(AccessExclusive));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_blocks_everything() {
        for sql in ["VACUUM FULL orders", "VACUUM (FULL, ANALYZE) orders", "VACUUM FULL VERBOSE orders"] {
            assert_eq!(fires(IDENT, sql).relations, ["orders"], "{sql}");
        }
    }

    #[test]
    fn plain_vacuum_blocks_nothing() {
        silent(IDENT, &["VACUUM orders", "VACUUM (ANALYZE) orders", "VACUUM ANALYZE orders (full_name)"]);
    }
}
