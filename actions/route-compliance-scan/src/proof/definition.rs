//! Whether a guard deserves its name: its definition can refuse, and reaches the handler only after that.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Span};
use ops_typescript::program::{At, Meaning, Trail};
use rayon::prelude::*;

use super::callable::{Callable, returns};
use super::frame::Frame;
use super::handed::Given;
use super::way::Call;
use super::{Guard, Prover, fuel};

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

/// The definitions of which something was found around a function.
#[derive(Debug, Default)]
pub(super) struct Around(Mutex<BTreeSet<Target>>);

impl Around {
    pub(super) fn remember(&self, target: Target) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(target);
    }

    fn has(&self, target: Target) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&target)
    }
}

/// How a definition is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// Whether it stands around a function.
    pub(super) is_around: bool,
    /// How many definitions lead here.
    pub(super) depth: u8,
}

impl Asked {
    fn deeper(self) -> Option<Self> {
        (self.depth <= DEPTH).then_some(Self { depth: self.depth + 1, ..self })
    }
}

/// What several say together: nobody can tell where they differ.
fn agreed(mut all: impl Iterator<Item = Judgement>) -> Judgement {
    let Some(first) = all.next() else { return Judgement::Unknown };
    if all.all(|one| one == first) { first } else { Judgement::Unknown }
}

/// The definitions of all guards that were met so far.
pub(crate) fn definitions<'p>(prover: &Prover<'p>) -> Vec<Definition<'p>> {
    let judge = |(number, target): (usize, Target)| {
        let guard = prover.guards.get(number)?;
        fuel::refill();
        let asked = Asked { is_around: prover.around.has(target), depth: 0 };
        let (place, judgement) = match target {
            Target::Function(function) => {
                let span = prover.program.module(function.file).function(function.it).span;
                (function.with(span), prover.judge(function, asked))
            }
            Target::Value(value) => {
                let span = prover.program.module(value.file).span(value.it);
                (value.with(span), prover.judge_value(value, asked))
            }
        };
        Some(Definition { guard, place, judgement })
    };
    prover.reach.met().into_par_iter().filter_map(judge).collect()
}

impl Prover<'_> {
    fn judge_value(&self, value: At<ExpressionId>, asked: Asked) -> Judgement {
        let module = self.program.module(value.file);
        let Some(deeper) = asked.deeper() else { return Judgement::Unknown };
        match module.expression(value.it) {
            Expression::Function(function) => self.judge(value.with(*function), asked),
            // One side is enough to get past.
            Expression::Conditional { then, otherwise, .. } => {
                let sides = [then, otherwise].map(|side| self.judge_meaning(value.with(*side), deeper));
                sides.into_iter().max().unwrap_or(Judgement::Unknown)
            }
            Expression::Call(call) if self.opened_by_argument(value.with(()), call, &Frame::default()).is_some() => {
                Judgement::LetsPass
            }
            Expression::Call(_) => match self.callable(value, &[], &Frame::default(), &mut Trail::unread()) {
                Callable::Closure(function, _) => self.judge(function, deeper),
                Callable::Guarded(_) | Callable::Opened(_) | Callable::Either(_) | Callable::Opaque { .. } => {
                    self.judge_builder(value, asked.depth)
                }
            },
            _ => Judgement::Unknown,
        }
    }

    fn judge_meaning(&self, value: At<ExpressionId>, asked: Asked) -> Judgement {
        match self.program.meaning(value) {
            Meaning::Function(function) => self.judge(function, asked),
            Meaning::Value(at) => self.judge_value(at, asked),
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
            let refuses = match self.program.meaning(value.with(argument.value)) {
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
            Expression::Member { object, .. } => match self.program.meaning(value.with(*object)) {
                Meaning::Value(at) => self.judge_builder(at, depth + 1),
                _ => Judgement::Unknown,
            },
            _ => Judgement::Unknown,
        }
    }

    pub(super) fn judge(&self, function: At<FunctionId>, asked: Asked) -> Judgement {
        if asked.depth > DEPTH || !fuel::step() {
            return Judgement::Unknown;
        }
        let calls = self.handler_calls(function);
        if calls.is_empty() {
            return if asked.is_around {
                self.judge_around(function, asked)
            } else {
                self.judge_call_style(function, asked)
            };
        }
        let places: Vec<Span> = calls.iter().map(|(call, _)| self.span(*call)).collect();
        let handlers: Vec<Given> = calls.iter().map(|(_, given)| given.clone()).collect();
        // One way past the question is enough. Of several that were given, nobody can tell which is the handler.
        let mut best: Vec<(&Given, Judgement)> = Vec::new();
        for (at, given) in &calls {
            let judged = self.judge_way_to(function, Call { at: *at, places: &places, handlers: &handlers });
            match best.iter_mut().find(|(one, _)| *one == given) {
                Some((_, worst)) => *worst = judged.max(*worst),
                None => best.push((given, judged)),
            }
        }
        let is_named = |given: &Given| self.is_named_as_handler(given);
        let named: Vec<Judgement> = best.iter().filter(|(one, _)| is_named(one)).map(|(_, judged)| *judged).collect();
        if named.is_empty() { agreed(best.into_iter().map(|(_, judged)| judged)) } else { agreed(named.into_iter()) }
    }

    /// A guard that gets no handler: it must throw, or answer something. One that hands a parameter on is as good as what it
    /// hands it to.
    fn judge_call_style(&self, function: At<FunctionId>, asked: Asked) -> Judgement {
        let module = self.program.module(function.file);
        let declared = module.function(function.it);
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        let hands_back = !answers.is_empty() && answers.iter().all(|one| self.is_parameter(function.with(*one)));
        if hands_back && !self.throws(function, DEPTH) {
            return Judgement::LetsPass;
        }
        for answer in &answers {
            let Expression::Call(call) = module.expression(*answer) else { continue };
            let hands_on = call.arguments.iter().any(|argument| self.is_parameter(function.with(argument.value)));
            if !hands_on {
                continue;
            }
            let Some(deeper) = asked.deeper() else { return Judgement::Unknown };
            let judged = self.judge_meaning(function.with(call.callee), deeper);
            if judged != Judgement::Refuses && self.judge_nested(function.with(*answer), deeper) != Judgement::Refuses {
                // A function beside it may ask: `observe(request, () => authenticate(request))`.
                let has_function =
                    call.arguments.iter().any(|one| matches!(module.expression(one.value), Expression::Function(_)));
                return if has_function { judged.min(Judgement::Unknown) } else { judged };
            }
        }
        if !answers.is_empty() || self.throws(function, DEPTH) {
            return Judgement::Refuses;
        }
        Judgement::LetsPass
    }

    /// A guard around a function that it never calls itself: it is as good as what it hands it to, which must be seen.
    fn judge_around(&self, function: At<FunctionId>, asked: Asked) -> Judgement {
        let mut answers = Vec::new();
        returns(&self.program.module(function.file).function(function.it).body, &mut answers);
        let Some(deeper) = asked.deeper() else { return Judgement::Unknown };
        agreed(answers.into_iter().map(|answer| {
            let answer = function.with(answer);
            if self.is_parameter(answer) { Judgement::LetsPass } else { self.judge_nested(answer, deeper) }
        }))
    }

    /// What stands around a parameter in nested calls: `withLog(withAuth(handler))`.
    fn judge_nested(&self, value: At<ExpressionId>, asked: Asked) -> Judgement {
        let module = self.program.module(value.file);
        let Expression::Call(call) = module.expression(value.it) else { return Judgement::Unknown };
        let Some(deeper) = asked.deeper() else { return Judgement::Unknown };
        let own = self.judge_meaning(value.with(call.callee), Asked { is_around: true, ..deeper });
        let calls = call.arguments.iter().filter(|one| matches!(module.expression(one.value), Expression::Call(_)));
        calls.map(|one| self.judge_nested(value.with(one.value), deeper)).fold(own, Judgement::min)
    }

    fn is_parameter(&self, value: At<ExpressionId>) -> bool {
        matches!(self.program.meaning(value), Meaning::Parameter { .. })
    }
}
