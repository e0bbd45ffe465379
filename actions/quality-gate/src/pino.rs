//! The loggers that a module makes with pino, and what it tells them, as far as it stands there.

use ops_typescript::module::{Expression, ExpressionId, Imported, Key, Module, Property, Source, Span};

/// A logger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// Where it is made.
    pub(crate) span: Span,
    /// What pino is given first: options, or where to write to.
    pub(crate) options: Given,
    /// The level, where it is written as a text.
    pub(crate) level: Option<String>,
}

/// What stands in the first place of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    Nothing,
    Value(ExpressionId),
    /// `...values`
    Spread,
}

/// Every logger that a call of pino makes.
pub(crate) fn made(module: &Module) -> Vec<Made> {
    let calls = module.expressions().filter_map(|(id, expression)| match expression {
        Expression::Call(call) if is_pino(module, call.callee) => Some((module.span(id), call)),
        _ => None,
    });
    calls
        .map(|(span, call)| {
            let options = match call.arguments.first() {
                None => Given::Nothing,
                Some(argument) if argument.is_spread => Given::Spread,
                Some(argument) => Given::Value(argument.value),
            };
            Made { span, options, level: level(module, options) }
        })
        .collect()
}

/// Whether a file with this text may bind fields to a logger: children, middleware, and frameworks that bring pino.
pub(crate) fn may_bind(text: &str) -> bool {
    ["child", "setBindings", "pino", "fastify"].iter().any(|word| text.contains(word))
}

fn level(module: &Module, options: Given) -> Option<String> {
    let Given::Value(options) = options else { return None };
    let Expression::Object(properties) = resolved(module, options) else { return None };
    let named = |one: &&Property| matches!(&one.key, Some(Key::Property(key)) if key == "level");
    // What is spread into it may say anything.
    let is_open = properties.iter().any(|one| !matches!(one.key, Some(Key::Property(_))));
    match resolved(module, properties.iter().find(named)?.value) {
        Expression::Text(text) if !is_open => Some(text.to_string()),
        _ => None,
    }
}

/// An expression, or the value of the constant that it names.
fn resolved(module: &Module, id: ExpressionId) -> &Expression {
    let expression = module.expression(id);
    let Expression::Binding(binding) = expression else { return expression };
    let binding = module.binding(*binding);
    match &binding.source {
        Source::Value { initial: Some(initial), path } if binding.is_constant && path.is_empty() => {
            module.expression(*initial)
        }
        _ => expression,
    }
}

fn is_pino(module: &Module, callee: ExpressionId) -> bool {
    match module.expression(callee) {
        Expression::Member { object, property } => {
            matches!(property.as_str(), "pino" | "default") && is_package(module, *object)
        }
        _ => is_package(module, callee),
    }
}

/// What pino gives away, by an import or by `require`.
fn is_package(module: &Module, id: ExpressionId) -> bool {
    let Expression::Binding(binding) = module.expression(id) else { return is_required(module, id) };
    match &module.binding(*binding).source {
        Source::Import { specifier, imported } => {
            let is_whole = match imported {
                Imported::Name(name) => matches!(name.as_str(), "default" | "pino"),
                Imported::All => true,
            };
            specifier == "pino" && is_whole
        }
        Source::Value { initial: Some(initial), path } => {
            let is_whole = match &**path {
                [] => true,
                [Key::Property(name)] => name == "pino" || name == "default",
                _ => false,
            };
            is_whole && is_required(module, *initial)
        }
        _ => false,
    }
}

/// `require("pino")`
fn is_required(module: &Module, id: ExpressionId) -> bool {
    let Expression::Call(call) = module.expression(id) else { return false };
    let is_require = matches!(module.expression(call.callee), Expression::Global(name) if name == "require");
    let named = call.arguments.first().map(|argument| module.expression(argument.value));
    is_require && matches!(named, Some(Expression::Text(text)) if text == "pino")
}
