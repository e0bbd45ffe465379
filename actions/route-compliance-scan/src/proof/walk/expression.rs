//! Expressions: what is called, in which order, and what holds a guard's answer.

use ops_typescript::module::{Expression, ExpressionId, Span};
use ops_typescript::program::At;

use super::Walk;
use super::condition::Says;
use super::state::State;

impl Walk<'_, '_> {
    /// Goes through an expression. Whether its value is, or comes from, what a guard answered.
    pub(super) fn evaluate(&mut self, id: ExpressionId, state: &mut State) -> bool {
        if state.gone {
            return false;
        }
        let prover = self.prover;
        let module = prover.program.module(self.scope.file);
        match module.expression(id) {
            Expression::Binding(binding) => state.pending.contains(&self.at(*binding)),
            Expression::Member { object, .. } => self.evaluate(*object, state),
            Expression::Index { object, index } => self.all(&[*object, *index], state),
            Expression::Call(call) => self.call(id, call, state),
            Expression::Await(inner) | Expression::Not(inner) => self.evaluate(*inner, state),
            Expression::Object(properties) => {
                let values: Vec<ExpressionId> = properties.iter().map(|property| property.value).collect();
                self.all(&values, state)
            }
            Expression::Array(items) => {
                let values: Vec<ExpressionId> = items.iter().map(|item| item.value).collect();
                self.all(&values, state)
            }
            Expression::Template { holes, .. } => self.all(holes, state),
            Expression::Other(parts) => self.all(parts, state),
            Expression::Binary { left, right, .. } => self.all(&[*left, *right], state),
            Expression::Assign { target, value } => {
                let carries = self.evaluate(*value, state);
                match module.expression(*target) {
                    Expression::Binding(binding) if carries => state.pending.push(self.at(*binding)),
                    Expression::Binding(_) => {}
                    _ => {
                        self.evaluate(*target, state);
                    }
                }
                carries
            }
            Expression::Conditional { test, then, otherwise } => {
                self.evaluate(*test, state);
                let says = self.says(*test, state);
                let mut yes = State { passed: state.passed || says == Says::Yes, conditional: true, ..state.clone() };
                let mut no = State { passed: state.passed || says == Says::No, conditional: true, ..state.clone() };
                let first = self.evaluate(*then, &mut yes);
                if says != Says::Nothing && yes.gone {
                    no.passed = true;
                }
                let second = self.evaluate(*otherwise, &mut no);
                if says != Says::Nothing && no.gone {
                    yes.passed = true;
                }
                let conditional = state.conditional;
                *state = State { conditional, ..yes.join(no) };
                first || second
            }
            Expression::Logical { left, right, .. } => {
                let first = self.evaluate(*left, state);
                let says = self.says(*left, state);
                let is_asked = first || says != Says::Nothing;
                let mut after = State { conditional: true, ..state.clone() };
                if says == Says::Yes
                    && matches!(
                        module.expression(id),
                        Expression::Logical { operator: ops_typescript::module::Logical::And, .. }
                    )
                {
                    after.passed = true;
                }
                let second = self.evaluate(*right, &mut after);
                if after.gone {
                    // Whoever is not sent away has been asked.
                    state.passed |= is_asked;
                } else {
                    state.read = state.read.or(after.read);
                }
                first || second
            }
            Expression::Class(class) => {
                if let Some(superclass) = class.superclass {
                    self.evaluate(superclass, state);
                }
                false
            }
            Expression::Function(_)
            | Expression::Global(_)
            | Expression::Text(_)
            | Expression::Number(_)
            | Expression::Boolean(_)
            | Expression::Null
            | Expression::Regex { .. }
            | Expression::ImportMeta => false,
        }
    }

    /// Goes through all of them; whether one holds what a guard answered.
    fn all(&mut self, parts: &[ExpressionId], state: &mut State) -> bool {
        let mut carries = false;
        for part in parts {
            carries |= self.evaluate(*part, state);
        }
        carries
    }

    /// The line and the column of a region's start, from 1.
    pub(super) fn line_of(&self, at: At<Span>) -> (u32, u32) {
        let place = self.prover.program.place(at);
        (place.start_line, place.start_column)
    }
}
