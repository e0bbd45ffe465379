//! A new enum value used in the transaction that adds it.

use super::prelude::*;
use crate::hazards::tokens::Kind;

rule! {
    /// ## What it does
    /// Finds a literal that equals an enum value which the same transaction added, outside `ADD VALUE` itself.
    ///
    /// ## Why is this bad
    /// PostgreSQL refuses it: "unsafe use of new value". The value can be used only after the transaction has ended.
    ///
    /// ## Instead
    /// ```sql
    /// -- before
    /// ALTER TYPE status ADD VALUE 'paused';
    /// UPDATE jobs SET status = 'paused' WHERE id = 5;
    /// -- after: the second in a file of its own
    /// UPDATE jobs SET status = 'paused' WHERE id = 5;
    /// ```
    "uses-new-enum-value", "Uses an enum value that is not there yet", TransactionTrap, Postgres, []
}

fn check(subject: &Subject<'_>, out: &mut Vec<Hazard>) {
    if subject.state.enum_values.is_empty() || matches!(subject.act, Act::AddEnumValue { .. }) {
        return;
    }
    if out.last().is_some_and(|last| last.rule == IDENT && last.statement == subject.statement) {
        return;
    }
    let transaction = subject.transaction();
    let tokens = subject.tokens(&subject.range());
    let used = tokens.iter().filter(|token| token.kind == Kind::Text).find_map(|token| {
        let literal = token.text.trim_matches('\'').replace("''", "'");
        subject.state.enum_values.iter().find(|(value, added)| *value == literal && *added == transaction)
    });
    let Some((value, _)) = used else { return };
    let message = format!("uses the enum value `{value}` in the transaction that adds it, which PostgreSQL refuses.");
    let help = format!("Use it in a file after the one that adds it:\n{};", subject.sql());
    out.push(subject.hazard(&RULE, Error, message, help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_not_there_yet() {
        assert_eq!(
            fires(
                IDENT,
                "ALTER TYPE s ADD VALUE IF NOT EXISTS 'paused'; UPDATE jobs SET state = 'paused' WHERE id = 5;"
            )
            .severity,
            Error
        );
        fires(IDENT, "ALTER TYPE s ADD VALUE 'paused'; ALTER TABLE jobs ALTER state SET DEFAULT 'paused';");
    }

    #[test]
    fn after_the_transaction_it_is() {
        silent(
            IDENT,
            &[
                "BEGIN; ALTER TYPE s ADD VALUE 'paused'; COMMIT; BEGIN; UPDATE jobs SET state = 'paused' WHERE id = 5; COMMIT;",
                "ALTER TYPE s ADD VALUE 'paused'; UPDATE jobs SET state = 'done' WHERE id = 5;",
            ],
        );
    }
}
