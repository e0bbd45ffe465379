//! Functions that refuse by an error.

use ops_typescript::module::{
    BindingId, Expression, ExpressionId, FunctionId, Key, Module, Name, Source, Span, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning};

use super::Prover;
use super::callable::returns;
use super::definition::DEPTH;
use super::frame::Frame;

/// Whether an answer must be waited for before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// It is a promise.
    Must,
    /// It throws at once, or nobody knows.
    Not,
}

impl Prover<'_> {
    /// Whether a function throws, or calls what never comes back. `outer` are its calls that lead out of the repository.
    pub(super) fn throws_itself(&self, function: At<FunctionId>, outer: &[At<ExpressionId>]) -> bool {
        let body = &self.program.module(function.file).function(function.it).body;
        any_statement(body, &|statement| matches!(statement.kind, StatementKind::Throw(_)))
            || outer.iter().any(|call| {
                let Expression::Call(what) = self.program.module(call.file).expression(call.it) else { return false };
                let callee = call.with(what.callee);
                let meaning = self.program.meaning(callee);
                let is_apart =
                    matches!(meaning, Meaning::Outside { .. } | Meaning::Part { .. } | Meaning::Parameter { .. });
                self.never_returns(callee)
                    || (is_apart && last_name(&meaning).is_some_and(|name| throws_by_name(&name)))
            })
    }

    /// Whether a guard that was called needs nobody to look at its answer, and whether it must be waited for.
    pub(super) fn refuses_by_itself(&self, callee: At<ExpressionId>, frame: &Frame) -> Option<Waits> {
        let meaning = self.program.meaning(callee);
        let function = match &meaning {
            Meaning::Function(function) => *function,
            Meaning::Value(at) => module_function(self, *at)?,
            Meaning::Parameter { binding, path } if path.is_empty() => {
                let (argument, caller) = frame.argument(self.program, *binding)?;
                return self.refuses_by_itself(argument, &caller);
            }
            other => match self.method(callee, other) {
                Some(method) => method,
                None => return last_name(other).filter(|name| throws_by_name(name)).map(|_| Waits::Must),
            },
        };
        let declared = self.program.module(function.file).function(function.it);
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        // Without any answer, a bare return lets pass whom it need not ask.
        let is_bare = || any_statement(&declared.body, &|one| matches!(one.kind, StatementKind::Return(None)));
        let says_no_softly = answers.iter().any(|answer| self.may_be_nothing(function, *answer, DEPTH))
            || (!answers.is_empty() && is_bare());
        let waits = if declared.is_async { Waits::Must } else { Waits::Not };
        (!says_no_softly && self.throws(function, DEPTH)).then_some(waits)
    }

    /// Whether what a function returns may be nothing, or a refusal: a name that no condition looked at before an error, the
    /// answer of something that doesn't throw.
    fn may_be_nothing(&self, function: At<FunctionId>, answer: ExpressionId, depth: u8) -> bool {
        let module = self.program.module(function.file);
        if self.is_refusal(function.with(answer)) {
            return true;
        }
        match module.expression(answer) {
            Expression::Await(inner) => self.may_be_nothing(function, *inner, depth),
            Expression::Binding(_) | Expression::Member { .. } | Expression::Index { .. } => {
                root(module, answer).is_some_and(|name| !self.is_looked_at(function, name))
            }
            Expression::Conditional { then, otherwise, .. } => {
                [then, otherwise].into_iter().any(|side| self.may_be_nothing(function, *side, depth))
            }
            Expression::Logical { right, .. } => self.may_be_nothing(function, *right, depth),
            Expression::Call(call) if !call.is_new => {
                let callee = function.with(call.callee);
                match self.function_of(callee) {
                    Some(inner) if depth > 0 && inner != function => {
                        self.refuses_by_itself(callee, &Frame::default()).is_none()
                    }
                    Some(_) => true,
                    None => {
                        let place = module.span(answer);
                        let name = last_name(&self.program.meaning(callee));
                        !name.is_some_and(|name| throws_by_name(&name))
                            && !is_caught_by_error(&module.function(function.it).body, place)
                            && !self.is_looked_at_any(function)
                    }
                }
            }
            _ => false,
        }
    }

    /// Whether a condition on the name leads to an error.
    fn is_looked_at(&self, function: At<FunctionId>, name: BindingId) -> bool {
        let module = self.program.module(function.file);
        any_statement(&module.function(function.it).body, &|one| {
            self.ends_in_error(function, one)
                && matches!(&one.kind, StatementKind::If { test, .. } if mentions(module, *test, name))
        }) || self.is_asserted(function, name)
            || matches!(module.binding(name).source, Source::Parameter { .. })
    }

    /// Whether any condition leads to an error.
    fn is_looked_at_any(&self, function: At<FunctionId>) -> bool {
        let module = self.program.module(function.file);
        any_statement(&module.function(function.it).body, &|one| {
            matches!(one.kind, StatementKind::If { .. }) && self.ends_in_error(function, one)
        })
    }

    fn ends_in_error(&self, function: At<FunctionId>, statement: &Statement) -> bool {
        any_statement(std::slice::from_ref(statement), &|one| matches!(one.kind, StatementKind::Throw(_)))
            || self.calls_in(function.with(statement.span)).any(|(_, callee)| self.never_returns(callee))
    }

    /// Whether the name holds what throws where it is nothing, or is handed to what does.
    fn is_asserted(&self, function: At<FunctionId>, name: BindingId) -> bool {
        let module = self.program.module(function.file);
        if let Source::Value { initial: Some(initial), .. } = &module.binding(name).source
            && !matches!(module.expression(*initial), Expression::Binding(_) | Expression::Member { .. })
        {
            return !self.may_be_nothing(function, *initial, 0);
        }
        false
    }

    /// Whether a guard from outside of the repository may throw: its name doesn't say that it gets or tells something.
    pub(super) fn may_throw_by_name(&self, callee: At<ExpressionId>) -> bool {
        let meaning = self.program.meaning(callee);
        if matches!(meaning, Meaning::Function(_) | Meaning::Value(_)) {
            return false;
        }
        let tells =
            ["get", "find", "current", "is", "has", "can", "may", "load", "fetch", "read", "auth", "session", "user"];
        last_name(&meaning)
            .is_some_and(|name| throws_by_name(&name) || !tells.iter().any(|word| name.starts_with(word)))
    }

    /// Whether a function from outside throws where its first argument is nothing: `invariant(session)`.
    pub(super) fn asserts(&self, callee: At<ExpressionId>) -> bool {
        let Meaning::Outside { specifier, .. } = self.program.meaning(callee) else {
            return false;
        };
        let plain = specifier.strip_prefix("node:").unwrap_or(&specifier);
        matches!(plain, "assert" | "assert/strict" | "tiny-invariant" | "invariant")
    }

    /// The function of the repository that a callee is.
    pub(super) fn function_of(&self, callee: At<ExpressionId>) -> Option<At<FunctionId>> {
        match self.program.meaning(callee) {
            Meaning::Function(function) => Some(function),
            Meaning::Value(at) => module_function(self, at),
            meaning => self.method(callee, &meaning),
        }
    }

    pub(super) fn is_async(&self, callee: At<ExpressionId>) -> bool {
        self.function_of(callee).is_some_and(|one| self.program.module(one.file).function(one.it).is_async)
    }

    /// Whether what a function gives must be waited for: it is asynchronous, or hands on what a guard or such a function gives.
    pub(super) fn promises(&self, function: At<FunctionId>, frame: &Frame, depth: u8) -> bool {
        let declared = self.program.module(function.file).function(function.it);
        if declared.is_async {
            return true;
        }
        let mut answers = Vec::new();
        returns(&declared.body, &mut answers);
        answers.into_iter().any(|answer| {
            let Expression::Call(call) = self.program.module(function.file).expression(answer) else { return false };
            let callee = function.with(call.callee);
            match self.function_of(callee) {
                Some(inner) => depth > 0 && self.promises(inner, frame, depth - 1),
                None => self.as_guard(callee, frame).is_some(),
            }
        })
    }
}

/// The name that a chain of properties starts at.
pub(super) fn root(module: &Module, mut value: ExpressionId) -> Option<BindingId> {
    loop {
        match module.expression(value) {
            Expression::Member { object, .. } | Expression::Index { object, .. } => value = *object,
            Expression::Binding(binding) => return Some(*binding),
            _ => return None,
        }
    }
}

pub(super) fn mentions(module: &Module, test: ExpressionId, name: BindingId) -> bool {
    let region = module.span(test);
    module.expressions().any(|(id, expression)| {
        matches!(expression, Expression::Binding(binding) if *binding == name) && region.contains(module.span(id))
    })
}

/// Whether a place is tried, and an error there becomes another one.
fn is_caught_by_error(body: &[Statement], place: Span) -> bool {
    any_statement(body, &|statement| match &statement.kind {
        StatementKind::Try { body, handler: Some(handler), .. } => {
            body.iter().any(|one| one.span.contains(place))
                && handler.last().is_some_and(|last| matches!(last.kind, StatementKind::Throw(_)))
        }
        _ => false,
    })
}

pub(super) fn module_function(prover: &Prover<'_>, at: At<ExpressionId>) -> Option<At<FunctionId>> {
    match prover.program.module(at.file).expression(at.it) {
        Expression::Function(function) => Some(at.with(*function)),
        _ => None,
    }
}

/// Looks at statements and those in them; what is in a `catch` counts too.
pub(super) fn any_statement(body: &[Statement], asks: &impl Fn(&Statement) -> bool) -> bool {
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
pub(super) fn throws_by_name(name: &str) -> bool {
    let words = ["require", "assert", "ensure", "protect", "enforce", "authorize", "must"];
    words.iter().any(|word| name.starts_with(word)) || name.ends_with("OrThrow")
}

/// The last name of a path: `protect` of `auth.protect`.
pub(super) fn last_name(meaning: &Meaning) -> Option<Name> {
    let (Meaning::Outside { path, .. } | Meaning::Part { path, .. } | Meaning::Parameter { path, .. }) = meaning else {
        let Meaning::Global { name, path } = meaning else { return None };
        return path.is_empty().then(|| name.clone());
    };
    path.iter().rev().find_map(|key| match key {
        Key::Property(name) => Some(name.clone()),
        Key::Element(_) | Key::Other => None,
    })
}
