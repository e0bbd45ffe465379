//! `CREATE TABLE … PARTITION OF`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `CREATE TABLE … PARTITION OF` a table that was there before.
    ///
    /// ## Why is this bad
    /// It takes ACCESS EXCLUSIVE on the parent, which blocks reads and writes of all its partitions, and it reads the
    /// default partition, if there is one.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// CREATE TABLE events_may PARTITION OF events FOR VALUES FROM (5) TO (6);
    /// -- after: attaching takes SHARE UPDATE EXCLUSIVE only
    /// CREATE TABLE events_may (LIKE events INCLUDING ALL);
    /// ALTER TABLE events ATTACH PARTITION events_may FOR VALUES FROM (5) TO (6);
    /// ```
    "creates-partition", "Locks a partitioned table for a new partition", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::CreateTable(table) = subject.act else { return };
    let Some(parent) = table.partition_of.as_ref().filter(|parent| subject.is_old(parent)) else { return };
    let name = &table.name;
    let message = format!(
        "makes `{}` a partition under ACCESS EXCLUSIVE on `{}`, which blocks reads and writes of all its partitions.",
        name.plain(),
        parent.plain()
    );
    let help = format!(
        "Make it apart and attach it:\nCREATE TABLE {name} (LIKE {parent} INCLUDING ALL);\nALTER TABLE {parent} ATTACH PARTITION {name} …;"
    );
    // The lock is brief unless there is a default partition.
    out.push(subject.hazard(&RULE, Warning, message, help).on([parent]).lock(AccessExclusive));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_locked() {
        assert_eq!(
            fires(IDENT, "CREATE TABLE may PARTITION OF app.events FOR VALUES IN ('a')").relations,
            ["app.events"]
        );
    }

    #[test]
    fn a_new_parent_has_no_readers() {
        silent(IDENT, &["CREATE TABLE e (a int) PARTITION BY LIST (a); CREATE TABLE e1 PARTITION OF e DEFAULT;"]);
    }
}
