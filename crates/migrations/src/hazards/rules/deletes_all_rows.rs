//! `DELETE` without a WHERE.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DELETE` without a WHERE, or with one that is always true, wherever it stands: in WITH too.
    ///
    /// ## Why is this bad
    /// Every row is gone, one by one: slower than TRUNCATE and just as final.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DELETE FROM sessions;
    /// -- after
    /// DELETE FROM sessions WHERE ctid IN (SELECT ctid FROM sessions WHERE expires_at < now() LIMIT 1000);
    /// ```
    "deletes-all-rows", "Deletes every row", DestroysData, Both, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Delete { table, filter: Filter::None } = subject.act else { return };
    if !subject.may_be_old(Object::Table, table) {
        return;
    }
    let message = format!("deletes every row of `{}`: there is no WHERE that leaves any out.", table.plain());
    let help = format!("Say which rows, and take them in batches:\nDELETE FROM {table} WHERE …;");
    out.push(subject.hazard(&RULE, Error, message, help).on([table]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_condition_means_every_row() {
        for sql in [
            "DELETE FROM a",
            "DELETE FROM a WHERE true",
            "DELETE FROM a USING b",
            "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
        ] {
            assert_eq!(fires(IDENT, sql).relations, ["a"], "{sql}");
        }
        only(&examine_sqlite("delete from `a`"), IDENT);
    }

    #[test]
    fn a_condition_leaves_rows() {
        silent(
            IDENT,
            &[
                "DELETE FROM a WHERE b = 1",
                "CREATE TABLE a (b int); DELETE FROM a;",
                "CREATE TRIGGER t BEFORE DELETE ON a EXECUTE FUNCTION f()",
            ],
        );
    }
}
