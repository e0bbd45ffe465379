//! `DROP INDEX` without CONCURRENTLY.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP INDEX` without CONCURRENTLY.
    ///
    /// ## Why is this bad
    /// It takes ACCESS EXCLUSIVE on the index and on its table, which blocks reads and writes: it waits for every
    /// query on the table, and all that come after wait behind it.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP INDEX orders_customer;
    /// -- after: alone in its file
    /// DROP INDEX CONCURRENTLY orders_customer;
    /// ```
    "drops-index-without-concurrently", "Drops an index while everything waits", HeavyLock, Postgres, ["require-concurrent-index-deletion"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::Index, names, concurrently: false, .. } = subject.act else { return };
    for index in names.iter().filter(|index| subject.is_old(index)) {
        let message = format!(
            "drops the index `{}` under ACCESS EXCLUSIVE on its table, which blocks reads and writes.",
            index.plain()
        );
        let help = format!("Drop it while queries go on, in a file of its own:\nDROP INDEX CONCURRENTLY {index};");
        out.push(subject.hazard(&RULE, Warning, message, help).on([index]).lock(AccessExclusive));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_table_is_locked() {
        assert_eq!(fires(IDENT, "DROP INDEX IF EXISTS \"i\"").lock, Some(AccessExclusive));
    }

    #[test]
    fn concurrently_or_new_it_is_harmless() {
        silent(IDENT, &["DROP INDEX CONCURRENTLY i", "CREATE INDEX i ON a (b); DROP INDEX i;"]);
    }
}
