//! What a name is filled with after its declaration: by assignments, by methods, by a loop.

use std::cell::RefCell;

use ops_typescript::module::{BindingId, Call, Expression, ExpressionId, Module, Span, StatementKind};
use ops_typescript::program::At;

use super::Prover;
use super::throws::{any_statement, root};

/// Methods that put what they are given into a collection.
const FILLS: [&str; 6] = ["add", "append", "push", "set", "unshift", "write"];

impl Prover<'_> {
    /// The values that go into what a name holds, before a place if they stand beside it.
    pub(super) fn filled_with(&self, name: At<BindingId>, before: At<u32>) -> Vec<ExpressionId> {
        let module = self.program.module(name.file);
        let declared = module.binding(name.it).span;
        let end = if name.file == before.file && declared.start < before.it { before.it } else { u32::MAX };
        let mut values = Vec::new();
        for (id, expression) in module.expressions().filter(|(id, _)| module.span(*id).start < end) {
            match expression {
                Expression::Assign { target, value } if root(module, *target) == Some(name.it) => values.push(*value),
                Expression::Call(call) if module.span(id).end <= end => fills(module, call, name.it, &mut values),
                _ => {}
            }
        }
        values.extend(looped_over(module, declared));
        values
    }
}

fn fills(module: &Module, call: &Call, name: BindingId, values: &mut Vec<ExpressionId>) {
    let Expression::Member { object, property } = module.expression(call.callee) else { return };
    let given = call.arguments.iter().map(|argument| argument.value);
    if FILLS.contains(&property.as_str()) && root(module, *object) == Some(name) {
        values.extend(given);
    } else if property == "assign" && matches!(module.expression(*object), Expression::Global(of) if of == "Object") {
        let is_filled = call.arguments.first().is_some_and(|first| root(module, first.value) == Some(name));
        values.extend(given.skip(1).filter(|_| is_filled));
    }
}

/// What the loop goes over whose variable is declared here.
fn looped_over(module: &Module, declared: Span) -> Vec<ExpressionId> {
    let found = RefCell::new(Vec::new());
    let bodies = module.functions().map(|(_, function)| &*function.body).chain([&*module.body]);
    for body in bodies {
        any_statement(body, &|statement| {
            if let StatementKind::Loop { head, body, .. } = &statement.kind
                && body.first().is_some_and(|first| first.span.contains(declared))
                && matches!(body.first().map(|first| &first.kind), Some(StatementKind::Declare { .. }))
            {
                found.borrow_mut().extend(head.iter().copied());
            }
            false
        });
    }
    found.into_inner()
}
