//! SQL that runs from inside a text.

use super::prelude::*;
use crate::hazards::tokens::tokens;

rule! {
    /// ## What it does
    /// Finds DO blocks, CALL, and calls of functions that the same file makes. Words of their text that would matter
    /// elsewhere (`DROP TABLE`, `EXECUTE`) are named.
    ///
    /// ## Why is this bad
    /// What such a text does depends on the database: no rule can prove it harmless from the file. It is a note that
    /// says "unproven", never silence.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// DO $$ BEGIN EXECUTE 'DROP TABLE users'; END $$;
    /// -- after
    /// DROP TABLE users;
    /// ```
    "hidden-sql", "Runs SQL that cannot be judged", Hidden, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    let (what, body) = match subject.act {
        Act::Do { body } => ("a DO block".to_owned(), Some(body)),
        Act::Call { routine } => {
            let body = subject.file.bodies.get(&routine.name);
            // A function of an extension or of the server is somebody else's; CALL always runs something.
            if body.is_none()
                && !subject.sql().trim_start().get(..4).is_some_and(|word| word.eq_ignore_ascii_case("call"))
            {
                return;
            }
            (format!("`{}`", routine.plain()), body)
        }
        _ => return,
    };
    let found = body.map(|body| words(subject, body)).unwrap_or_default();
    let holds = if found.is_empty() { String::new() } else { format!(" Its text holds {}.", found.join(", ")) };
    let message = format!("unproven: what {what} does cannot be judged from the file.{holds}");
    let help =
        "Write plain statements where you can; otherwise read it with care, and rehearse it on a copy.".to_owned();
    if !out
        .last()
        .is_some_and(|last| last.rule == IDENT && last.statement == subject.statement && last.message == message)
    {
        out.push(subject.hazard(&RULE, Note, message, help));
    }
}

/// The words in a body that would matter if they stood in the file.
fn words(subject: &Subject<'_>, body: &std::ops::Range<usize>) -> Vec<String> {
    const TELLING: &[&[&str]] = &[
        &["execute"],
        &["drop", "table"],
        &["drop", "column"],
        &["drop", "schema"],
        &["drop", "type"],
        &["drop", "constraint"],
        &["truncate"],
        &["delete", "from"],
        &["update"],
        &["alter", "table"],
        &["create", "index"],
        &["commit"],
    ];
    // A text in the body may itself be SQL, so its quotes are looked through.
    let text = subject.text(body).replace('\'', " ");
    let tokens = tokens(&text, 0..text.len(), Dialect::Postgres);
    TELLING
        .iter()
        .filter(|words| crate::hazards::tokens::contains(&tokens, words))
        .map(|words| format!("`{}`", words.join(" ").to_uppercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_do_block_is_never_silent() {
        let hazard = fires(IDENT, "DO $body$ BEGIN EXECUTE 'drop table a'; END $body$;");
        assert_eq!(hazard.severity, Note);
        assert_eq!(
            hazard.message,
            "unproven: what a DO block does cannot be judged from the file. Its text holds `EXECUTE`, `DROP TABLE`."
        );
        fires(IDENT, "DO LANGUAGE plpgsql 'BEGIN END'");
    }

    #[test]
    fn a_function_that_the_file_makes_and_calls_is_named() {
        let sql = "CREATE FUNCTION app.clean() RETURNS void LANGUAGE sql AS $$ DELETE FROM a $$; SELECT app.clean();";
        assert_eq!(fires(IDENT, sql).statement, 1);
        fires(IDENT, "CALL clean()");
    }

    #[test]
    fn making_a_function_runs_nothing() {
        silent(IDENT, &["CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM a $$", "SELECT now()"]);
    }
}
