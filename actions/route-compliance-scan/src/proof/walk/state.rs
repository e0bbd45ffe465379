//! What is known at one point of a handler, on all ways that lead there.

use std::collections::BTreeMap;

use ops_typescript::module::{BindingId, Span};
use ops_typescript::program::At;

use super::answer::Answer;
use crate::proof::refusal::Refusal;

/// What is known at one point.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Whether a guard let the request pass.
    pub(super) passed: bool,
    /// Where something that belongs to somebody was first read without a guard.
    pub(super) read: Option<At<Span>>,
    /// Names that hold what a guard answered. One that holds nothing is there only where the guard said yes, as any.
    pub(super) held: BTreeMap<At<BindingId>, Answer>,
    /// Whether nothing comes here: everything before has left.
    pub(super) gone: bool,
}

impl State {
    /// Where two ways meet.
    pub(super) fn join(self, other: Self) -> Self {
        if self.gone {
            return other;
        }
        if other.gone {
            return self;
        }
        let names: std::collections::BTreeSet<_> = self.held.keys().chain(other.held.keys()).copied().collect();
        // What a name holds on one way tells nothing of the other, unless the other was let pass.
        let held = names.into_iter().filter_map(|name| {
            let answer = match (self.held.get(&name), other.held.get(&name)) {
                (Some(one), Some(another)) if one == another => *one,
                (Some(one), _) if other.passed => *one,
                (_, Some(another)) if self.passed => *another,
                _ => return None,
            };
            Some((name, answer))
        });
        Self { held: held.collect(), passed: self.passed && other.passed, read: self.read.or(other.read), gone: false }
    }
}

/// One way out of a function, without an error.
#[derive(Debug, Clone)]
pub(super) struct Exit {
    pub(super) passed: bool,
    pub(super) read: Option<At<Span>>,
    /// How it says no, if it does.
    pub(super) refusal: Option<Refusal>,
    /// What its value tells of a guard's answer.
    pub(super) answer: Option<Answer>,
    /// Whether its value is what came out of a guard around a function.
    pub(super) is_outcome: bool,
    /// Whether it says no, and tells nothing that was read without a guard.
    pub(super) says_only_no: bool,
}

impl Exit {
    /// Whether somebody passes here whom no guard was asked about.
    pub(super) fn is_open(&self) -> bool {
        !self.passed && self.refusal.is_none() && self.answer.is_none()
    }
}
