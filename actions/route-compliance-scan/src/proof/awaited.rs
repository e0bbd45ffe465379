//! Calls that somebody waits for: in a statement of their own, or with others.

use std::cell::RefCell;
use std::sync::Arc;

use ops_typescript::module::{Expression, ExpressionId, Module, Statement, StatementKind};
use ops_typescript::program::At;
use rustc_hash::FxHashSet;

use super::Prover;
use super::throws::any_statement;

/// The calls of a module that are waited for in another way than by an `await` before them, or whose answer nobody uses.
#[derive(Debug, Default)]
pub(super) struct Awaited {
    /// Those in `await Promise.all([…])`.
    together: FxHashSet<ExpressionId>,
    /// Those that are a statement: `await queue.flush();`.
    dropped: FxHashSet<ExpressionId>,
}

impl Prover<'_> {
    /// Whether somebody waits for a call, and has no use for its answer.
    pub(super) fn is_dropped(&self, call: At<ExpressionId>) -> bool {
        self.awaited(call).dropped.contains(&call.it)
    }

    /// Whether somebody waits for a call with others.
    pub(super) fn is_among_promises(&self, call: At<ExpressionId>) -> bool {
        self.awaited(call).together.contains(&call.it)
    }

    fn awaited(&self, call: At<ExpressionId>) -> Arc<Awaited> {
        let work = || Arc::new(Awaited::of(self.program.module(call.file)));
        self.reach.awaited.ask(call.file, Arc::default, work)
    }
}

impl Awaited {
    fn of(module: &Module) -> Self {
        let mut awaited = Self::default();
        for (_, expression) in module.expressions() {
            if let Expression::Await(inner) = expression {
                awaited.together.extend(together(module, *inner));
            }
        }
        awaited.drop_in(module, &module.body);
        for (_, function) in module.functions() {
            awaited.drop_in(module, &function.body);
        }
        awaited
    }

    fn drop_in(&mut self, module: &Module, body: &[Statement]) {
        let found = RefCell::new(Vec::new());
        any_statement(body, &|statement| {
            if let StatementKind::Expression(value) = statement.kind
                && let Expression::Await(inner) = module.expression(value)
            {
                found.borrow_mut().push(*inner);
            }
            false
        });
        let mut dropped = found.into_inner();
        while let Some(one) = dropped.pop() {
            let Expression::Call(call) = module.expression(one) else { continue };
            self.dropped.insert(one);
            dropped.extend(together(module, one));
            // `await queue.flush().catch(log)`
            if let Expression::Member { object, property } = module.expression(call.callee)
                && matches!(property.as_str(), "catch" | "finally")
            {
                dropped.push(*object);
            }
        }
    }
}

/// The calls in `Promise.all([…])`.
fn together(module: &Module, all: ExpressionId) -> Vec<ExpressionId> {
    let Expression::Call(call) = module.expression(all) else { return Vec::new() };
    let Expression::Member { object, property } = module.expression(call.callee) else { return Vec::new() };
    if !matches!(module.expression(*object), Expression::Global(name) if name == "Promise")
        || !matches!(property.as_str(), "all" | "allSettled" | "any" | "race")
    {
        return Vec::new();
    }
    let Some(Expression::Array(items)) = call.arguments.first().map(|list| module.expression(list.value)) else {
        return Vec::new();
    };
    items.iter().map(|item| item.value).collect()
}
