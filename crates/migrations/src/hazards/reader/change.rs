//! Statements that change or move rows, wherever they stand: on their own, in WITH, in CREATE TABLE AS.

use super::super::cursor::Cursor;
use super::super::lock_level::LockLevel;
use super::super::model::{Act, CreateTable, Filter};
use super::super::name::Name;
use super::super::tokens::{Kind, Token, contains, position_outside_parentheses, split_at_commas};
use crate::migration::Dialect;

pub(super) fn read(cursor: &mut Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) {
    if cursor.at(&["with"]) {
        with(cursor, source, acts);
    }
    if cursor.eat(&["truncate"]) {
        cursor.eat(&["table"]);
        let cascade = contains(cursor.rest(), &["cascade"]);
        acts.push(Act::Truncate { tables: cursor.names(), cascade });
    } else if cursor.eat(&["delete", "from"]) {
        cursor.eat(&["only"]);
        let Some(table) = cursor.name() else { return };
        acts.push(Act::Delete { table, filter: filter(cursor.rest(), cursor.dialect()) });
    } else if cursor.eat(&["update"]) {
        update(cursor, acts);
    } else if cursor.at(&["insert"]) || cursor.at(&["replace"]) {
        cursor.until(&["into"]);
        cursor.eat(&["into"]);
        let Some(table) = cursor.name() else { return };
        let rest = cursor.rest();
        acts.push(Act::Insert { table, sources: sources(rest, cursor.dialect()), everything: copies_everything(rest) });
        nested(rest, source, cursor.dialect(), acts);
    } else if cursor.eat(&["merge", "into"]) {
        cursor.eat(&["only"]);
        let Some(table) = cursor.name() else { return };
        if contains(cursor.rest(), &["then", "delete"]) {
            acts.push(Act::Delete { table: table.clone(), filter: Filter::Open });
        }
        acts.push(Act::Update { table, columns: Vec::new(), filter: Filter::Open });
    } else if cursor.at(&["select"]) {
        select(cursor, source, acts);
    }
}

/// `WITH a AS (…), b AS (…)`: reads each part and stops before the main statement.
fn with(cursor: &mut Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) {
    cursor.eat(&["with"]);
    cursor.eat(&["recursive"]);
    while cursor.identifier().is_some() {
        cursor.parentheses();
        cursor.eat(&["as"]);
        cursor.eat(&["not"]);
        cursor.eat(&["materialized"]);
        if let Some(inside) = cursor.parentheses() {
            read(&mut Cursor::new(inside, cursor.dialect()), source, acts);
        }
        if !cursor.eat(&[","]) {
            break;
        }
    }
}

/// Statements in parentheses, at any depth, that change rows.
pub(super) fn nested(tokens: &[Token<'_>], source: &str, dialect: Dialect, acts: &mut Vec<Act>) {
    for (index, pair) in tokens.windows(2).enumerate() {
        if let [open, word] = pair
            && open.is("(")
            && word.is("with")
        {
            let mut cursor = Cursor::new(tokens.get(index..).unwrap_or_default(), dialect);
            if let Some(inside) = cursor.parentheses() {
                read(&mut Cursor::new(inside, dialect), source, acts);
            }
        }
    }
    calls(tokens, dialect, acts);
}

fn select(cursor: &mut Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) {
    let tokens = cursor.rest();
    if let Some(position) = position_outside_parentheses(tokens, |token| token.is("into")) {
        let mut target = Cursor::new(tokens.get(position + 1..).unwrap_or_default(), cursor.dialect());
        while target.eat_one(&["temporary", "temp", "unlogged", "table"]).is_some() {}
        if let Some(name) = target.name() {
            let columns = Vec::new();
            acts.push(Act::CreateTable(Box::new(CreateTable {
                name,
                if_not_exists: false,
                columns,
                constraints: Vec::new(),
                partition_of: None,
            })));
        }
    }
    nested(tokens, source, cursor.dialect(), acts);
}

/// Everything that looks like a call of a function.
fn calls(tokens: &[Token<'_>], dialect: Dialect, acts: &mut Vec<Act>) {
    for (index, pair) in tokens.windows(2).enumerate() {
        let [function, open] = pair else { continue };
        if !open.is("(") || !matches!(function.kind, Kind::Word | Kind::Quoted) {
            continue;
        }
        let schema = match tokens.get(index.saturating_sub(2)..index) {
            Some([schema, dot]) if dot.is(".") => schema.name(dialect),
            _ => None,
        };
        if let Some(name) = function.name(dialect) {
            acts.push(Act::Call { routine: Name { schema, name } });
        }
    }
}

fn update(cursor: &mut Cursor<'_, '_>, acts: &mut Vec<Act>) {
    if cursor.eat(&["or"]) {
        // SQLite: UPDATE OR REPLACE t.
        cursor.next();
    }
    cursor.eat(&["only"]);
    let Some(table) = cursor.name() else { return };
    cursor.until(&["set"]);
    cursor.eat(&["set"]);
    let assignments = cursor.until(&["from", "where", "returning"]);
    let dialect = cursor.dialect();
    let columns = split_at_commas(assignments)
        .into_iter()
        .filter(|assignment| !keeps_old_value(assignment, dialect))
        .flat_map(|assignment| {
            let end = position_outside_parentheses(assignment, |token| token.is("=")).unwrap_or(0);
            assignment.get(..end).unwrap_or_default().iter().filter_map(|token| token.name(dialect)).collect::<Vec<_>>()
        })
        .collect();
    acts.push(Act::Update { table, columns, filter: filter(cursor.rest(), dialect) });
}

/// `a = coalesce(a, …)`: only NULL is overwritten.
fn keeps_old_value(assignment: &[Token<'_>], dialect: Dialect) -> bool {
    match assignment {
        [column, equals, coalesce, open, first, comma, ..] => {
            equals.is("=")
                && coalesce.is("coalesce")
                && open.is("(")
                && comma.is(",")
                && first.name(dialect) == column.name(dialect)
        }
        _ => false,
    }
}

/// How the WHERE in `tokens`, if there is one, picks rows.
fn filter(tokens: &[Token<'_>], dialect: Dialect) -> Filter {
    let Some(position) = position_outside_parentheses(tokens, |token| token.is("where")) else {
        return if contains(tokens, &["limit"]) { Filter::Bounded } else { Filter::None };
    };
    let condition = tokens.get(position + 1..).unwrap_or_default();
    let end = position_outside_parentheses(condition, |token| token.is("returning")).unwrap_or(condition.len());
    let condition = condition.get(..end).unwrap_or_default();
    if is_always_true(condition) {
        return Filter::None;
    }
    let bounding_word =
        |token: &Token<'_>| ["limit", "ctid", "between", "current", "fetch"].iter().any(|word| token.is(word));
    if condition.iter().any(bounding_word) || condition.windows(3).any(|window| picks_by_key(window, dialect)) {
        Filter::Bounded
    } else {
        Filter::Open
    }
}

/// `WHERE true`, `WHERE 1 = 1`.
fn is_always_true(condition: &[Token<'_>]) -> bool {
    match condition {
        [only] => only.is("true") || (only.kind == Kind::Number && only.text != "0"),
        [left, equals, right] => equals.is("=") && left.text == right.text,
        _ => false,
    }
}

/// `id = 5`, `id in (…)`, `id < 5`: a comparison of a key with a literal.
fn picks_by_key(window: &[Token<'_>], dialect: Dialect) -> bool {
    let [column, operator, value] = window else { return false };
    let literal = |token: &Token<'_>| matches!(token.kind, Kind::Number | Kind::Text);
    let key =
        column.name(dialect).map(|name| name.to_lowercase()).is_some_and(|name| name.ends_with("id") || name == "key");
    key && ((operator.is("=") || operator.is("<") || operator.is(">")) && (literal(value) || value.is("="))
        || (operator.is("in") && value.is("(")))
}

/// The tables after FROM and JOIN.
pub(super) fn sources(tokens: &[Token<'_>], dialect: Dialect) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if token.is("from") || token.is("join") {
            let mut cursor = Cursor::new(tokens.get(index + 1..).unwrap_or_default(), dialect);
            cursor.eat(&["only"]);
            names.extend(cursor.name().filter(|name| !names.contains(name)));
        }
    }
    names
}

/// Whether a SELECT takes every row of its table.
pub(super) fn copies_everything(tokens: &[Token<'_>]) -> bool {
    const NARROWING: &[&str] = &[
        "where",
        "limit",
        "fetch",
        "distinct",
        "group",
        "having",
        "offset",
        "join",
        "intersect",
        "except",
        "tablesample",
    ];
    contains(tokens, &["from"]) && !tokens.iter().any(|token| NARROWING.iter().any(|word| token.is(word)))
}

/// The mode of LOCK TABLE; ACCESS EXCLUSIVE where none is given.
pub(super) fn lock_mode(words: &[Token<'_>]) -> LockLevel {
    let words: Vec<_> = words.iter().map(|token| token.text.to_ascii_lowercase()).collect();
    match words.join(" ").as_str() {
        "access share" => LockLevel::AccessShare,
        "row share" => LockLevel::RowShare,
        "row exclusive" => LockLevel::RowExclusive,
        "share update exclusive" => LockLevel::ShareUpdateExclusive,
        "share" => LockLevel::Share,
        "share row exclusive" => LockLevel::ShareRowExclusive,
        "exclusive" => LockLevel::Exclusive,
        _ => LockLevel::AccessExclusive,
    }
}
