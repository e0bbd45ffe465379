//! `CREATE INDEX` without CONCURRENTLY.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `CREATE INDEX` without CONCURRENTLY on a table that was there before.
    ///
    /// ## Why is this bad
    /// It takes SHARE until the index is built, which blocks writes: minutes on a large table.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// CREATE INDEX orders_customer ON orders (customer);
    /// -- after: alone in its file, since it cannot run in a transaction
    /// CREATE INDEX CONCURRENTLY orders_customer ON orders (customer);
    /// ```
    "index-without-concurrently", "Builds an index while writes wait", HeavyLock, Postgres, ["require-concurrent-index-creation"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::CreateIndex { table, concurrently: false, .. } = subject.act else { return };
    if !subject.is_old(table) {
        return;
    }
    let message = format!("builds an index on `{}` under SHARE, which blocks writes until it is done.", table.plain());
    out.push(subject.hazard(&RULE, Warning, message, help(subject.sql())).on([table]).lock(Share));
}

fn help(sql: &str) -> String {
    let position = sql.to_ascii_lowercase().find("index").map_or(0, |start| start + "index".len());
    let (before, after) = sql.split_at_checked(position).unwrap_or(("CREATE INDEX", " …"));
    format!("Build it while writes go on, in a file of its own:\n{before} CONCURRENTLY{after};")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_wait_until_it_is_built() {
        let hazard = fires(IDENT, "CREATE UNIQUE INDEX \"i\" ON public.\"Order\" (\"customerId\");");
        assert_eq!((hazard.severity, hazard.lock), (Warning, Some(Share)));
        assert!(
            hazard.help.ends_with("CREATE UNIQUE INDEX CONCURRENTLY \"i\" ON public.\"Order\" (\"customerId\");"),
            "{}",
            hazard.help
        );
    }

    #[test]
    fn concurrently_or_on_a_new_table_nobody_waits() {
        silent(IDENT, &["CREATE INDEX CONCURRENTLY i ON a (b)", "CREATE TABLE a (b int); CREATE INDEX i ON a (b);"]);
    }

    #[test]
    fn sqlite_has_no_such_thing() {
        assert!(examine_sqlite("CREATE INDEX i ON a (b)").is_empty());
    }
}
