//! Whether a guard deserves its name: its definition can refuse, and reaches the handler only after that.

use ops_typescript::module::{
    BindingId, Expression, ExpressionId, FunctionId, Key, Source, Span, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning, Trail};

use super::callable::{Callable, returns};
use super::frame::Frame;
use super::{Guard, Prover};

/// How deep a guard may be built out of others.
const DEPTH: u8 = 6;

/// What a guard's name means in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    Function(At<FunctionId>),
    Value(At<ExpressionId>),
}

impl Target {
    pub(super) fn of(meaning: &Meaning) -> Option<Self> {
        match meaning {
            Meaning::Function(function) => Some(Self::Function(*function)),
            Meaning::Value(value) => Some(Self::Value(*value)),
            _ => None,
        }
    }
}

/// A guard that a proof rests on, as the repository defines it.
#[derive(Debug, Clone)]
pub(crate) struct Definition<'p> {
    pub(crate) guard: &'p Guard,
    pub(crate) place: At<Span>,
    pub(crate) judgement: Judgement,
}

/// What a definition was found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Judgement {
    /// It can refuse, and reaches the handler only after that.
    Refuses,
    /// Nobody can tell without running it.
    Unknown,
    /// It reaches the handler whatever happens, or answers nothing.
    LetsPass,
}

/// Whether an answer must be waited for before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// It is a promise.
    Must,
    /// It throws at once, or nobody knows.
    Not,
}

/// The definitions of all guards that were met so far.
pub(crate) fn definitions<'p>(prover: &Prover<'p>) -> Vec<Definition<'p>> {
    let met = prover.reach.met();
    let mut found = Vec::new();
    for (number, target) in met {
        let Some(guard) = prover.guards.get(number) else { continue };
        let (place, judgement) = match target {
            Target::Function(function) => {
                let span = prover.program.module(function.file).function(function.it).span;
                (function.with(span), prover.judge(function, 0))
            }
            Target::Value(value) => {
                let span = prover.program.module(value.file).span(value.it);
                (value.with(span), prover.judge_value(value, 0))
            }
        };
        found.push(Definition { guard, place, judgement });
    }
    found
}

impl Prover<'_> {
    fn judge_value(&self, value: At<ExpressionId>, depth: u8) -> Judgement {
        match self.program.module(value.file).expression(value.it) {
            Expression::Function(function) => self.judge(value.with(*function), depth),
            Expression::Call(_) => match self.callable(value, &[], &Frame::default(), &mut Trail::default()) {
                Callable::Closure(function, _) => self.judge(function, depth + 1),
                Callable::Guarded(_) | Callable::Either(_) | Callable::Opaque { .. } => {
                    self.judge_builder(value, depth)
                }
            },
            _ => Judgement::Unknown,
        }
    }

    /// A builder is as good as the best function that it was given: `base.use(middleware)`.
    fn judge_builder(&self, value: At<ExpressionId>, depth: u8) -> Judgement {
        let module = self.program.module(value.file);
        let Expression::Call(call) = module.expression(value.it) else { return Judgement::Unknown };
        if depth > DEPTH {
            return Judgement::Unknown;
        }
        for argument in &call.arguments {
            let refuses = match self.program.follow(value.with(argument.value), &mut Trail::default()) {
                Meaning::Function(function) => self.throws(function, DEPTH),
                Meaning::Value(at) => match self.program.module(at.file).expression(at.it) {
                    Expression::Function(function) => self.throws(at.with(*function), DEPTH),
                    Expression::Call(_) => self.judge_builder(at, depth + 1) == Judgement::Refuses,
                    _ => false,
                },
                _ => false,
            };
            if refuses {
                return Judgement::Refuses;
            }
        }
        match module.expression(call.callee) {
            Expression::Member { object, .. } => {
                match self.program.follow(value.with(*object), &mut Trail::default()) {
                    Meaning::Value(at) => self.judge_builder(at, depth + 1),
                    _ => Judgement::Unknown,
                }
            }
            _ => Judgement::Unknown,
        }
    }

    fn judge(&self, function: At<FunctionId>, depth: u8) -> Judgement {
        if depth > DEPTH {
            return Judgement::Unknown;
        }
        let calls = self.handler_calls(function);
        if calls.is_empty() {
            return self.judge_call_style(function, depth);
        }
        let judged = calls.into_iter().map(|call| self.judge_way_to(function, call, depth));
        judged.max().unwrap_or(Judgement::Unknown)
    }

    /// A guard that gets no handler: it must throw, or answer something. One that hands a parameter on is as good as what it
    /// hands it to.
    fn judge_call_style(&self, function: At<FunctionId>, depth: u8) -> Judgement {
        let module = self.program.module(function.file);
        let declared = module.function(function.it);
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        if !answers.is_empty() && answers.iter().all(|answer| self.is_parameter(function.with(*answer))) {
            return Judgement::LetsPass;
        }
        for answer in &answers {
            let Expression::Call(call) = module.expression(*answer) else { continue };
            let hands_on = call.arguments.iter().any(|argument| self.is_parameter(function.with(argument.value)));
            if !hands_on {
                continue;
            }
            let judged = match self.program.follow(function.with(call.callee), &mut Trail::default()) {
                Meaning::Function(inner) => self.judge(inner, depth + 1),
                Meaning::Value(value) => self.judge_value(value, depth + 1),
                _ => Judgement::Unknown,
            };
            if judged != Judgement::Refuses && !self.is_around(function.with(*answer)) {
                return judged;
            }
        }
        if !answers.is_empty() || self.throws(function, DEPTH) {
            return Judgement::Refuses;
        }
        Judgement::LetsPass
    }

    /// Whether a guard stands somewhere in nested calls: `withLog(withAuth(handler))`.
    fn is_around(&self, value: At<ExpressionId>) -> bool {
        let module = self.program.module(value.file);
        let Expression::Call(call) = module.expression(value.it) else { return false };
        call.arguments.iter().any(|argument| {
            let Expression::Call(inner) = module.expression(argument.value) else { return false };
            let judged = match self.program.follow(value.with(inner.callee), &mut Trail::default()) {
                Meaning::Function(function) => self.judge(function, DEPTH),
                Meaning::Value(at) => self.judge_value(at, DEPTH),
                _ => Judgement::Unknown,
            };
            judged == Judgement::Refuses || self.is_around(value.with(argument.value))
        })
    }

    /// The calls of what was given to a wrapper, or to a middleware as `next`.
    fn handler_calls(&self, function: At<FunctionId>) -> Vec<At<ExpressionId>> {
        let module = self.program.module(function.file);
        let span = module.function(function.it).span;
        let calls = self.calls_in(function.with(span));
        calls.filter(|(_, callee)| self.is_parameter_name(*callee)).map(|(call, _)| call).collect()
    }

    fn is_parameter(&self, value: At<ExpressionId>) -> bool {
        matches!(self.program.follow(value, &mut Trail::default()), Meaning::Parameter { .. })
    }

    fn is_parameter_name(&self, callee: At<ExpressionId>) -> bool {
        let module = self.program.module(callee.file);
        let is_given = |binding: BindingId| {
            let binding = module.binding(binding);
            matches!(&binding.source, Source::Parameter { .. })
                && !matches!(binding.name.as_str(), "resolve" | "reject" | "set" | "get")
        };
        match module.expression(callee.it) {
            Expression::Binding(binding) => is_given(*binding) || self.is_parameter(callee),
            _ => false,
        }
    }

    /// What lies before one call of the handler, from the outermost function in.
    fn judge_way_to(&self, wrapper: At<FunctionId>, call: At<ExpressionId>, depth: u8) -> Judgement {
        let module = self.program.module(wrapper.file);
        let place = module.span(call.it);
        let outermost = module.function(wrapper.it).span;
        let around = module
            .functions()
            .filter(|(_, function)| contains(outermost, function.span) && contains(function.span, place));
        let mut best = Judgement::LetsPass;
        for (id, function) in around {
            best = best.min(self.judge_before(wrapper.with(id), &function.body, place, depth));
        }
        best
    }

    fn judge_before(&self, function: At<FunctionId>, body: &[Statement], place: Span, depth: u8) -> Judgement {
        let mut best = Judgement::LetsPass;
        for statement in body {
            if statement.span.start > place.start {
                break;
            }
            if !contains(statement.span, place) {
                if exits(statement) {
                    return Judgement::Refuses;
                }
                best = best.min(self.judge_calls(function.with(statement.span), place, depth));
                continue;
            }
            let inner = match &statement.kind {
                StatementKind::If { test, .. } if contains(self.span(function.with(*test)), place) => {
                    Judgement::LetsPass
                }
                StatementKind::If { .. } | StatementKind::Switch { .. } => Judgement::Refuses,
                StatementKind::Try { body, handler, finalizer } => {
                    let inside = |part: &[Statement]| part.iter().any(|one| contains(one.span, place));
                    let part = [body.as_ref(), handler.as_deref().unwrap_or_default(), finalizer];
                    let part = part.into_iter().find(|part| inside(part)).unwrap_or_default();
                    self.judge_before(function, part, place, depth)
                }
                StatementKind::Block(body) | StatementKind::Loop { body, .. } => {
                    self.judge_before(function, body, place, depth)
                }
                _ if self.is_chosen(function.with(statement.span), place) => Judgement::Refuses,
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
            contains(region.it, module.span(id))
                && match expression {
                    Expression::Conditional { then, otherwise, .. } => {
                        contains(module.span(*then), place) || contains(module.span(*otherwise), place)
                    }
                    Expression::Logical { right, .. } => contains(module.span(*right), place),
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

    /// Whether a function can end with an error of its own, or by sending the caller away.
    pub(super) fn throws(&self, function: At<FunctionId>, depth: u8) -> bool {
        let module = self.program.module(function.file);
        let declared = module.function(function.it);
        if any_statement(&declared.body, &|statement| matches!(statement.kind, StatementKind::Throw(_))) {
            return true;
        }
        self.calls_in(function.with(declared.span)).any(|(_, callee)| {
            if self.never_returns(callee) {
                return true;
            }
            match self.program.follow(callee, &mut Trail::default()) {
                Meaning::Function(inner) => depth > 0 && inner != function && self.throws(inner, depth - 1),
                meaning @ (Meaning::Outside { .. } | Meaning::Part { .. } | Meaning::Parameter { .. }) => {
                    last_name(&meaning).is_some_and(|name| throws_by_name(&name))
                }
                _ => false,
            }
        })
    }

    /// Whether a guard that was called needs nobody to look at its answer, and whether it must be waited for.
    pub(super) fn refuses_by_itself(&self, callee: At<ExpressionId>, frame: &Frame) -> Option<Waits> {
        let meaning = self.program.follow(callee, &mut Trail::default());
        let function = match &meaning {
            Meaning::Function(function) => *function,
            Meaning::Value(at) => module_function(self, *at)?,
            Meaning::Parameter { binding, path } if path.is_empty() => {
                let (argument, caller) = frame.argument(self.program, *binding)?;
                return self.refuses_by_itself(argument, &caller);
            }
            other => return last_name(other).filter(|name| throws_by_name(name)).map(|_| Waits::Not),
        };
        let declared = self.program.module(function.file).function(function.it);
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        // Without any answer, a bare return lets pass whom it need not ask.
        let is_bare = || any_statement(&declared.body, &|one| matches!(one.kind, StatementKind::Return(None)));
        let says_no_softly =
            answers.iter().any(|answer| self.is_refusal(function.with(*answer))) || (!answers.is_empty() && is_bare());
        let waits = if declared.is_async { Waits::Must } else { Waits::Not };
        (!says_no_softly && self.throws(function, DEPTH)).then_some(waits)
    }

    /// Whether a guard's definition is not in the repository.
    pub(super) fn is_from_outside(&self, callee: At<ExpressionId>) -> bool {
        !matches!(self.program.follow(callee, &mut Trail::default()), Meaning::Function(_) | Meaning::Value(_))
    }

    fn span(&self, at: At<ExpressionId>) -> Span {
        self.program.module(at.file).span(at.it)
    }
}

fn module_function(prover: &Prover<'_>, at: At<ExpressionId>) -> Option<At<FunctionId>> {
    match prover.program.module(at.file).expression(at.it) {
        Expression::Function(function) => Some(at.with(*function)),
        _ => None,
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Whether a statement has a way out of its function.
fn exits(statement: &Statement) -> bool {
    any_statement(std::slice::from_ref(statement), &|one| {
        matches!(one.kind, StatementKind::Return(_) | StatementKind::Throw(_))
    })
}

/// Looks at statements and those in them; what is in a `catch` counts too.
fn any_statement(body: &[Statement], asks: &impl Fn(&Statement) -> bool) -> bool {
    body.iter().any(|statement| {
        asks(statement)
            || match &statement.kind {
                StatementKind::If { then, otherwise, .. } => {
                    any_statement(then, asks) || any_statement(otherwise, asks)
                }
                StatementKind::Block(body) | StatementKind::Loop { body, .. } => any_statement(body, asks),
                StatementKind::Switch { cases, .. } => cases.iter().any(|case| any_statement(&case.body, asks)),
                StatementKind::Try { body, handler, finalizer } => {
                    any_statement(body, asks)
                        || any_statement(handler.as_deref().unwrap_or_default(), asks)
                        || any_statement(finalizer, asks)
                }
                _ => false,
            }
    })
}

/// Names that say that who isn't allowed doesn't get past them.
fn throws_by_name(name: &str) -> bool {
    let words = ["require", "assert", "ensure", "protect", "enforce", "authorize", "must"];
    words.iter().any(|word| name.starts_with(word)) || name.ends_with("OrThrow")
}

/// The last name of a path: `protect` of `auth.protect`.
fn last_name(meaning: &Meaning) -> Option<ops_typescript::module::Name> {
    let (Meaning::Outside { path, .. } | Meaning::Part { path, .. } | Meaning::Parameter { path, .. }) = meaning else {
        let Meaning::Global { name, path } = meaning else { return None };
        return path.is_empty().then(|| name.clone());
    };
    path.iter().rev().find_map(|key| match key {
        Key::Property(name) => Some(name.clone()),
        Key::Element(_) | Key::Other => None,
    })
}
