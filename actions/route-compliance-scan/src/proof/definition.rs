//! Whether a guard deserves its name: its definition can refuse, and reaches the handler only after that.

use ops_typescript::module::{BindingId, Expression, ExpressionId, FunctionId, Source, Span};
use ops_typescript::program::{At, Meaning, Trail};

use super::callable::{Callable, returns};
use super::frame::Frame;
use super::methods::{self, METHODS};
use super::way::Call;
use super::{Guard, Prover};

/// How deep a guard may be built out of others.
pub(super) const DEPTH: u8 = 6;

/// What a guard's name means in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    Function(At<FunctionId>),
    Value(At<ExpressionId>),
}

impl Target {
    pub(super) fn of(meaning: &Meaning) -> Option<Self> {
        match meaning {
            Meaning::Function(function) => Some(Self::Function(*function)),
            Meaning::Value(value) => Some(Self::Value(*value)),
            _ => None,
        }
    }
}

/// A guard that a proof rests on, as the repository defines it.
#[derive(Debug, Clone)]
pub(crate) struct Definition<'p> {
    pub(crate) guard: &'p Guard,
    pub(crate) place: At<Span>,
    pub(crate) judgement: Judgement,
}

/// What a definition was found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Judgement {
    /// It can refuse, and reaches the handler only after that.
    Refuses,
    /// Nobody can tell without running it.
    Unknown,
    /// It reaches the handler whatever happens, or answers nothing.
    LetsPass,
}

/// The definitions of all guards that were met so far.
pub(crate) fn definitions<'p>(prover: &Prover<'p>) -> Vec<Definition<'p>> {
    let met = prover.reach.met();
    let mut found = Vec::new();
    for (number, target) in met {
        let Some(guard) = prover.guards.get(number) else { continue };
        let (place, judgement) = match target {
            Target::Function(function) => {
                let span = prover.program.module(function.file).function(function.it).span;
                (function.with(span), prover.judge(function, 0))
            }
            Target::Value(value) => {
                let span = prover.program.module(value.file).span(value.it);
                (value.with(span), prover.judge_value(value, 0))
            }
        };
        found.push(Definition { guard, place, judgement });
    }
    found
}

impl Prover<'_> {
    fn judge_value(&self, value: At<ExpressionId>, depth: u8) -> Judgement {
        match self.program.module(value.file).expression(value.it) {
            Expression::Function(function) => self.judge(value.with(*function), depth),
            Expression::Call(_) => match self.callable(value, &[], &Frame::default(), &mut Trail::default()) {
                Callable::Closure(function, _) => self.judge(function, depth + 1),
                Callable::Guarded(_) | Callable::Either(_) | Callable::Opaque { .. } => {
                    self.judge_builder(value, depth)
                }
            },
            _ => Judgement::Unknown,
        }
    }

    /// A builder is as good as the best function that it was given: `base.use(middleware)`.
    fn judge_builder(&self, value: At<ExpressionId>, depth: u8) -> Judgement {
        let module = self.program.module(value.file);
        let Expression::Call(call) = module.expression(value.it) else { return Judgement::Unknown };
        if depth > DEPTH {
            return Judgement::Unknown;
        }
        for argument in &call.arguments {
            let refuses = match self.program.follow(value.with(argument.value), &mut Trail::default()) {
                Meaning::Function(function) => self.throws(function, DEPTH),
                Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                    Expression::Function(function) => self.throws(at.with(*function), DEPTH),
                    Expression::Call(_) => self.judge_builder(at, depth + 1) == Judgement::Refuses,
                    _ => false,
                },
                _ => false,
            };
            if refuses {
                return Judgement::Refuses;
            }
        }
        match module.expression(call.callee) {
            Expression::Member { object, .. } => {
                match self.program.follow(value.with(*object), &mut Trail::default()) {
                    Meaning::Value(at) => self.judge_builder(at, depth + 1),
                    _ => Judgement::Unknown,
                }
            }
            _ => Judgement::Unknown,
        }
    }

    fn judge(&self, function: At<FunctionId>, depth: u8) -> Judgement {
        if depth > DEPTH {
            return Judgement::Unknown;
        }
        let calls = self.handler_calls(function);
        if calls.is_empty() {
            return self.judge_call_style(function, depth);
        }
        let is_only = calls.len() == 1;
        let judged = calls.into_iter().map(|call| self.judge_way_to(function, Call { at: call, is_only }, depth));
        judged.max().unwrap_or(Judgement::Unknown)
    }

    /// A guard that gets no handler: it must throw, or answer something. One that hands a parameter on is as good as what it
    /// hands it to.
    fn judge_call_style(&self, function: At<FunctionId>, depth: u8) -> Judgement {
        let module = self.program.module(function.file);
        let declared = module.function(function.it);
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        if !answers.is_empty() && answers.iter().all(|answer| self.is_parameter(function.with(*answer))) {
            return Judgement::LetsPass;
        }
        for answer in &answers {
            let Expression::Call(call) = module.expression(*answer) else { continue };
            let hands_on = call.arguments.iter().any(|argument| self.is_parameter(function.with(argument.value)));
            if !hands_on {
                continue;
            }
            let judged = match self.program.follow(function.with(call.callee), &mut Trail::default()) {
                Meaning::Function(inner) => self.judge(inner, depth + 1),
                Meaning::Value(value) => self.judge_value(value, depth + 1),
                _ => Judgement::Unknown,
            };
            if judged != Judgement::Refuses && !self.is_around(function.with(*answer)) {
                return judged;
            }
        }
        if !answers.is_empty() || self.throws(function, DEPTH) {
            return Judgement::Refuses;
        }
        Judgement::LetsPass
    }

    /// Whether a guard stands somewhere in nested calls: `withLog(withAuth(handler))`.
    fn is_around(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        let Expression::Call(call) = module.expression(value.it) else { return false };
        call.arguments.iter().any(|argument| {
            let Expression::Call(inner) = module.expression(argument.value) else { return false };
            let judged = match self.program.follow(value.with(inner.callee), &mut Trail::default()) {
                Meaning::Function(function) => self.judge(function, DEPTH),
                Meaning::Value(at) => self.judge_value(at, DEPTH),
                _ => Judgement::Unknown,
            };
            judged == Judgement::Refuses || self.is_around(value.with(argument.value))
        })
    }

    /// The calls of what was given to a wrapper, or to a middleware as `next`.
    fn handler_calls(&self, function: At<FunctionId>) -> Vec<At<ExpressionId>> {
        let module = self.program.module(function.file);
        let span = module.function(function.it).span;
        let calls = self.calls_in(function.with(span));
        calls.filter(|(_, callee)| self.is_parameter_name(*callee)).map(|(call, _)| call).collect()
    }

    fn is_parameter(&self, value: At<ExpressionId>) -> bool {
        matches!(self.program.follow(value, &mut Trail::default()), Meaning::Parameter { .. })
    }

    fn is_parameter_name(&self, callee: At<ExpressionId>) -> bool {
        let module = self.program.module(callee.file);
        let is_given = |binding: BindingId| {
            let binding = module.binding(binding);
            matches!(&binding.source, Source::Parameter { .. })
                && !matches!(binding.name.as_str(), "resolve" | "reject" | "set" | "get")
        };
        match module.expression(callee.it) {
            Expression::Binding(binding) => is_given(*binding) || self.is_parameter(callee),
            // `config.handler(request)`, `handlers[request.method](request)`
            Expression::Member { object, property } if is_name_of_handler(property) => {
                self.is_outer_parameter(callee.with(*object))
            }
            Expression::Index { object, index } if methods::is_method(module, *index) => {
                self.is_outer_parameter(callee.with(*object))
            }
            _ => false,
        }
    }

    /// Whether a value was given to a function around the one that it stands in.
    fn is_outer_parameter(&self, value: At<ExpressionId>) -> bool {
        let Meaning::Parameter { binding, .. } = self.program.follow(value, &mut Trail::default()) else {
            return false;
        };
        let module = self.program.module(value.file);
        let Source::Parameter { function, .. } = self.program.module(binding.file).binding(binding.it).source else {
            return false;
        };
        let around = module.functions().filter(|(_, one)| one.span.contains(self.span(value)));
        let innermost = around.min_by_key(|(_, one)| one.span.end - one.span.start);
        innermost.is_some_and(|(id, _)| value.with(id) != binding.with(function))
    }
}

/// Names under which a wrapper gets its handler in an object.
fn is_name_of_handler(name: &str) -> bool {
    ["action", "callback", "controller", "handle", "handler", "next"].contains(&name) || METHODS.contains(&name)
}
