//! What is known at one point of a handler, on all ways that lead there.

use ops_typescript::module::{BindingId, Span};
use ops_typescript::program::At;

/// What is known at one point.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Whether a guard let the request pass.
    pub(super) passed: bool,
    /// Where something that belongs to somebody was first read without a guard.
    pub(super) read: Option<At<Span>>,
    /// Names that hold what a guard answered, and that nobody has looked at yet.
    pub(super) pending: Vec<At<BindingId>>,
    /// Whether nothing comes here: everything before has left.
    pub(super) gone: bool,
    /// Whether it depends on a condition that this point is reached.
    pub(super) conditional: bool,
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
        let mut pending = self.pending;
        for one in other.pending {
            if !pending.contains(&one) {
                pending.push(one);
            }
        }
        Self {
            passed: self.passed && other.passed,
            read: self.read.or(other.read),
            pending,
            gone: false,
            conditional: self.conditional && other.conditional,
        }
    }
}

/// One way out of a function, without an error.
#[derive(Debug, Clone)]
pub(super) struct Exit {
    pub(super) passed: bool,
    pub(super) read: Option<At<Span>>,
    /// Whether it says no.
    pub(super) refuses: bool,
    /// Whether it hands on what a guard answered.
    pub(super) pending: bool,
}
