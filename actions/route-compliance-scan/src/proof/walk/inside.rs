//! Functions of the repository that are called on the way.

use ops_typescript::module::{FunctionId, Source};
use ops_typescript::program::At;

use super::answer::Answer;
use super::call::Site;
use super::state::{Exit, State};
use super::{Scope, Walk};
use crate::proof::Step;
use crate::proof::frame::Frame;

impl Walk<'_, '_> {
    /// A function of the repository is called.
    pub(super) fn inside(
        &mut self,
        site: &Site<'_>,
        function: At<FunctionId>,
        frame: &Frame,
        is_given: bool,
        state: &mut State,
    ) -> Option<Answer> {
        let Site { id, call, given } = site;
        let prover = self.prover;
        let hops = prover.hops.saturating_sub(self.scope.helpers);
        let matters = is_given
            || given.iter().any(Option::is_some)
            || prover.reaches(function, hops)
            || call
                .arguments
                .iter()
                .any(|argument| self.reaches_by(argument.value, hops) || self.is_response(argument.value));
        if !matters || hops == 0 || self.scope.frame.is_in(function) {
            self.callbacks(call, state);
            if !prover.is_told_harmless(self.at(call.callee)) {
                self.happen(*id, prover.effect(function, prover.hops), state);
            }
            return None;
        }
        let here = self.at(prover.program.module(self.scope.file).span(*id));
        let name = prover.program.module(function.file).function(function.it).name.clone();
        let calls = self.calls.len();
        if self.met.is_none() {
            self.calls.push(Step { what: format!("calls `{}`", name.as_deref().unwrap_or("a function")), place: here });
        }
        let scope = Scope {
            file: function.file,
            frame: outermost(frame, &self.scope.frame).of(frame.this()).call(function, self.at(()), &call.arguments),
            exits: Vec::new(),
            // A function that was handed over is as near as the place that it comes from.
            helpers: if is_given { frame.depth().saturating_sub(self.depth) } else { self.scope.helpers + 1 },
            is_inner: self.scope.is_inner || is_given,
            answers: is_given && self.scope.answers,
        };
        let outer = std::mem::replace(&mut self.scope, scope);
        let mut inside = state.clone();
        self.hand_over(function, given, &mut inside);
        let end = self.function(function, inside);
        let inner = std::mem::replace(&mut self.scope, outer);
        self.calls.truncate(calls);
        self.come_out(*id, &end, &inner.exits);
        let before = state.clone();
        let answer = self.come_back(&end, &inner.exits, state);
        let declared = prover.program.module(function.file).function(function.it);
        if declared.is_generator {
            *state = before;
            return None;
        }
        if self.is_awaited(*id) || !prover.promises(function, &self.scope.frame, 2) {
            return answer;
        }
        // Nobody waits for what it finds out.
        if state.passed && !before.passed {
            let what = "nobody waits for what asks the guard: `await` is missing".to_owned();
            self.unheard.get_or_insert(Step { what, place: here });
        }
        *state = State { read: state.read, ..before };
        answer.map(Answer::promised)
    }

    /// The parameters of a function hold what its arguments do.
    fn hand_over(&self, function: At<FunctionId>, given: &[Option<Answer>], state: &mut State) {
        if given.iter().all(Option::is_none) {
            return;
        }
        for (id, binding) in self.prover.program.module(function.file).bindings() {
            let Source::Parameter { function: of, index, path } = &binding.source else { continue };
            let Some(Some(answer)) = given.get(*index as usize).filter(|_| *of == function.it) else { continue };
            let part = path.iter().try_fold(*answer, Answer::part);
            state.held.extend(part.map(|part| (function.with(id), part)));
        }
    }

    /// What is known after a function of the repository came back.
    fn come_back(&self, end: &State, exits: &[Exit], state: &mut State) -> Option<Answer> {
        let mut ways: Vec<Exit> = exits.to_vec();
        if !end.gone {
            ways.push(Exit {
                passed: end.passed,
                read: end.read,
                refusal: None,
                answer: None,
                is_outcome: false,
                says_only_no: false,
            });
        }
        if ways.is_empty() {
            state.gone = true;
            return None;
        }
        state.read = state.read.or(ways.iter().find_map(|way| way.read.filter(|_| !way.passed)));
        if state.passed || ways.iter().all(|way| way.passed) {
            state.passed = true;
            return Some(Answer::Either);
        }
        if ways.iter().any(Exit::is_open) {
            return None;
        }
        let refused = Answer::refused_with(ways.iter().filter(|way| !way.passed).filter_map(|way| way.refusal));
        let handed_on = ways.iter().filter(|way| !way.passed && way.refusal.is_none()).filter_map(|way| way.answer);
        let mut answers = refused.into_iter().chain(handed_on.map(Some));
        let first = answers.next()?;
        let answer = answers.fold(first, |answer, other| answer.zip(other).and_then(|(one, other)| one.or(other)));
        answer.filter(|_| ways.iter().any(|way| way.passed || way.answer.is_some()))
    }
}

fn outermost(closure: &Frame, caller: &Frame) -> Frame {
    if closure.depth() >= caller.depth() { closure.clone() } else { caller.clone() }
}
