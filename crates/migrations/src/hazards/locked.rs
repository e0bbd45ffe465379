//! Which relations a statement locks, and how strongly.

use super::file::{File, State};
use super::lock_level::LockLevel::{
    self, AccessExclusive, Exclusive, RowExclusive, RowShare, Share, ShareRowExclusive, ShareUpdateExclusive,
};
use super::model::{Act, Action, ActionKind, ConstraintRule, CreateTable, Object};
use super::name::Name;
use crate::migration::Dialect;

/// The locks on relations that were there before this file. Nobody waits for a lock on a new one.
pub(super) fn existing(file: &File<'_>, state: &State, act: &Act) -> Vec<(Name, LockLevel)> {
    if file.context.dialect == Dialect::Sqlite {
        return Vec::new();
    }
    let mut locks = all(act);
    locks.retain(|(name, _)| !state.is_new(file, Object::Table, name));
    locks
}

fn all(act: &Act) -> Vec<(Name, LockLevel)> {
    let each = |names: &[Name], lock| names.iter().map(|name| (name.clone(), lock)).collect();
    match act {
        Act::CreateTable(table) => create_table(table),
        Act::AlterTable { object, table, actions } => alter_table(*object, table, actions),
        Act::Create { object: Object::Trigger, on: Some(table), .. } => vec![(table.clone(), ShareRowExclusive)],
        Act::Create { object: Object::Policy | Object::Rule, on: Some(table), .. } => {
            vec![(table.clone(), AccessExclusive)]
        }
        Act::Create { object: Object::View, name, or_replace: true, .. } => vec![(name.clone(), AccessExclusive)],
        Act::Drop { on: Some(table), .. } => vec![(table.clone(), AccessExclusive)],
        Act::Drop { object: Object::Index, names, concurrently: true, .. } => each(names, ShareUpdateExclusive),
        Act::Drop {
            object: Object::Table | Object::View | Object::MaterializedView | Object::Index | Object::Sequence,
            names,
            ..
        }
        | Act::Truncate { tables: names, .. }
        | Act::VacuumFull { tables: names } => each(names, AccessExclusive),
        Act::CreateIndex { table, concurrently, .. } => {
            vec![(table.clone(), if *concurrently { ShareUpdateExclusive } else { Share })]
        }
        Act::Reindex { words, name: Some(name), concurrently } => {
            let lock = match (concurrently, words.as_str()) {
                (true, _) => ShareUpdateExclusive,
                (false, "index") => AccessExclusive,
                (false, _) => Share,
            };
            if matches!(words.as_str(), "index" | "table") { vec![(name.clone(), lock)] } else { Vec::new() }
        }
        Act::Cluster { table: Some(table) } => vec![(table.clone(), AccessExclusive)],
        Act::Refresh { view, concurrently } => {
            vec![(view.clone(), if *concurrently { Exclusive } else { AccessExclusive })]
        }
        Act::LockTable { tables, lock } => each(tables, *lock),
        Act::Delete { table, .. } | Act::Update { table, .. } | Act::Insert { table, .. } => {
            vec![(table.clone(), RowExclusive)]
        }
        Act::Rename { object: Object::Index, from, .. } => vec![(from.clone(), ShareUpdateExclusive)],
        Act::Rename { object: Object::View | Object::MaterializedView | Object::Sequence, from: name, .. }
        | Act::SetSchema { object: Object::View | Object::MaterializedView | Object::Sequence, name, .. } => {
            vec![(name.clone(), AccessExclusive)]
        }
        _ => Vec::new(),
    }
}

fn create_table(table: &CreateTable) -> Vec<(Name, LockLevel)> {
    let mut locks: Vec<_> = table.partition_of.iter().map(|parent| (parent.clone(), AccessExclusive)).collect();
    let of_columns = table.columns.iter().filter_map(|column| column.references.as_ref());
    let of_constraints = table.constraints.iter().filter_map(|constraint| references(&constraint.rule));
    locks.extend(of_columns.chain(of_constraints).map(|other| (other.clone(), ShareRowExclusive)));
    locks.retain(|(name, _)| *name != table.name);
    locks
}

fn references(rule: &ConstraintRule) -> Option<&Name> {
    match rule {
        ConstraintRule::ForeignKey { references, .. } => Some(references),
        _ => None,
    }
}

/// The locks of one ALTER TABLE: the table's own is the strongest that any subcommand needs.
fn alter_table(object: Object, table: &Name, actions: &[Action]) -> Vec<(Name, LockLevel)> {
    let Some(strongest) = actions.iter().map(|action| action.lock).max() else { return Vec::new() };
    let own = match object {
        Object::Index => ShareUpdateExclusive,
        Object::Sequence => ShareRowExclusive,
        _ => strongest,
    };
    let mut locks = vec![(table.clone(), own)];
    for action in actions {
        match &action.what {
            ActionKind::AddColumn { column, .. } => {
                locks.extend(column.references.iter().map(|other| (other.clone(), ShareRowExclusive)));
            }
            ActionKind::AddConstraint(constraint) => {
                locks.extend(references(&constraint.rule).map(|other| (other.clone(), ShareRowExclusive)));
            }
            ActionKind::AttachPartition { partition } => locks.push((partition.clone(), AccessExclusive)),
            ActionKind::DetachPartition { partition, concurrently: false } => {
                locks.push((partition.clone(), AccessExclusive));
            }
            _ => {}
        }
    }
    locks
}

/// The strongest of several locks.
pub(super) fn strongest(locks: &[(Name, LockLevel)]) -> Option<LockLevel> {
    locks.iter().map(|(_, lock)| *lock).max()
}

/// VALIDATE of a foreign key reads the other table under this lock.
pub(super) const VALIDATED_OTHER_TABLE: LockLevel = RowShare;
