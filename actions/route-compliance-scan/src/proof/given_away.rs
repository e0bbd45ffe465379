//! Answers of a wrapper that give away what was read before it asked who calls: `if (hit) return Response.json(hit)`.

use ops_typescript::module::{Expression, ExpressionId, Span, Statement, StatementKind};
use ops_typescript::program::At;
use ops_typescript::tree::FileId;

use super::Prover;
use super::throws::any_statement;

/// Methods that make an answer of what they are given, or send it.
const ANSWERS: [&str; 10] = ["body", "clone", "end", "html", "json", "render", "rewrite", "send", "text", "write"];

impl Prover<'_> {
    /// Whether one of these statements gives away what was read. Where the handler is called, it answers.
    pub(super) fn gives_away_in(&self, file: FileId, body: &[Statement], places: &[Span]) -> bool {
        any_statement(body, &|statement| {
            if places.iter().any(|place| statement.span.contains(*place)) {
                return false;
            }
            match &statement.kind {
                StatementKind::Return(Some(value)) => self.gives_away(At { file, it: *value }),
                StatementKind::Expression(value) => self.sends_away(At { file, it: *value }),
                _ => false,
            }
        })
    }

    fn gives_away(&self, answer: At<ExpressionId>) -> bool {
        if self.is_refusal(answer) {
            return false;
        }
        let module = self.program.module(answer.file);
        match module.expression(answer.it) {
            Expression::Await(inner) => {
                matches!(module.expression(*inner), Expression::Binding(_)) && self.carries_at_once(answer)
                    || self.gives_away(answer.with(*inner))
            }
            Expression::Conditional { then, otherwise, .. } => {
                [then, otherwise].into_iter().any(|side| self.gives_away(answer.with(*side)))
            }
            Expression::Call(call) => {
                let makes = |name: &str| ANSWERS.contains(&name);
                let is_answer = call.is_new
                    || matches!(module.expression(call.callee), Expression::Member { property, .. } if makes(property))
                    || matches!(module.expression(call.callee), Expression::Binding(name) if makes(&module.binding(*name).name));
                is_answer && self.carries_at_once(answer)
            }
            Expression::Binding(_) | Expression::Member { .. } | Expression::Object(_) | Expression::Array(_) => {
                self.carries_at_once(answer)
            }
            _ => false,
        }
    }

    /// `response.json(hit);`
    fn sends_away(&self, sent: At<ExpressionId>) -> bool {
        let Expression::Call(call) = self.program.module(sent.file).expression(sent.it) else { return false };
        self.is_of_handler(sent.with(call.callee)) && self.gives_away(sent)
    }
}
