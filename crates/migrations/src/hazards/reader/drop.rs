//! DROP in all its forms.

use super::super::cursor::Cursor;
use super::super::model::{Act, Object};
use super::super::tokens::contains;

pub(super) fn read(cursor: &mut Cursor<'_, '_>, acts: &mut Vec<Act>) {
    cursor.eat(&["drop"]);
    if cursor.eat(&["owned"]) {
        acts.push(Act::DropOwned);
        return;
    }
    let object = object(cursor);
    let concurrently = cursor.eat(&["concurrently"]);
    cursor.eat(&["if", "exists"]);
    let cascade = contains(cursor.rest(), &["cascade"]);
    let names = cursor.names();
    let on = if cursor.eat(&["on"]) { cursor.name() } else { None };
    acts.push(Act::Drop { object, names, on, cascade, concurrently });
}

pub(super) fn object(cursor: &mut Cursor<'_, '_>) -> Object {
    if cursor.eat(&["materialized", "view"]) {
        return Object::MaterializedView;
    }
    if cursor.eat(&["foreign", "table"]) {
        return Object::Table;
    }
    const OTHERS: &[&[&str]] = &[
        &["event", "trigger"],
        &["foreign", "data", "wrapper"],
        &["text", "search"],
        &["access", "method"],
        &["operator", "class"],
        &["operator", "family"],
        &["user", "mapping"],
    ];
    if let Some(words) = OTHERS.iter().find(|words| cursor.at(words)) {
        cursor.eat(words);
        return Object::Other;
    }
    let Some(word) = cursor.next() else { return Object::Other };
    match word.text.to_ascii_lowercase().as_str() {
        "table" => Object::Table,
        "view" => Object::View,
        "index" => Object::Index,
        "sequence" => Object::Sequence,
        "schema" => Object::Schema,
        "type" => Object::Type,
        "domain" => Object::Domain,
        "function" | "procedure" | "routine" | "aggregate" => Object::Routine,
        "trigger" => Object::Trigger,
        "policy" => Object::Policy,
        "rule" => Object::Rule,
        "extension" => Object::Extension,
        "database" => Object::Database,
        "tablespace" => Object::Tablespace,
        _ => Object::Other,
    }
}
