//! What a condition says about a guard's answer.

use ops_typescript::module::{Expression, ExpressionId, Logical};

use super::Walk;
use super::state::State;

/// What it means for the guard's answer that a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing: the condition doesn't ask.
    Nothing,
    /// The guard said yes: `session`.
    Yes,
    /// The guard said no: `!session`.
    No,
    /// It asks, in words that only a human can read: `session.role === "admin"`.
    Something,
}

impl Says {
    fn opposite(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            other => other,
        }
    }
}

impl Walk<'_, '_> {
    /// What a condition says; `carries` tells whether it holds what a guard answered.
    pub(super) fn says(&self, test: ExpressionId, state: &State) -> Says {
        let module = self.prover.program.module(self.scope.file);
        match module.expression(test) {
            Expression::Not(inner) => self.says(*inner, state).opposite(),
            Expression::Await(inner) => self.says(*inner, state),
            Expression::Logical { operator, left, right } => {
                match (operator, self.says(*left, state), self.says(*right, state)) {
                    (_, Says::Nothing, Says::Nothing) => Says::Nothing,
                    (Logical::And, Says::Yes, _) | (Logical::And, _, Says::Yes) => Says::Yes,
                    (Logical::Or, Says::No, _) | (Logical::Or, _, Says::No) => Says::No,
                    (Logical::Coalesce, said, _) if said != Says::Nothing => said,
                    _ => Says::Something,
                }
            }
            Expression::Binary { operator, left, right } => {
                let sides = [self.says(*left, state), self.says(*right, state)];
                if sides == [Says::Nothing, Says::Nothing] {
                    return Says::Nothing;
                }
                let compares_with_nothing = [left, right].iter().any(|side| match module.expression(**side) {
                    Expression::Null => true,
                    Expression::Global(name) => name == "undefined",
                    _ => false,
                });
                match (*operator, compares_with_nothing) {
                    ("==" | "===", true) => Says::No,
                    ("!=" | "!==", true) => Says::Yes,
                    _ => Says::Something,
                }
            }
            Expression::Binding(binding) if state.pending.contains(&self.at(*binding)) => Says::Yes,
            Expression::Member { object, property } => match (self.says(*object, state), property.as_str()) {
                (Says::Nothing, _) => Says::Nothing,
                (_, "error" | "errors" | "isError" | "redirect") => Says::No,
                _ => Says::Yes,
            },
            Expression::Index { object, .. } => self.says(*object, state),
            Expression::Call(call) => {
                if self.prover.as_guard(self.at(call.callee), &self.scope.frame).is_some() {
                    return Says::Yes;
                }
                let asked = call.arguments.iter().any(|one| self.says(one.value, state) != Says::Nothing);
                let called = self.says(call.callee, state) != Says::Nothing;
                if asked || called || self.hands_on(call) { Says::Something } else { Says::Nothing }
            }
            _ => Says::Nothing,
        }
    }
}
