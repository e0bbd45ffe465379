//! `UPDATE` without a WHERE.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `UPDATE` without a WHERE that overwrites a column which was there before the file. Filling a column that
    /// the same file added is left to `migration/unbatched-backfill`.
    ///
    /// ## Why is this bad
    /// The old value of every row is gone, and no down migration can bring it back.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// UPDATE users SET plan = 'free';
    /// -- after: write beside it, and say which rows
    /// ALTER TABLE users ADD COLUMN next_plan text;
    /// UPDATE users SET next_plan = 'free' WHERE id BETWEEN 1 AND 1000;
    /// ```
    "updates-all-rows", "Overwrites every row", DestroysData, Both, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Update { table, columns, filter: Filter::None } = subject.act else { return };
    let overwritten: Vec<_> =
        columns.iter().filter(|column| !subject.state.is_added_column(subject.file, table, column)).collect();
    let (true, Some(first)) = (subject.may_be_old(Object::Table, table), overwritten.first()) else { return };
    let message = format!(
        "overwrites `{first}` in every row of `{}`: there is no WHERE, and the old values are lost.",
        table.plain()
    );
    let help = format!("Write the new value beside the old one, and say which rows:\nUPDATE {table} SET … WHERE …;");
    out.push(subject.hazard(&RULE, Error, message, help).on([table]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_values_are_lost() {
        assert_eq!(fires(IDENT, "UPDATE ONLY users SET plan = 'free', (a, b) = (1, 2)").severity, Error);
        only(&examine_sqlite("UPDATE users SET plan = 'free'"), IDENT);
    }

    #[test]
    fn a_condition_or_a_new_column_keeps_them() {
        silent(
            IDENT,
            &[
                "UPDATE users SET plan = 'free' WHERE plan IS NULL",
                "UPDATE users SET plan = COALESCE(plan, 'free')",
                "ALTER TABLE users ADD COLUMN plan text; UPDATE users SET plan = 'free';",
            ],
        );
    }
}
