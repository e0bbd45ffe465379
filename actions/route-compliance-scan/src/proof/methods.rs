//! Which methods a handler tells apart, where one handler serves them all.

use std::collections::BTreeSet;

use ops_typescript::module::{
    BindingId, Expression, ExpressionId, FunctionId, Key, Logical, Module, Name, Source, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning, Program};

/// The methods of HTTP.
pub(crate) const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The methods that a function compares the request's with, in the order of HTTP's own list.
pub(crate) fn methods(program: &Program, function: At<FunctionId>) -> Vec<Name> {
    let module = program.module(function.file);
    let region = module.function(function.it).span;
    let mut named = BTreeSet::new();
    for (_, expression) in module.expressions().filter(|(id, _)| region.contains(module.span(*id))) {
        match expression {
            Expression::Binary { left, right, .. } => {
                for (asked, other) in [(left, right), (right, left)] {
                    named.extend(text(module, *other).filter(|_| is_method(module, *asked)));
                }
            }
            Expression::Call(call) if call.arguments.first().is_some_and(|first| is_method(module, first.value)) => {
                if let Expression::Member { object, .. } = module.expression(call.callee) {
                    named.extend(words(program, function.with(*object)));
                }
            }
            _ => {}
        }
    }
    for (_, one) in module.functions().filter(|(_, one)| region.contains(one.span)) {
        cases(module, &one.body, &mut named);
    }
    METHODS.into_iter().filter(|method| named.contains(method)).map(Name::from).collect()
}

fn text(module: &Module, expression: ExpressionId) -> Option<&str> {
    match module.expression(expression) {
        Expression::Text(text) => Some(text),
        _ => None,
    }
}

/// The texts in an array that a method is looked for in.
fn words(program: &Program, list: At<ExpressionId>) -> Vec<&str> {
    let Meaning::Value(at) = program.meaning(list) else { return Vec::new() };
    let module = program.module(at.file);
    match module.expression(at.it) {
        Expression::Array(items) => items.iter().filter_map(|item| text(module, item.value)).collect(),
        _ => Vec::new(),
    }
}

/// The cases of every `switch` on the method.
fn cases<'m>(module: &'m Module, body: &'m [Statement], named: &mut BTreeSet<&'m str>) {
    for statement in body {
        match &statement.kind {
            StatementKind::Switch { subject, cases: all } => {
                if is_method(module, *subject) {
                    named.extend(all.iter().filter_map(|case| text(module, case.test?)));
                }
                all.iter().for_each(|case| cases(module, &case.body, named));
            }
            StatementKind::If { then, otherwise, .. } => {
                cases(module, then, named);
                cases(module, otherwise, named);
            }
            StatementKind::Block(body) | StatementKind::Loop { body, .. } => cases(module, body, named),
            StatementKind::Try { body, handler, finalizer } => {
                cases(module, body, named);
                cases(module, handler.as_deref().unwrap_or_default(), named);
                cases(module, finalizer, named);
            }
            _ => {}
        }
    }
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

/// Whether a condition asks for the request's method and nothing else.
pub(super) fn asks_only_the_method(module: &Module, test: ExpressionId) -> bool {
    match module.expression(test) {
        Expression::Not(inner) => asks_only_the_method(module, *inner),
        Expression::Logical { left, right, .. } => {
            asks_only_the_method(module, *left) && asks_only_the_method(module, *right)
        }
        Expression::Binary { left, right, .. } => is_method(module, *left) || is_method(module, *right),
        Expression::Index { index, .. } => is_method(module, *index),
        Expression::Call(call) => call.arguments.first().is_some_and(|first| is_method(module, first.value)),
        _ => false,
    }
}

/// Whether an expression is the request's method.
pub(super) fn is_method(module: &Module, expression: ExpressionId) -> bool {
    match module.expression(expression) {
        Expression::Member { object, property } => property == "method" && !is_content(module, *object),
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
        Source::Value { initial: Some(initial), path } => match path.split_last() {
            Some((Key::Property(name), rest)) => name == "method" && rest.is_empty() && !is_content(module, *initial),
            Some(_) => false,
            None => matches!(module.expression(*initial), Expression::Member { .. }) && is_method(module, *initial),
        },
        Source::Parameter { path, .. } => match path.split_last() {
            Some((Key::Property(name), rest)) => name == "method" && !rest.iter().any(is_name_of_content),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a value is what the request brings, and may hold whatever the caller likes.
fn is_content(module: &Module, value: ExpressionId) -> bool {
    match module.expression(value) {
        Expression::Member { property, .. } => is_name_of_content(&Key::Property(property.clone())),
        Expression::Await(_) | Expression::Call(_) => true,
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Value { initial: Some(initial), path } => {
                path.iter().any(is_name_of_content) || is_content(module, *initial)
            }
            Source::Parameter { path, .. } => path.iter().any(is_name_of_content),
            _ => false,
        },
        _ => false,
    }
}

fn is_name_of_content(key: &Key) -> bool {
    matches!(key, Key::Property(name) if matches!(name.as_str(), "body" | "query" | "params" | "data" | "payload"))
}
