//! What a SQL statement may do to a running system.
//!
//! [`examine`] reads each statement once into a small model, asks every rule of [`rules`] about it, adds what
//! squawk's linter says where no rule of ours covers it, and weighs the result by table size and ignore comments.

mod context;
mod cursor;
#[cfg(test)]
mod docs;
mod file;
mod ignore;
#[cfg(test)]
mod labelled;
mod lock_level;
mod locked;
pub mod locks;
mod model;
mod name;
mod reader;
mod rules;
mod squawk;
mod subject;
#[cfg(test)]
mod testing;
mod tokens;
mod types;
mod weigh;

use std::borrow::Cow;
use std::ops::Range;

use ops_core::Severity;

pub use context::{Catalog, Context, Relation};
pub use lock_level::LockLevel;

use file::{File, State};
use subject::Subject;

use crate::migration::Migration;
use crate::statement::Statement;

/// What kind of harm a hazard does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Data is gone afterwards.
    DestroysData,
    /// The release that runs meanwhile stops working.
    BreaksRelease,
    /// Other sessions wait for a lock.
    HeavyLock,
    /// A whole table is read or written anew, under a lock.
    ScanOrRewrite,
    /// Something that behaves otherwise inside, or outside, a transaction.
    TransactionTrap,
    /// Nothing limits how long a statement waits or runs.
    MissingTimeout,
    /// SQL that cannot be judged from the file.
    Hidden,
    /// Works, but could be better.
    Style,
}

/// One thing a statement may do to a running system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// `migration/drops-column`, or `squawk/` and squawk's own name.
    pub rule: Cow<'static, str>,
    /// The kind of harm.
    pub family: Family,
    /// How much it weighs.
    pub severity: Severity,
    /// The statement's index in the list given to [`examine`].
    pub statement: usize,
    /// The bytes in `Migration::source` it is about.
    pub range: Range<usize>,
    /// The strongest table lock it takes on what existed before.
    pub lock: Option<LockLevel>,
    /// The relations it is about: `orders`, or `billing.orders` where the file says so.
    pub relations: Vec<String>,
    /// What it does, with the lock by its real name and what that blocks.
    pub message: String,
    /// The safe way, as SQL with the real names.
    pub help: String,
    /// The reason given in an ignore comment.
    pub ignored: Option<String>,
}

/// A rule, for lists and for the docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// `migration/drops-column`.
    pub ident: &'static str,
    /// The kind of harm it looks for.
    pub family: Family,
    /// A few words: "Drops a column".
    pub title: &'static str,
    /// Its page, in Markdown.
    pub doc: &'static str,
}

/// Our own rules, by ident.
#[must_use]
pub fn rules() -> &'static [RuleInfo] {
    rules::infos()
}

/// What the statements of a migration may do, sorted by place.
///
/// `statements` are those of `migration.sql()`, in order, as [`crate::statement`] cuts them. Ignored hazards stay in the
/// list, with their reason.
#[must_use]
pub fn examine(migration: &Migration, statements: &[Statement], context: &Context<'_>) -> Vec<Hazard> {
    let file = File::read(migration, statements, context);
    let mut state = State::default();
    let mut hazards = Vec::new();
    for (statement, acts) in file.readings.iter().enumerate() {
        state.enter(file.transactions.get(statement).copied().unwrap_or_default());
        for act in acts {
            rules::check(&Subject { file: &file, state: &state, statement, act }, &mut hazards);
            state.apply(&file, statement, act);
        }
    }
    squawk::examine(&file, &mut hazards);
    weigh::by_size(&mut hazards, context);
    ignore::apply(migration, statements, context.ignore_needs_reason, &mut hazards);
    hazards.sort_by(|left, right| {
        (left.statement, left.range.start, &left.rule).cmp(&(right.statement, right.range.start, &right.rule))
    });
    hazards
}
