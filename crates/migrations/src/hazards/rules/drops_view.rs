//! `DROP VIEW`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP VIEW`, unless the same file makes the view anew.
    ///
    /// ## Why is this bad
    /// No row is lost, but the release that still runs may read it.
    ///
    /// ## Instead
    /// Drop it in a release after the one that stopped reading it; to change it:
    /// ```sql
    /// -- before
    /// DROP VIEW totals;
    /// -- after
    /// CREATE OR REPLACE VIEW totals AS SELECT 1 AS total;
    /// ```
    "drops-view", "Drops a view", BreaksRelease, Both, ["ban-drop-view"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::View, names, .. } = subject.act else { return };
    for view in names.iter().filter(|view| subject.may_be_old(Object::View, view)) {
        if subject.file.later(subject.statement).any(|act| matches!(act, Act::Create { name, .. } if name == view)) {
            continue;
        }
        let message = format!("drops the view `{}`, which the release that still runs may read.", view.plain());
        let help = format!(
            "Drop it one release after the last that reads it; to change it:\nCREATE OR REPLACE VIEW {view} AS …;"
        );
        let hazard = subject.hazard(&RULE, Warning, message, help).on([view]);
        out.push(if subject.file.context.dialect == Dialect::Postgres { hazard.lock(AccessExclusive) } else { hazard });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_may_be_left() {
        assert_eq!(fires(IDENT, "DROP VIEW totals").severity, Warning);
    }

    #[test]
    fn a_view_made_anew_keeps_its_readers() {
        silent(
            IDENT,
            &["DROP VIEW totals; CREATE VIEW totals AS SELECT 1;", "CREATE VIEW v AS SELECT 1; DROP VIEW v;"],
        );
    }
}
