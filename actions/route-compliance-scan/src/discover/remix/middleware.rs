//! `export const middleware = [auth]` of a route and of the layouts around it.
//!
//! It runs on the server, the outermost first, before the loaders and the action, also for the requests of `.data`; `clientMiddleware`
//! runs in the browser and guards nothing. Version 7 leaves it out unless `react-router.config.ts` asks for it. Where a middleware
//! returns nothing, or anything but an answer, React Router goes on by itself: that turns nobody away.
//!
//! Rules: reactrouter.com/how-to/middleware.

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Statement, StatementKind};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::super::chain::returns;
use super::super::exports::{setting, value};
use super::super::lists::items;
use crate::routes::{Layer, LayerKind};

/// How deep lists lie in each other.
const DEPTH: u8 = 6;

/// The exports that are run before the routes of an application.
pub(super) struct Middleware(Vec<&'static str>);

impl Middleware {
    /// As the configuration asks for it.
    pub(super) fn of(program: &Program, configuration: Option<FileId>, is_version_8: bool) -> Self {
        let asks_for = |flag| {
            let flag = configuration.and_then(|file| setting(program, file, &["future", flag]));
            flag == Some(&Expression::Boolean(true))
        };
        let mut found = Vec::new();
        if asks_for("v8_middleware") || is_version_8 {
            found.push("middleware");
        }
        if asks_for("unstable_middleware") {
            found.push("unstable_middleware");
        }
        Self(found)
    }

    /// What these files put before a route, in their order.
    pub(super) fn layers(&self, program: &Program, files: &[FileId]) -> Vec<Layer> {
        let exported = |file: &FileId| self.0.iter().find_map(|name| value(program, *file, name));
        let values = files.iter().filter_map(exported).flat_map(|list| listed(program, list));
        values
            .filter(|value| !function(program, *value).is_some_and(|function| goes_on(program, function)))
            .map(|value| Layer { kind: LayerKind::Router, value })
            .collect()
    }
}

fn listed(program: &Program, list: At<ExpressionId>) -> Vec<At<ExpressionId>> {
    let Meaning::Value(at) = program.meaning(list) else { return Vec::new() };
    match program.module(at.file).expression(at.it) {
        Expression::Array(all) => items(program, at.file, all, DEPTH),
        _ => Vec::new(),
    }
}

/// The function that a value is, or that the function gives out which is called here.
fn function(program: &Program, value: At<ExpressionId>) -> Option<At<FunctionId>> {
    match program.meaning(value) {
        Meaning::Function(function) => Some(function),
        Meaning::Value(at) => match program.module(at.file).expression(at.it) {
            Expression::Function(function) => Some(at.with(*function)),
            Expression::Call(call) => {
                let maker = function(program, at.with(call.callee))?;
                let mut made = Vec::new();
                returns(&program.module(maker.file).function(maker.it).body, &mut made);
                function(program, maker.with(*made.first()?))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a way out of a function gives no answer, though it stands before its end.
fn goes_on(program: &Program, function: At<FunctionId>) -> bool {
    let body = &program.module(function.file).function(function.it).body;
    let before = match body.split_last() {
        Some((Statement { kind: StatementKind::Return(None), .. }, before)) => before,
        _ => body,
    };
    let mut answers = Vec::new();
    returns(body, &mut answers);
    leaves_in_silence(before) || answers.into_iter().any(|answer| is_silent(program, function.with(answer)))
}

fn leaves_in_silence(body: &[Statement]) -> bool {
    body.iter().any(|statement| match &statement.kind {
        StatementKind::Return(value) => value.is_none(),
        StatementKind::If { then, otherwise, .. } => leaves_in_silence(then) || leaves_in_silence(otherwise),
        StatementKind::Block(body) | StatementKind::Loop { body, .. } => leaves_in_silence(body),
        StatementKind::Switch { cases, .. } => cases.iter().any(|case| leaves_in_silence(&case.body)),
        StatementKind::Try { body, handler, finalizer } => {
            [body, handler.as_deref().unwrap_or_default(), finalizer].into_iter().any(leaves_in_silence)
        }
        _ => false,
    })
}

/// Whether what is returned is no answer, though elsewhere it would turn somebody away.
fn is_silent(program: &Program, value: At<ExpressionId>) -> bool {
    let Meaning::Value(at) = program.meaning(value) else {
        return matches!(program.module(value.file).expression(value.it), Expression::Global(name) if name == "undefined");
    };
    let either = |sides: [&ExpressionId; 2]| sides.into_iter().any(|side| is_silent(program, at.with(*side)));
    match program.module(at.file).expression(at.it) {
        Expression::Null | Expression::Boolean(_) | Expression::Object(_) => true,
        Expression::Conditional { then, otherwise, .. } => either([then, otherwise]),
        Expression::Logical { left, right, .. } => either([left, right]),
        _ => false,
    }
}
