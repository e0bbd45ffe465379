//! Where a module uses the console, other than in development.

use std::collections::BTreeMap;

use crate::development;
use crate::module::{Expression, ExpressionId, Module, Source, Span};

/// Every use: where, and what as it would be written, such as `console.log`. Left out is what only runs in development.
#[must_use]
pub fn uses(module: &Module) -> Vec<(Span, String)> {
    let mut used: BTreeMap<Span, String> = BTreeMap::new();
    let mut called = Vec::new();
    for (id, expression) in module.expressions() {
        match expression {
            // Children stand before their parents, so the whole call takes the place of its callee.
            Expression::Member { object, property } if is_console(module, *object) => {
                used.remove(&module.span(*object));
                used.insert(module.span(id), format!("console.{property}"));
            }
            Expression::Call(call) => {
                if let Some(what) = used.remove(&module.span(call.callee)) {
                    called.push((module.span(id), what));
                }
            }
            _ if is_console(module, id) => {
                if let Expression::Member { object, .. } = expression {
                    used.remove(&module.span(*object));
                }
                used.insert(module.span(id), "console".to_owned());
            }
            _ => {}
        }
    }
    called.extend(used);
    called.sort_by_key(|(span, _)| *span);
    development::leave_out(module, &mut called, |(span, _)| *span);
    called
}

/// The global `console`, whatever it is reached by.
#[must_use]
pub fn is_console(module: &Module, id: ExpressionId) -> bool {
    match module.expression(id) {
        Expression::Global(name) => name == "console",
        Expression::Member { object, property } => {
            property == "console"
                && matches!(module.expression(*object), Expression::Global(name) if matches!(name.as_str(), "globalThis" | "global" | "window" | "self"))
        }
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Import { specifier, .. } => matches!(specifier.as_str(), "console" | "node:console"),
            _ => false,
        },
        _ => false,
    }
}
