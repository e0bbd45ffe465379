//! Statements: which ways there are, and what is known on each.

use ops_typescript::module::{Case, Expression, ExpressionId, Span, Statement, StatementKind};

use super::Walk;
use super::condition::Says;
use super::state::{Exit, State};
use crate::proof::methods;

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
                let carries = self.evaluate(*expression, &mut state);
                if carries && !state.passed {
                    self.hear_nothing(*expression, &mut state);
                }
                state
            }
            StatementKind::Declare { bindings, value } => {
                if let Some(value) = value
                    && self.evaluate(*value, &mut state)
                {
                    state.pending.extend(bindings.iter().map(|binding| self.at(*binding)));
                }
                state
            }
            StatementKind::Return(value) => {
                let pending = value.is_some_and(|value| self.evaluate(value, &mut state));
                if !state.gone {
                    self.leave(*value, statement.span, pending, &state);
                }
                State { gone: true, ..state }
            }
            StatementKind::Throw(value) => {
                self.evaluate(*value, &mut state);
                State { gone: true, ..state }
            }
            StatementKind::If { test, then, otherwise } => self.branch(*test, then, otherwise, state),
            StatementKind::Block(body) => self.statements(body, state),
            StatementKind::Loop { head, body, at_least_once } => {
                for part in head {
                    self.evaluate(*part, &mut state);
                }
                let after = self.statements(body, state.clone());
                if *at_least_once { after } else { state.join(after) }
            }
            StatementKind::Switch { subject, cases } => self.switch(*subject, cases, state),
            StatementKind::Try { body, handler, finalizer } => {
                let before = state.clone();
                let mut after = self.statements(body, state);
                if let Some(handler) = handler {
                    let caught = State { read: after.read.or(before.read), ..before };
                    after = after.join(self.statements(handler, caught));
                }
                if after.gone && !finalizer.is_empty() {
                    self.statements(finalizer, State { gone: false, ..after.clone() });
                    return after;
                }
                self.statements(finalizer, after)
            }
            StatementKind::Jump => state,
        }
    }

    fn branch(&mut self, test: ExpressionId, then: &[Statement], otherwise: &[Statement], mut state: State) -> State {
        let module = self.prover.program.module(self.scope.file);
        if let Some(holds) = self.method.and_then(|method| methods::holds(module, test, method)) {
            return self.statements(if holds { then } else { otherwise }, state);
        }
        self.evaluate(test, &mut state);
        let says = self.says(test, &state);
        let mut yes = State { conditional: true, ..state.clone() };
        let mut no = yes.clone();
        match says {
            Says::Yes => yes.passed = true,
            Says::No => no.passed = true,
            Says::Nothing | Says::Something => {}
        }
        let (exits_yes, yes) = self.side(then, yes);
        // What was refused on one side has passed on the other.
        if says != Says::Nothing && yes.gone && exits_yes.iter().all(|exit| exit.refuses || exit.pending) {
            no.passed = true;
        }
        let (exits_no, no) = self.side(otherwise, no);
        let mut yes = yes;
        if says != Says::Nothing && no.gone && exits_no.iter().all(|exit| exit.refuses || exit.pending) {
            yes.passed = true;
        }
        self.scope.exits.extend(exits_yes);
        self.scope.exits.extend(exits_no);
        let conditional = state.conditional || (yes.gone != no.gone);
        State { conditional, ..yes.join(no) }
    }

    /// One side of a branch, with the ways out that it has.
    fn side(&mut self, body: &[Statement], state: State) -> (Vec<Exit>, State) {
        let before = std::mem::take(&mut self.scope.exits);
        let end = self.statements(body, state);
        (std::mem::replace(&mut self.scope.exits, before), end)
    }

    fn switch(&mut self, subject: ExpressionId, cases: &[Case], mut state: State) -> State {
        let module = self.prover.program.module(self.scope.file);
        if let Some(method) = self.method
            && methods::is_method(module, subject)
        {
            let is_asked = |case: &&Case| {
                case.test
                    .is_some_and(|test| matches!(module.expression(test), Expression::Text(text) if text == method))
            };
            let start = cases.iter().position(|case| is_asked(&case));
            let start = start.or_else(|| cases.iter().position(|case| case.test.is_none()));
            let Some(start) = start else { return state };
            for case in cases.iter().skip(start) {
                state = self.statements(&case.body, state);
                if state.gone || ends_with_jump(&case.body) {
                    break;
                }
            }
            return state;
        }
        self.evaluate(subject, &mut state);
        let mut falling = State { gone: true, ..state.clone() };
        let mut after = falling.clone();
        for case in cases {
            let entry = State { conditional: true, ..state.clone() };
            let end = self.statements(&case.body, falling.join(entry));
            if ends_with_jump(&case.body) {
                after = after.join(end);
                falling = State { gone: true, ..state.clone() };
            } else {
                falling = end;
            }
        }
        after = after.join(falling);
        if cases.iter().all(|case| case.test.is_some()) { after.join(state) } else { after }
    }

    fn leave(&mut self, value: Option<ExpressionId>, span: Span, pending: bool, state: &State) {
        let place = self.at(span);
        let refuses = value.is_none_or(|value| self.prover.is_refusal(self.at(value)));
        if self.scope.answers
            && !refuses
            && !pending
            && let Some(read) = state.read
        {
            let (line, _) = self.line_of(read);
            self.offend(
                state,
                || format!("an answer leaves without the guard, after what was read in line {line}"),
                place,
            );
        }
        self.scope.exits.push(Exit { passed: state.passed, read: state.read, refuses, pending });
    }
}

fn ends_with_jump(body: &[Statement]) -> bool {
    body.last().is_some_and(|last| match &last.kind {
        StatementKind::Jump => true,
        StatementKind::Block(body) => ends_with_jump(body),
        _ => false,
    })
}
