//! Any text can be cut into statements or is refused at a place inside it; the pieces add up to the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_migrations::Dialect;
use ops_migrations::statement::{pieces, split};

/// White space of both engines' grammars, which is less than Unicode's: what is not among it is a statement, if a wrong one.
const BLANKS: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];

fuzz_target!(|text: &str| {
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        match split(text, 0..text.len(), dialect) {
            Ok(statements) => {
                assert!(statements.iter().all(|statement| !statement.text(text).trim_matches(BLANKS).is_empty()));
                let mut end = 0;
                for piece in pieces(text, 0..text.len(), dialect).expect("what can be split has pieces") {
                    assert_eq!(piece.start, end);
                    assert!(text.get(piece.clone()).is_some());
                    end = piece.end;
                }
            }
            Err(error) => assert!(error.offset <= text.len()),
        }
    }
});
