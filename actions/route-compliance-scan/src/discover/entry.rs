//! Routes that only hand all requests on to a router whose own routes are found: `export const GET = handle(app)`.

use ops_typescript::module::{Call, Expression, ExpressionId, Key, Statement, StatementKind};
use ops_typescript::program::{At, Meaning, Program};

use super::{trpc, vercel};
use crate::routes::{Framework, Handler, Route};

/// All that [`whose`] may say.
pub(super) const BEHIND: [Framework; 3] = [Framework::Hono, Framework::Trpc, Framework::Remix];

/// Whose routes a route stands for, if it does nothing but hand requests on.
pub(super) fn whose(program: &Program, route: &Route) -> Option<Framework> {
    let meaning = match &route.handler {
        Handler::Export(file, name) => program.meaning_of_export(*file, name),
        Handler::Expression(at) => program.meaning(*at),
        Handler::Function(_) | Handler::Property(..) | Handler::Framework => return None,
    };
    let (at, call) = call(program, &meaning)?;
    let callee = at.with(call.callee);
    let first = || call.arguments.first().map(|one| at.with(one.value));
    if matches!(route.framework, Framework::NextApp | Framework::Vercel) && vercel::is_adapter(program, callee) {
        // Of an application from elsewhere no routes are found.
        return is(program, first()?, vercel::is_router).then_some(Framework::Hono);
    }
    let Meaning::Outside { specifier, path } = program.meaning(callee) else { return None };
    if specifier.starts_with("@trpc/server/adapters") {
        let router = property(program, first()?, "router")?;
        return is(program, router, trpc::is_router).then_some(Framework::Trpc);
    }
    let is_handler = matches!(path.last(), Some(Key::Property(name)) if name == "createRequestHandler");
    let is_remix = ["@remix-run/", "@react-router/"].iter().any(|scope| specifier.starts_with(scope));
    (is_handler && is_remix).then_some(Framework::Remix)
}

/// The call that a value is, or the only thing that a function does: `(request) => fetchRequestHandler({ … })`.
fn call<'p>(program: &'p Program, meaning: &Meaning) -> Option<(At<ExpressionId>, &'p Call)> {
    let (file, it) = match meaning {
        Meaning::Value(at) => match program.module(at.file).expression(at.it) {
            Expression::Call(call) => return Some((*at, call)),
            Expression::Function(function) => (at.file, *function),
            _ => return None,
        },
        Meaning::Function(function) => (function.file, function.it),
        _ => return None,
    };
    let module = program.module(file);
    let [Statement { kind: StatementKind::Return(Some(value)), .. }] = module.function(it).body.as_slice() else {
        return None;
    };
    let value = match module.expression(*value) {
        Expression::Await(inner) => *inner,
        _ => *value,
    };
    match module.expression(value) {
        Expression::Call(call) => Some((At { file, it: value }, call)),
        _ => None,
    }
}

/// Whether a value is written in this repository, and such a one.
fn is(program: &Program, value: At<ExpressionId>, such: fn(&Program, At<ExpressionId>) -> bool) -> bool {
    match program.meaning(value) {
        Meaning::Value(value) => such(program, value),
        _ => false,
    }
}

fn property(program: &Program, object: At<ExpressionId>, name: &str) -> Option<At<ExpressionId>> {
    let Meaning::Value(at) = program.meaning(object) else { return None };
    let Expression::Object(properties) = program.module(at.file).expression(at.it) else { return None };
    let found = properties.iter().find(|one| matches!(&one.key, Some(Key::Property(key)) if key == name));
    found.map(|one| at.with(one.value))
}
