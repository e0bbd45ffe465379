//! `DETACH PARTITION` without CONCURRENTLY.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DETACH PARTITION` without CONCURRENTLY (which PostgreSQL knows from version 14 on).
    ///
    /// ## Why is this bad
    /// It takes ACCESS EXCLUSIVE on the parent, which blocks reads and writes of all its partitions.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE events DETACH PARTITION events_may;
    /// -- after: alone in its file
    /// ALTER TABLE events DETACH PARTITION events_may CONCURRENTLY;
    /// ```
    "detaches-partition", "Detaches a partition while everything waits", HeavyLock, Postgres, ["require-concurrent-partition-detach"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((parent, actions)) = subject.actions() else { return };
    for (action, _) in actions {
        let ActionKind::DetachPartition { partition, concurrently: false } = action else { continue };
        let message = format!(
            "detaches `{}` under ACCESS EXCLUSIVE on `{}`, which blocks reads and writes of all its partitions.",
            partition.plain(),
            parent.plain()
        );
        let help = format!(
            "From PostgreSQL 14 on, in a file of its own:\nALTER TABLE {parent} DETACH PARTITION {partition} CONCURRENTLY;"
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([parent, partition]).lock(AccessExclusive));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_partitions_wait() {
        assert_eq!(fires(IDENT, "ALTER TABLE events DETACH PARTITION may").relations, ["events", "may"]);
    }

    #[test]
    fn concurrently_nobody_waits() {
        silent(
            IDENT,
            &[
                "ALTER TABLE events DETACH PARTITION app.may CONCURRENTLY",
                "ALTER TABLE events DETACH PARTITION may FINALIZE",
            ],
        );
    }
}
