//! `switch`: by the request's method, by the kind of a guard's answer, or of conditions.

use ops_typescript::module::{Case, Expression, ExpressionId, Module, Name};

use super::Walk;
use super::condition::Says;
use super::state::State;
use crate::proof::methods;

impl Walk<'_, '_> {
    pub(super) fn switch(&mut self, subject: ExpressionId, cases: &[Case], mut state: State) -> State {
        if let Some(method) = self.method
            && methods::is_method(self.prover.program.module(self.scope.file), subject)
        {
            return self.switch_by_method(method, cases, state);
        }
        self.evaluate(subject, &mut state);
        let entered = if self.is_true(subject) {
            self.conditions(cases, &mut state)
        } else {
            self.kinds(subject, cases, &mut state)
        };
        let mut falling = State { gone: true, ..state.clone() };
        for (case, entered) in cases.iter().zip(entered) {
            let entered = entered.unwrap_or_else(|| state.clone());
            falling = self.statements(&case.body, falling.join(entered));
        }
        if cases.iter().all(|case| case.test.is_some()) { falling.join(state) } else { falling }
    }

    fn switch_by_method(&mut self, method: &Name, cases: &[Case], mut state: State) -> State {
        let module = self.prover.program.module(self.scope.file);
        let is_asked = |case: &Case| case.test.is_some_and(|test| text(module, test) == Some(method));
        let start = cases.iter().position(is_asked);
        let start = start.or_else(|| cases.iter().position(|case| case.test.is_none()));
        let Some(start) = start else { return state };
        for case in cases.iter().skip(start) {
            state = self.statements(&case.body, state);
        }
        state
    }

    /// What is known at the beginning of each case but the default one, and in `state` where none was taken.
    fn kinds(&mut self, subject: ExpressionId, cases: &[Case], state: &mut State) -> Vec<Option<State>> {
        let module = self.prover.program.module(self.scope.file);
        let refused = self.refused_kinds(subject, state);
        self.is_asked |= refused.is_some();
        let mut named = Vec::new();
        let mut entered = Vec::new();
        for case in cases {
            let Some(test) = case.test else {
                entered.push(None);
                continue;
            };
            self.evaluate(test, state);
            let word = text(module, test);
            let passes = refused.as_ref().zip(word).is_some_and(|(refused, word)| !refused.contains(word));
            named.extend(word);
            entered.push(Some(State { passed: state.passed || passes, ..state.clone() }));
        }
        state.passed |= refused.is_some_and(|refused| refused.iter().all(|one| named.contains(&one)));
        entered
    }

    /// The same of `switch (true)`, where each case has a condition.
    fn conditions(&mut self, cases: &[Case], state: &mut State) -> Vec<Option<State>> {
        let mut entered = Vec::new();
        for case in cases {
            entered.push(case.test.map(|test| {
                self.evaluate(test, state);
                let Says { where_true, where_false } = self.look(test, state);
                let taken = State { passed: state.passed || where_true, ..state.clone() };
                // What is no boolean is not equal to `true`, whatever it says.
                state.passed |= where_false && self.is_boolean(test);
                taken
            }));
        }
        entered
    }

    fn is_true(&self, subject: ExpressionId) -> bool {
        matches!(self.prover.program.module(self.scope.file).expression(subject), Expression::Boolean(true))
    }

    /// Whether a condition is either `true` or `false`.
    fn is_boolean(&self, test: ExpressionId) -> bool {
        const COMPARISONS: [&str; 10] = ["==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "instanceof"];
        let module = self.prover.program.module(self.scope.file);
        match module.expression(test) {
            Expression::Not(_) | Expression::Boolean(_) => true,
            Expression::Binary { operator, .. } => COMPARISONS.contains(operator),
            Expression::Logical { left, right, .. } => self.is_boolean(*left) && self.is_boolean(*right),
            Expression::Call(call) => {
                matches!(module.expression(call.callee), Expression::Global(name) if name == "Boolean")
            }
            _ => false,
        }
    }
}

fn text(module: &Module, test: ExpressionId) -> Option<&Name> {
    match module.expression(test) {
        Expression::Text(text) => Some(text),
        _ => None,
    }
}
