//! Functions that refuse by an error.

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Key, Name, Statement, StatementKind};
use ops_typescript::program::{At, Meaning, Trail};

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
