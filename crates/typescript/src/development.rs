//! What of a module only runs in development.

use crate::module::{Expression, ExpressionId, Key, Logical, Module, Source, Span, Statement, StatementKind};

/// Leaves of what was found only what runs in production as well. `place` says where each stands.
pub fn leave_out<T>(module: &Module, found: &mut Vec<T>, place: impl Fn(&T) -> Span) {
    if !found.is_empty() {
        let regions = regions(module);
        found.retain(|one| !regions.iter().any(|region| region.contains(place(one))));
    }
}

fn regions(module: &Module) -> Vec<Span> {
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
