//! `LOCK TABLE`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `LOCK TABLE` in a mode that makes writes wait.
    ///
    /// ## Why is this bad
    /// The lock is held until the transaction ends, through all that comes after. Without a mode it is ACCESS
    /// EXCLUSIVE, which blocks reads and writes.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// LOCK TABLE orders;
    /// -- after: do not wait, and do not block more than is needed
    /// LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    /// ```
    "locks-table", "Locks a table by name", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::LockTable { tables, lock } = subject.act else { return };
    let old: Vec<_> = tables.iter().filter(|table| subject.is_old(table)).collect();
    let (true, Some(first)) = (lock.is_heavy(), old.first()) else { return };
    let names: Vec<_> = old.iter().map(|table| format!("`{}`", table.plain())).collect();
    let message =
        format!("holds {lock} on {} until the transaction ends, which blocks {}.", names.join(" and "), lock.blocks());
    let help = format!(
        "Take the weakest mode that serves, and do not wait for it:\nLOCK TABLE {first} IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;"
    );
    out.push(subject.hazard(&RULE, Warning, message, help).on(old).lock(*lock));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_named() {
        for (sql, lock) in [
            ("LOCK TABLE orders", AccessExclusive),
            ("LOCK orders IN SHARE ROW EXCLUSIVE MODE NOWAIT", ShareRowExclusive),
            ("LOCK TABLE ONLY orders IN EXCLUSIVE MODE", Exclusive),
        ] {
            assert_eq!(fires(IDENT, sql).lock, Some(lock), "{sql}");
        }
    }

    #[test]
    fn modes_beside_which_writes_go_on_are_left_alone() {
        silent(IDENT, &["LOCK TABLE orders IN ROW EXCLUSIVE MODE", "CREATE TABLE a (b int); LOCK TABLE a;"]);
    }
}
