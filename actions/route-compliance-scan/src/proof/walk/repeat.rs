//! Loops: what is asked before the first time, and what only after it.

use ops_typescript::module::{ExpressionId, Span, Statement};

use super::Walk;
use super::state::State;

/// A loop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repeat<'a> {
    pub(super) span: Span,
    pub(super) head: &'a [ExpressionId],
    pub(super) body: &'a [Statement],
    pub(super) after: &'a [ExpressionId],
    pub(super) at_least_once: bool,
}

impl Walk<'_, '_> {
    pub(super) fn repeat(&mut self, repeat: Repeat<'_>, mut state: State) -> State {
        for part in repeat.head {
            self.evaluate(*part, &mut state);
        }
        // What is written in the loop was written before it, from the second time on.
        let mut first = state.clone();
        for name in self.written_in(repeat.span) {
            first.held.remove(&name);
        }
        let mut end = self.once(repeat, first.clone());
        if end.read.is_some() && first.read.is_none() {
            end = self.once(repeat, State { read: end.read, ..first });
        }
        if repeat.at_least_once { end } else { state.join(end) }
    }

    /// What is known once the body was gone through. A jump goes past what follows the body.
    fn once(&mut self, repeat: Repeat<'_>, state: State) -> State {
        let jumps = self.jumps.len();
        let end = self.statements(repeat.body, state);
        let is_left = self.jumps.len() > jumps;
        let landed = self.land(jumps, end, true);
        let mut after = landed.clone();
        for part in repeat.after {
            self.evaluate(*part, &mut after);
        }
        if is_left { landed.join(after) } else { after }
    }
}
