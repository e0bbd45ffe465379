//! What values are, as far as conditions tell them apart, for a request that brings nothing.

use ops_typescript::module::{BindingId, Expression, ExpressionId, Key, Logical, Source};
use ops_typescript::program::{At, Meaning};

use super::Course;
use crate::proof::throws::root;
use crate::proof::trial::settings::SETTINGS;
use crate::proof::trial::word::Word;

/// How many names and operators lie between a value and what it is made of.
const FAR: u8 = 12;

impl Course<'_, '_> {
    pub(super) fn holds(&self, test: At<ExpressionId>) -> bool {
        self.prover.is_truthy(self.word(test))
    }

    /// Whether the right side of an operator is evaluated after the left.
    pub(super) fn goes_right(&self, operator: Logical, left: Word) -> bool {
        match operator {
            Logical::And => self.prover.is_truthy(left),
            Logical::Or => !self.prover.is_truthy(left),
            Logical::Coalesce => matches!(left, Word::Nothing | Word::Unknown),
        }
    }

    pub(super) fn word(&self, value: At<ExpressionId>) -> Word {
        self.word_within(value, FAR)
    }

    fn word_within(&self, value: At<ExpressionId>, far: u8) -> Word {
        let Some(far) = far.checked_sub(1).filter(|_| self.step()) else { return Word::Unknown };
        let word = |it: ExpressionId| self.word_within(value.with(it), far);
        let prover = self.prover;
        let module = prover.program.module(value.file);
        match module.expression(value.it) {
            Expression::Null | Expression::Boolean(_) | Expression::Text(_) => prover.literal(value),
            Expression::Number(number) => Word::Truth(*number != 0.0),
            Expression::Function(function) => Word::Function(value.with(*function)),
            Expression::Class(_)
            | Expression::Object(_)
            | Expression::Array(_)
            | Expression::Regex(_)
            | Expression::Template { .. } => Word::Something,
            Expression::Not(inner) => Word::Truth(!prover.is_truthy(word(*inner))),
            Expression::Await(inner) | Expression::Assign { value: inner, .. } => word(*inner),
            Expression::Logical { operator, left, right } => {
                let left = word(*left);
                if self.goes_right(*operator, left) { word(*right) } else { left }
            }
            Expression::Conditional { test, then, otherwise } => {
                word(if prover.is_truthy(word(*test)) { *then } else { *otherwise })
            }
            Expression::Binary { operator: "===" | "==", left, right } => {
                Word::Truth(prover.is_same(word(*left), word(*right)))
            }
            Expression::Binary { operator: "!==" | "!=", left, right } => {
                Word::Truth(!prover.is_same(word(*left), word(*right)))
            }
            Expression::Binary { operator: "+", .. } => Word::Something,
            Expression::Binary { .. } => Word::Truth(false),
            Expression::Call(call) if call.is_new => Word::Something,
            Expression::Call(call) => match (module.expression(call.callee), call.arguments.first()) {
                (Expression::Global(name), Some(first)) if name == "Boolean" => word(first.value),
                _ => Word::Nothing,
            },
            Expression::Binding(_) | Expression::Member { .. } => self.meant(value, far),
            _ => Word::Nothing,
        }
    }

    /// What a name stands for.
    fn meant(&self, value: At<ExpressionId>, far: u8) -> Word {
        let prover = self.prover;
        match prover.program.meaning(value) {
            Meaning::Parameter { binding, path } if path.is_empty() => self.argument_within(binding, far),
            Meaning::Parameter { path, .. } => self.setting(&path),
            Meaning::Value(meant) if meant != value => self.word_within(meant, far),
            Meaning::Function(function) => Word::Function(function),
            // A caught error, an enumeration.
            Meaning::Unknown { .. } => match root(prover.program.module(value.file), value.it) {
                Some(root) if prover.program.module(value.file).binding(root).source == Source::Unknown => {
                    Word::Something
                }
                _ => Word::Nothing,
            },
            _ => Word::Nothing,
        }
    }

    /// `allowAnonymous` of `request.routeOptions.config.allowAnonymous`.
    fn setting(&self, path: &[Key]) -> Word {
        let [.., Key::Property(of), Key::Property(name)] = path else { return Word::Nothing };
        let told = self.settings.iter().find(|(told, _)| *told == name && SETTINGS.contains(&of.as_str()));
        told.map_or(Word::Nothing, |(_, word)| *word)
    }

    /// What the function of a parameter was called with.
    pub(super) fn argument(&self, binding: At<BindingId>) -> Word {
        self.argument_within(binding, FAR)
    }

    fn argument_within(&self, binding: At<BindingId>, far: u8) -> Word {
        let module = self.prover.program.module(binding.file);
        let Source::Parameter { function, index, .. } = module.binding(binding.it).source else { return Word::Nothing };
        let Some(parameter) = module.function(function).parameters.get(index as usize) else { return Word::Nothing };
        if parameter.is_rest {
            return Word::Something;
        }
        let called = self.called.iter().rev().find(|(one, _)| *one == binding.with(function));
        let given = called.and_then(|(_, arguments)| arguments.get(index as usize)).copied().unwrap_or(Word::Unknown);
        match (given, parameter.default) {
            (Word::Nothing | Word::Unknown, Some(default)) => self.word_within(binding.with(default), far),
            _ => given,
        }
    }
}
