//! Which methods a handler tells apart, where one handler serves them all.

use std::collections::BTreeSet;

use ops_typescript::module::{BindingId, Expression, ExpressionId, FunctionId, Key, Logical, Module, Name, Source};
use ops_typescript::program::{At, Program};

/// The methods of HTTP.
pub(crate) const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The methods that a function compares the request's with, in the order of HTTP's own list.
pub(crate) fn methods(program: &Program, function: At<FunctionId>) -> Vec<Name> {
    let module = program.module(function.file);
    let span = module.function(function.it).span;
    let inside = |id: ExpressionId| span.start <= module.span(id).start && module.span(id).end <= span.end;
    let reads = module.expressions().any(|(id, _)| inside(id) && is_method(module, id));
    if !reads {
        return Vec::new();
    }
    let words = module.expressions().filter(|(id, _)| inside(*id)).filter_map(|(_, expression)| match expression {
        Expression::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let named: BTreeSet<&str> = words.collect();
    METHODS.into_iter().filter(|method| named.contains(method)).map(Name::from).collect()
}

/// Whether a condition holds for requests of one method; nothing where it asks for something else.
pub(super) fn holds(module: &Module, test: ExpressionId, method: &str) -> Option<bool> {
    match module.expression(test) {
        Expression::Not(inner) => holds(module, *inner, method).map(|holds| !holds),
        Expression::Logical { operator, left, right } => {
            let sides = (holds(module, *left, method), holds(module, *right, method));
            match (operator, sides) {
                (Logical::And, (Some(false), _) | (_, Some(false))) => Some(false),
                (Logical::And, (Some(true), Some(true))) => Some(true),
                (Logical::Or, (Some(true), _) | (_, Some(true))) => Some(true),
                (Logical::Or, (Some(false), Some(false))) => Some(false),
                _ => None,
            }
        }
        Expression::Binary { operator, left, right } => {
            let is_equal = match *operator {
                "===" | "==" => true,
                "!==" | "!=" => false,
                _ => return None,
            };
            let text = match (is_method(module, *left), is_method(module, *right)) {
                (true, false) => right,
                (false, true) => left,
                _ => return None,
            };
            match module.expression(*text) {
                Expression::Text(text) => Some((text == method) == is_equal),
                _ => None,
            }
        }
        Expression::Call(call) => {
            let Expression::Member { object, property } = module.expression(call.callee) else { return None };
            let asks = call.arguments.first().is_some_and(|argument| is_method(module, argument.value));
            match module.expression(*object) {
                Expression::Array(items) if asks && property == "includes" => Some(
                    items
                        .iter()
                        .any(|item| matches!(module.expression(item.value), Expression::Text(text) if text == method)),
                ),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether an expression is the request's method.
pub(super) fn is_method(module: &Module, expression: ExpressionId) -> bool {
    match module.expression(expression) {
        Expression::Member { property, .. } => property == "method",
        Expression::Binding(binding) => is_method_binding(module, *binding),
        Expression::Call(call) => match module.expression(call.callee) {
            Expression::Member { object, property } => property == "toUpperCase" && is_method(module, *object),
            _ => false,
        },
        _ => false,
    }
}

fn is_method_binding(module: &Module, binding: BindingId) -> bool {
    match &module.binding(binding).source {
        Source::Value { initial: Some(initial), path } => match path.last() {
            Some(Key::Property(name)) => name == "method",
            Some(_) => false,
            None => matches!(module.expression(*initial), Expression::Member { property, .. } if property == "method"),
        },
        Source::Parameter { path, .. } => matches!(path.last(), Some(Key::Property(name)) if name == "method"),
        _ => false,
    }
}
