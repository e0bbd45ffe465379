//! ALTER in all its forms.

use super::super::cursor::Cursor;
use super::super::locks;
use super::super::model::{Act, Action, ActionKind, Object};
use super::super::name::Name;
use super::super::tokens::{Kind, Token, split_at_commas, text};
use super::{column, drop};

pub(super) fn read(cursor: &mut Cursor<'_, '_>, source: &str, acts: &mut Vec<Act>) {
    cursor.eat(&["alter"]);
    let object = drop::object(cursor);
    cursor.eat(&["if", "exists"]);
    cursor.eat(&["only"]);
    let Some(name) = cursor.name() else { return };
    cursor.eat(&["*"]);
    match object {
        Object::Table => table(cursor, source, name, acts),
        Object::Type => data_type(cursor, name, acts),
        _ => other(cursor, object, name, acts),
    }
}

fn table(cursor: &mut Cursor<'_, '_>, source: &str, table: Name, acts: &mut Vec<Act>) {
    let actions = split_at_commas(cursor.rest())
        .into_iter()
        .filter_map(|part| {
            let what = action(&mut Cursor::new(part, cursor.dialect()), source);
            Some(Action { what, lock: locks::of_subcommand(part), range: column::range(part)? })
        })
        .collect();
    acts.push(Act::AlterTable { object: Object::Table, table, actions });
}

fn action(cursor: &mut Cursor<'_, '_>, source: &str) -> ActionKind {
    if cursor.eat(&["add"]) {
        return add(cursor);
    }
    if cursor.eat(&["drop", "constraint"]) {
        cursor.eat(&["if", "exists"]);
        return named(cursor, |name| ActionKind::DropConstraint { name });
    }
    if cursor.eat(&["drop"]) {
        cursor.eat(&["column"]);
        cursor.eat(&["if", "exists"]);
        return named(cursor, |column| ActionKind::DropColumn { column });
    }
    if cursor.eat(&["validate", "constraint"]) {
        return named(cursor, |name| ActionKind::ValidateConstraint { name });
    }
    if cursor.eat(&["alter"]) {
        return if cursor.at(&["constraint"]) { ActionKind::Other } else { alter_column(cursor) };
    }
    if cursor.eat(&["rename"]) {
        return rename(cursor);
    }
    if cursor.eat(&["set", "schema"]) {
        return named(cursor, |schema| ActionKind::SetSchema { schema });
    }
    if cursor.eat(&["attach", "partition"]) {
        return cursor.name().map_or(ActionKind::Other, |partition| ActionKind::AttachPartition { partition });
    }
    if cursor.eat(&["detach", "partition"]) {
        let Some(partition) = cursor.name() else { return ActionKind::Other };
        let concurrently = cursor.at(&["concurrently"]) || cursor.at(&["finalize"]);
        return ActionKind::DetachPartition { partition, concurrently };
    }
    let moves: &[&[&str]] =
        &[&["set", "logged"], &["set", "unlogged"], &["set", "tablespace"], &["set", "access", "method"]];
    if moves.iter().any(|words| cursor.at(words)) {
        return ActionKind::MoveStorage { words: text(source, cursor.rest()).to_owned() };
    }
    ActionKind::Other
}

fn named(cursor: &mut Cursor<'_, '_>, make: impl Fn(String) -> ActionKind) -> ActionKind {
    cursor.identifier().map_or(ActionKind::Other, make)
}

fn add(cursor: &mut Cursor<'_, '_>) -> ActionKind {
    if !column::is_column(cursor.rest()) {
        let constraint = column::constraint(cursor);
        return constraint.map_or(ActionKind::Other, |constraint| ActionKind::AddConstraint(Box::new(constraint)));
    }
    cursor.eat(&["column"]);
    let if_not_exists = cursor.eat(&["if", "not", "exists"]);
    let column = column::column(cursor);
    column.map_or(ActionKind::Other, |column| ActionKind::AddColumn { column: Box::new(column), if_not_exists })
}

fn alter_column(cursor: &mut Cursor<'_, '_>) -> ActionKind {
    cursor.eat(&["column"]);
    let Some(column) = cursor.identifier() else { return ActionKind::Other };
    if cursor.eat(&["set", "data", "type"]) || cursor.eat(&["type"]) {
        let new = column::data_type(cursor.until(&["using", "collate"]), cursor.dialect());
        cursor.until(&["using"]);
        cursor.eat(&["using"]);
        return ActionKind::ChangeType { column, new, using: column::range(cursor.rest()) };
    }
    if cursor.eat(&["set", "not", "null"]) {
        return ActionKind::SetNotNull { column };
    }
    if cursor.eat(&["drop", "default"]) {
        return ActionKind::DropDefault { column };
    }
    ActionKind::Other
}

fn rename(cursor: &mut Cursor<'_, '_>) -> ActionKind {
    if cursor.eat(&["to"]) {
        return named(cursor, |to| ActionKind::RenameTo { to });
    }
    if cursor.at(&["constraint"]) {
        return ActionKind::Other;
    }
    cursor.eat(&["column"]);
    let Some(from) = cursor.identifier() else { return ActionKind::Other };
    cursor.eat(&["to"]);
    named(cursor, |to| ActionKind::RenameColumn { from: from.clone(), to })
}

fn data_type(cursor: &mut Cursor<'_, '_>, name: Name, acts: &mut Vec<Act>) {
    if cursor.eat(&["add", "value"]) {
        cursor.eat(&["if", "not", "exists"]);
        acts.extend(literal(cursor).map(|value| Act::AddEnumValue { name, value }));
    } else if cursor.eat(&["rename", "value"]) {
        let Some(from) = literal(cursor) else { return };
        cursor.eat(&["to"]);
        acts.extend(literal(cursor).map(|to| Act::RenameEnumValue { name, from, to }));
    } else if cursor.at(&["rename", "to"]) || cursor.at(&["set", "schema"]) {
        other(cursor, Object::Type, name, acts);
    } else {
        for part in split_at_commas(cursor.rest()) {
            let mut part = Cursor::new(part, cursor.dialect());
            let verbs: &[&'static str] = &["add", "drop", "alter", "rename"];
            let Some(verb) = part.eat_one(verbs) else { continue };
            if part.eat(&["attribute"]) {
                part.eat(&["if", "exists"]);
                let attribute = part.identifier();
                acts.extend(attribute.map(|attribute| Act::AlterAttribute { name: name.clone(), verb, attribute }));
            }
        }
    }
}

/// A string literal without its quotes.
fn literal(cursor: &mut Cursor<'_, '_>) -> Option<String> {
    let token: &Token<'_> = cursor.next().filter(|token| token.kind == Kind::Text)?;
    let start = token.text.find('\'')? + 1;
    token.text.get(start..token.text.len().checked_sub(1)?).map(|inside| inside.replace("''", "'"))
}

/// Objects whose renames and moves matter, and nothing else about them.
fn other(cursor: &mut Cursor<'_, '_>, object: Object, name: Name, acts: &mut Vec<Act>) {
    cursor.parentheses();
    if cursor.eat(&["on"]) {
        // ALTER TRIGGER … ON t, ALTER POLICY … ON t: what is locked is the table.
        if let Some(table) = cursor.name() {
            acts.push(Act::Create { object, name, on: Some(table), or_replace: true, if_not_exists: false });
        }
        return;
    }
    if cursor.eat(&["rename", "to"]) {
        if let Some(to) = cursor.identifier() {
            acts.push(Act::Rename { object, from: name, to });
        }
    } else if cursor.eat(&["set", "schema"]) {
        if let Some(schema) = cursor.identifier() {
            acts.push(Act::SetSchema { object, name, schema });
        }
    } else if matches!(object, Object::View | Object::MaterializedView | Object::Index | Object::Sequence) {
        let parts = split_at_commas(cursor.rest());
        let actions = parts.into_iter().filter_map(|part| {
            let what = action(&mut Cursor::new(part, cursor.dialect()), "");
            Some(Action { what, lock: locks::of_subcommand(part), range: column::range(part)? })
        });
        let actions = actions.collect();
        acts.push(Act::AlterTable { object, table: name, actions });
    }
}
