//! What cannot be read.

use super::prelude::*;

rule! {
    /// ## What it does
    /// Names statements whose first word says nothing to us, `EXECUTE` of a prepared statement, what squawk's parser
    /// cannot read, and files too large for it.
    ///
    /// ## Why is this bad
    /// What cannot be read cannot be judged. It is a note that says "unproven", never silence.
    ///
    /// ## Instead
    /// Look at the statement with care; if PostgreSQL accepts it, ignore the note with a reason.
    /// ```sql
    /// -- before
    /// EXECUTE cleanup;
    /// -- after
    /// DELETE FROM sessions WHERE id = 5;
    /// ```
    "unreadable-statement", "Cannot be read", Hidden, Both, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    if !matches!(subject.act, Act::Unreadable) {
        return;
    }
    let word = subject.sql().split_whitespace().next().unwrap_or_default();
    let message = format!("unproven: what `{word}` does cannot be judged from the file.");
    let help = "Write it as a plain statement, or read it with care and rehearse it on a copy.".to_owned();
    out.push(subject.hazard(&RULE, Note, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_never_silent() {
        only(&examine_sqlite("FROB TABLE x"), IDENT);
        assert!(examine_postgres("EXECUTE cleanup").iter().any(|hazard| hazard.rule == IDENT));
    }

    #[test]
    fn known_statements_are_read() {
        silent(
            IDENT,
            &["GRANT SELECT ON a TO b", "COMMENT ON TABLE a IS 'x'", "(SELECT 1) UNION SELECT 2", "VALUES (1)"],
        );
        assert!(examine_sqlite("PRAGMA foreign_keys=OFF").is_empty());
    }
}
