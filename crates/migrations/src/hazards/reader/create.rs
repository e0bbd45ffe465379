//! CREATE in all its forms.

use super::super::cursor::Cursor;
use super::super::model::{Act, CreateTable, Object};
use super::super::name::Name;
use super::super::tokens::{Kind, split_at_commas};
use super::{body_of, column};

pub(super) fn read(cursor: &mut Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) {
    cursor.eat(&["create"]);
    let or_replace = cursor.eat(&["or", "replace"]);
    while cursor
        .eat_one(&[
            "global",
            "local",
            "temporary",
            "temp",
            "unlogged",
            "recursive",
            "virtual",
            "foreign",
            "trusted",
            "procedural",
            "constraint",
        ])
        .is_some()
    {}
    if cursor.eat(&["table"]) {
        table(cursor, source, acts);
        return;
    }
    let unique = cursor.eat(&["unique"]);
    if cursor.eat(&["index"]) {
        index(cursor, unique, acts);
        return;
    }
    let object = object(cursor);
    let if_not_exists = cursor.eat(&["if", "not", "exists"]);
    let Some(name) = cursor.name() else { return };
    let on = match object {
        Object::Trigger | Object::Rule => {
            cursor.until(&["on", "to"]);
            // A rule reads `ON event TO table`, a trigger `… ON table`.
            if object == Object::Rule {
                cursor.until(&["to"]);
            }
            cursor.next();
            cursor.name()
        }
        Object::Policy if cursor.eat(&["on"]) => cursor.name(),
        _ => None,
    };
    if object == Object::Routine
        && let Some(body) = cursor.rest().iter().rev().find(|token| token.kind == Kind::Text && is_body(token.text))
    {
        acts.push(Act::RoutineBody { routine: name.clone(), body: body_of(body) });
    }
    if object == Object::Schema {
        // CREATE SCHEMA may hold its tables; what they hold is new as well.
        let name = if name.name == "authorization" { cursor.name().unwrap_or(name) } else { name };
        acts.push(Act::Create { object, name, on, or_replace, if_not_exists });
        return;
    }
    acts.push(Act::Create { object, name, on, or_replace, if_not_exists });
}

/// A body is dollar-quoted, or long enough not to be an option's value.
fn is_body(text: &str) -> bool {
    text.starts_with('$') || text.contains(' ')
}

fn object(cursor: &mut Cursor<'_, '_>) -> Object {
    if cursor.eat(&["materialized", "view"]) {
        return Object::MaterializedView;
    }
    let Some(word) = cursor.next() else { return Object::Other };
    match word.text.to_ascii_lowercase().as_str() {
        "view" => Object::View,
        "sequence" => Object::Sequence,
        "schema" => Object::Schema,
        "type" => Object::Type,
        "domain" => Object::Domain,
        "function" | "procedure" | "aggregate" => Object::Routine,
        "trigger" => Object::Trigger,
        "policy" => Object::Policy,
        "rule" => Object::Rule,
        "extension" => Object::Extension,
        "database" => Object::Database,
        "tablespace" => Object::Tablespace,
        _ => Object::Other,
    }
}

fn table(cursor: &mut Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) {
    let if_not_exists = cursor.eat(&["if", "not", "exists"]);
    let Some(name) = cursor.name() else { return };
    let mut table =
        CreateTable { name, if_not_exists, columns: Vec::new(), constraints: Vec::new(), partition_of: None };
    if cursor.eat(&["partition", "of"]) {
        table.partition_of = cursor.name();
    }
    for part in split_at_commas(cursor.parentheses().unwrap_or_default()) {
        let mut part_cursor = Cursor::new(part, cursor.dialect());
        if !column::is_column(part) {
            table.constraints.extend(column::constraint(&mut part_cursor));
        } else if let Some(column) = column::column(&mut part_cursor) {
            table.columns.push(column);
        }
    }
    let name = table.name.clone();
    acts.push(Act::CreateTable(Box::new(table)));
    // CREATE TABLE … AS copies from other tables.
    cursor.until(&["as"]);
    if cursor.eat(&["as"]) {
        let everything = super::change::copies_everything(cursor.rest());
        let sources: Vec<Name> = super::change::sources(cursor.rest(), cursor.dialect());
        super::change::nested(cursor.rest(), source, cursor.dialect(), acts);
        acts.push(Act::Insert { table: name, sources, everything });
    }
}

fn index(cursor: &mut Cursor<'_, '_>, unique: bool, acts: &mut Vec<Act>) {
    let concurrently = cursor.eat(&["concurrently"]);
    let if_not_exists = cursor.eat(&["if", "not", "exists"]);
    let name = if cursor.at(&["on"]) { None } else { cursor.name() };
    cursor.eat(&["on"]);
    cursor.eat(&["only"]);
    if let Some(table) = cursor.name() {
        // An index lives in its table's schema.
        let name = name.map(|index| Name { schema: table.schema.clone(), name: index.name });
        acts.push(Act::CreateIndex { name, table, unique, concurrently, if_not_exists });
    }
}
