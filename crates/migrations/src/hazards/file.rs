//! A migration that was read: its statements' acts, its transactions, and what it creates as it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::context::{Context, Relation};
use super::lock_level::LockLevel;
use super::locked;
use super::model::{Act, Action, ActionKind, ConstraintRule, Object};
use super::name::Name;
use super::reader;
use crate::migration::{Migration, TransactionMode};
use crate::statement::{Statement, TransactionNeed};

/// A migration that was read.
#[derive(Debug)]
pub(super) struct File<'a> {
    pub(super) migration: &'a Migration,
    pub(super) statements: &'a [Statement],
    pub(super) context: &'a Context<'a>,
    /// What each statement does.
    pub(super) readings: Vec<Vec<Act>>,
    /// The transaction each statement runs in. Statements with the same number share one.
    pub(super) transactions: Vec<usize>,
    /// Whether each statement stands between the file's own BEGIN and COMMIT.
    pub(super) inside_begin: Vec<bool>,
    /// The body of each routine that the file makes, by name: files of data call a function in every line.
    pub(super) bodies: BTreeMap<String, Range<usize>>,
}

impl<'a> File<'a> {
    pub(super) fn read(migration: &'a Migration, statements: &'a [Statement], context: &'a Context<'a>) -> Self {
        let source = &migration.source;
        let read = |statement: &Statement| reader::read(source, statement.range.clone(), context.dialect);
        let readings: Vec<Vec<Act>> = statements.iter().map(read).collect();
        let (transactions, inside_begin) = transactions(migration, statements);
        let mut bodies = BTreeMap::new();
        for act in readings.iter().flatten() {
            if let Act::RoutineBody { routine, body } = act {
                bodies.entry(routine.name.clone()).or_insert_with(|| body.clone());
            }
        }
        Self { migration, statements, context, readings, transactions, inside_begin, bodies }
    }

    /// All acts after this statement.
    pub(super) fn later(&self, statement: usize) -> impl Iterator<Item = &Act> {
        self.readings.iter().skip(statement + 1).flatten()
    }

    /// All acts before this statement.
    pub(super) fn earlier(&self, statement: usize) -> impl Iterator<Item = &Act> {
        self.readings.iter().take(statement).flatten()
    }

    /// What identifies a relation: its schema, the default one where none is written, and its name.
    pub(super) fn key(&self, name: &Name) -> (String, String) {
        let default = self.context.catalog.map(|catalog| catalog.default_schema.as_str()).unwrap_or_default();
        let default = if default.is_empty() { "public" } else { default };
        (name.schema.as_deref().unwrap_or(default).to_owned(), name.name.clone())
    }

    /// The relation in the database, where one was asked and knows it.
    pub(super) fn relation(&self, name: &Name) -> Option<&'a Relation> {
        self.context.catalog?.relation(name.schema.as_deref(), &name.name)
    }
}

/// One file is one transaction, unless it says otherwise or holds what cannot run in one.
fn transactions(migration: &Migration, statements: &[Statement]) -> (Vec<usize>, Vec<bool>) {
    let split = migration.transaction == TransactionMode::Outside
        || statements.iter().any(|statement| statement.transaction == TransactionNeed::Forbidden);
    let mut number = 0;
    let mut inside = false;
    let mut numbers = Vec::with_capacity(statements.len());
    let mut insides = Vec::with_capacity(statements.len());
    for statement in statements {
        match statement.transaction {
            TransactionNeed::Opens => {
                number += 1;
                inside = true;
            }
            TransactionNeed::Allowed | TransactionNeed::Forbidden if split && !inside => number += 1,
            _ => {}
        }
        numbers.push(number);
        insides.push(inside);
        if matches!(statement.transaction, TransactionNeed::Commits | TransactionNeed::RollsBack) {
            inside = false;
            number += 1;
        }
    }
    (numbers, insides)
}

/// What the statements so far have made, so that a rule can tell new from old.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Made by this file, and how sure that is: `IF NOT EXISTS` may have made nothing.
    created: BTreeMap<(u8, String, String), Sureness>,
    /// Columns that this file added to older tables.
    added_columns: BTreeSet<(String, String, String)>,
    /// `CHECK (column IS NOT NULL)`, by table and constraint, with the column and whether it is validated.
    null_checks: BTreeMap<(String, String, String), (String, bool)>,
    /// Constraints that were added NOT VALID, with the transaction they were added in.
    unvalidated: BTreeMap<(String, String, String), usize>,
    /// Older tables that the current transaction has locked so that writes wait, in that order.
    pub(super) heavy: Vec<((String, String), Name, LockLevel, usize)>,
    /// The transaction that `heavy` belongs to.
    transaction: usize,
    /// Values added to an enum, with the transaction they were added in.
    pub(super) enum_values: Vec<(String, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sureness {
    Sure,
    IfItWasNotThere,
}

impl State {
    /// Whether this file made it, or at least says so.
    pub(super) fn is_new(&self, file: &File<'_>, object: Object, name: &Name) -> bool {
        self.sureness(file, object, name).is_some()
    }

    /// Whether this file made it without a doubt.
    pub(super) fn is_surely_new(&self, file: &File<'_>, object: Object, name: &Name) -> bool {
        self.sureness(file, object, name) == Some(Sureness::Sure)
    }

    fn sureness(&self, file: &File<'_>, object: Object, name: &Name) -> Option<Sureness> {
        let (schema, name) = file.key(name);
        let in_new_schema = self.created.get(&(space(Object::Schema), String::new(), schema.clone()));
        self.created.get(&(space(object), schema, name)).or(in_new_schema).copied()
    }

    pub(super) fn is_added_column(&self, file: &File<'_>, table: &Name, column: &str) -> bool {
        let (schema, name) = file.key(table);
        self.added_columns.contains(&(schema, name, column.to_owned()))
    }

    /// Whether a validated check of this file proves the column free of NULL.
    pub(super) fn is_proven_not_null(&self, file: &File<'_>, table: &Name, column: &str) -> bool {
        let (schema, name) = file.key(table);
        self.null_checks
            .iter()
            .any(|(key, (checked, valid))| key.0 == schema && key.1 == name && checked == column && *valid)
    }

    /// The transaction in which this constraint was added NOT VALID.
    pub(super) fn added_unvalidated(&self, file: &File<'_>, table: &Name, constraint: &str) -> Option<usize> {
        let (schema, name) = file.key(table);
        self.unvalidated.get(&(schema, name, constraint.to_owned())).copied()
    }

    /// Forgets the locks of a transaction that has ended.
    pub(super) fn enter(&mut self, transaction: usize) {
        if self.transaction != transaction {
            self.transaction = transaction;
            self.heavy.clear();
        }
    }

    /// Takes note of what an act made, once the rules have seen it.
    pub(super) fn apply(&mut self, file: &File<'_>, statement: usize, act: &Act) {
        for (name, lock) in locked::existing(file, self, act) {
            let key = file.key(&name);
            if lock.is_heavy() && !self.heavy.iter().any(|(known, ..)| *known == key) {
                self.heavy.push((key, name, lock, statement));
            }
        }
        match act {
            Act::CreateTable(table) => self.create(file, Object::Table, &table.name, table.if_not_exists),
            Act::CreateIndex { name: Some(name), if_not_exists, .. } => {
                self.create(file, Object::Index, name, *if_not_exists);
            }
            Act::Create { object, name, on: None, or_replace, if_not_exists } => {
                self.create(file, *object, name, *or_replace || *if_not_exists);
            }
            Act::Drop { object, names, .. } => names.iter().for_each(|name| self.forget(file, *object, name)),
            Act::Rename { object, from, to } => self.rename(file, *object, from, &from.sibling(to)),
            Act::SetSchema { object, name, schema } => self.rename(file, *object, name, &in_schema(name, schema)),
            Act::AddEnumValue { value, .. } => {
                let transaction = file.transactions.get(statement).copied().unwrap_or_default();
                self.enum_values.push((value.clone(), transaction));
            }
            Act::AlterTable { object, table, actions } => {
                actions.iter().for_each(|action| self.alter(file, statement, *object, table, action));
            }
            _ => {}
        }
    }

    fn create(&mut self, file: &File<'_>, object: Object, name: &Name, conditional: bool) {
        let known = file.context.catalog.is_some() && space(object) == space(Object::Table);
        let sureness = match (conditional, known, file.relation(name).is_some()) {
            (true, true, true) => return,
            (true, false, _) => Sureness::IfItWasNotThere,
            _ => Sureness::Sure,
        };
        let (schema, name) = if object == Object::Schema { (String::new(), name.name.clone()) } else { file.key(name) };
        self.created.entry((space(object), schema, name)).or_insert(sureness);
    }

    fn forget(&mut self, file: &File<'_>, object: Object, name: &Name) {
        let (schema, name) = file.key(name);
        self.created.remove(&(space(object), schema, name));
    }

    fn rename(&mut self, file: &File<'_>, object: Object, from: &Name, to: &Name) {
        let (schema, name) = file.key(from);
        if let Some(sureness) = self.created.remove(&(space(object), schema, name)) {
            let (schema, name) = file.key(to);
            self.created.insert((space(object), schema, name), sureness);
        }
    }

    fn alter(&mut self, file: &File<'_>, statement: usize, object: Object, table: &Name, action: &Action) {
        let (schema, name) = file.key(table);
        match &action.what {
            ActionKind::RenameTo { to } => self.rename(file, object, table, &table.sibling(to)),
            ActionKind::SetSchema { schema } => self.rename(file, object, table, &in_schema(table, schema)),
            ActionKind::AddColumn { column, .. } => {
                self.added_columns.insert((schema, name, column.name.clone()));
            }
            ActionKind::RenameColumn { from, to }
                if self.added_columns.remove(&(schema.clone(), name.clone(), from.clone())) =>
            {
                self.added_columns.insert((schema, name, to.clone()));
            }
            ActionKind::AddConstraint(constraint) => {
                let label = constraint.name.clone().unwrap_or_default();
                let key = (schema, name, label);
                if constraint.not_valid {
                    let transaction = file.transactions.get(statement).copied().unwrap_or_default();
                    self.unvalidated.insert(key.clone(), transaction);
                }
                if let ConstraintRule::Check { not_null: Some(column), .. } = &constraint.rule {
                    self.null_checks.insert(key, (column.clone(), !constraint.not_valid));
                }
            }
            ActionKind::ValidateConstraint { name: label } => {
                let key = (schema, name, label.clone());
                self.unvalidated.remove(&key);
                if let Some((_, valid)) = self.null_checks.get_mut(&key) {
                    *valid = true;
                }
            }
            ActionKind::DropConstraint { name: label } => {
                self.null_checks.remove(&(schema, name, label.clone()));
            }
            _ => {}
        }
    }
}

fn in_schema(name: &Name, schema: &str) -> Name {
    Name { schema: Some(schema.to_owned()), name: name.name.clone() }
}

/// Objects that share one space of names in a schema.
fn space(object: Object) -> u8 {
    match object {
        Object::Table | Object::View | Object::MaterializedView | Object::Index | Object::Sequence => 0,
        Object::Type | Object::Domain => 1,
        Object::Routine => 2,
        Object::Schema => 3,
        _ => 4,
    }
}
