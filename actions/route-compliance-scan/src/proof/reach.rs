//! Which functions reach a guard, and what they do to the world: asked often, answered once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Span};
use ops_typescript::program::{At, Meaning, Trail};

use super::Prover;
use super::callable::Callable;
use super::definition::Target;
use super::effect::Effect;
use super::frame::Frame;

/// What was found out about functions.
#[derive(Debug, Default)]
pub(super) struct Reach {
    guarded: Mutex<HashMap<(At<FunctionId>, u8), bool>>,
    effects: Mutex<HashMap<(At<FunctionId>, u8), Effect>>,
    /// What the names of guards, by their number, turned out to mean.
    met: Mutex<BTreeSet<(usize, Target)>>,
}

impl Reach {
    pub(super) fn remember(&self, guard: usize, target: Target) {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).insert((guard, target));
    }

    pub(super) fn met(&self) -> BTreeSet<(usize, Target)> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn known<K: std::hash::Hash + Eq, V: Copy>(memory: &Mutex<HashMap<K, V>>, key: &K) -> Option<V> {
    memory.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
}

fn learn<K: std::hash::Hash + Eq, V: Copy>(memory: &Mutex<HashMap<K, V>>, key: K, value: V) -> V {
    memory.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
    value
}

impl Prover<'_> {
    /// Whether a call in the function, or in what it calls over at most `hops` calls, is one of a guard.
    pub(super) fn reaches(&self, function: At<FunctionId>, hops: u8) -> bool {
        let key = (function, hops);
        if let Some(known) = known(&self.reach.guarded, &key) {
            return known;
        }
        // A function that calls itself reaches no more by that.
        learn(&self.reach.guarded, key, false);
        let span = self.program.module(function.file).function(function.it).span;
        let answer = self.calls_in(function.with(span)).any(|(_, callee)| self.leads_to_guard(callee, hops));
        learn(&self.reach.guarded, key, answer)
    }

    fn leads_to_guard(&self, callee: At<ExpressionId>, hops: u8) -> bool {
        if self.as_guard(callee, &Frame::default()).is_some() {
            return true;
        }
        match self.program.follow(callee, &mut Trail::default()) {
            Meaning::Function(function) => hops > 0 && self.reaches(function, hops - 1),
            Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                Expression::Function(function) => hops > 0 && self.reaches(at.with(*function), hops - 1),
                Expression::Call(call) => self.call_guard(at, call, &Frame::default(), 0).is_some(),
                Expression::Index { .. } | Expression::Conditional { .. } | Expression::Logical { .. } => {
                    let callable = self.callable(at, &[], &Frame::default(), &mut Trail::default());
                    hops > 0 && self.reached_by(&callable, hops - 1)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether one of the functions that may be called here reaches a guard.
    pub(super) fn reached_by(&self, callable: &Callable, hops: u8) -> bool {
        match callable {
            Callable::Guarded(_) => true,
            Callable::Closure(function, _) => self.reaches(*function, hops),
            Callable::Either(all) => all.iter().any(|one| self.reached_by(one, hops)),
            Callable::Opaque { .. } => false,
        }
    }

    /// What a call of the function does to the world before anybody is asked who calls.
    pub(super) fn effect(&self, function: At<FunctionId>, hops: u8) -> Effect {
        let key = (function, hops);
        if let Some(known) = known(&self.reach.effects, &key) {
            return known;
        }
        learn(&self.reach.effects, key, Effect::None);
        let span = self.program.module(function.file).function(function.it).span;
        let mut most = Effect::None;
        for (call, callee) in self.calls_in(function.with(span)) {
            let inner = match self.program.follow(callee, &mut Trail::default()) {
                Meaning::Function(inner) => Some(inner),
                Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                    Expression::Function(inner) => Some(at.with(*inner)),
                    _ => None,
                },
                _ => None,
            };
            let effect = match inner {
                Some(_) if self.is_told_harmless(callee) => Effect::None,
                Some(inner) if hops > 0 => self.effect(inner, hops - 1),
                // Too far to look.
                Some(_) => Effect::Read,
                None => self.outside_effect(call),
            };
            most = most.max(effect);
            if most == Effect::Write {
                break;
            }
        }
        learn(&self.reach.effects, key, most)
    }

    /// The calls in a region: each with its callee.
    pub(super) fn calls_in(&self, region: At<Span>) -> impl Iterator<Item = (At<ExpressionId>, At<ExpressionId>)> {
        let module = self.program.module(region.file);
        let inside = move |id: ExpressionId| {
            let span = module.span(id);
            region.it.start <= span.start && span.end <= region.it.end
        };
        module.expressions().filter_map(move |(id, expression)| match expression {
            Expression::Call(call) if inside(id) => Some((region.with(id), region.with(call.callee))),
            _ => None,
        })
    }

    /// Whether an `await` stands right before the expression.
    pub(super) fn is_awaited(&self, expression: At<ExpressionId>) -> bool {
        let module = self.program.module(expression.file);
        let start = module.span(expression.it).start as usize;
        let before = self.program.source(expression.file).get(..start).unwrap_or_default();
        before.trim_end().ends_with("await")
    }
}
