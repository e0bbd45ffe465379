//! Promises that are waited for together: `await Promise.all([…])`.

use ops_typescript::module::{Expression, ExpressionId};
use ops_typescript::program::At;

use super::Walk;
use super::answer::{Answer, is_of_promise};
use super::state::State;
use crate::proof::Prover;

impl Prover<'_> {
    /// The promises of `await Promise.all([…])`.
    pub(in crate::proof) fn all_at_once(&self, value: At<ExpressionId>) -> Option<Vec<ExpressionId>> {
        let module = self.program.module(value.file);
        let Expression::Await(inner) = module.expression(value.it) else { return None };
        let Expression::Call(call) = module.expression(*inner) else { return None };
        let Expression::Member { object, property } = module.expression(call.callee) else { return None };
        if property != "all" || !matches!(module.expression(*object), Expression::Global(name) if name == "Promise") {
            return None;
        }
        let Expression::Array(items) = module.expression(call.arguments.first()?.value) else { return None };
        items.iter().all(|item| !item.is_spread).then(|| items.iter().map(|item| item.value).collect())
    }
}

impl Walk<'_, '_> {
    /// Whoever returns or awaits a value waits for the promises that it may be.
    pub(super) fn wait_for(&mut self, value: ExpressionId) {
        let module = self.prover.program.module(self.scope.file);
        match module.expression(value) {
            Expression::Call(call) => {
                self.waited.insert(self.at(value));
                if let Expression::Member { object, property } = module.expression(call.callee)
                    && is_of_promise(property)
                {
                    self.wait_for(*object);
                }
            }
            Expression::Conditional { then, otherwise, .. } => {
                self.wait_for(*then);
                self.wait_for(*otherwise);
            }
            Expression::Logical { left, right, .. } => {
                self.wait_for(*left);
                self.wait_for(*right);
            }
            _ => {}
        }
    }

    /// Goes through promises that are waited for together; what each tells. None of them waits for another, so what they do
    /// counts as done before any guard among them.
    pub(super) fn wait_for_all(&mut self, items: &[ExpressionId], state: &mut State) -> Vec<Option<Answer>> {
        let before = state.passed;
        let mut passed = before;
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            state.passed = before;
            self.wait_for(*item);
            answers.push(self.evaluate(*item, state).map(Answer::awaited));
            passed |= state.passed;
        }
        state.passed = passed;
        answers
    }
}
