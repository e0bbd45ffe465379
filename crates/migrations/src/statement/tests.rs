use proptest::prelude::*;

use super::*;

fn texts(source: &str, dialect: Dialect) -> Vec<&str> {
    split(source, 0..source.len(), dialect).unwrap().iter().map(|s| s.text(source)).collect()
}

fn postgres(source: &str) -> Vec<&str> {
    texts(source, Dialect::Postgres)
}

#[test]
fn statements_end_at_semicolons_outside_strings_and_comments() {
    let source = "-- a;\nselect ';' /* ; /* ; */ ; */, E'it\\';', $x$ ; $$ ; $x$, \"a;\"\"b\" ; ;; select 2 -- ;";
    assert_eq!(postgres(source), ["select ';' /* ; /* ; */ ; */, E'it\\';', $x$ ; $$ ; $x$, \"a;\"\"b\"", "select 2"]);
}

#[test]
fn comments_alone_are_no_statement() {
    assert!(postgres("-- nothing\n/* here */ ;\n").is_empty());
}

#[test]
fn parentheses_hold_the_commands_of_a_rule_together() {
    let source =
        "create rule r as on insert to t do also (insert into a values (1); insert into b values (2)); select 1";
    assert_eq!(postgres(source).len(), 2);
}

#[test]
fn a_standard_routine_body_is_one_statement() {
    let source = "create function f(a int) returns int language sql begin atomic select case when a > 0 then 1 else 2 \
                  end as end; select 3; end; create table case_t (a int); select 1";
    assert_eq!(postgres(source).len(), 3);
    let source =
        "create or replace procedure p() begin\natomic insert into a values (1); insert into a values (2); END";
    assert_eq!(postgres(source).len(), 1);
}

#[test]
fn begin_outside_a_routine_opens_a_transaction() {
    assert_eq!(postgres("begin; select 1; end; select 2").len(), 4);
}

#[test]
fn a_breakpoint_ends_no_body_that_is_open() {
    let whole = "create trigger t after insert on a begin select 1; end\n--> statement-breakpoint\nselect 2";
    assert_eq!(split(whole, 0..whole.len(), Dialect::Sqlite).unwrap().len(), 2);
    let open = "create trigger t after insert on a begin select 1;\n--> statement-breakpoint\nselect 2";
    let error = split(open, 0..open.len(), Dialect::Sqlite).unwrap_err();
    assert_eq!((error.message.as_str(), error.offset), ("a body that never reaches its `END`", 0));
}

#[test]
fn a_drizzle_breakpoint_ends_a_statement_that_has_no_semicolon() {
    let source =
        "create table a (id int)\n--> statement-breakpoint\ncreate table b (id int);--> statement-breakpoint\n";
    assert_eq!(postgres(source), ["create table a (id int)", "create table b (id int)"]);
    assert_eq!(texts(source, Dialect::Sqlite).len(), 2);
}

#[test]
fn a_sqlite_trigger_is_one_statement() {
    let source = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n UPDATE a SET b = CASE WHEN 1 THEN 2 END;\n SELECT 1;\nEND;\nSELECT 2;";
    assert_eq!(texts(source, Dialect::Sqlite).len(), 2);
}

#[test]
fn sqlite_quotes_and_comments_follow_its_own_rules() {
    let source = "select [a;b], `c;``d`, 'it\\' ; /* /* ; */ select $a$ ; select 'x'";
    assert_eq!(texts(source, Dialect::Sqlite), ["select [a;b], `c;``d`, 'it\\'", "select $a$", "select 'x'"]);
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_statement() {
    assert_eq!(postgres("\u{feff}select 1"), ["select 1"]);
    assert_eq!(texts("\u{feff}select 1", Dialect::Sqlite), ["select 1"]);
}

#[test]
fn ranges_count_from_the_start_of_the_file() {
    let source = "-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;";
    let statements = split(source, 14..24, Dialect::Postgres).unwrap();
    assert_eq!(statements.iter().map(|s| s.text(source)).collect::<Vec<_>>(), ["select 1"]);
}

#[test]
fn reformatting_keeps_the_digest_and_a_changed_literal_does_not() {
    let digest = |source: &str| split(source, 0..source.len(), Dialect::Postgres).unwrap()[0].digest.clone();
    assert_eq!(digest("alter table a  drop\n column b"), digest("alter table a drop /* why */ column b;"));
    assert_ne!(digest("insert into a values ('x')"), digest("insert into a values ('x ')"));
    assert_eq!(digest("select 1"), "sha256:822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f");
}

#[test]
fn what_is_never_closed_is_named_with_its_place() {
    for (source, dialect, message, offset) in [
        ("select 'a", Dialect::Postgres, "unterminated string", 7),
        ("select E'a\\'", Dialect::Postgres, "unterminated string", 7),
        ("select $f$ a $$", Dialect::Postgres, "unterminated dollar-quoted string", 7),
        ("select \"a", Dialect::Postgres, "unterminated quoted name", 7),
        ("select 1; /* /* */", Dialect::Postgres, "unterminated comment", 10),
        ("create table a (id int; select 1", Dialect::Postgres, "`(` that is never closed", 15),
        ("select 1)", Dialect::Postgres, "`)` without `(`", 8),
        ("create function f() begin atomic select 1;", Dialect::Postgres, "a body that never reaches its `END`", 0),
        ("create trigger t begin select 1;", Dialect::Sqlite, "a body that never reaches its `END`", 0),
        ("select 'a", Dialect::Sqlite, "unterminated string", 7),
        ("select [a", Dialect::Sqlite, "unterminated quoted name", 7),
        ("select `a", Dialect::Sqlite, "unterminated quoted name", 7),
    ] {
        let error = split(source, 0..source.len(), dialect).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.offset), (message, offset), "{source}");
    }
}

#[test]
fn a_range_off_the_text_is_an_error_and_no_panic() {
    let error = split("é", 1..2, Dialect::Postgres).unwrap_err();
    assert_eq!(error.to_string(), "the migration's range is not on character boundaries");
}

/// SQL-like text, so that quotes, bodies and separators meet more often than in arbitrary strings.
fn sql() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "'",
        "''",
        "\"",
        "$$",
        "$a$",
        ";",
        ";",
        "(",
        ")",
        "--",
        "\n",
        "/*",
        "*/",
        "begin",
        "atomic",
        "end",
        "case",
        "create",
        "function",
        "trigger",
        "temp",
        "select",
        "1",
        "é",
        "\\",
        "E'",
        "[",
        "]",
        "`",
        " ",
        "--> statement-breakpoint\n",
        ".",
        "as",
        "\u{feff}",
        "\0",
    ]);
    prop_oneof![prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.join(" ")), any::<String>(),]
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![Dialect::Postgres, Dialect::Sqlite])
}

proptest! {
    #[test]
    fn ranges_are_ordered_disjoint_and_on_boundaries(source in sql(), dialect in dialects()) {
        let mut end = 0;
        for statement in split(&source, 0..source.len(), dialect).unwrap_or_default() {
            prop_assert!(statement.range.start >= end);
            prop_assert!(statement.range.end > statement.range.start);
            prop_assert!(source.get(statement.range.clone()).is_some());
            end = statement.range.end;
        }
    }

    #[test]
    fn joined_statements_split_into_the_same_digests(source in sql(), dialect in dialects()) {
        if let Ok(first) = split(&source, 0..source.len(), dialect) {
            let joined: String = first.iter().map(|s| format!("\n{}\n;", s.text(&source))).collect();
            let second = split(&joined, 0..joined.len(), dialect).unwrap();
            let digests = |all: &[Statement]| all.iter().map(|s| s.digest.clone()).collect::<Vec<_>>();
            prop_assert_eq!(digests(&first), digests(&second));
        }
    }

    #[test]
    fn a_target_is_sought_in_any_text(source in any::<String>()) {
        let _ = transactionless_target(&source);
    }
}
