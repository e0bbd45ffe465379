//! A heavy lock without `lock_timeout`.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds the first statement with a heavy lock on an old table where the file has not set `lock_timeout`. Silent
    /// where the runner sets it, as guarded-migrate's own does.
    ///
    /// ## Why is this bad
    /// The statement waits for every query that runs on the table, for as long as they take, and all queries that come
    /// meanwhile wait behind it.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TABLE users ADD COLUMN plan text;
    /// -- after
    /// SET lock_timeout = '5s';
    /// ALTER TABLE users ADD COLUMN plan text;
    /// ```
    "missing-lock-timeout", "Waits for a lock without limit", MissingTimeout, Postgres, ["require-lock-timeout", "require-timeout-settings"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    without(subject, "lock_timeout", &RULE, "5s", "waits without limit for", out);
}

/// Reports the first heavy lock of the file that comes before this parameter is set.
pub(super) fn without(
    subject: &Subject<'_>,
    parameter: &str,
    rule: &Rule,
    value: &str,
    words: &str,
    out: &mut Vec<Hazard>,
) {
    if subject.file.context.runner_sets_timeouts || out.iter().any(|hazard| hazard.rule == rule.info.ident) {
        return;
    }
    let locks = subject.locks();
    let Some((table, lock)) = locks.iter().find(|(_, lock)| lock.is_heavy()) else { return };
    let is_set = subject
        .file
        .earlier(subject.statement)
        .any(|act| matches!(act, Act::Set { parameter: set } if set == parameter));
    if is_set {
        return;
    }
    let message =
        format!("{words} {lock} on `{}`, which blocks {}: the file sets no {parameter}.", table.plain(), lock.blocks());
    let help = format!("Before the first statement:\nSET {parameter} = '{value}';");
    out.push(subject.hazard(rule, Warning, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(sql: &str) -> usize {
        let context = Context { runner_sets_timeouts: false, ..Context::default() };
        examine_with(sql, &context).iter().filter(|hazard| hazard.rule == IDENT).count()
    }

    #[test]
    fn the_first_heavy_lock_is_reported_once() {
        assert_eq!(count("ALTER TABLE a ADD b int; ALTER TABLE c ADD d int;"), 1);
    }

    #[test]
    fn a_timeout_before_it_or_no_heavy_lock_is_fine() {
        assert_eq!(count("SET LOCAL lock_timeout = '5s'; ALTER TABLE a ADD b int;"), 0);
        assert_eq!(count("CREATE TABLE a (b int)"), 0);
        assert_eq!(count("SET statement_timeout = '5s'; ALTER TABLE a ADD b int;"), 1);
    }

    #[test]
    fn a_runner_that_sets_it_is_enough() {
        silent(IDENT, &["ALTER TABLE a ADD b int"]);
    }
}
