//! `ATTACH PARTITION`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `ATTACH PARTITION` of a table that was there before, unless the file validated a check on it.
    ///
    /// ## Why is this bad
    /// The parent is locked lightly (SHARE UPDATE EXCLUSIVE), but the partition is read whole under ACCESS EXCLUSIVE
    /// to see that its rows fit, and so is the default partition.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE events ATTACH PARTITION events_may FOR VALUES FROM (5) TO (6);
    /// -- after: a validated check says what the scan would find
    /// ALTER TABLE events_may ADD CONSTRAINT fits CHECK (month IS NOT NULL AND month >= 5 AND month < 6) NOT VALID;
    /// ALTER TABLE events_may VALIDATE CONSTRAINT fits;
    /// ALTER TABLE events ATTACH PARTITION events_may FOR VALUES FROM (5) TO (6);
    /// ```
    "attaches-partition", "Reads a partition while it is locked", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Some((parent, actions)) = subject.actions() else { return };
    for (action, _) in actions {
        let ActionKind::AttachPartition { partition } = action else { continue };
        if !subject.is_old(partition) || has_validated_check(subject, partition) {
            continue;
        }
        let message = format!(
            "reads `{}` whole under ACCESS EXCLUSIVE, which blocks reads and writes; `{}` is under SHARE UPDATE EXCLUSIVE, its default partition under ACCESS EXCLUSIVE.",
            partition.plain(),
            parent.plain()
        );
        let help = format!(
            "Let a validated check say what the scan would find, and drop it afterwards:\nALTER TABLE {partition} ADD CONSTRAINT fits CHECK (…) NOT VALID;\nALTER TABLE {partition} VALIDATE CONSTRAINT fits;"
        );
        out.push(subject.hazard(&RULE, Warning, message, help).on([partition]).lock(AccessExclusive));
    }
}

fn has_validated_check(subject: &Subject<'_>, partition: &Name) -> bool {
    subject.file.earlier(subject.statement).any(|act| match act {
        Act::AlterTable { table, actions, .. } if table == partition => {
            actions.iter().any(|action| matches!(action.what, ActionKind::ValidateConstraint { .. }))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTACH: &str = "ALTER TABLE events ATTACH PARTITION may FOR VALUES FROM (5) TO (6);";

    #[test]
    fn the_partition_is_read_under_lock() {
        let hazard = fires(IDENT, ATTACH);
        assert_eq!((hazard.lock, hazard.relations), (Some(AccessExclusive), vec!["may".to_owned()]));
    }

    #[test]
    fn a_new_partition_or_a_validated_check_needs_no_scan() {
        silent(
            IDENT,
            &[
                &format!("CREATE TABLE may (LIKE events); {ATTACH}"),
                &format!("ALTER TABLE may VALIDATE CONSTRAINT fits; {ATTACH}"),
            ],
        );
    }
}
