//! SQL that every migration repeats with other values. From its second use on it is prepared, so that the server plans it
//! once; for small migrations that planning is half of what a run adds to their own statements.
//!
//! A migration may throw prepared statements away (`DEALLOCATE ALL`). Then the server does not know their names
//! ([`UNKNOWN_STATEMENT`]), and the session goes on without them.

use crate::bookkeeping::random_name;

/// `invalid_sql_statement_name`: there is no prepared statement of this name.
pub(super) const UNKNOWN_STATEMENT: &str = "26000";

/// More shapes than a run has; what differs from migration to migration in more than its values is not worth remembering.
const MOST: usize = 16;

/// Shorter numbers are part of the statement, since the server may not tell their type from where they stand.
const LONG_NUMBER: usize = 6;

/// The shapes of statements that a session has seen.
#[derive(Debug)]
pub(super) struct Repeated {
    prefix: String,
    shapes: Vec<Shape>,
    enabled: bool,
}

#[derive(Debug)]
struct Shape {
    sql: String,
    prepared: bool,
}

/// A statement without its values, and these.
#[derive(Debug, Default, PartialEq, Eq)]
struct Call<'s> {
    shape: String,
    values: Vec<&'s str>,
}

impl Repeated {
    /// For a session in which nothing is prepared.
    pub(super) fn new() -> Self {
        // A migration may prepare statements too: none of them is called like this.
        let prefix = format!("ops_{}", random_name().get(..16).unwrap_or_default());
        Self { prefix, shapes: Vec::new(), enabled: true }
    }

    /// From now on every statement is sent in full. False if that was so before.
    pub(super) fn give_up(&mut self) -> bool {
        std::mem::replace(&mut self.enabled, false)
    }

    /// The same script, with calls in the place of statements that were seen before.
    pub(super) fn shorten(&mut self, script: &str) -> String {
        if !self.enabled {
            return script.to_owned();
        }
        let mut short = String::with_capacity(script.len());
        for statement in statements(script) {
            match call(statement) {
                Some(call) => self.write(statement, &call, &mut short),
                None => short.push_str(statement),
            }
        }
        short
    }

    fn write(&mut self, statement: &str, call: &Call<'_>, script: &mut String) {
        let known = self.shapes.iter().position(|shape| shape.sql == call.shape);
        let Some((index, shape)) = known.and_then(|index| Some((index, self.shapes.get_mut(index)?))) else {
            if self.shapes.len() < MOST {
                self.shapes.push(Shape { sql: call.shape.clone(), prepared: false });
            }
            script.push_str(statement);
            return;
        };
        let name = format!("{}_{index}", self.prefix);
        if !std::mem::replace(&mut shape.prepared, true) {
            script.push_str(&format!("prepare {name} as {};\n", shape.sql));
        }
        script.push_str(&format!("execute {name}({});\n", call.values.join(", ")));
    }
}

/// The statements of a script, each with its semicolon.
fn statements(script: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let (mut start, mut quote) = (0, None);
    for (offset, byte) in script.bytes().enumerate() {
        match (quote, byte) {
            // A doubled quote ends the text and begins it again, which comes to the same.
            (Some(open), _) if open == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b';') => {
                statements.push(script.get(start..=offset).unwrap_or_default());
                start = offset + 1;
            }
            _ => {}
        }
    }
    statements.push(script.get(start..).unwrap_or_default());
    statements
}

/// Tells a statement's values from the rest. `None` for what is better sent as it is.
///
/// By bytes, since every migration passes here: all that matters is ASCII, and a byte of anything else is part of a word.
fn call(statement: &str) -> Option<Call<'_>> {
    let sql = statement.trim().strip_suffix(';')?;
    if !(sql.starts_with("insert into ") || sql.starts_with("select ")) {
        return None;
    }
    let mut call = Call { shape: String::with_capacity(sql.len()), values: Vec::new() };
    // Up to `copied` the statement is in the shape.
    let (mut copied, mut start) = (0, 0);
    while let Some(rest) = sql.as_bytes().get(start..)
        && let Some(first) = rest.first()
    {
        let before = start.checked_sub(1).and_then(|before| sql.as_bytes().get(before)).copied();
        let (length, is_value) = match first {
            b'\'' => {
                let length = quoted(rest)?;
                // A text with a backslash is written as E'…', whose E is a word.
                if before.is_some_and(is_word) || rest.get(..length)?.contains(&b'\\') {
                    return None;
                }
                (length, true)
            }
            b'"' => (quoted(rest)?, false),
            // Another kind of quote: not ours, or not for us to read.
            b'$' | b'\\' => return None,
            first if is_word(*first) => {
                let length = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
                let word = rest.get(..length)?;
                let is_number = first.is_ascii_digit() && length >= LONG_NUMBER && word.iter().all(u8::is_ascii_digit);
                let is_alone = !matches!(before, Some(b'-' | b'.')) && rest.get(length) != Some(&b'.');
                (length, is_number && is_alone)
            }
            _ => (1, false),
        };
        if is_value {
            call.values.push(sql.get(start..start + length)?);
            call.shape.push_str(sql.get(copied..start)?);
            call.shape.push('$');
            call.shape.push_str(&call.values.len().to_string());
            copied = start + length;
        }
        start += length;
    }
    call.shape.push_str(sql.get(copied..)?);
    (!call.values.is_empty()).then_some(call)
}

/// The length of the quoted text at the beginning, with both quotes.
fn quoted(text: &[u8]) -> Option<usize> {
    let quote = text.first()?;
    let mut end = 1;
    loop {
        end += text.get(end..)?.iter().position(|byte| byte == quote)? + 1;
        if text.get(end) != Some(quote) {
            return Some(end);
        }
        end += 1;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use ops_database::quote::{identifier, literal};
    use proptest::prelude::*;

    use super::*;

    fn shortened(repeated: &mut Repeated, script: &str) -> String {
        repeated.shorten(script).replace(&repeated.prefix, "ops")
    }

    #[test]
    fn the_second_use_prepares_and_the_third_calls() {
        let mut repeated = Repeated::new();
        let script = |name: &str| format!("begin; insert into t (a, b) values ('{name}', 1);\ncommit;");
        assert_eq!(shortened(&mut repeated, &script("x")), script("x"));
        assert_eq!(
            shortened(&mut repeated, &script("y;")),
            "begin;prepare ops_0 as insert into t (a, b) values ($1, 1);\nexecute ops_0('y;');\n\ncommit;"
        );
        assert_eq!(shortened(&mut repeated, &script("it''s")), "begin;execute ops_0('it''s');\n\ncommit;");
        assert!(repeated.give_up());
        assert_eq!(shortened(&mut repeated, &script("z")), script("z"));
        assert!(!repeated.give_up());
    }

    #[test]
    fn values_are_texts_and_long_numbers() {
        let shape = |sql: &str| call(sql).map(|call| (call.shape, call.values.join(" ")));
        let found = |shape: &str, values: &str| Some((shape.to_owned(), values.to_owned()));
        assert_eq!(
            shape("select 1 / f(-3981787106282781396) and a = 'x';"),
            found("select 1 / f(-3981787106282781396) and a = $1", "'x'")
        );
        assert_eq!(
            shape("insert into \"a'1234567\" values (1234567, 12);"),
            found("insert into \"a'1234567\" values ($1, 12)", "1234567")
        );
        assert_eq!(shape("select '2027-03-31'::timestamptz;"), found("select $1::timestamptz", "'2027-03-31'"));
        for as_it_is in [
            "select 1;",
            "select E'a\\\\b';",
            "select $$a$$, 'b';",
            "select 'a",
            "commit;",
            "delete from t where a = 'b';",
        ] {
            assert_eq!(call(as_it_is), None, "{as_it_is}");
        }
    }

    #[test]
    fn shapes_without_end_are_not_remembered() {
        let mut repeated = Repeated::new();
        for number in 0..1_000 {
            repeated.shorten(&format!("insert into t values ({number}, 'x');"));
        }
        assert_eq!(repeated.shapes.len(), MOST);
    }

    proptest! {
        #[test]
        fn shape_and_values_together_are_the_statement(text in any::<String>(), name in any::<String>(), number in any::<u64>()) {
            let sql = format!("insert into {} select {}, {number}, 'x'", identifier(&name), literal(&text));
            if let Some(call) = call(&format!("{sql};")) {
                let mut whole = call.shape;
                for (index, value) in call.values.iter().enumerate().rev() {
                    // From behind, so that a value that looks like a place is not filled.
                    let place = format!("${}", index + 1);
                    let at = whole.rfind(&place).unwrap();
                    whole.replace_range(at..at + place.len(), value);
                }
                prop_assert_eq!(whole, sql);
            } else {
                prop_assert!(text.contains('\\'));
            }
        }

        #[test]
        fn no_script_loses_a_byte(script in any::<String>()) {
            prop_assert_eq!(statements(&script).concat(), script);
        }
    }
}
