//! `REINDEX` without CONCURRENTLY.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `REINDEX` without CONCURRENTLY.
    ///
    /// ## Why is this bad
    /// It takes SHARE on the table, which blocks writes, and ACCESS EXCLUSIVE on each index, which blocks the reads
    /// that plan with it.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// REINDEX INDEX orders_customer;
    /// -- after: alone in its file
    /// REINDEX INDEX CONCURRENTLY orders_customer;
    /// ```
    "reindexes-without-concurrently", "Builds indexes anew while writes wait", HeavyLock, Postgres, ["require-concurrent-reindex"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Reindex { words, name, concurrently: false } = subject.act else { return };
    if name.as_ref().is_some_and(|name| matches!(words.as_str(), "index" | "table") && !subject.is_old(name)) {
        return;
    }
    let target = name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let message = format!(
        "builds the indexes of {words}{target} anew under SHARE on the table and ACCESS EXCLUSIVE on each index, which blocks writes and the reads that use it."
    );
    let help = format!(
        "Build them while queries go on, in a file of its own:\nREINDEX {} CONCURRENTLY{target};",
        words.to_uppercase()
    );
    out.push(subject.hazard(&RULE, Warning, message, help).on(name).lock(AccessExclusive));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_wait_until_it_is_done() {
        for sql in ["REINDEX INDEX i", "REINDEX (VERBOSE) TABLE orders", "REINDEX SCHEMA app"] {
            assert_eq!(fires(IDENT, sql).lock, Some(AccessExclusive), "{sql}");
        }
    }

    #[test]
    fn concurrently_nobody_waits() {
        silent(IDENT, &["REINDEX INDEX CONCURRENTLY i", "REINDEX (CONCURRENTLY) TABLE orders"]);
    }
}
