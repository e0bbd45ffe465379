//! Answers that hold nothing but what came out of a guard around a function: `Response.json(await withUser(async () => …))`.

use ops_typescript::module::{Expression, ExpressionId};
use ops_typescript::program::{At, Meaning};

use super::Walk;
use super::state::{Exit, State};

/// How many names and calls lie between an answer and the guard.
const FAR: u8 = 6;

impl Walk<'_, '_> {
    /// Whether a value holds what came out of a guard around a function, and nothing else that was read. Whoever is not let pass
    /// gets no more by it than the refusal.
    pub(super) fn is_outcome(&self, value: ExpressionId) -> bool {
        let value = self.at(value);
        !self.outcomes.is_empty() && self.holds_outcome(value, FAR) && !self.prover.carries_at_once(value)
    }

    fn holds_outcome(&self, value: At<ExpressionId>, far: u8) -> bool {
        let Some(far) = far.checked_sub(1) else { return false };
        let any = |parts: &[ExpressionId]| parts.iter().any(|part| self.holds_outcome(value.with(*part), far));
        match self.prover.program.module(value.file).expression(value.it) {
            Expression::Call(_) if self.outcomes.contains(&value) => true,
            Expression::Call(call) => call.arguments.iter().any(|one| any(&[one.value])),
            Expression::Binding(_) | Expression::Member { .. } => match self.prover.program.meaning(value) {
                Meaning::Value(meant) | Meaning::Part { of: meant, .. } => self.outcomes.contains(&meant),
                _ => false,
            },
            Expression::Await(inner) => any(&[*inner]),
            Expression::Object(rows) => rows.iter().any(|row| any(&[row.value])),
            _ => false,
        }
    }

    /// What a function gave back of which these are all ways out: the outcome, or a refusal.
    pub(super) fn come_out(&mut self, call: ExpressionId, end: &State, exits: &[Exit]) {
        let call = self.at(call);
        let is_nothing_else = exits.iter().all(|exit| exit.is_outcome || exit.says_only_no);
        if end.gone && is_nothing_else && exits.iter().any(|exit| exit.is_outcome) {
            self.outcomes.insert(call);
        } else {
            self.outcomes.remove(&call);
        }
    }
}
