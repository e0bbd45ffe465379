//! `REFRESH MATERIALIZED VIEW` without CONCURRENTLY.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `REFRESH MATERIALIZED VIEW` without CONCURRENTLY.
    ///
    /// ## Why is this bad
    /// It takes ACCESS EXCLUSIVE on the view, which blocks its readers until it is computed. With CONCURRENTLY it takes
    /// EXCLUSIVE, and readers go on.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// REFRESH MATERIALIZED VIEW totals;
    /// -- after: needs a unique index on the view
    /// REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
    /// ```
    "refreshes-without-concurrently", "Computes a view anew while readers wait", HeavyLock, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Refresh { view, concurrently: false } = subject.act else { return };
    if !subject.is_old(view) {
        return;
    }
    let message =
        format!("computes `{}` anew under ACCESS EXCLUSIVE, which blocks its readers until it is done.", view.plain());
    let help =
        format!("With a unique index on the view its readers go on:\nREFRESH MATERIALIZED VIEW CONCURRENTLY {view};");
    out.push(subject.hazard(&RULE, Warning, message, help).on([view]).lock(AccessExclusive));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_wait() {
        assert_eq!(fires(IDENT, "REFRESH MATERIALIZED VIEW totals").lock, Some(AccessExclusive));
    }

    #[test]
    fn concurrently_or_new_nobody_waits() {
        silent(
            IDENT,
            &[
                "REFRESH MATERIALIZED VIEW CONCURRENTLY totals",
                "CREATE MATERIALIZED VIEW v AS SELECT 1; REFRESH MATERIALIZED VIEW v;",
            ],
        );
    }
}
