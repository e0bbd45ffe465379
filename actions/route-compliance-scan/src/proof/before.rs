//! Statements before the handler of a wrapper is called: whom they turn away.

use ops_typescript::module::{Expression, ExpressionId, Span, Statement, StatementKind};
use ops_typescript::program::At;
use ops_typescript::tree::FileId;

use super::Prover;
use super::definition::Judgement::{self, LetsPass, Refuses, Unknown};
use super::handed::Given;
use super::methods;
use super::throws::any_statement;
use super::way::{Call, Region};

/// What it says at best that statements leave by an answer, or by an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'c> {
    answers: Judgement,
    errors: Judgement,
    places: &'c [Span],
    handlers: &'c [Given],
    far: u8,
}

impl<'c> Before<'c> {
    /// In the wrapper itself, where both turn away.
    pub(super) fn new(call: Call<'c>) -> Self {
        Self { answers: Refuses, errors: Refuses, places: call.places, handlers: call.handlers, far: 0 }
    }

    /// In a function that the wrapper calls, where only an error does.
    pub(super) fn called(far: u8) -> Self {
        Self { answers: LetsPass, errors: Refuses, places: &[], handlers: &[], far }
    }

    fn doubtful(self) -> Self {
        Self { answers: self.answers.max(Unknown), errors: self.errors.max(Unknown), ..self }
    }
}

impl Prover<'_> {
    pub(super) fn asks_in_all(&self, file: FileId, body: &[Statement], before: Before<'_>) -> Judgement {
        body.iter().map(|one| self.asks_in(file, one, before)).min().unwrap_or(LetsPass)
    }

    /// Whether a statement turns somebody away.
    pub(super) fn asks_in(&self, file: FileId, statement: &Statement, before: Before<'_>) -> Judgement {
        let calls = |span: Span| {
            let region = Region { file, span, place: None, inner: None };
            self.judge_calls(region, before.far).max(before.errors)
        };
        let here = At { file, it: statement.span };
        match &statement.kind {
            StatementKind::Return(_) if before.places.iter().any(|place| statement.span.contains(*place)) => LetsPass,
            StatementKind::Return(_) => before.answers.max(self.says(here)).min(calls(statement.span)),
            StatementKind::Throw(_) => before.errors.max(self.says(here)),
            StatementKind::Expression(_) | StatementKind::Declare { .. } => calls(statement.span),
            StatementKind::If { test, then, otherwise } => {
                let test = At { file, it: *test };
                self.asks_in_choice(test, [then, otherwise], before).min(calls(self.span(test)))
            }
            StatementKind::Block(body) => self.asks_in_all(file, body, before),
            StatementKind::Loop { body, .. } => self.asks_in_all(file, body, before.doubtful()),
            StatementKind::Switch { subject, cases } => {
                if methods::is_method(self.program.module(file), *subject) {
                    return LetsPass;
                }
                let cases = cases.iter().map(|case| self.asks_in_all(file, &case.body, before));
                cases.min().unwrap_or(LetsPass).min(calls(self.program.module(file).span(*subject)))
            }
            StatementKind::Try { body, handler, finalizer } => {
                let errors = handler.as_deref().map_or(before.errors, |handler| self.caught(file, handler, before));
                let tried = self.asks_in_all(file, body, Before { errors, ..before });
                tried.min(self.asks_in_all(file, finalizer, before))
            }
            StatementKind::Jump { .. } => LetsPass,
        }
    }

    /// What an error says at best that is caught here: nothing, where the handler is reached all the same.
    fn caught(&self, file: FileId, handler: &[Statement], before: Before<'_>) -> Judgement {
        let answers = any_statement(handler, &|one| matches!(one.kind, StatementKind::Return(_)));
        let errors = any_statement(handler, &|one| match &one.kind {
            StatementKind::Throw(_) => true,
            StatementKind::Expression(value) => self.is_last_word(At { file, it: *value }),
            _ => false,
        });
        let best = match (answers, errors) {
            (false, false) => return LetsPass,
            (true, false) => before.answers,
            (false, true) => before.errors,
            (true, true) if before.answers == before.errors => before.errors,
            (true, true) => Unknown,
        };
        if self.leaves(file, handler) { best } else { best.max(Unknown) }
    }

    /// A side that always leaves turns away whom the condition sends there; the rest goes on to the other side.
    fn asks_in_choice(&self, test: At<ExpressionId>, sides: [&[Statement]; 2], before: Before<'_>) -> Judgement {
        let asked = sides.map(|side| self.asks_in_all(test.file, side, before));
        let turned_away = |side: &[Statement], asked: Judgement, when: bool| {
            if self.gives_away_in(test.file, side, before.places) {
                return LetsPass;
            }
            let said = span_of(side).map_or(Refuses, |it| self.says(At { file: test.file, it }));
            asked.max(said).max(self.stops(test, when, before.handlers))
        };
        let ([then, otherwise], [one, other]) = (sides, asked);
        match sides.map(|side| self.leaves(test.file, side)) {
            [true, true] => turned_away(then, one, true).min(turned_away(otherwise, other, false)),
            [true, false] => turned_away(then, one, true).min(other),
            [false, true] => turned_away(otherwise, other, false).min(one),
            [false, false] if one == LetsPass && other == LetsPass => LetsPass,
            [false, false] if one == LetsPass || other == LetsPass => Unknown,
            [false, false] => one.max(other),
        }
    }

    /// Whether statements always end by leaving their function.
    pub(super) fn leaves(&self, file: FileId, body: &[Statement]) -> bool {
        body.iter().any(|one| match &one.kind {
            StatementKind::Return(_) | StatementKind::Throw(_) => true,
            StatementKind::Expression(value) => self.is_last_word(At { file, it: *value }),
            StatementKind::If { then, otherwise, .. } => self.leaves(file, then) && self.leaves(file, otherwise),
            StatementKind::Block(body) => self.leaves(file, body),
            StatementKind::Try { body, handler, finalizer } => {
                let caught = handler.as_deref().is_none_or(|handler| self.leaves(file, handler));
                (self.leaves(file, body) && caught) || self.leaves(file, finalizer)
            }
            _ => false,
        })
    }

    /// Whether an expression is a call that never comes back.
    fn is_last_word(&self, value: At<ExpressionId>) -> bool {
        match self.program.module(value.file).expression(value.it) {
            Expression::Await(inner) => self.is_last_word(value.with(*inner)),
            Expression::Call(call) => self.never_returns(value.with(call.callee)),
            _ => false,
        }
    }
}

fn span_of(body: &[Statement]) -> Option<Span> {
    let (first, last) = (body.first()?, body.last()?);
    Some(Span { start: first.span.start, end: last.span.end })
}
