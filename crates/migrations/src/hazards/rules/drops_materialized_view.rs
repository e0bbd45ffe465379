//! `DROP MATERIALIZED VIEW`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP MATERIALIZED VIEW`. One that the same file makes anew is a warning.
    ///
    /// ## Why is this bad
    /// Its rows may have taken hours to compute, and sources may have changed since. It takes ACCESS EXCLUSIVE.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP MATERIALIZED VIEW totals;
    /// -- after: build the next one beside it, switch readers, drop it in a later release
    /// CREATE MATERIALIZED VIEW totals_next AS SELECT 1 AS total;
    /// ```
    "drops-materialized-view", "Drops a materialized view", DestroysData, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::MaterializedView, names, .. } = subject.act else { return };
    for view in names.iter().filter(|view| subject.may_be_old(Object::MaterializedView, view)) {
        let again =
            subject.file.later(subject.statement).any(|act| matches!(act, Act::Create { name, .. } if name == view));
        let (severity, then) = if again { (Warning, "and computes it anew") } else { (Error, "with all it holds") };
        let message = format!(
            "drops the materialized view `{}` {then}, under ACCESS EXCLUSIVE, which blocks its readers.",
            view.plain()
        );
        let next = view.sibling(&format!("{}_next", view.name));
        let help = format!(
            "Build the next one beside it, switch its readers, and drop it in a later release:\nCREATE MATERIALIZED VIEW {next} AS …;"
        );
        out.push(subject.hazard(&RULE, severity, message, help).on([view]).lock(AccessExclusive));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_it_loses_what_it_holds() {
        assert_eq!(fires(IDENT, "DROP MATERIALIZED VIEW totals").severity, Error);
    }

    #[test]
    fn making_it_anew_is_a_warning() {
        assert_eq!(
            fires(IDENT, "DROP MATERIALIZED VIEW totals; CREATE MATERIALIZED VIEW totals AS SELECT 2;").severity,
            Warning
        );
    }

    #[test]
    fn a_plain_view_holds_nothing() {
        silent(IDENT, &["DROP VIEW totals"]);
    }
}
