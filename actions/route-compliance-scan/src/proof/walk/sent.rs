//! Answers that are sent where they stand: `res.status(200).json(all)`.

use ops_typescript::module::{Call, Expression, ExpressionId, Source};
use ops_typescript::program::{At, Meaning};

use super::Walk;
use super::state::State;

/// Methods of an answer that give the caller something.
const SENDS: [&str; 9] = ["download", "end", "json", "pipe", "render", "send", "sendFile", "sendStatus", "write"];

impl Walk<'_, '_> {
    /// Looks whether a call sends what was read to whom no guard was asked about.
    pub(super) fn send(&mut self, id: ExpressionId, call: &Call, state: &mut State) {
        let module = self.prover.program.module(self.scope.file);
        let Expression::Member { property, .. } = module.expression(call.callee) else { return };
        let sends = SENDS.contains(&property.as_str());
        if sends && !call.arguments.is_empty() && self.is_response(call.callee) && !self.says_only_no(id, state) {
            self.answer_leaves(state, self.at(module.span(id)));
        }
        // Whoever was answered does not get to what follows.
        let refuses = || !matches!(property.as_str(), "code" | "status") && self.prover.is_refusal(self.at(id));
        if self.goes_on && self.is_response(call.callee) && (sends || property == "redirect" || refuses()) {
            state.passed = true;
        }
    }

    /// Whether an answer says no, and tells nothing that was read without a guard.
    pub(super) fn says_only_no(&self, answer: ExpressionId, state: &State) -> bool {
        let answer = self.at(answer);
        let tells = || !state.passed && state.read.is_some() && self.prover.carries(answer);
        self.prover.is_refusal(answer) && !tells()
    }

    /// Whether a chain of calls starts at the second parameter of a handler, also where a helper got it.
    pub(super) fn is_response(&self, chain: ExpressionId) -> bool {
        let program = self.prover.program;
        let (mut value, mut frame) = (self.prover.start(self.at(chain)), self.scope.frame.clone());
        let mut depth = 4;
        loop {
            let (binding, path) = match program.meaning(value) {
                Meaning::Parameter { binding, path } => (binding, path),
                // `const ok = res.status(200);`
                Meaning::Value(of) if depth > 0 => match self.start_of_call(of) {
                    Some(start) => {
                        (value, depth) = (start, depth - 1);
                        continue;
                    }
                    None => return false,
                },
                _ => return false,
            };
            if !path.is_empty() {
                return false;
            }
            let Some((argument, caller)) = frame.argument(program, binding) else {
                let binding = program.module(binding.file).binding(binding.it);
                return matches!(binding.source, Source::Parameter { index: 1, .. }) && !is_context(&binding.name);
            };
            (value, frame) = (argument, caller);
        }
    }

    fn start_of_call(&self, value: At<ExpressionId>) -> Option<At<ExpressionId>> {
        let module = self.prover.program.module(value.file);
        matches!(module.expression(value.it), Expression::Call(call) if !call.is_new).then(|| self.prover.start(value))
    }
}

/// What frameworks whose handlers return their answers give second.
fn is_context(name: &str) -> bool {
    matches!(name, "context" | "ctx" | "info" | "params" | "props") || name.ends_with("Context")
}
