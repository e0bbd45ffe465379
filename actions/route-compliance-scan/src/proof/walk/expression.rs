//! Expressions: what is called, in which order, and what holds a guard's answer.

use ops_typescript::module::{Expression, ExpressionId, Logical};

use super::Walk;
use super::answer::Answer;
use super::state::State;

impl Walk<'_, '_> {
    /// Goes through an expression. What its value tells of a guard's answer.
    pub(super) fn evaluate(&mut self, id: ExpressionId, state: &mut State) -> Option<Answer> {
        if state.gone {
            return None;
        }
        let module = self.prover.program.module(self.scope.file);
        match module.expression(id) {
            Expression::Member { object, .. } => {
                self.evaluate(*object, state);
                self.answer(id, state)
            }
            Expression::Index { object, index } => {
                self.all(&[*object, *index], state);
                self.answer(id, state)
            }
            Expression::Call(call) => self.call(id, call, state),
            Expression::Await(inner) => match self.prover.all_at_once(self.at(id)) {
                Some(items) => {
                    self.wait_for_all(&items, state);
                    None
                }
                None => {
                    self.wait_for(*inner);
                    self.evaluate(*inner, state).map(Answer::awaited)
                }
            },
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
            Expression::Not(inner) => self.all(&[*inner], state),
            Expression::Binary { left, right, .. } => self.all(&[*left, *right], state),
            Expression::Assign { target, value } => {
                let answer = self.evaluate(*value, state);
                let answer = self.told_by(*value, answer, state);
                self.all(&[*target], state);
                for name in self.targets(*target) {
                    let is_whole = matches!(module.expression(*target), Expression::Binding(_));
                    self.hold(name, answer.filter(|_| is_whole), state);
                }
                answer
            }
            Expression::Conditional { test, then, otherwise } => {
                self.evaluate(*test, state);
                let says = self.look(*test, state);
                let mut yes = State { passed: state.passed || says.where_true, ..state.clone() };
                let mut no = State { passed: state.passed || says.where_false, ..state.clone() };
                let first = self.evaluate(*then, &mut yes);
                let second = self.evaluate(*otherwise, &mut no);
                let sides = [(*then, first, yes.gone), (*otherwise, second, no.gone)];
                *state = yes.join(no);
                self.one_of(sides)
            }
            Expression::Logical { operator, left, right } => self.either_side(*operator, *left, *right, state),
            Expression::Class(class) => {
                if let Some(superclass) = class.superclass {
                    self.evaluate(superclass, state);
                }
                None
            }
            Expression::Binding(_) => self.answer(id, state),
            Expression::Global(_)
            | Expression::Function(_)
            | Expression::Text(_)
            | Expression::Number(_)
            | Expression::Boolean(_)
            | Expression::Null
            | Expression::Regex(_)
            | Expression::ImportMeta => None,
        }
    }

    /// The right side is not always gone through, and then something was decided.
    fn either_side(
        &mut self,
        operator: Logical,
        left: ExpressionId,
        right: ExpressionId,
        state: &mut State,
    ) -> Option<Answer> {
        let first = self.evaluate(left, state);
        let says = self.look(left, state);
        let (goes_on, stays) = match operator {
            Logical::And => (says.where_true, says.where_false),
            Logical::Or | Logical::Coalesce => (says.where_false, says.where_true),
        };
        let mut after = State { passed: state.passed || goes_on, ..state.clone() };
        let second = self.evaluate(right, &mut after);
        let is_gone = after.gone;
        *state = State { passed: state.passed || stays, ..state.clone() }.join(after);
        match operator {
            // Both sides are there, where the whole is.
            Logical::And => [first, second].into_iter().flatten().find_map(Answer::or_empty),
            Logical::Or | Logical::Coalesce => self.one_of([(left, first, false), (right, second, is_gone)]),
        }
    }

    /// What a value tells that is one of two, or none where the way to it ends.
    fn one_of(&self, sides: [(ExpressionId, Option<Answer>, bool); 2]) -> Option<Answer> {
        match sides {
            [(_, first, false), (_, _, true)] => first,
            [(_, _, true), (_, second, _)] => second,
            [(_, Some(first), _), (_, Some(second), _)] => first.or(second),
            [(_, Some(answer), _), (other, None, _)] | [(other, None, _), (_, Some(answer), _)] => {
                let other = self.at(other);
                let or_hollow = || answer.or_hollow().filter(|_| self.prover.is_hollow(other));
                answer.or_empty().filter(|_| self.prover.is_empty(other)).or_else(or_hollow)
            }
            [(_, None, _), (_, None, _)] => None,
        }
    }

    /// Goes through all of them. What is made of them is no guard's answer any more.
    fn all(&mut self, parts: &[ExpressionId], state: &mut State) -> Option<Answer> {
        for part in parts {
            self.evaluate(*part, state);
        }
        None
    }
}
