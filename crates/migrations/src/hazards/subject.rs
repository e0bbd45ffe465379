//! What a rule is asked about.

use std::borrow::Cow;
use std::ops::Range;

use ops_core::Severity;

use super::file::{File, State};
use super::lock_level::LockLevel;
use super::locked;
use super::model::{Act, ActionKind, Object};
use super::name::Name;
use super::rules::Rule;
use super::{Hazard, tokens};

/// One act of one statement, with everything around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) file: &'a File<'a>,
    /// What the statements before this one have made.
    pub(super) state: &'a State,
    /// The statement's index.
    pub(super) statement: usize,
    pub(super) act: &'a Act,
}

impl<'a> Subject<'a> {
    /// A hazard of this rule over the whole statement.
    pub(super) fn hazard(&self, rule: &Rule, severity: Severity, message: String, help: String) -> Hazard {
        Hazard {
            rule: Cow::Borrowed(rule.info.ident),
            family: rule.info.family,
            severity,
            statement: self.statement,
            range: self.range(),
            lock: None,
            relations: Vec::new(),
            message,
            help,
            ignored: None,
        }
    }

    /// The statement's bytes.
    pub(super) fn range(&self) -> Range<usize> {
        self.file.statements.get(self.statement).map(|statement| statement.range.clone()).unwrap_or_default()
    }

    /// The bytes of the source.
    pub(super) fn text(&self, range: &Range<usize>) -> &'a str {
        self.file.migration.source.get(range.clone()).unwrap_or_default()
    }

    /// The whole statement as it stands.
    pub(super) fn sql(&self) -> &'a str {
        self.text(&self.range())
    }

    /// Whether this relation was there before the file ran.
    pub(super) fn is_old(&self, name: &Name) -> bool {
        !self.state.is_new(self.file, Object::Table, name)
    }

    /// Whether this object may have been there before the file ran.
    pub(super) fn may_be_old(&self, object: Object, name: &Name) -> bool {
        !self.state.is_surely_new(self.file, object, name)
    }

    /// The locks this act takes on what was there before.
    pub(super) fn locks(&self) -> Vec<(Name, LockLevel)> {
        locked::existing(self.file, self.state, self.act)
    }

    /// The subcommands of an ALTER TABLE on a table that was there before.
    pub(super) fn actions(&self) -> Option<(&'a Name, impl Iterator<Item = (&'a ActionKind, Range<usize>)> + use<'a>)> {
        match self.act {
            Act::AlterTable { object: Object::Table, table, actions } if self.is_old(table) => {
                Some((table, actions.iter().map(|action| (&action.what, action.range.clone()))))
            }
            _ => None,
        }
    }

    /// The transaction this statement runs in.
    pub(super) fn transaction(&self) -> usize {
        self.file.transactions.get(self.statement).copied().unwrap_or_default()
    }

    /// The tokens of some bytes of the source.
    pub(super) fn tokens(&self, range: &Range<usize>) -> Vec<tokens::Token<'a>> {
        tokens::tokens(&self.file.migration.source, range.clone(), self.file.context.dialect)
    }
}

impl Hazard {
    /// Names the relations it is about.
    pub(super) fn on<'n>(mut self, names: impl IntoIterator<Item = &'n Name>) -> Self {
        self.relations = names.into_iter().map(Name::plain).collect();
        self
    }

    pub(super) fn lock(mut self, lock: LockLevel) -> Self {
        self.lock = Some(lock);
        self
    }

    /// Narrows it to a part of the statement.
    pub(super) fn at(mut self, range: Range<usize>) -> Self {
        self.range = range;
        self
    }
}
