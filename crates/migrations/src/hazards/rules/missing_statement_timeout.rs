//! A heavy lock without `statement_timeout`.

use super::missing_lock_timeout::without;
use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds the first statement with a heavy lock on an old table where the file has not set `statement_timeout`.
    /// Silent where the runner sets it, as guarded-migrate's own does.
    ///
    /// ## Why is this bad
    /// Once it has the lock, nothing limits how long it keeps it.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ALTER COLUMN plan SET NOT NULL;
    /// -- after
    /// SET statement_timeout = '15min';
    /// ALTER TABLE users ALTER COLUMN plan SET NOT NULL;
    /// ```
    "missing-statement-timeout", "Holds a lock without limit", MissingTimeout, Postgres, ["require-statement-timeout"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    without(subject, "statement_timeout", &RULE, "15min", "holds without limit", out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_lock_needs_a_limit() {
        let context = Context { runner_sets_timeouts: false, ..Context::default() };
        let hazards = examine_with("SET lock_timeout = '5s'; DROP TABLE a;", &context);
        assert!(only(&hazards, IDENT).help.ends_with("SET statement_timeout = '15min';"));
    }

    #[test]
    fn with_a_limit_or_a_runner_that_sets_it_all_is_well() {
        let context = Context { runner_sets_timeouts: false, ..Context::default() };
        assert!(
            examine_with("SET statement_timeout TO '5s'; DROP TABLE a;", &context)
                .iter()
                .all(|hazard| hazard.rule != IDENT)
        );
        silent(IDENT, &["DROP TABLE a"]);
    }
}
