//! Wrappers that are put around a handler one after the other: `wrappers.reduceRight((inner, wrap) => wrap(inner), handler)`.

use ops_typescript::module::{BindingId, Call, Expression, ExpressionId, FunctionId, Statement, StatementKind};
use ops_typescript::program::{At, Meaning};

use super::callable::returns;
use super::chain::Applied;
use super::effect::Effect;
use super::frame::Frame;
use super::throws::mentions;
use super::{Prover, Step};

/// How many lists a wrapper may be handed over in.
const FAR: u8 = 4;

/// A wrapper, and where to ask what it means.
type Wrapper = (At<ExpressionId>, Frame);

impl Prover<'_> {
    /// The guard among the wrappers that a fold puts around a handler.
    pub(super) fn folded(&self, at: At<ExpressionId>, call: &Call, frame: &Frame, depth: u8) -> Option<Applied> {
        let module = self.program.module(at.file);
        let Expression::Member { object, property } = module.expression(call.callee) else { return None };
        let Expression::Function(fold) = module.expression(call.arguments.first()?.value) else { return None };
        let is_outside_first = match (property.as_str(), self.puts_item_around(at.with(*fold))?) {
            ("reduceRight", is_item) => is_item,
            ("reduce", is_item) => !is_item,
            _ => return None,
        };
        let mut wrappers = self.wrappers(at.with(*object), frame, FAR)?;
        if !is_outside_first {
            wrappers.reverse();
        }
        let mut outside = None;
        for (wrapper, frame) in wrappers {
            if let Some(applied) = self.chain_guard(wrapper, &frame, depth + 1) {
                return Some(Applied { opened: applied.opened.or(outside), ..applied });
            }
            if self.acts(wrapper) {
                let place = wrapper.with(self.span(wrapper));
                let what =
                    format!("`{}` stands around the guard, and may do more than to call it", self.program.text(place));
                outside.get_or_insert(Step { what, place });
            }
        }
        None
    }

    /// Whether a wrapper, or what makes one, does more than to compute, or perhaps drops what it is put around.
    fn acts(&self, wrapper: At<ExpressionId>) -> bool {
        if let Some(function) = self.function_of(wrapper) {
            return self.effect(function, self.hops) != Effect::None || !self.hands_on(function);
        }
        let Expression::Call(call) = self.program.module(wrapper.file).expression(wrapper.it) else { return false };
        let made = self.function_of(wrapper.with(call.callee));
        made.is_some_and(|function| self.effect(function, self.hops) != Effect::None)
    }

    /// Whether all that a wrapper gives back is made of what it is put around.
    fn hands_on(&self, wrapper: At<FunctionId>) -> bool {
        let module = self.program.module(wrapper.file);
        let declared = module.function(wrapper.it);
        let Some(inner) = declared.parameters.first().and_then(|first| first.binding) else { return false };
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        let is_made_of_it = |answer: &ExpressionId| {
            !matches!(module.expression(*answer), Expression::Conditional { .. } | Expression::Logical { .. })
                && mentions(module, *answer, inner)
        };
        !answers.is_empty() && answers.iter().all(is_made_of_it)
    }

    /// Whether a fold calls each item with what is inside of it; false where it is the other way round, and none where it
    /// does anything else.
    fn puts_item_around(&self, fold: At<FunctionId>) -> Option<bool> {
        let module = self.program.module(fold.file);
        let declared = module.function(fold.it);
        let mut names = declared.parameters.iter().filter_map(|one| one.binding);
        let (inner, item) = (names.next()?, names.next()?);
        let mut body = &*declared.body;
        loop {
            let [Statement { kind: StatementKind::Return(Some(value)), .. }] = body else { return None };
            match module.expression(*value) {
                // `(one, other) => (...given) => one(other(...given))`
                Expression::Function(function) => body = &module.function(*function).body,
                Expression::Call(call) => {
                    let is_given = |name: BindingId| {
                        call.arguments.iter().any(|argument| match module.expression(argument.value) {
                            Expression::Binding(given) => *given == name,
                            Expression::Call(call) => is_name(module.expression(call.callee), name),
                            _ => false,
                        })
                    };
                    let callee = module.expression(call.callee);
                    let is_item = is_name(callee, item) && is_given(inner);
                    return (is_item || (is_name(callee, inner) && is_given(item))).then_some(is_item);
                }
                _ => return None,
            }
        }
    }

    /// The wrappers in a list, in order.
    fn wrappers(&self, list: At<ExpressionId>, frame: &Frame, far: u8) -> Option<Vec<Wrapper>> {
        let far = far.checked_sub(1)?;
        match self.program.meaning(list) {
            Meaning::Value(list) => {
                let Expression::Array(items) = self.program.module(list.file).expression(list.it) else { return None };
                let mut wrappers = Vec::new();
                for item in items {
                    let item_at = list.with(item.value);
                    if item.is_spread {
                        wrappers.extend(self.wrappers(item_at, frame, far)?);
                    } else {
                        wrappers.push((item_at, frame.clone()));
                    }
                }
                Some(wrappers)
            }
            Meaning::Parameter { binding, path } if path.is_empty() => match frame.rest(self.program, binding) {
                Some(given) => Some(given),
                None => {
                    let (argument, caller) = frame.argument(self.program, binding)?;
                    self.wrappers(argument, &caller, far)
                }
            },
            _ => None,
        }
    }
}

fn is_name(expression: &Expression, name: BindingId) -> bool {
    matches!(expression, Expression::Binding(binding) if *binding == name)
}
