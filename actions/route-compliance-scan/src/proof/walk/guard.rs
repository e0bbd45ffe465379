//! Guards that are called on the way.

use ops_typescript::module::{Call, Expression, ExpressionId, Key};
use ops_typescript::program::{At, Trail};

use super::Walk;
use super::answer::Answer;
use super::state::State;
use crate::proof::Step;
use crate::proof::callable::Callable;
use crate::proof::handed::is_name_of_handler;
use crate::proof::throws::Waits;

impl Walk<'_, '_> {
    /// A guard is called: around a function, or to be asked.
    pub(super) fn guard(
        &mut self,
        id: ExpressionId,
        call: &Call,
        steps: Vec<Step>,
        state: &mut State,
    ) -> Option<Answer> {
        let mut is_around = false;
        for argument in &call.arguments {
            if self.is_function(argument.value) {
                is_around = true;
            } else if self.has_handler(argument.value) {
                is_around = true;
                self.evaluate_parts(argument.value, state);
            } else {
                self.evaluate(argument.value, state);
            }
        }
        let opened = self.prover.opened_by(self.at(()), call, &self.scope.frame);
        if is_around {
            if let Some(opened) = opened {
                self.unheard.get_or_insert(opened);
                return None;
            }
            self.meet(steps, true);
            self.outcomes.insert(self.at(id));
            return self.answer_of_guard(self.at(call.callee));
        }
        let is_opened = opened.is_some();
        let refusal = match opened {
            Some(_) => None,
            None => self.prover.refuses_by_itself(self.at(call.callee), &self.scope.frame),
        };
        let is_awaited = self.is_awaited(id);
        if refusal.is_some() && (is_awaited || refusal != Some(Waits::Must)) {
            self.meet(steps, false);
            self.is_asked = true;
            state.passed = true;
        } else if refusal.is_some() {
            let place = self.at(self.prover.program.module(self.scope.file).span(id));
            self.unheard
                .get_or_insert(Step { what: "nobody waits for the guard: `await` is missing".to_owned(), place });
        } else {
            self.meet(steps, false);
        }
        let callee = self.at(call.callee);
        let answer = self.answer_of_guard(callee)?;
        // What says no by a part of it says nothing of those whom an option lets past.
        if is_opened && matches!(answer, Answer::Parts | Answer::Tuple(_)) {
            return None;
        }
        let is_promise = match self.prover.function_of(callee) {
            Some(function) => self.prover.promises(function, &self.scope.frame, 2),
            None => true,
        };
        Some(if is_promise && !is_awaited { answer.promised() } else { answer })
    }

    /// Whether a layer is no more than a guard that gets what it answers with: `(request, reply) => request.isAdmin(reply)`.
    pub(super) fn leaves_it_to_guard(&self, value: ExpressionId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        match module.expression(value) {
            Expression::Await(inner) => self.leaves_it_to_guard(*inner),
            Expression::Call(call) => {
                self.is_layer
                    && self.scope.answers
                    && call.arguments.iter().any(|argument| self.is_response(argument.value))
                    && self.prover.as_guard(self.at(call.callee), &self.scope.frame).is_some()
                    && self.prover.opened_by(self.at(()), call, &self.scope.frame).is_none()
            }
            _ => false,
        }
    }

    /// Whether an object holds what is to be called under a handler's name: `guard({ request, handler: async () => … })`.
    fn has_handler(&self, options: ExpressionId) -> bool {
        let module = self.prover.program.module(self.scope.file);
        let Expression::Object(properties) = module.expression(options) else { return false };
        properties.iter().any(|one| {
            matches!(&one.key, Some(Key::Property(name)) if is_name_of_handler(name)) && self.is_function(one.value)
        })
    }

    fn evaluate_parts(&mut self, options: ExpressionId, state: &mut State) {
        let module = self.prover.program.module(self.scope.file);
        let Expression::Object(properties) = module.expression(options) else { return };
        for property in properties {
            self.evaluate(property.value, state);
        }
    }

    /// How a guard says no, as far as its definition tells.
    fn answer_of_guard(&self, callee: At<ExpressionId>) -> Option<Answer> {
        let Callable::Closure(function, _) = self.prover.callable(callee, &[], &self.scope.frame, &mut Trail::unread())
        else {
            return Some(Answer::Either);
        };
        let refusals = self.prover.refusals(function);
        if refusals.is_empty() && self.prover.sets_error(function) {
            return Some(Answer::Parts);
        }
        Answer::refused_with(refusals.into_iter()).unwrap_or(Some(Answer::Either))
    }

    /// A guard was asked, and nothing is done with its answer. One from outside of the repository is taken to throw, unless its
    /// name says that it gets something.
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
        if let Some(opened) = self.prover.opened_by(self.at(()), call, &self.scope.frame) {
            self.unheard.get_or_insert(opened);
            return;
        }
        if is_awaited && self.prover.may_throw_by_name(self.at(call.callee)) {
            self.is_asked = true;
            state.passed = true;
            return;
        }
        let place = self.at(module.span(expression));
        let what = "nobody looks at what the guard answers, and it refuses nothing by itself".to_owned();
        self.unheard.get_or_insert(Step { what, place });
    }

    /// `guard().catch(handler)`: what the guard throws is caught, and somebody has to look at what comes instead.
    pub(super) fn caught(
        &mut self,
        call: &Call,
        answer: Option<Answer>,
        before: bool,
        state: &mut State,
    ) -> Option<Answer> {
        let handler = call.arguments.last()?;
        let handler = self.prover.callable(self.at(handler.value), &[], &self.scope.frame, &mut Trail::unread());
        match handler {
            Callable::Closure(function, _) if self.prover.always_throws(function) => {
                self.callbacks(call, state);
                answer.map(Answer::awaited)
            }
            handler => {
                state.passed = before;
                self.callbacks(call, state);
                let Callable::Closure(function, _) = handler else { return None };
                answer?.awaited().or_empty().filter(|_| self.prover.returns_nothing(function))
            }
        }
    }
}
