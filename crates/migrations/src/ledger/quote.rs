//! Names and values as SQL text.

/// A quoted identifier.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A quoted string that means the same under every setting of `standard_conforming_strings`.
///
/// A NUL, which neither engine can store in a text, becomes U+FFFD; migrations that hold one are refused when read.
pub(super) fn literal(value: &str) -> String {
    let quoted = value.replace('\'', "''").replace('\0', "\u{fffd}");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// The same for SQLite, where a backslash is a letter like any other.
pub(super) fn sqlite_literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''").replace('\0', "\u{fffd}"))
}

/// Makes a PostgreSQL schema where it is missing.
///
/// `create schema if not exists` asks for the right to make schemas even where there is nothing to make, and an
/// administrator may have made this one for a role without that right.
#[must_use]
pub fn create_schema(name: &str) -> String {
    let quoted = identifier(name);
    let missing = format!("pg_catalog.to_regnamespace({}) is null", literal(&quoted));
    format!("do {};\n", literal(&format!("begin if {missing} then create schema {quoted}; end if; end")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Dialect;
    use crate::statement::split;

    #[test]
    fn quotes_and_backslashes_stay_inside() {
        assert_eq!(literal("o'clock"), "'o''clock'");
        assert_eq!(literal("\\'; drop"), "E'\\\\''; drop'");
        assert_eq!(sqlite_literal("\\'"), "'\\'''");
        assert_eq!(identifier("odd\"name"), "\"odd\"\"name\"");
        assert_eq!(literal("a\0b"), "'a\u{fffd}b'");
    }

    #[test]
    fn a_schema_is_made_where_it_is_missing() {
        let sql =
            "do 'begin if pg_catalog.to_regnamespace(''\"ops\"'') is null then create schema \"ops\"; end if; end';\n";
        assert_eq!(create_schema("ops"), sql);
    }

    proptest! {
        #[test]
        fn no_value_ends_its_own_literal(value in any::<String>()) {
            for (sql, dialect) in [
                (format!("select {}, {}", literal(&value), identifier(&value)), Dialect::Postgres),
                (format!("select {}, {}", sqlite_literal(&value), identifier(&value)), Dialect::Sqlite),
            ] {
                let statements = split(&sql, 0..sql.len(), dialect).unwrap();
                prop_assert_eq!(statements.len(), 1);
                prop_assert_eq!(statements[0].range.clone(), 0..sql.len());
            }
        }
    }
}
