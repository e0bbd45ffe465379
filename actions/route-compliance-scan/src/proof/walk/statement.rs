//! Statements: which ways there are, and what is known on each.

use ops_typescript::module::{BindingId, ExpressionId, Key, Source, Span, Statement, StatementKind};
use ops_typescript::program::At;

use super::Walk;
use super::answer::{Answer, is_of_error};
use super::repeat::Repeat;
use super::state::{Exit, State};
use crate::proof::methods;
use crate::proof::refusal::Refusal;

impl Walk<'_, '_> {
    pub(super) fn statements(&mut self, statements: &[Statement], mut state: State) -> State {
        for statement in statements {
            if state.gone {
                break;
            }
            state = self.statement(statement, state);
        }
        state
    }

    fn statement(&mut self, statement: &Statement, mut state: State) -> State {
        match &statement.kind {
            StatementKind::Expression(expression) => {
                let answer = self.evaluate(*expression, &mut state);
                if answer.is_some() && !state.passed {
                    self.hear_nothing(*expression, &mut state);
                }
                state
            }
            StatementKind::Declare { bindings, value } => {
                self.declare(bindings, *value, &mut state);
                state
            }
            StatementKind::Return(value) => {
                value.iter().for_each(|value| self.wait_for(*value));
                let answer = value.and_then(|value| self.evaluate(value, &mut state));
                if value.is_some_and(|value| self.leaves_it_to_guard(value)) {
                    self.is_asked = true;
                    state.passed = true;
                }
                if !state.gone {
                    self.leave(*value, statement.span, answer, &state);
                }
                State { gone: true, ..state }
            }
            StatementKind::Throw(value) => {
                self.evaluate(*value, &mut state);
                State { gone: true, ..state }
            }
            StatementKind::If { test, then, otherwise } => self.branch(*test, then, otherwise, state),
            StatementKind::Block(body) => {
                let jumps = self.jumps.len();
                let end = self.statements(body, state);
                self.land(jumps, end, false)
            }
            StatementKind::Loop { head, body, after, at_least_once } => {
                let repeat = Repeat { span: statement.span, head, body, after, at_least_once: *at_least_once };
                self.repeat(repeat, state)
            }
            StatementKind::Switch { subject, cases } => {
                let jumps = self.jumps.len();
                let end = self.switch(*subject, cases, state);
                self.land(jumps, end, true)
            }
            StatementKind::Try { body, handler, finalizer } => {
                let before = state.clone();
                let lost = self.lost.len();
                let mut after = self.statements(body, state);
                let mut caught = State { read: after.read.or(before.read), ..before };
                for name in self.lost.split_off(lost) {
                    caught.held.remove(&name);
                }
                // What was tried may have failed anywhere.
                let failed = State { passed: caught.passed, gone: false, held: caught.held.clone(), ..after.clone() };
                if let Some(handler) = handler {
                    after = after.join(self.statements(handler, caught));
                }
                let end = self.statements(finalizer, failed);
                State { gone: after.gone || end.gone, read: after.read.or(end.read), ..after }
            }
            StatementKind::Jump { to_label } => {
                self.jumps.push((*to_label, state.clone()));
                State { gone: true, ..state }
            }
        }
    }

    /// Names hold a guard's answer, where the value is one; of several that are waited for at once, each its own.
    fn declare(&mut self, bindings: &[BindingId], value: Option<ExpressionId>, state: &mut State) {
        let together = value.and_then(|value| self.prover.all_at_once(self.at(value)));
        let answers = together.as_ref().map(|items| self.wait_for_all(items, state));
        let answer = match value {
            Some(value) if answers.is_none() => {
                let answer = self.evaluate(value, state);
                self.told_by(value, answer, state)
            }
            Some(_) => None,
            None => Some(Answer::Yes),
        };
        let module = self.prover.program.module(self.scope.file);
        for binding in bindings {
            let Source::Value { path, .. } = &module.binding(*binding).source else { continue };
            let (answer, path) = match (&answers, path.as_ref()) {
                (Some(answers), [Key::Element(index), rest @ ..]) => {
                    (answers.get(*index as usize).copied().flatten(), rest)
                }
                (_, path) => (answer, path),
            };
            let own = answer.and_then(|answer| path.iter().try_fold(answer, Answer::part));
            // Of an array that nobody knows, the name tells what is in it.
            let is_named_error = matches!(path, [.., Key::Element(_)]) && is_of_error(&module.binding(*binding).name);
            let own = own.filter(|own| *own == Answer::No || !is_named_error);
            self.hold(*binding, own, state);
        }
    }

    fn branch(&mut self, test: ExpressionId, then: &[Statement], otherwise: &[Statement], mut state: State) -> State {
        let module = self.prover.program.module(self.scope.file);
        if let Some(holds) = self.method.and_then(|method| methods::holds(module, test, method)) {
            return self.statements(if holds { then } else { otherwise }, state);
        }
        self.evaluate(test, &mut state);
        let says = self.look(test, &state);
        let yes = State { passed: state.passed || says.where_true, ..state.clone() };
        let no = State { passed: state.passed || says.where_false, ..state };
        let yes = self.statements(then, yes);
        let no = self.statements(otherwise, no);
        yes.join(no)
    }

    /// Where jumps end: those that name no label behind a loop or a `switch`, the others perhaps behind any block.
    pub(super) fn land(&mut self, since: usize, mut state: State, takes_all: bool) -> State {
        for (to_label, jump) in self.jumps.split_off(since) {
            if to_label || takes_all {
                state = state.join(jump.clone());
            }
            if to_label || !takes_all {
                self.jumps.push((to_label, jump));
            }
        }
        state
    }

    fn leave(&mut self, value: Option<ExpressionId>, span: Span, answer: Option<Answer>, state: &State) {
        let answer = answer.or_else(|| self.concluded(value?, state));
        let says_only_no = value.is_some_and(|value| self.says_only_no(value, state));
        let is_outcome = value.is_some_and(|value| self.is_outcome(value));
        let exit = Exit {
            passed: state.passed,
            read: state.read,
            refusal: match value {
                Some(value) => self.prover.refusal(self.at(value)).filter(|_| says_only_no || !self.scope.answers),
                None => Some(Refusal::Nothing),
            },
            answer,
            is_outcome,
            says_only_no,
        };
        if self.scope.answers && exit.is_open() && !is_outcome {
            self.answer_leaves(state, self.at(span));
        }
        self.scope.exits.push(exit);
    }

    /// An answer goes out that is no refusal.
    pub(super) fn answer_leaves(&mut self, state: &State, place: At<Span>) {
        let Some(read) = state.read else { return };
        let line = self.prover.program.place(read).start_line;
        let file = self.prover.program.tree().path(read.file);
        let here = if read.file == self.home { String::new() } else { format!(" of {file}") };
        let what = || format!("an answer leaves without the guard, after what was read in line {line}{here}");
        self.offend(state, what, place);
    }
}
