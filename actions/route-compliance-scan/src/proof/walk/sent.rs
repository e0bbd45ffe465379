//! Answers that are sent where they stand: `res.status(200).json(all)`.

use ops_typescript::module::{Call, Expression, ExpressionId, Source};
use ops_typescript::program::{Meaning, Trail};

use super::Walk;
use super::state::State;

/// Methods of an answer that give the caller something.
const SENDS: [&str; 9] = ["download", "end", "json", "pipe", "render", "send", "sendFile", "sendStatus", "write"];

impl Walk<'_, '_> {
    /// Looks whether a call sends what was read to whom no guard was asked about.
    pub(super) fn send(&mut self, id: ExpressionId, call: &Call, state: &State) {
        let module = self.prover.program.module(self.scope.file);
        let Expression::Member { property, .. } = module.expression(call.callee) else { return };
        let sends = SENDS.contains(&property.as_str()) && !call.arguments.is_empty();
        if sends && self.is_response(call.callee) && !self.prover.is_refusal(self.at(id)) {
            self.answer_leaves(state, self.at(module.span(id)));
        }
    }

    /// Whether a chain of calls starts at the second parameter of a handler, also where a helper got it.
    pub(super) fn is_response(&self, mut chain: ExpressionId) -> bool {
        let program = self.prover.program;
        let module = program.module(self.scope.file);
        loop {
            match module.expression(chain) {
                Expression::Member { object, .. } => chain = *object,
                Expression::Call(call) => chain = call.callee,
                _ => break,
            }
        }
        let (mut value, mut frame) = (self.at(chain), self.scope.frame.clone());
        loop {
            let Meaning::Parameter { binding, path } = program.follow(value, &mut Trail::default()) else {
                return false;
            };
            if !path.is_empty() {
                return false;
            }
            let Some((argument, caller)) = frame.argument(program, binding) else {
                return matches!(
                    program.module(binding.file).binding(binding.it).source,
                    Source::Parameter { index: 1, .. }
                );
            };
            (value, frame) = (argument, caller);
        }
    }
}
