//! Where a module uses the console, other than in development.

use std::collections::BTreeMap;

use crate::module::{Expression, ExpressionId, Key, Logical, Module, Source, Span, Statement, StatementKind};

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
    if called.is_empty() {
        return called;
    }
    called.sort_by_key(|(span, _)| *span);
    let development = development(module);
    called.retain(|(span, _)| !development.iter().any(|region| region.start <= span.start && span.end <= region.end));
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

/// The regions that only run in development.
#[must_use]
pub fn development(module: &Module) -> Vec<Span> {
    let mut regions = Vec::new();
    in_statements(module, &module.body, &mut regions);
    for (_, function) in module.functions() {
        in_statements(module, &function.body, &mut regions);
    }
    for (_, expression) in module.expressions() {
        match expression {
            Expression::Logical { operator: Logical::And, left, right } if asks(module, *left) == Some(true) => {
                regions.push(module.span(*right));
            }
            Expression::Logical { operator: Logical::Or, left, right } if asks(module, *left) == Some(false) => {
                regions.push(module.span(*right));
            }
            Expression::Conditional { test, then, otherwise } => match asks(module, *test) {
                Some(true) => regions.push(module.span(*then)),
                Some(false) => regions.push(module.span(*otherwise)),
                None => {}
            },
            _ => {}
        }
    }
    regions
}

fn in_statements(module: &Module, statements: &[Statement], regions: &mut Vec<Span>) {
    for (position, statement) in statements.iter().enumerate() {
        match &statement.kind {
            StatementKind::If { test, then, otherwise } => {
                let leaves = |last: &Statement| matches!(last.kind, StatementKind::Return(_) | StatementKind::Throw(_));
                if asks(module, *test) == Some(false) && then.last().is_some_and(leaves) {
                    regions.extend(statements.iter().skip(position + 1).map(|statement| statement.span));
                }
                let only = match asks(module, *test) {
                    Some(true) => Some(then),
                    Some(false) => Some(otherwise),
                    None => None,
                };
                regions.extend(only.into_iter().flatten().map(|statement| statement.span));
                in_statements(module, then, regions);
                in_statements(module, otherwise, regions);
            }
            StatementKind::Block(body) | StatementKind::Loop { body, .. } => in_statements(module, body, regions),
            StatementKind::Switch { cases, .. } => {
                cases.iter().for_each(|case| in_statements(module, &case.body, regions));
            }
            StatementKind::Try { body, handler, finalizer } => {
                in_statements(module, body, regions);
                handler.iter().for_each(|handler| in_statements(module, handler, regions));
                in_statements(module, finalizer, regions);
            }
            _ => {}
        }
    }
}

/// Whether a condition asks for development (`true`), for production (`false`), or for something else.
fn asks(module: &Module, test: ExpressionId) -> Option<bool> {
    match module.expression(test) {
        Expression::Not(inner) => asks(module, *inner).map(|asks| !asks),
        Expression::Logical { operator: Logical::And, left, right } => {
            [*left, *right].into_iter().find_map(|side| asks(module, side).filter(|asks| *asks))
        }
        Expression::Binary { operator, left, right } => {
            let is_equal = match *operator {
                "===" | "==" => true,
                "!==" | "!=" => false,
                _ => return None,
            };
            let text = match (module.expression(*left), module.expression(*right)) {
                (Expression::Text(text), _) if is_mode(module, *right) => text,
                (_, Expression::Text(text)) if is_mode(module, *left) => text,
                _ => return None,
            };
            match text.as_str() {
                "development" | "test" => is_equal.then_some(true),
                "production" => Some(!is_equal),
                _ => None,
            }
        }
        Expression::Member { property, .. } if property == "DEV" => Some(true),
        Expression::Member { property, .. } if property == "PROD" => Some(false),
        Expression::Global(name) => by_name(name),
        Expression::Binding(binding) => by_name(&module.binding(*binding).name),
        _ => None,
    }
}

fn by_name(name: &str) -> Option<bool> {
    match name {
        "isDev" | "isDevelopment" | "IS_DEV" | "DEV" | "__DEV__" => Some(true),
        "isProd" | "isProduction" | "IS_PROD" => Some(false),
        _ => None,
    }
}

fn is_mode(module: &Module, id: ExpressionId) -> bool {
    match module.expression(id) {
        Expression::Member { property, .. } => matches!(property.as_str(), "NODE_ENV" | "MODE" | "VERCEL_ENV"),
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Value { path, .. } => matches!(path.last(), Some(Key::Property(name)) if name == "NODE_ENV"),
            _ => false,
        },
        _ => false,
    }
}
