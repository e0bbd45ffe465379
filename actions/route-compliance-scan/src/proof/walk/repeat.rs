//! Loops: what is asked before the first time, and what only after it.

use ops_typescript::module::{Expression, ExpressionId, Span, Statement};

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
        if repeat.at_least_once || self.is_endless(repeat) { end } else { state.join(end) }
    }

    /// What is known behind the loop once the body was gone through. A jump goes past what follows the body, and nothing else
    /// leaves a loop without an end.
    fn once(&mut self, repeat: Repeat<'_>, state: State) -> State {
        let jumps = self.jumps.len();
        let end = self.statements(repeat.body, state);
        let left = self.land(jumps, State { gone: true, ..end.clone() }, true);
        let mut again = left.clone().join(end);
        for part in repeat.after {
            self.evaluate(*part, &mut again);
        }
        if self.is_endless(repeat) { State { read: left.read.or(again.read), ..left } } else { left.join(again) }
    }

    /// `while (true) { … }`, `for (;;) { … }`. What `for … in` goes through may be nothing, whatever stands there.
    fn is_endless(&self, repeat: Repeat<'_>) -> bool {
        let module = self.prover.program.module(self.scope.file);
        let is_true = |part: &ExpressionId| matches!(module.expression(*part), Expression::Boolean(true));
        let is_while = || self.prover.program.text(self.at(repeat.span)).starts_with("while");
        !repeat.at_least_once && repeat.head.iter().all(is_true) && (repeat.head.is_empty() || is_while())
    }
}
