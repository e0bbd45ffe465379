//! What `configure(consumer)` of a module says of its middleware.

use ops_typescript::module::{
    Call, Expression, ExpressionId, FunctionId, Name, Source, Span, Statement, StatementKind,
};
use ops_typescript::program::{At, Meaning, Program};

use super::super::chain::Conditions;
use super::super::lists::items;
use super::decorator::{named, property};
use super::middleware::{Excluded, Rule, Target};
use crate::routes::{Layer, LayerKind};

/// How deep lists lie in each other, and how long a chain of calls is.
const DEPTH: u8 = 32;

/// What is said under no condition.
pub(super) fn rules_of(program: &Program, module: At<ExpressionId>) -> Vec<Rule> {
    let Expression::Class(class) = program.module(module.file).expression(module.it) else { return Vec::new() };
    let members = super::members(program, module.file, class, super::DEPTH);
    let configure = members.into_iter().find(|(_, member)| member.name.as_deref() == Some("configure"));
    let Some(configure) = configure.and_then(|(file, member)| super::function(program, At { file, it: member.value? }))
    else {
        return Vec::new();
    };
    let file = program.module(configure.file);
    let conditions = Conditions::of(file);
    let declared = file.function(configure.it);
    let left = first_exit(&declared.body).unwrap_or(declared.span.end);
    let is_certain = |span: Span| {
        let is_inner = |one: Span| declared.span.contains(one) && one != declared.span && one.contains(span);
        span.start < left
            && conditions.around(span).next().is_none()
            && !file.functions().any(|(_, function)| is_inner(function.span))
    };
    let calls = file.expressions_in(configure.it).filter_map(|(id, expression)| match expression {
        Expression::Call(call) if is_certain(file.span(id)) => Some(call),
        _ => None,
    });
    calls.filter_map(|call| rule(program, module, configure, call)).collect()
}

/// Where something is left before its end.
fn first_exit(body: &[Statement]) -> Option<u32> {
    body.iter().find_map(|statement| match &statement.kind {
        StatementKind::Return(_) | StatementKind::Throw(_) => Some(statement.span.end),
        StatementKind::If { then, otherwise, .. } => first_exit(then).or_else(|| first_exit(otherwise)),
        StatementKind::Block(body) | StatementKind::Loop { body, .. } => first_exit(body),
        StatementKind::Switch { cases, .. } => cases.iter().find_map(|case| first_exit(&case.body)),
        StatementKind::Try { body, handler, finalizer } => {
            first_exit(body).or_else(|| first_exit(handler.as_deref()?)).or_else(|| first_exit(finalizer))
        }
        _ => None,
    })
}

/// What a call of `forRoutes` says.
fn rule(program: &Program, module: At<ExpressionId>, configure: At<FunctionId>, call: &Call) -> Option<Rule> {
    let file = configure.file;
    let (mut object, name) = method(program, At { file, it: call.callee })?;
    if name != "forRoutes" {
        return None;
    }
    let targets = items(program, file, &call.arguments, DEPTH);
    let targets = targets.into_iter().filter_map(|target| Target::read(program, target)).collect();
    let mut excluded = Vec::new();
    for _ in 0..DEPTH {
        // Only as it is written here: through a name, other statements may exclude more.
        let Expression::Call(call) = program.module(file).expression(object.it) else { return None };
        let (inner, name) = method(program, object.with(call.callee))?;
        let arguments = items(program, file, &call.arguments, DEPTH);
        match name.as_str() {
            "exclude" => excluded.extend(arguments.into_iter().map(|one| Excluded::read(program, one))),
            "apply" if is_consumer(program, inner, configure) => {
                let layers = arguments.into_iter().flat_map(|one| layers(program, one, DEPTH)).collect();
                return Some(Rule { module, layers, targets, excluded });
            }
            _ => return None,
        }
        object = inner;
    }
    None
}

/// What a method is called of, and its name.
fn method(program: &Program, callee: At<ExpressionId>) -> Option<(At<ExpressionId>, &Name)> {
    match program.module(callee.file).expression(callee.it) {
        Expression::Member { object, property } => Some((callee.with(*object), property)),
        _ => None,
    }
}

/// The first parameter of `configure`, or what an earlier `forRoutes` hands back.
fn is_consumer(program: &Program, mut value: At<ExpressionId>, configure: At<FunctionId>) -> bool {
    for _ in 0..DEPTH {
        match program.meaning(value) {
            Meaning::Parameter { binding, path } => {
                let source = &program.module(binding.file).binding(binding.it).source;
                return path.is_empty()
                    && matches!(source, Source::Parameter { function, index: 0, .. }
                        if binding.with(*function) == configure);
            }
            Meaning::Value(at) => {
                let Expression::Call(call) = program.module(at.file).expression(at.it) else { return false };
                let Some((object, _)) = method(program, at.with(call.callee)) else { return false };
                value = object;
            }
            _ => return false,
        }
    }
    false
}

/// The middleware as it is named, and what of a class is called.
fn layers(program: &Program, value: At<ExpressionId>, depth: u8) -> Vec<Layer> {
    let layer = |value| Layer { kind: LayerKind::Router, value };
    let mut found = vec![layer(value)];
    if let Meaning::Value(at) = program.meaning(value) {
        match program.module(at.file).expression(at.it) {
            Expression::Array(list) if depth > 0 => {
                let inner = items(program, at.file, list, DEPTH);
                return inner.into_iter().flat_map(|one| layers(program, one, depth - 1)).collect();
            }
            Expression::Class(class) => {
                let members = super::members(program, at.file, class, super::DEPTH);
                let called = members.into_iter().find(|(_, member)| member.name.as_deref() == Some("use"));
                found.extend(called.and_then(|(file, member)| Some(layer(At { file, it: member.value? }))));
            }
            _ => {}
        }
    }
    found
}

impl Target {
    /// Nothing for what nobody knows.
    fn read(program: &Program, value: At<ExpressionId>) -> Option<Self> {
        let Meaning::Value(at) = program.meaning(value) else { return None };
        match program.module(at.file).expression(at.it) {
            Expression::Class(_) => Some(Self::Controller(at)),
            Expression::Text(text) => Some(Self::Path { path: text.to_string(), method: None, is_text: true }),
            Expression::Object(_) if property(program, at, "version").is_none() => {
                let path = text(program, property(program, at, "path")?)?;
                let method = named(program, property(program, at, "method")?)?;
                Some(Self::Path { path, method: Some(method).filter(|method| method != "ALL"), is_text: false })
            }
            _ => None,
        }
    }
}

impl Excluded {
    fn read(program: &Program, value: At<ExpressionId>) -> Self {
        let path = property(program, value, "path").unwrap_or(value);
        let method = property(program, value, "method").and_then(|method| named(program, method));
        Self { path: text(program, path), method: method.filter(|method| method != "ALL") }
    }
}

fn text(program: &Program, value: At<ExpressionId>) -> Option<String> {
    match program.meaning(value) {
        Meaning::Value(at) => match program.module(at.file).expression(at.it) {
            Expression::Text(text) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    }
}
