//! Names: what they hold, and who writes to them.

use ops_typescript::module::{BindingId, Expression, ExpressionId, Span};
use ops_typescript::program::At;

use super::Walk;
use super::answer::Answer;
use super::condition::Says;
use super::state::State;

impl Walk<'_, '_> {
    /// What a name that holds the value tells. What is nothing is there only where a guard said yes.
    pub(super) fn told_by(&self, value: ExpressionId, answer: Option<Answer>, state: &State) -> Option<Answer> {
        answer
            .or_else(|| self.prover.is_empty(self.at(value)).then_some(Answer::Yes))
            .or_else(|| self.concluded(value, state))
    }

    /// What a value tells that is a condition itself: `session?.user.role === "admin"`.
    pub(super) fn concluded(&self, value: ExpressionId, state: &State) -> Option<Answer> {
        match self.says(value, state) {
            Says { where_true: true, .. } => Some(Answer::Yes),
            Says { where_false: true, .. } => Some(Answer::No),
            Says { .. } => None,
        }
    }

    /// A name holds something else from here on.
    pub(super) fn hold(&mut self, name: BindingId, answer: Option<Answer>, state: &mut State) {
        let at = self.at(name);
        let answer = answer.filter(|_| !self.is_changed_elsewhere(name));
        if answer.is_none() && !state.passed {
            self.lost.push(at);
        }
        match answer {
            Some(answer) => state.held.insert(at, answer),
            None => state.held.remove(&at),
        };
    }

    /// Whether a function inside of the one that declares the name writes to it: nobody knows when.
    fn is_changed_elsewhere(&self, name: BindingId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        let binding = module.binding(name);
        if binding.is_constant {
            return false;
        }
        let home = |place: Span| {
            let around = module.functions().filter(|(_, one)| one.span.contains(place));
            around.min_by_key(|(_, one)| one.span.end - one.span.start).map(|(id, _)| id)
        };
        let declared = home(binding.span);
        self.written(module.expressions().map(|(id, _)| id))
            .any(|(id, target)| target == name && home(module.span(id)) != declared)
    }

    /// The names that are written to in a region.
    pub(super) fn written_in(&self, region: Span) -> Vec<At<BindingId>> {
        let module = self.prover.program.module(self.scope.file);
        let inside = module.expressions().map(|(id, _)| id).filter(|id| region.contains(module.span(*id)));
        self.written(inside).map(|(_, name)| self.at(name)).collect()
    }

    fn written(&self, among: impl Iterator<Item = ExpressionId>) -> impl Iterator<Item = (ExpressionId, BindingId)> {
        let module = self.prover.program.module(self.scope.file);
        among.flat_map(move |id| {
            let targets = match module.expression(id) {
                Expression::Assign { target, .. } => self.targets(*target),
                _ => Vec::new(),
            };
            targets.into_iter().map(move |name| (id, name))
        })
    }

    /// The names in what is written to: one, or those that it is taken apart into.
    pub(super) fn targets(&self, target: ExpressionId) -> Vec<BindingId> {
        match self.prover.program.module(self.scope.file).expression(target) {
            Expression::Binding(binding) => vec![*binding],
            Expression::Other(parts) => parts.iter().flat_map(|part| self.targets(*part)).collect(),
            _ => Vec::new(),
        }
    }
}
