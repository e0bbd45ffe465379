//! From a statement's tokens to what it does.

mod alter;
mod change;
mod column;
mod create;
mod drop;

use std::ops::Range;

use super::cursor::Cursor;
use super::model::Act;
use super::name::Name;
use super::tokens::{Kind, Token, tokens};
use crate::migration::Dialect;

pub(super) use column::data_type_of_text;

/// First words of statements that harm nothing and need no reading.
const HARMLESS: &[&str] = &[
    "abort",
    "alter",
    "analyse",
    "analyze",
    "attach",
    "checkpoint",
    "close",
    "comment",
    "copy",
    "create",
    "deallocate",
    "declare",
    "detach",
    "discard",
    "drop",
    "explain",
    "fetch",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "merge",
    "move",
    "notify",
    "pragma",
    "prepare",
    "reassign",
    "release",
    "replace",
    "reset",
    "revoke",
    "savepoint",
    "security",
    "select",
    "set",
    "show",
    "table",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
    "values",
    "with",
];

/// What the statement in `source[range]` does. Empty for what harms nothing.
pub(super) fn read(source: &str, range: Range<usize>, dialect: Dialect) -> Vec<Act> {
    let tokens = tokens(source, range, dialect);
    let mut acts = Vec::new();
    let cursor = Cursor::new(&tokens, dialect);
    if tokens.is_empty() {
        return acts;
    }
    if !main(&cursor, source, &mut acts)
        && !tokens.first().is_some_and(|token| HARMLESS.iter().any(|word| token.is(word)) || token.is("("))
    {
        acts.push(Act::Unreadable);
    }
    acts
}

/// Reads the statement at the cursor. False if its first word says nothing to us.
fn main(cursor: &Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) -> bool {
    let mut cursor = cursor.clone();
    if cursor.eat(&["explain"]) {
        // Only ANALYZE runs the statement.
        let analyze = cursor.parentheses().is_some_and(|options| options.iter().any(|token| token.is("analyze")))
            || cursor.eat(&["analyze"]);
        cursor.eat(&["verbose"]);
        return !analyze || main(&cursor, source, acts);
    }
    let before = acts.len();
    let Some(word) =
        cursor.peek().filter(|token| token.kind == Kind::Word).map(|token| token.text.to_ascii_lowercase())
    else {
        change::nested(cursor.rest(), source, cursor.dialect(), acts);
        return acts.len() > before;
    };
    match word.as_str() {
        "create" => create::read(&mut cursor, source, acts),
        "alter" => alter::read(&mut cursor, source, acts),
        "drop" => drop::read(&mut cursor, acts),
        "truncate" | "delete" | "update" | "insert" | "replace" | "merge" | "with" | "select" => {
            change::read(&mut cursor, source, acts);
        }
        "reindex" | "cluster" | "vacuum" | "refresh" | "lock" => maintenance(&mut cursor, acts),
        "set" | "begin" | "start" | "commit" | "end" | "rollback" | "abort" | "do" | "call" | "execute" => {
            session(&mut cursor, acts);
        }
        _ => return false,
    }
    true
}

/// REINDEX, CLUSTER, VACUUM, REFRESH and LOCK.
fn maintenance(cursor: &mut Cursor<'_, '_>, acts: &mut Vec<Act>) {
    if cursor.eat(&["reindex"]) {
        let options = cursor.parentheses().unwrap_or_default();
        let words =
            cursor.eat_one(&["index", "table", "schema", "database", "system"]).unwrap_or("database").to_owned();
        let concurrently = cursor.eat(&["concurrently"]) || options.iter().any(|token| token.is("concurrently"));
        acts.push(Act::Reindex { words, name: cursor.name(), concurrently });
    } else if cursor.eat(&["cluster"]) {
        cursor.parentheses();
        cursor.eat(&["verbose"]);
        acts.push(Act::Cluster { table: cluster_table(cursor) });
    } else if cursor.eat(&["vacuum"]) {
        let mut full = cursor.parentheses().is_some_and(|options| options.iter().any(|token| token.is("full")));
        while let Some(word) = cursor.eat_one(&["full", "freeze", "verbose", "analyze"]) {
            full |= word == "full";
        }
        if full && cursor.dialect() == Dialect::Postgres {
            acts.push(Act::VacuumFull { tables: cursor.names() });
        }
    } else if cursor.eat(&["refresh", "materialized", "view"]) {
        let concurrently = cursor.eat(&["concurrently"]);
        if let Some(view) = cursor.name() {
            acts.push(Act::Refresh { view, concurrently });
        }
    } else if cursor.eat(&["lock"]) {
        cursor.eat(&["table"]);
        let tables = cursor.names();
        let words = if cursor.eat(&["in"]) { cursor.until(&["mode"]) } else { &[] };
        acts.push(Act::LockTable { tables, lock: change::lock_mode(words) });
    }
}

/// `CLUSTER t USING i`, `CLUSTER i ON t` and plain `CLUSTER`.
fn cluster_table(cursor: &mut Cursor<'_, '_>) -> Option<Name> {
    let first = cursor.name()?;
    if cursor.eat(&["on"]) { cursor.name() } else { Some(first) }
}

/// SET, transactions, DO and CALL.
fn session(cursor: &mut Cursor<'_, '_>, acts: &mut Vec<Act>) {
    if cursor.eat(&["set"]) {
        cursor.eat_one(&["local", "session"]);
        if let Some(name) = cursor.name() {
            acts.push(Act::Set { parameter: name.name.to_lowercase() });
        }
    } else if cursor.eat(&["do"]) {
        let body = cursor.rest().iter().find(|token| token.kind == Kind::Text).map(body_of);
        acts.push(Act::Do { body: body.unwrap_or_default() });
    } else if cursor.eat(&["call"]) {
        match cursor.name() {
            Some(routine) => acts.push(Act::Call { routine }),
            None => acts.push(Act::Unreadable),
        }
    } else if cursor.eat(&["execute"]) {
        acts.push(Act::Unreadable);
    } else if cursor.eat(&["begin"]) || cursor.eat(&["start", "transaction"]) {
        acts.push(Act::Transaction { word: "BEGIN".to_owned() });
    } else if cursor.eat(&["commit"]) || cursor.eat(&["end"]) {
        acts.push(Act::Transaction { word: "COMMIT".to_owned() });
    } else if cursor.eat_one(&["rollback", "abort"]).is_some() && !cursor.eat(&["to"]) && !contains_to(cursor) {
        acts.push(Act::Transaction { word: "ROLLBACK".to_owned() });
    }
}

/// `ROLLBACK WORK TO SAVEPOINT a` ends no transaction.
fn contains_to(cursor: &Cursor<'_, '_>) -> bool {
    cursor.rest().iter().any(|token| token.is("to"))
}

/// The bytes of a body, without its quotes.
fn body_of(token: &Token<'_>) -> Range<usize> {
    let quote = if token.text.starts_with('$') {
        token.text.get(1..).and_then(|rest| rest.find('$')).map_or(0, |end| end + 2)
    } else {
        token.text.find('\'').map_or(0, |start| start + 1)
    };
    let close = if token.text.starts_with('$') { quote } else { 1 };
    let start = token.start + quote;
    start..token.end().saturating_sub(close).max(start)
}
