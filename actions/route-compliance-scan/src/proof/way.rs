//! The way to the handler in a wrapper: what lies before, and whether it can refuse.

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Logical, Span, Statement, StatementKind};
use ops_typescript::program::{At, Meaning};
use ops_typescript::tree::FileId;

use super::Prover;
use super::before::Before;
use super::definition::Judgement;
use super::handed::Given;
use super::throws::{last_name, module_function, throws_by_name};

/// How many calls away an error is looked at; further away, that there is one counts.
const CALLS: u8 = 3;

/// A call of the handler in a wrapper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'c> {
    pub(super) at: At<ExpressionId>,
    /// Where a handler is called.
    pub(super) places: &'c [Span],
    /// What is called there.
    pub(super) handlers: &'c [Given],
}

/// A part of the code that is run before the handler is called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub(super) file: FileId,
    pub(super) span: Span,
    /// Where the handler is called, if in here.
    pub(super) place: Option<Span>,
    /// The function in it that the way leads on through, which is looked at by itself.
    pub(super) inner: Option<Span>,
}

impl Region {
    fn has(&self, span: Span) -> bool {
        self.span.contains(span) && !self.inner.is_some_and(|inner| inner.contains(span))
    }

    /// Whether something is evaluated before the handler is called, as its arguments are.
    fn is_before(&self, span: Span) -> bool {
        self.place.is_none_or(|place| span.end <= place.start || (place.contains(span) && place != span))
    }
}

impl Prover<'_> {
    /// What lies before one call of the handler, from the outermost function in.
    pub(super) fn judge_way_to(&self, wrapper: At<FunctionId>, call: Call<'_>) -> Judgement {
        let module = self.program.module(wrapper.file);
        let place = module.span(call.at.it);
        let outermost = module.function(wrapper.it).span;
        let around: Vec<_> = module
            .functions()
            .map(|(_, function)| function)
            .filter(|one| outermost.contains(one.span) && one.span.contains(place))
            .collect();
        let mut best = Judgement::LetsPass;
        for function in &around {
            let inner = around.iter().map(|one| one.span);
            let inner = inner.filter(|one| function.span.contains(*one) && *one != function.span);
            let inner = inner.max_by_key(|one| one.end - one.start);
            let way = Way { file: wrapper.file, place, inner, call };
            best = best.min(self.judge_before(&function.body, way));
        }
        best
    }

    fn judge_before(&self, body: &[Statement], way: Way<'_>) -> Judgement {
        let before = Before::new(way.call);
        let mut best = Judgement::LetsPass;
        let mut is_given_away = false;
        for statement in body {
            if statement.span.start > way.place.start {
                break;
            }
            if statement.span.contains(way.place) {
                best = best.min(self.judge_inside(statement, way));
                break;
            }
            is_given_away |= best != Judgement::Refuses
                && self.gives_away_in(way.file, std::slice::from_ref(statement), way.call.places);
            best = best.min(self.asks_in(way.file, statement, before));
        }
        if is_given_away { best.max(Judgement::Unknown) } else { best }
    }

    /// What lies before the call in the statement that it stands in.
    fn judge_inside(&self, statement: &Statement, way: Way<'_>) -> Judgement {
        let at = |it: ExpressionId| At { file: way.file, it };
        let calls =
            |span: Span| self.judge_calls(Region { file: way.file, span, place: Some(way.place), inner: way.inner }, 0);
        let inside = |part: &[Statement]| part.iter().any(|one| one.span.contains(way.place));
        match &statement.kind {
            StatementKind::If { test, then, otherwise } if !self.span(at(*test)).contains(way.place) => {
                let (side, stopped) = if inside(then) { (then, false) } else { (otherwise, true) };
                let chosen = self.chosen(at(*test), stopped, way).min(calls(self.span(at(*test))));
                chosen.min(self.judge_before(side, way))
            }
            StatementKind::Switch { subject, cases } => {
                let by_method = super::methods::is_method(self.program.module(way.file), *subject);
                let chosen = match (way.is_only(), by_method) {
                    (false, _) => Judgement::Unknown,
                    (true, true) => Judgement::LetsPass,
                    (true, false) => Judgement::Refuses,
                };
                let case = cases.iter().find(|case| inside(&case.body));
                chosen.min(case.map_or(chosen, |case| self.judge_before(&case.body, way)))
            }
            StatementKind::Try { body, handler, finalizer } => {
                let part = [body.as_ref(), handler.as_deref().unwrap_or_default(), finalizer];
                let part = part.into_iter().find(|part| inside(part)).unwrap_or_default();
                self.judge_before(part, way)
            }
            StatementKind::Block(body) | StatementKind::Loop { body, .. } if inside(body) => {
                self.judge_before(body, way)
            }
            _ => self.judge_choices(statement.span, way).min(calls(statement.span)),
        }
    }

    /// What it says that a condition leads to the call, which stops those for whom it is `stopped`. Where the handler is called
    /// on another way as well, nobody can tell which of them asks who calls.
    fn chosen(&self, test: At<ExpressionId>, stopped: bool, way: Way<'_>) -> Judgement {
        if way.is_only() { self.stops(test, stopped, way.call.handlers) } else { Judgement::Unknown }
    }

    /// The conditions of `test ? a : b` and `a && b` that the call is one side of.
    fn judge_choices(&self, span: Span, way: Way<'_>) -> Judgement {
        let module = self.program.module(way.file);
        let region = Region { file: way.file, span, place: Some(way.place), inner: way.inner };
        let mut best = Judgement::LetsPass;
        for (_, expression) in module.expressions().filter(|(id, _)| region.has(module.span(*id))) {
            let has = |side: ExpressionId| module.span(side).contains(way.place);
            let (test, stopped) = match expression {
                Expression::Conditional { test, then, .. } if has(*then) => (*test, false),
                Expression::Conditional { test, otherwise, .. } if has(*otherwise) => (*test, true),
                Expression::Logical { operator, left, right } if has(*right) => (*left, *operator != Logical::And),
                _ => continue,
            };
            best = best.min(self.chosen(At { file: way.file, it: test }, stopped, way));
        }
        best
    }

    /// What the calls in a region may do.
    pub(super) fn judge_calls(&self, region: Region, far: u8) -> Judgement {
        let module = self.program.module(region.file);
        let mut best = Judgement::LetsPass;
        for (call, callee) in self.calls_in(At { file: region.file, it: region.span }) {
            let span = module.span(call.it);
            if !region.has(span) || !region.is_before(span) {
                continue;
            }
            let judged = match self.program.meaning(callee) {
                Meaning::Function(function) => self.judge_error(function, call, far),
                Meaning::Value(at) => match module_function(self, at) {
                    Some(function) => self.judge_error(function, call, far),
                    None => Judgement::Unknown,
                },
                _ if self.never_returns(callee) => Judgement::Refuses,
                // What else was given may ask: `(check, handler) => …`.
                Meaning::Parameter { .. } if self.handler(callee, 1).is_some() => Judgement::Unknown,
                meaning @ (Meaning::Outside { .. } | Meaning::Part { .. } | Meaning::Parameter { .. }) => {
                    let refuses = last_name(&meaning).is_some_and(|name| throws_by_name(&name));
                    if refuses { Judgement::Refuses } else { Judgement::LetsPass }
                }
                _ => Judgement::LetsPass,
            };
            best = best.min(if judged < Judgement::Unknown && self.is_optional(region, span) {
                Judgement::Unknown
            } else {
                judged
            });
        }
        best
    }

    /// Whether something is only evaluated where a condition before it holds: `required && check(request)`.
    fn is_optional(&self, region: Region, place: Span) -> bool {
        let module = self.program.module(region.file);
        module.expressions().any(|(id, expression)| {
            matches!(expression, Expression::Logical { right, .. } if module.span(*right).contains(place))
                && region.has(module.span(id))
        })
    }

    /// Whether the errors of a function stop somebody. Nobody waits for those of a promise that nobody waits for.
    fn judge_error(&self, function: At<FunctionId>, call: At<ExpressionId>, far: u8) -> Judgement {
        if !self.throws(function, super::definition::DEPTH) {
            return Judgement::LetsPass;
        }
        let declared = self.program.module(function.file).function(function.it);
        if declared.is_async && !self.is_awaited(call) {
            return Judgement::Unknown;
        }
        if far >= CALLS || self.always_throws(function) {
            return Judgement::Refuses;
        }
        self.asks_in_all(function.file, &declared.body, Before::called(far + 1))
    }

    pub(super) fn span(&self, at: At<ExpressionId>) -> Span {
        self.program.module(at.file).span(at.it)
    }
}

/// The way to one call of the handler.
#[derive(Debug, Clone, Copy)]
struct Way<'c> {
    file: FileId,
    place: Span,
    /// The next function on the way.
    inner: Option<Span>,
    call: Call<'c>,
}

impl Way<'_> {
    /// Whether the handler is called nowhere else.
    fn is_only(self) -> bool {
        self.call.places.len() == 1
    }
}
