//! What a condition says about a guard's answer.

use ops_typescript::module::{Call, Expression, ExpressionId, Key, Logical, Source};
use ops_typescript::program::Meaning;

use super::Walk;
use super::answer::{Answer, is_of_error, is_of_promise};
use super::state::State;
use crate::proof::effect::Effect;

/// Whether a guard must have said yes, where a condition holds, and where it doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Says {
    pub(super) where_true: bool,
    pub(super) where_false: bool,
}

impl Says {
    const NOTHING: Self = Self { where_true: false, where_false: false };
    const YES: Self = Self { where_true: true, where_false: false };
    const NO: Self = Self { where_true: false, where_false: true };

    fn opposite(self) -> Self {
        Self { where_true: self.where_false, where_false: self.where_true }
    }
}

impl Walk<'_, '_> {
    /// What a condition says; somebody looks at the guard's answer by it.
    pub(super) fn look(&mut self, test: ExpressionId, state: &State) -> Says {
        let says = self.says(test, state);
        self.is_asked |= self.met.is_some() && says != Says::NOTHING;
        says
    }

    /// What a condition says, once it was gone through.
    pub(super) fn says(&self, test: ExpressionId, state: &State) -> Says {
        let module = self.prover.program.module(self.scope.file);
        if let Some(answer) = self.answer(test, state) {
            return match answer {
                Answer::Yes | Answer::Either => Says::YES,
                Answer::No => Says::NO,
                Answer::Parts | Answer::Tuple(_) | Answer::Filled | Answer::Promise(_) => Says::NOTHING,
            };
        }
        match module.expression(test) {
            Expression::Not(inner) => self.says(*inner, state).opposite(),
            Expression::Await(inner) | Expression::Assign { value: inner, .. } => self.says(*inner, state),
            Expression::Logical { operator, left, right } => {
                let (left, right) = (self.says(*left, state), self.says(*right, state));
                match operator {
                    Logical::And => Says {
                        where_true: left.where_true || right.where_true,
                        where_false: left.where_false && right.where_false,
                    },
                    Logical::Or | Logical::Coalesce => Says {
                        where_true: left.where_true && right.where_true,
                        where_false: left.where_false || right.where_false,
                    },
                }
            }
            Expression::Binary { operator, left, right } => self.compared(operator, *left, *right, state),
            Expression::Call(call) => self.asked(call, state),
            _ => Says::NOTHING,
        }
    }

    /// What an expression tells of a guard's answer by being there.
    pub(super) fn answer(&self, id: ExpressionId, state: &State) -> Option<Answer> {
        let module = self.prover.program.module(self.scope.file);
        match module.expression(id) {
            Expression::Binding(binding) => state.held.get(&self.at(*binding)).copied(),
            Expression::Member { object, property } => {
                self.answer(*object, state)?.part(&Key::Property(property.clone()))
            }
            Expression::Index { object, index } => {
                let index = element(module.expression(*index));
                self.answer(*object, state)?.part(&index.map_or(Key::Other, Key::Element))
            }
            Expression::Await(inner) => self.answer(*inner, state).map(Answer::awaited),
            Expression::Assign { value: inner, .. } => self.answer(*inner, state),
            Expression::Call(_) => self.answers.get(&self.at(id)).copied(),
            _ => None,
        }
    }

    /// `Boolean(session)`, and methods of what a guard answered: `session.roles.includes("owner")`.
    fn asked(&self, call: &Call, state: &State) -> Says {
        let module = self.prover.program.module(self.scope.file);
        match (module.expression(call.callee), call.arguments.first()) {
            (Expression::Global(name), Some(argument)) if name == "Boolean" => self.says(argument.value, state),
            (Expression::Member { object, property }, _) if !is_of_promise(property) => {
                let is_one_of = property == "includes" && self.is_list_of_something(*object);
                let asked = call.arguments.first().filter(|_| is_one_of).map_or(*object, |argument| argument.value);
                if self.says(asked, state).where_true { Says::YES } else { Says::NOTHING }
            }
            _ => Says::NOTHING,
        }
    }

    fn compared(&self, operator: &str, left: ExpressionId, right: ExpressionId, state: &State) -> Says {
        let module = self.prover.program.module(self.scope.file);
        for (asked, other) in [(left, right), (right, left)] {
            let Expression::Text(word) = module.expression(other) else { continue };
            let says = match self.typed(asked) {
                Some(value) => self.is_of_type(value, word, state),
                None => match self.refused_kinds(asked, state) {
                    Some(refused) => Self::is_of_kind(&refused, word),
                    None => continue,
                },
            };
            return match operator {
                "==" | "===" => says,
                "!=" | "!==" => says.opposite(),
                _ => Says::NOTHING,
            };
        }
        let answers = (self.answer(left, state), self.answer(right, state));
        match (operator, answers, module.expression(left)) {
            ("instanceof", (Some(Answer::Parts | Answer::Either), _), _) => {
                return if self.is_class_of_refusals(right) { Says::NO } else { Says::NOTHING };
            }
            ("in", (_, Some(Answer::Parts | Answer::Either)), Expression::Text(name)) => {
                return if is_of_error(name) { Says::NO } else { Says::YES };
            }
            _ => {}
        }
        let (asked, other) = match answers {
            (Some(_), None) => (self.says(left, state), right),
            (None, Some(_)) => (self.says(right, state), left),
            _ => return Says::NOTHING,
        };
        let side = if other == right { left } else { right };
        let is_empty = self.stands_for_nothing(operator, side, other);
        let is_there = || Says { where_true: asked.where_true && self.is_something(other), where_false: false };
        match (operator, is_empty) {
            ("==" | "===", true) => asked.opposite(),
            ("!=" | "!==", true) => asked,
            ("==" | "===", false) => is_there(),
            ("!=" | "!==", false) => is_there().opposite(),
            _ => Says::NOTHING,
        }
    }

    /// The value whose type is asked for: `typeof id`.
    fn typed(&self, value: ExpressionId) -> Option<ExpressionId> {
        let module = self.prover.program.module(self.scope.file);
        let Expression::Other(parts) = module.expression(value) else { return None };
        let [part] = **parts else { return None };
        self.prover.program.text(self.at(module.span(value))).starts_with("typeof").then_some(part)
    }

    /// What it says that a value is of a type: what is absent is of another.
    fn is_of_type(&self, value: ExpressionId, word: &str, state: &State) -> Says {
        let absent = self.prover.absent(self.at(value));
        let says = self.says(value, state);
        match word {
            _ if absent.is_other => Says::NOTHING,
            "undefined" if !absent.is_null => says.opposite(),
            "object" if !absent.is_undefined || absent.is_null => Says::NOTHING,
            "string" | "number" | "bigint" | "object" => Says { where_true: says.where_true, where_false: false },
            _ => Says::NOTHING,
        }
    }

    /// `["ADMIN", "OWNER"]`
    fn is_list_of_something(&self, list: ExpressionId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        matches!(module.expression(list), Expression::Array(items) if items.iter().all(|item| {
            !item.is_spread && matches!(module.expression(item.value), Expression::Text(text) if !text.is_empty())
        }))
    }

    /// Whether a value is there whatever the request holds: what is equal to it is there, too.
    fn is_something(&self, value: ExpressionId) -> bool {
        let program = self.prover.program;
        match program.meaning(self.at(value)) {
            Meaning::Value(at) | Meaning::Part { of: at, .. } => match program.module(at.file).expression(at.it) {
                Expression::Text(text) => !text.is_empty(),
                Expression::Number(number) => *number != 0.0,
                Expression::Boolean(is_true) => *is_true,
                Expression::Template { texts, .. } => texts.iter().any(|text| !text.is_empty()),
                // What an optional chain gives may be as absent as the guard's answer.
                Expression::Call(_) => {
                    !self.prover.is_chained(self.at(value)) && self.prover.outside_effect(at) != Effect::None
                }
                _ => false,
            },
            Meaning::Outside { .. } => true,
            _ => self.is_enumerated(value),
        }
    }

    /// Whether a comparison with this value finds out that the guard's answer is absent.
    fn stands_for_nothing(&self, operator: &str, side: ExpressionId, other: ExpressionId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        let absent = self.prover.absent(self.at(side));
        let is_strict = operator.len() == 3;
        let is_missed = |other: bool| absent.is_other || (is_strict && other);
        match module.expression(other) {
            Expression::Null => !is_missed(absent.is_undefined),
            Expression::Global(name) => name == "undefined" && !is_missed(absent.is_null),
            _ => false,
        }
    }

    fn is_class_of_refusals(&self, class: ExpressionId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        let name = self.prover.program.text(self.at(module.span(class)));
        name.ends_with("Response") || name.ends_with("Error")
    }

    /// `Role.Owner`
    fn is_enumerated(&self, value: ExpressionId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        let Expression::Member { object, .. } = module.expression(value) else { return false };
        let Expression::Binding(binding) = module.expression(*object) else { return false };
        let binding = module.binding(*binding);
        binding.is_constant && binding.source == Source::Unknown
    }
}

/// Which element of an array is asked for.
fn element(index: &Expression) -> Option<u32> {
    let Expression::Number(number) = index else { return None };
    (0..8).find(|index| f64::from(*index) == *number)
}
