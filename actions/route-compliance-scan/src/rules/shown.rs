//! What a value shows where it is written out.

use ops_typescript::module::{Expression, ExpressionId, Module};

/// The values that stand in a value as they are, or as a text: what a template, a list, an object or a choice is made of, what is joined
/// by `+`, and what `String`, `JSON.stringify` and their like are given.
pub(super) fn parts(module: &Module, id: ExpressionId) -> Vec<ExpressionId> {
    match module.expression(id) {
        Expression::Template { holes, .. } => holes.to_vec(),
        Expression::Binary { operator: "+", left, right } | Expression::Logical { left, right, .. } => {
            vec![*left, *right]
        }
        Expression::Conditional { then, otherwise, .. } => vec![*then, *otherwise],
        Expression::Await(inner) => vec![*inner],
        Expression::Array(items) => items.iter().map(|item| item.value).collect(),
        Expression::Object(properties) => properties.iter().map(|property| property.value).collect(),
        Expression::Call(call) => {
            let arguments = || call.arguments.iter().map(|argument| argument.value).collect();
            match module.expression(call.callee) {
                Expression::Global(name) if name == "String" => arguments(),
                Expression::Member { object, property } => match property.as_str() {
                    "stringify" | "inspect" => arguments(),
                    "toString" | "split" | "trim" => vec![*object],
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
