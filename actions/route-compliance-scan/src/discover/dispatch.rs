//! Handlers that serve several methods: which ones they tell apart.

use std::collections::BTreeSet;

use ops_typescript::module::{Argument, Expression, ExpressionId, FunctionId, Key, Name, Property, Source, Span};
use ops_typescript::module::{Statement, StatementKind};
use ops_typescript::program::{At, Meaning, Program};

use super::rest;
use crate::proof::{METHODS, methods};
use crate::routes::{ANY, Framework, Handler, Route, RoutePath};

/// How many calls a handler may be wrapped in.
const DEPTH: u8 = 8;

/// What answers, and where it stands.
pub(super) struct Served {
    pub(super) framework: Framework,
    pub(super) path: RoutePath,
    pub(super) place: At<Span>,
    pub(super) handler: Handler,
    /// The handler's value, where the file itself has it: `export default createHandler({ GET, POST })`.
    pub(super) value: Option<At<ExpressionId>>,
}

/// One route for each method that the handler tells apart; one for any method where it doesn't.
pub(super) fn routes(program: &Program, served: &Served, meaning: &Meaning, routes: &mut Vec<Route>) {
    let mut found = Found::default();
    found.look(program, meaning, 0);
    let mut add = |method: &str, handler: Handler| {
        routes.push(Route {
            dispatches: true,
            ..Route::new(served.framework, served.path.clone(), method, served.place, handler)
        });
    };
    let all = METHODS.into_iter().filter(|method| found.mapped.contains(method) || found.compared.contains(*method));
    let mut is_any = true;
    for method in all {
        is_any = false;
        match served.value.filter(|_| found.mapped.contains(method)) {
            Some(value) => add(method, Handler::Property(value, method.into())),
            None => add(method, served.handler.clone()),
        }
    }
    if is_any || found.others {
        add(ANY, served.handler.clone());
    }
}

/// The methods that were found.
#[derive(Default)]
struct Found {
    /// Those that a function compares the request's method with, or looks up in a table of handlers.
    compared: BTreeSet<Name>,
    /// Those that are properties of an object which a factory is given: `createHandler({ GET, POST })`.
    mapped: BTreeSet<&'static str>,
    /// Whether methods that nothing names are served, too.
    others: bool,
}

impl Found {
    fn look(&mut self, program: &Program, meaning: &Meaning, depth: u8) {
        match meaning {
            Meaning::Function(function) => self.look_inside(program, *function, depth),
            Meaning::Value(at) | Meaning::Part { of: at, .. } => match program.module(at.file).expression(at.it) {
                Expression::Function(function) => self.look_inside(program, at.with(*function), depth),
                Expression::Call(call) if depth < DEPTH => {
                    self.look_at_arguments(program, *at, &call.arguments, depth);
                    // `wrap(options)(handler)`
                    if let Expression::Call(inner) = program.module(at.file).expression(call.callee) {
                        self.look_at_arguments(program, *at, &inner.arguments, depth);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn look_at_arguments(&mut self, program: &Program, at: At<ExpressionId>, arguments: &[Argument], depth: u8) {
        for argument in arguments {
            let meaning = program.meaning(at.with(argument.value));
            if let Meaning::Value(value) = meaning
                && let Expression::Object(properties) = program.module(value.file).expression(value.it)
            {
                self.mapped.extend(methods_among(properties));
            } else {
                self.look(program, &meaning, depth + 1);
            }
        }
    }

    /// Comparisons, and `handlers[request.method]`. A function that only hands the request on does as the one that gets it.
    fn look_inside(&mut self, program: &Program, function: At<FunctionId>, depth: u8) {
        let compared = methods(program, function);
        let looked_up = looked_up(program, function);
        if compared.is_empty() && looked_up.is_empty() {
            if depth < DEPTH
                && let Some(next) = handed_on(program, function)
            {
                self.look(program, &next, depth + 1);
            }
            return;
        }
        self.others |= looked_up.is_empty() && rest::is_served(program, function);
        self.compared.extend(compared);
        self.compared.extend(looked_up);
    }
}

/// The methods of a table that a function looks the request's method up in.
fn looked_up(program: &Program, function: At<FunctionId>) -> Vec<Name> {
    let module = program.module(function.file);
    let span = module.function(function.it).span;
    let mut found = Vec::new();
    for (id, expression) in module.expressions() {
        let Expression::Index { object, index } = expression else { continue };
        let here = module.span(id);
        if here.start < span.start || span.end < here.end || !is_method(program, function.with(*index)) {
            continue;
        }
        if let Meaning::Value(at) = program.meaning(function.with(*object))
            && let Expression::Object(properties) = program.module(at.file).expression(at.it)
        {
            found.extend(methods_among(properties).map(Name::const_new));
        }
    }
    found
}

/// What a function of a single statement calls with its own first parameter: `return handle(request, response)`.
fn handed_on(program: &Program, function: At<FunctionId>) -> Option<Meaning> {
    let module = program.module(function.file);
    let [Statement { kind: StatementKind::Return(Some(value)) | StatementKind::Expression(value), .. }] =
        module.function(function.it).body.as_slice()
    else {
        return None;
    };
    let value = match module.expression(*value) {
        Expression::Await(inner) => inner,
        _ => value,
    };
    let Expression::Call(call) = module.expression(*value) else { return None };
    let Expression::Binding(first) = module.expression(call.arguments.first()?.value) else { return None };
    let is_request = matches!(&module.binding(*first).source, Source::Parameter { function: of, index: 0, .. } if *of == function.it);
    is_request.then(|| program.meaning(function.with(call.callee)))
}

fn methods_among(properties: &[Property]) -> impl Iterator<Item = &'static str> {
    METHODS.into_iter().filter(|method| {
        properties.iter().any(|property| match &property.key {
            Some(Key::Property(name)) => name.eq_ignore_ascii_case(method),
            _ => false,
        })
    })
}

/// Whether an expression is `request.method`, whatever the request is called and whatever is done to its letters.
pub(super) fn is_method(program: &Program, at: At<ExpressionId>) -> bool {
    let is_last = |path: &[Key]| matches!(path.last(), Some(Key::Property(name)) if name == "method");
    let module = program.module(at.file);
    match module.expression(at.it) {
        Expression::Member { object, property } => {
            property == "method" || is_changed(property) && is_method(program, at.with(*object))
        }
        Expression::Call(call) => is_method(program, at.with(call.callee)),
        // `request.method ?? ""`, `request.method as string`
        Expression::Logical { left, .. } => is_method(program, at.with(*left)),
        Expression::Binding(_) => match program.meaning(at) {
            Meaning::Parameter { path, .. } | Meaning::Part { path, .. } => is_last(&path),
            Meaning::Value(value) if value != at => is_method(program, value),
            _ => false,
        },
        _ => false,
    }
}

fn is_changed(property: &str) -> bool {
    matches!(property, "toUpperCase" | "toLowerCase" | "trim")
}
