//! `DROP FUNCTION` and its kin.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Finds `DROP FUNCTION`, `PROCEDURE`, `ROUTINE` and `AGGREGATE`, unless the same file makes it anew.
    ///
    /// ## Why is this bad
    /// The release that still runs may call it; with CASCADE triggers, defaults and policies that use it go as well.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DROP FUNCTION total(integer);
    /// -- after: only the body changes
    /// CREATE OR REPLACE FUNCTION total(integer) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
    /// ```
    "drops-function", "Drops a function", BreaksRelease, Postgres, ["ban-drop-function"]
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let Act::Drop { object: Object::Routine, names, cascade, .. } = subject.act else { return };
    for name in names.iter().filter(|name| subject.may_be_old(Object::Routine, name)) {
        if subject
            .file
            .later(subject.statement)
            .any(|act| matches!(act, Act::Create { object: Object::Routine, name: new, .. } if new == name))
        {
            continue;
        }
        let more = if *cascade { ", and by CASCADE the triggers, defaults and policies that use it" } else { "" };
        let message = format!("drops the function `{}`{more}; the release that still runs may call it.", name.plain());
        let help = format!(
            "Drop it one release after the last that calls it; to change it:\nCREATE OR REPLACE FUNCTION {name}(…) …;"
        );
        out.push(subject.hazard(&RULE, Warning, message, help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_may_be_left() {
        assert_eq!(fires(IDENT, "DROP FUNCTION IF EXISTS total(integer, text) CASCADE").severity, Warning);
        fires(IDENT, "DROP PROCEDURE p");
    }

    #[test]
    fn a_function_made_anew_keeps_its_callers() {
        silent(IDENT, &["DROP FUNCTION f(); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"]);
    }
}
