//! Which functions reach a guard, and what they do to the world: asked often, answered once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Span};
use ops_typescript::program::{At, Meaning, Trail};
use ops_typescript::tree::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::awaited::Awaited;
use super::callable::Callable;
use super::definition::Target;
use super::effect::Effect;
use super::frame::Frame;
use super::guard::Meant;
use super::memory::Memory;
use super::trial::Arguments;
use super::{Proved, Prover};

/// What was found out about functions.
#[derive(Debug, Default)]
pub(super) struct Reach {
    own: Memory<At<FunctionId>, Arc<Own>>,
    /// The same without calls that no guard can be reached by.
    asking: Memory<At<FunctionId>, Arc<Own>>,
    effects: Memory<At<FunctionId>, Effect>,
    reached: Memory<(At<FunctionId>, u8), bool>,
    throws: Memory<(At<FunctionId>, u8), bool>,
    reached_effects: Memory<(At<FunctionId>, u8), Effect>,
    pub(super) refusing: Memory<At<FunctionId>, bool>,
    /// By which argument a guard lets anybody pass.
    pub(super) opening: Memory<(At<FunctionId>, Arguments), Option<usize>>,
    /// What is done to make an object of a class.
    pub(super) making: Memory<At<ExpressionId>, Effect>,
    pub(super) awaited: Memory<FileId, Arc<Awaited>>,
    /// What was shown of layers, behind which a request goes on by itself or does not: each stands before many routes.
    pub(super) layers: Memory<(At<ExpressionId>, bool), Arc<Proved>>,
    /// Which expressions may mean guards: asked of each call, often.
    meant: RwLock<FxHashMap<At<ExpressionId>, Option<Arc<Meant>>>>,
    /// What the names of guards, by their number, turned out to mean.
    met: Mutex<BTreeSet<(usize, Target)>>,
}

impl Reach {
    pub(super) fn remember(&self, guard: usize, target: Target) {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).insert((guard, target));
    }

    /// What is known of an expression, or else what `work` finds out. Two threads may do it at once, and find the same.
    pub(super) fn meant(
        &self,
        expression: At<ExpressionId>,
        work: impl FnOnce() -> Option<Arc<Meant>>,
    ) -> Option<Arc<Meant>> {
        let known = self.meant.read().unwrap_or_else(PoisonError::into_inner).get(&expression).cloned();
        known.unwrap_or_else(|| {
            let meant = work();
            self.meant.write().unwrap_or_else(PoisonError::into_inner).insert(expression, meant.clone());
            meant
        })
    }

    pub(super) fn met(&self) -> BTreeSet<(usize, Target)> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The calls in one function.
#[derive(Debug, Default)]
struct Own {
    /// Whether one is of a guard.
    asks: bool,
    /// Those of functions of the repository.
    inner: Vec<Inner>,
    /// Those that lead out of the repository, or that nobody can follow.
    outer: Vec<At<ExpressionId>>,
}

/// A call of a function of the repository.
#[derive(Debug, Clone, Copy)]
struct Inner {
    function: At<FunctionId>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing speaks against its doing something.
    Acts,
    /// Its name says that it only tells or computes.
    Harmless,
    /// It is one of several, of which nobody knows which is called.
    Perhaps,
}

impl Kind {
    fn any(self) -> bool {
        matches!(self, Self::Acts | Self::Harmless | Self::Perhaps)
    }

    fn acts(self) -> bool {
        self != Self::Harmless
    }

    fn is_sure(self) -> bool {
        self != Self::Perhaps
    }
}

impl Prover<'_> {
    /// Whether a call in the function, or in what it calls over at most `hops` calls, is one of a guard.
    pub(super) fn reaches(&self, function: At<FunctionId>, hops: u8) -> bool {
        if !self.may_ask_in(function.file) {
            return false;
        }
        let work = || {
            let mut is_found = false;
            self.visit(function, hops, Self::asking, Kind::any, |_, own, _| {
                is_found = own.asks;
                is_found
            });
            is_found
        };
        self.reach.reached.ask((function, hops), || false, work)
    }

    /// Whether one of the functions that may be called here reaches a guard.
    pub(super) fn reached_by(&self, callable: &Callable, hops: u8) -> bool {
        match callable {
            Callable::Guarded(_) | Callable::Opened(_) => true,
            Callable::Closure(function, frame) => {
                self.reaches(*function, hops) || self.reached_through(*function, frame, hops)
            }
            Callable::Either(all) => all.iter().any(|one| self.reached_by(one, hops)),
            Callable::Opaque { .. } => false,
        }
    }

    /// Whether a function calls one that was given around it, and that reaches a guard.
    fn reached_through(&self, function: At<FunctionId>, frame: &Frame, hops: u8) -> bool {
        let Some(left) = hops.checked_sub(1).filter(|_| frame.depth() > 0) else { return false };
        self.calls_in_function(function).any(|(_, callee)| {
            matches!(self.program.meaning(callee), Meaning::Parameter { .. })
                && self.reached_by(&self.callable(callee, &[], frame, &mut Trail::unread()), left)
        })
    }

    /// What a call of the function does to the world before anybody is asked who calls.
    pub(super) fn effect(&self, function: At<FunctionId>, hops: u8) -> Effect {
        let work = || {
            let mut most = Effect::None;
            self.visit(function, hops, Self::own, Kind::acts, |one, own, is_last| {
                most = most.max(self.own_effect(one, own));
                // Too far to look.
                if is_last && own.inner.iter().any(|inner| inner.kind.acts()) {
                    most = most.max(Effect::Read);
                }
                most == Effect::Write
            });
            most
        };
        self.reach.reached_effects.ask((function, hops), || Effect::None, work)
    }

    /// Whether a function, or what it calls over at most `hops` calls, can end with an error or by sending the caller away.
    pub(super) fn throws(&self, function: At<FunctionId>, hops: u8) -> bool {
        let work = || {
            let mut is_found = false;
            self.visit(function, hops, Self::own, Kind::is_sure, |one, own, _| {
                is_found = self.throws_itself(one, &own.outer);
                is_found
            });
            is_found
        };
        self.reach.throws.ask((function, hops), || false, work)
    }

    fn own_effect(&self, function: At<FunctionId>, own: &Own) -> Effect {
        let work = || own.outer.iter().map(|call| self.outside_effect(*call)).max().unwrap_or(Effect::None);
        self.reach.effects.ask(function, || Effect::None, work)
    }

    /// Looks at the function and at all that it calls, nearest first, until `look` has seen enough. It is told whether a function
    /// is as far away as anybody looks.
    fn visit(
        &self,
        function: At<FunctionId>,
        hops: u8,
        own: fn(&Self, At<FunctionId>) -> Arc<Own>,
        leads_on: fn(Kind) -> bool,
        mut look: impl FnMut(At<FunctionId>, &Own, bool) -> bool,
    ) {
        let mut seen = FxHashSet::from_iter([function]);
        let mut nearest = vec![function];
        for left in (0..=hops).rev() {
            let mut next = Vec::new();
            for one in nearest {
                let own = own(self, one);
                if look(one, &own, left == 0) {
                    return;
                }
                let inner = own.inner.iter().filter(|inner| leads_on(inner.kind));
                next.extend(inner.map(|inner| inner.function).filter(|inner| seen.insert(*inner)));
            }
            nearest = next;
        }
    }

    fn own(&self, function: At<FunctionId>) -> Arc<Own> {
        self.reach.own.ask(function, Arc::default, || Arc::new(self.calls_of(function, |_| true)))
    }

    fn asking(&self, function: At<FunctionId>) -> Arc<Own> {
        let work = || Arc::new(self.calls_of(function, |callee| self.may_ask(callee)));
        self.reach.asking.ask(function, Arc::default, work)
    }

    /// Of those calls in the function whose callee `matters`.
    fn calls_of(&self, function: At<FunctionId>, matters: impl Fn(At<ExpressionId>) -> bool) -> Own {
        let frame = Frame::default();
        let mut own = Own::default();
        for (call, callee) in self.calls_in_function(function).filter(|(_, callee)| matters(*callee)) {
            own.asks |= self.as_guard(callee, &frame).is_some();
            let meaning = self.program.meaning(callee);
            let inner = match &meaning {
                Meaning::Function(inner) => Some(*inner),
                Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                    Expression::Function(inner) => Some(at.with(*inner)),
                    Expression::Call(call) => {
                        own.asks |= self.call_guard(*at, call, &frame, 0).is_some();
                        None
                    }
                    Expression::Index { .. } | Expression::Conditional { .. } | Expression::Logical { .. } => {
                        let chosen = self.callable(*at, &[], &frame, &mut Trail::unread());
                        own.may_call(&chosen);
                        None
                    }
                    _ => None,
                },
                meaning => match *self.methods(callee, meaning, &frame) {
                    [Some(method)] => Some(method.function),
                    ref several => {
                        let kind = Kind::Perhaps;
                        own.inner.extend(several.iter().flatten().map(|one| Inner { function: one.function, kind }));
                        None
                    }
                },
            };
            match inner {
                Some(function) => {
                    let kind = if self.is_told_harmless(callee) { Kind::Harmless } else { Kind::Acts };
                    own.inner.push(Inner { function, kind });
                }
                None => own.outer.push(call),
            }
        }
        own
    }

    /// The calls in a region: each with its callee.
    pub(super) fn calls_in(&self, region: At<Span>) -> impl Iterator<Item = (At<ExpressionId>, At<ExpressionId>)> {
        let module = self.program.module(region.file);
        let inside = move |id: ExpressionId| region.it.contains(module.span(id));
        module.expressions().filter_map(move |(id, expression)| match expression {
            Expression::Call(call) if inside(id) => Some((region.with(id), region.with(call.callee))),
            _ => None,
        })
    }

    /// The calls in a function: each with its callee.
    pub(super) fn calls_in_function(
        &self,
        function: At<FunctionId>,
    ) -> impl Iterator<Item = (At<ExpressionId>, At<ExpressionId>)> {
        self.program.module(function.file).expressions_in(function.it).filter_map(move |(id, expression)| {
            match expression {
                Expression::Call(call) => Some((function.with(id), function.with(call.callee))),
                _ => None,
            }
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

impl Own {
    /// One of several functions is called, nobody knows which.
    fn may_call(&mut self, chosen: &Callable) {
        match chosen {
            Callable::Guarded(_) | Callable::Opened(_) => self.asks = true,
            Callable::Closure(function, _) => self.inner.push(Inner { function: *function, kind: Kind::Perhaps }),
            Callable::Either(all) => all.iter().for_each(|one| self.may_call(one)),
            Callable::Opaque { .. } => {}
        }
    }
}
