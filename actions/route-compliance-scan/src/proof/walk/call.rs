//! Calls: of a guard, of something that reaches one, of anything else.

use ops_typescript::module::{Call, Expression, ExpressionId, FunctionId};
use ops_typescript::program::{At, Meaning, Trail};

use super::state::{Exit, State};
use super::{Scope, Walk};
use crate::proof::Step;
use crate::proof::callable::Callable;
use crate::proof::definition::Waits;
use crate::proof::effect::Effect;
use crate::proof::frame::Frame;

impl Walk<'_, '_> {
    /// Goes through a call. Whether its value holds what a guard answered.
    pub(super) fn call(&mut self, id: ExpressionId, call: &Call, state: &mut State) -> bool {
        let prover = self.prover;
        let module = prover.program.module(self.scope.file);
        let callee = self.at(call.callee);
        // What is called is evaluated first: `a().b()`.
        let mut carries = match module.expression(call.callee) {
            Expression::Member { object, .. } => self.evaluate(*object, state),
            Expression::Binding(_) | Expression::Global(_) | Expression::Function(_) => false,
            _ => self.evaluate(call.callee, state),
        };
        if let Some(steps) = prover.as_guard(callee, &self.scope.frame) {
            return self.guard(id, call, steps, state);
        }
        for argument in &call.arguments {
            carries |= self.evaluate(argument.value, state);
        }
        if state.gone {
            return false;
        }
        if prover.never_returns(callee) {
            state.gone = true;
            return false;
        }
        let mut trail = Trail::default();
        match prover.callable(callee, &[], &self.scope.frame, &mut trail) {
            Callable::Guarded(steps) => {
                self.meet(steps, true);
                true
            }
            Callable::Closure(function, frame) => {
                let is_given =
                    matches!(prover.program.follow(callee, &mut Trail::default()), Meaning::Parameter { .. });
                self.inside(id, call, function, &frame, is_given, state) || carries
            }
            Callable::Either(_) | Callable::Opaque { .. } => {
                self.callbacks(call, state);
                let effect = prover.outside_effect(self.at(id), self.is_awaited(id));
                self.happen(id, effect, state);
                carries
            }
        }
    }

    /// A guard is called: around a function, or to be asked.
    fn guard(&mut self, id: ExpressionId, call: &Call, steps: Vec<Step>, state: &mut State) -> bool {
        let mut is_around = false;
        for argument in &call.arguments {
            if self.is_function(argument.value) {
                is_around = true;
            } else {
                self.evaluate(argument.value, state);
            }
        }
        if is_around {
            self.meet(steps, true);
            return true;
        }
        let refusal = self.prover.refuses_by_itself(self.at(call.callee), &self.scope.frame);
        let is_waited_for = self.is_awaited(id) || refusal != Some(Waits::Must);
        if refusal.is_some() && is_waited_for {
            self.meet(steps, false);
            state.passed = true;
        } else if refusal.is_some() {
            let place = self.at(self.prover.program.module(self.scope.file).span(id));
            self.unheard
                .get_or_insert(Step { what: "nobody waits for the guard: `await` is missing".to_owned(), place });
        } else {
            self.meet(steps, false);
        }
        true
    }

    /// A guard was asked, and nothing is done with its answer. One from outside of the repository is taken to throw.
    pub(super) fn hear_nothing(&mut self, expression: ExpressionId, state: &mut State) {
        let module = self.prover.program.module(self.scope.file);
        let (mut inner, mut is_awaited) = (expression, false);
        while let Expression::Await(awaited) = module.expression(inner) {
            (inner, is_awaited) = (*awaited, true);
        }
        let Expression::Call(call) = module.expression(inner) else { return };
        if self.prover.as_guard(self.at(call.callee), &self.scope.frame).is_none() {
            return;
        }
        if is_awaited && self.prover.is_from_outside(self.at(call.callee)) {
            state.passed = true;
            return;
        }
        let place = self.at(module.span(expression));
        let what = "nobody looks at what the guard answers, and it refuses nothing by itself".to_owned();
        self.unheard.get_or_insert(Step { what, place });
    }

    /// A function of the repository is called.
    fn inside(
        &mut self,
        id: ExpressionId,
        call: &Call,
        function: At<FunctionId>,
        frame: &Frame,
        is_given: bool,
        state: &mut State,
    ) -> bool {
        let prover = self.prover;
        let hops = prover.hops.saturating_sub(self.scope.helpers);
        let matters = is_given
            || prover.reaches(function, hops)
            || call.arguments.iter().any(|argument| self.reaches_by(argument.value, hops));
        if !matters || hops == 0 || self.scope.frame.is_in(function) {
            self.callbacks(call, state);
            let effect = prover.effect(function, 3);
            self.happen(id, effect, state);
            return false;
        }
        let here = self.at(prover.program.module(self.scope.file).span(id));
        let name = prover.program.module(function.file).function(function.it).name.clone();
        let calls = self.calls.len();
        if self.met.is_none() {
            self.calls.push(Step { what: format!("calls `{}`", name.as_deref().unwrap_or("a function")), place: here });
        }
        let scope = Scope {
            file: function.file,
            frame: outermost(frame, &self.scope.frame).call(function, self.at(()), &call.arguments),
            exits: Vec::new(),
            // A function that was handed over is as near as the place that it comes from.
            helpers: if is_given { frame.depth().saturating_sub(self.depth) } else { self.scope.helpers + 1 },
            is_inner: self.scope.is_inner || is_given,
            answers: is_given && self.scope.answers,
        };
        let outer = std::mem::replace(&mut self.scope, scope);
        let end = self.function(function, state.clone());
        let inner = std::mem::replace(&mut self.scope, outer);
        self.calls.truncate(calls);
        self.come_back(&end, &inner.exits, state)
    }

    /// What is known after a function of the repository came back.
    fn come_back(&mut self, end: &State, exits: &[Exit], state: &mut State) -> bool {
        let mut ways: Vec<Exit> = exits.to_vec();
        if !end.gone {
            ways.push(Exit { passed: end.passed, read: end.read, refuses: false, pending: false });
        }
        if ways.is_empty() {
            state.gone = true;
            return false;
        }
        state.read = state.read.or(ways.iter().find_map(|way| way.read.filter(|_| !way.passed)));
        if state.passed || ways.iter().all(|way| way.passed) {
            state.passed = true;
            return true;
        }
        let tells_apart = ways.iter().all(|way| way.passed || way.pending || way.refuses);
        tells_apart && ways.iter().any(|way| way.passed || way.pending)
    }

    /// Functions that are given to something unknown may be called by it.
    fn callbacks(&mut self, call: &Call, state: &mut State) {
        for argument in &call.arguments {
            let module = self.prover.program.module(self.scope.file);
            let Expression::Function(function) = module.expression(argument.value) else { continue };
            let answers = std::mem::replace(&mut self.scope.answers, false);
            let exits = std::mem::take(&mut self.scope.exits);
            let end = self.function(self.at(*function), State { conditional: true, ..state.clone() });
            let inner = std::mem::replace(&mut self.scope.exits, exits);
            self.scope.answers = answers;
            let reads = inner.iter().filter(|exit| !exit.passed).find_map(|exit| exit.read);
            state.read = state.read.or(reads).or(end.read.filter(|_| !end.passed));
        }
    }

    fn happen(&mut self, id: ExpressionId, effect: Effect, state: &mut State) {
        if state.passed {
            return;
        }
        let module = self.prover.program.module(self.scope.file);
        let place = self.at(module.span(id));
        match effect {
            Effect::None => {}
            Effect::Read => state.read = state.read.or(Some(place)),
            Effect::Write => {
                let Expression::Call(call) = module.expression(id) else { return };
                let callee = self.at(module.span(call.callee));
                let text = self.prover.program.text(callee).split_whitespace().collect::<String>();
                self.offend(state, || format!("`{}` runs before any guard on this way", shortened(&text)), place);
            }
        }
    }

    /// Whether a call hands on what a guard answers, as `isAdmin()` does that asks the session.
    pub(super) fn hands_on(&self, call: &Call) -> bool {
        match self.prover.callable(self.at(call.callee), &[], &self.scope.frame, &mut Trail::default()) {
            Callable::Closure(function, _) => {
                self.prover.reaches(function, self.prover.hops.saturating_sub(self.scope.helpers))
            }
            _ => false,
        }
    }

    fn is_awaited(&self, id: ExpressionId) -> bool {
        self.prover.is_awaited(self.at(id))
    }

    fn is_function(&self, value: ExpressionId) -> bool {
        let callable = self.prover.callable(self.at(value), &[], &self.scope.frame, &mut Trail::default());
        matches!(callable, Callable::Closure(..) | Callable::Guarded(_))
    }

    fn reaches_by(&self, value: ExpressionId, hops: u8) -> bool {
        match self.prover.callable(self.at(value), &[], &self.scope.frame, &mut Trail::default()) {
            Callable::Closure(function, _) => self.prover.reaches(function, hops),
            Callable::Guarded(_) => true,
            Callable::Either(_) | Callable::Opaque { .. } => false,
        }
    }
}

fn outermost(closure: &Frame, caller: &Frame) -> Frame {
    if closure.depth() >= caller.depth() { closure.clone() } else { caller.clone() }
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
