//! The way to the handler in a wrapper: what lies before, and whether it can refuse.

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Span, Statement, StatementKind};
use ops_typescript::program::{At, Meaning, Trail};

use super::Prover;
use super::definition::{DEPTH, Judgement};
use super::methods;
use super::throws::{any_statement, last_name, module_function, throws_by_name};

/// A call of the handler in a wrapper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) at: At<ExpressionId>,
    /// Whether the handler is called nowhere else.
    pub(super) is_only: bool,
}

/// The way to one call of the handler.
#[derive(Debug, Clone, Copy)]
struct Way {
    place: Span,
    is_only: bool,
    depth: u8,
}

impl Way {
    /// What it says that a condition leads here, which the request's method alone decides or not. Where the handler is called
    /// on another way as well, nobody can tell which of them asks who calls.
    fn chosen(self, by_method: bool) -> Judgement {
        match (self.is_only, by_method) {
            (true, true) => Judgement::LetsPass,
            (true, false) => Judgement::Refuses,
            (false, _) => Judgement::Unknown,
        }
    }
}

impl Prover<'_> {
    /// What lies before one call of the handler, from the outermost function in.
    pub(super) fn judge_way_to(&self, wrapper: At<FunctionId>, call: Call, depth: u8) -> Judgement {
        let module = self.program.module(wrapper.file);
        let place = module.span(call.at.it);
        let way = Way { place, is_only: call.is_only, depth };
        let outermost = module.function(wrapper.it).span;
        let around = module
            .functions()
            .filter(|(_, function)| outermost.contains(function.span) && function.span.contains(place));
        let mut best = Judgement::LetsPass;
        for (id, function) in around {
            best = best.min(self.judge_before(wrapper.with(id), &function.body, way));
        }
        best
    }

    fn judge_before(&self, function: At<FunctionId>, body: &[Statement], way: Way) -> Judgement {
        let module = self.program.module(function.file);
        let Way { place, depth, .. } = way;
        let mut best = Judgement::LetsPass;
        for statement in body {
            if statement.span.start > place.start {
                break;
            }
            if !statement.span.contains(place) {
                let is_about_methods = matches!(
                    &statement.kind,
                    StatementKind::If { test, .. } if methods::asks_only_the_method(module, *test)
                );
                if exits(statement) && !is_about_methods {
                    return Judgement::Refuses;
                }
                best = best.min(self.judge_calls(function.with(statement.span), place, depth));
                continue;
            }
            let inside = |part: &[Statement]| part.iter().any(|one| one.span.contains(place));
            let inner = match &statement.kind {
                StatementKind::If { test, .. } if self.span(function.with(*test)).contains(place) => {
                    Judgement::LetsPass
                }
                StatementKind::If { test, then, otherwise } => {
                    let side = if inside(then) { then } else { otherwise };
                    let chosen = way.chosen(methods::asks_only_the_method(module, *test));
                    chosen.min(self.judge_before(function, side, way))
                }
                StatementKind::Switch { subject, cases } => {
                    let chosen = way.chosen(methods::is_method(module, *subject));
                    let case = cases.iter().find(|case| inside(&case.body));
                    chosen.min(case.map_or(chosen, |case| self.judge_before(function, &case.body, way)))
                }
                StatementKind::Try { body, handler, finalizer } => {
                    let part = [body.as_ref(), handler.as_deref().unwrap_or_default(), finalizer];
                    let part = part.into_iter().find(|part| inside(part)).unwrap_or_default();
                    self.judge_before(function, part, way)
                }
                StatementKind::Block(body) | StatementKind::Loop { body, .. } => self.judge_before(function, body, way),
                _ if self.is_chosen(function.with(statement.span), place) => {
                    way.chosen(false).min(self.judge_calls(function.with(statement.span), place, depth))
                }
                _ => self.judge_calls(function.with(statement.span), place, depth),
            };
            return best.min(inner);
        }
        best
    }

    /// Whether the place is one side of `test ? a : b` or `a && b`.
    fn is_chosen(&self, region: At<Span>, place: Span) -> bool {
        let module = self.program.module(region.file);
        module.expressions().any(|(id, expression)| {
            region.it.contains(module.span(id))
                && match expression {
                    Expression::Conditional { then, otherwise, .. } => {
                        module.span(*then).contains(place) || module.span(*otherwise).contains(place)
                    }
                    Expression::Logical { right, .. } => module.span(*right).contains(place),
                    _ => false,
                }
        })
    }

    /// What the calls in a region that end before `place` may do.
    fn judge_calls(&self, region: At<Span>, place: Span, depth: u8) -> Judgement {
        let module = self.program.module(region.file);
        let mut best = Judgement::LetsPass;
        for (call, callee) in self.calls_in(region) {
            if module.span(call.it).end > place.start {
                continue;
            }
            best = best.min(match self.program.follow(callee, &mut Trail::default()) {
                Meaning::Function(function) if self.throws(function, DEPTH.saturating_sub(depth)) => Judgement::Refuses,
                Meaning::Value(at) => match module_function(self, at) {
                    Some(function) if self.throws(function, DEPTH.saturating_sub(depth)) => Judgement::Refuses,
                    Some(_) => Judgement::LetsPass,
                    None => Judgement::Unknown,
                },
                _ if self.never_returns(callee) => Judgement::Refuses,
                meaning @ (Meaning::Outside { .. } | Meaning::Part { .. } | Meaning::Parameter { .. }) => {
                    let refuses = last_name(&meaning).is_some_and(|name| throws_by_name(&name));
                    if refuses { Judgement::Refuses } else { Judgement::LetsPass }
                }
                _ => Judgement::LetsPass,
            });
        }
        best
    }

    pub(super) fn span(&self, at: At<ExpressionId>) -> Span {
        self.program.module(at.file).span(at.it)
    }
}

/// Whether a statement has a way out of its function.
fn exits(statement: &Statement) -> bool {
    any_statement(std::slice::from_ref(statement), &|one| {
        matches!(one.kind, StatementKind::Return(_) | StatementKind::Throw(_))
    })
}
