//! Calls: of a guard, of something that reaches one, of anything else.

use ops_typescript::module::{Argument, Binding, Call, Expression, ExpressionId, FunctionId, Source};
use ops_typescript::program::{At, Meaning, Trail};

use super::answer::Answer;
use super::state::{Exit, State};
use super::{Scope, Walk};
use crate::proof::Step;
use crate::proof::callable::Callable;
use crate::proof::effect::Effect;
use crate::proof::frame::Frame;
use crate::proof::refusal::Refusal;

/// A call, and what its arguments tell.
pub(super) struct Site<'c> {
    pub(super) id: ExpressionId,
    pub(super) call: &'c Call,
    pub(super) given: Vec<Option<Answer>>,
}

impl Walk<'_, '_> {
    /// Goes through a call. What its value tells of a guard's answer.
    pub(super) fn call(&mut self, id: ExpressionId, call: &Call, state: &mut State) -> Option<Answer> {
        let answer = self.value_of_call(id, call, state);
        match answer {
            Some(answer) => self.answers.insert(self.at(id), answer),
            None => self.answers.remove(&self.at(id)),
        };
        answer
    }

    fn value_of_call(&mut self, id: ExpressionId, call: &Call, state: &mut State) -> Option<Answer> {
        let prover = self.prover;
        let module = prover.program.module(self.scope.file);
        let callee = self.at(call.callee);
        let mut is_of_answer = false;
        // What is called is evaluated first: `a().b()`.
        match module.expression(call.callee) {
            Expression::Member { object, property } => {
                let before = state.passed;
                let answer = self.evaluate(*object, state);
                let catches = property == "catch" || (property == "then" && call.arguments.len() > 1);
                if catches && (answer.is_some() || state.passed != before) {
                    return self.caught(call, answer, before, state);
                }
                is_of_answer = answer.is_some();
            }
            Expression::Binding(_) | Expression::Global(_) | Expression::Function(_) => {}
            _ => {
                self.evaluate(call.callee, state);
            }
        }
        if let Some(steps) = prover.as_guard(callee, &self.scope.frame) {
            return self.guard(id, call, steps, state);
        }
        let given: Vec<Option<Answer>> =
            call.arguments.iter().map(|argument| self.evaluate(argument.value, state)).collect();
        if state.gone {
            return None;
        }
        self.send(id, call, state);
        if let Some(first) = call.arguments.first()
            && prover.asserts(callee)
            && self.look(first.value, state).where_true
        {
            state.passed = true;
            return None;
        }
        if prover.never_returns(callee) && (self.is_awaited(id) || !prover.is_async(callee)) {
            state.gone = true;
            return None;
        }
        if is_of_answer {
            self.callbacks(call, state);
            self.happen(id, prover.outside_effect(self.at(id)), state);
            return None;
        }
        let callable = prover.callable(callee, &[], &self.scope.frame, &mut Trail::unread());
        self.called(&Site { id, call, given }, &callable, state)
    }

    fn called(&mut self, site: &Site<'_>, callable: &Callable, state: &mut State) -> Option<Answer> {
        let prover = self.prover;
        match callable {
            Callable::Guarded(steps) => {
                self.meet(steps.clone(), true);
                Some(Answer::Parts)
            }
            Callable::Opened(steps) => {
                if self.unheard.is_none() {
                    self.unheard = steps.last().cloned();
                }
                None
            }
            Callable::Closure(function, frame) => {
                let callee = self.at(site.call.callee);
                let is_given = matches!(prover.program.meaning(callee), Meaning::Parameter { .. });
                self.inside(site, *function, frame, is_given, state)
            }
            Callable::Either(all) => {
                let mut ways = all.iter().map(|one| {
                    let mut own = state.clone();
                    let answer = self.called(site, one, &mut own);
                    (own, answer)
                });
                let (mut after, mut answer) = ways.next()?;
                for (own, other) in ways {
                    after = after.join(own);
                    answer = answer.zip(other).and_then(|(one, other)| one.or(other));
                }
                *state = after;
                answer
            }
            Callable::Opaque { .. } => {
                self.go_on(site, state);
                if site.call.arguments.iter().any(|argument| self.is_response(argument.value))
                    && !self.says_only_no(site.id, state)
                {
                    self.answer_leaves(state, self.at(prover.program.module(self.scope.file).span(site.id)));
                }
                self.callbacks(site.call, state);
                let effect = prover.outside_effect(self.at(site.id));
                self.happen(site.id, effect, state);
                None
            }
        }
    }

    /// Functions that are given to something unknown may be called by it. When one in an object is, nobody can tell:
    /// `upload({ onBefore: async () => { await guard(); } })`.
    pub(super) fn callbacks(&mut self, call: &Call, state: &mut State) {
        let module = self.prover.program.module(self.scope.file);
        for argument in &call.arguments {
            match module.expression(argument.value) {
                Expression::Function(function) => self.callback(*function, state),
                Expression::Object(properties) => {
                    for property in properties {
                        let Expression::Function(function) = module.expression(property.value) else { continue };
                        let met = self.met.clone();
                        self.callback(*function, state);
                        if met.is_none() && self.met.is_some() {
                            let place = self.at(property.span);
                            let what =
                                "the guard is called in a function that is handed over, and nobody can tell when";
                            self.unheard.get_or_insert(Step { what: what.to_owned(), place });
                        }
                        self.met = met;
                    }
                }
                Expression::Binding(_) | Expression::Member { .. } => self.named_callback(argument.value, state),
                _ => {}
            }
        }
    }

    /// A function that is handed over by its name does what it does, unless it asks a guard.
    fn named_callback(&mut self, value: ExpressionId, state: &mut State) {
        let prover = self.prover;
        let meaning = prover.program.meaning(self.at(value));
        if matches!(meaning, Meaning::Parameter { .. }) {
            let place = self.at(prover.program.module(self.scope.file).span(value));
            let given = prover.callable_of(meaning, place, &self.scope.frame, &mut Trail::unread());
            if let Callable::Closure(function, frame) = given {
                self.given_callback(function, &frame, state);
            }
            return;
        }
        let Some(function) = prover.function_of(self.at(value)) else { return };
        if !prover.reaches(function, prover.hops) {
            let effect = prover.effect(function, prover.hops);
            self.happen(value, effect, state);
        }
    }

    /// A function that this one was given, and hands on: `storage.run(context, callback)`.
    fn given_callback(&mut self, function: At<FunctionId>, frame: &Frame, state: &mut State) {
        if self.scope.frame.is_in(function) {
            return;
        }
        let scope = Scope {
            file: function.file,
            frame: frame.call(function, self.at(()), &[]),
            exits: Vec::new(),
            helpers: frame.depth().saturating_sub(self.depth),
            is_inner: true,
            answers: false,
        };
        let outer = std::mem::replace(&mut self.scope, scope);
        let end = self.function(function, state.clone());
        let inner = std::mem::replace(&mut self.scope, outer);
        read_by(&inner.exits, &end, state);
    }

    /// A layer lets the request on.
    fn go_on(&mut self, site: &Site<'_>, state: &State) {
        let module = self.prover.program.module(self.scope.file);
        let callee = self.at(site.call.callee);
        let Expression::Binding(binding) = module.expression(callee.it) else { return };
        let Binding { name, source, .. } = module.binding(*binding);
        let is_next = name == "next" || matches!(source, Source::Parameter { index: 2, .. });
        if self.is_layer && is_next && matches!(self.prover.program.meaning(callee), Meaning::Parameter { .. }) {
            let place = self.at(module.span(site.id));
            self.offend(state, || "the request is let on before any guard on this way".to_owned(), place);
        }
    }

    fn callback(&mut self, function: FunctionId, state: &mut State) {
        let answers = std::mem::replace(&mut self.scope.answers, false);
        let exits = std::mem::take(&mut self.scope.exits);
        let end = self.function(self.at(function), state.clone());
        let inner = std::mem::replace(&mut self.scope.exits, exits);
        self.scope.answers = answers;
        read_by(&inner, &end, state);
    }

    pub(super) fn happen(&mut self, id: ExpressionId, effect: Effect, state: &mut State) {
        if state.passed {
            return;
        }
        let module = self.prover.program.module(self.scope.file);
        let place = self.at(module.span(id));
        match effect {
            Effect::None => {}
            Effect::Read => state.read = state.read.or(Some(place)),
            Effect::Write => {
                let callee = match module.expression(id) {
                    Expression::Call(call) => call.callee,
                    _ => id,
                };
                let callee = self.at(module.span(callee));
                let text = self.prover.program.text(callee).split_whitespace().collect::<String>();
                self.offend(state, || format!("`{}` runs before any guard on this way", shortened(&text)), place);
            }
        }
    }

    pub(super) fn is_awaited(&self, id: ExpressionId) -> bool {
        self.waited.contains(&self.at(id)) || self.prover.is_awaited(self.at(id))
    }

    pub(super) fn is_function(&self, value: ExpressionId) -> bool {
        match self.prover.callable(self.at(value), &[], &self.scope.frame, &mut Trail::unread()) {
            Callable::Closure(..) => true,
            Callable::Guarded(_) | Callable::Opened(_) => !self.is_answered(value),
            Callable::Either(_) | Callable::Opaque { .. } => false,
        }
    }

    /// Whether a value is what a guard answered that got no function, or a part of it.
    fn is_answered(&self, value: ExpressionId) -> bool {
        let prover = self.prover;
        let (Meaning::Value(at) | Meaning::Part { of: at, .. }) = prover.program.meaning(self.at(value)) else {
            return false;
        };
        let Expression::Call(call) = prover.program.module(at.file).expression(at.it) else { return false };
        let frame = &self.scope.frame;
        let is_function = |one: &Argument| prover.holds_function(at.with(one.value), frame, 0);
        prover.as_guard(at.with(call.callee), frame).is_some() && !call.arguments.iter().any(is_function)
    }

    pub(super) fn reaches_by(&self, value: ExpressionId, hops: u8) -> bool {
        let callable = self.prover.callable(self.at(value), &[], &self.scope.frame, &mut Trail::unread());
        self.prover.reached_by(&callable, hops)
    }
}

/// What a function reads that is called at some time, and does not refuse after that.
fn read_by(exits: &[Exit], end: &State, state: &mut State) {
    let goes_on =
        |exit: &&Exit| !exit.passed && !exit.is_outcome && matches!(exit.refusal, None | Some(Refusal::Nothing));
    let reads = exits.iter().filter(goes_on).find_map(|exit| exit.read);
    state.read = state.read.or(reads).or(end.read.filter(|_| !end.passed && !end.gone));
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
