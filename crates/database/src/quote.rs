//! Names and values as SQL text.

use crate::Engine;

/// A quoted identifier.
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A quoted string literal as this engine reads it: to SQLite a backslash is a letter like any other.
#[must_use]
pub fn literal_for(engine: Engine, value: &str) -> String {
    match engine {
        Engine::Postgres => literal(value),
        Engine::Sqlite => format!("'{}'", value.replace('\'', "''")),
    }
}

/// A quoted string literal for PostgreSQL, the same under every setting of `standard_conforming_strings`.
#[must_use]
pub fn literal(value: &str) -> String {
    let quoted = value.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_and_backslashes_stay_inside_the_literal() {
        assert_eq!(super::literal("o'clock"), "'o''clock'");
        assert_eq!(super::literal("a\\'; drop"), "E'a\\\\''; drop'");
        assert_eq!(super::literal_for(crate::Engine::Sqlite, "a\\'; drop"), "'a\\''; drop'");
        assert_eq!(super::identifier("odd\"name"), "\"odd\"\"name\"");
    }
}
