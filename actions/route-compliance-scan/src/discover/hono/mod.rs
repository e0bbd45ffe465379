//! Hono: `new Hono().use(…).get(path, …middlewares, handler)`, with `basePath`, `route`, `mount`, `on` and OpenAPI routes.
//!
//! A router that is put into another one leaves all it has there, in order: its middlewares also stand before what is
//! registered later below the same path.

#[cfg(test)]
mod tests;

use ops_typescript::module::{Call, Expression, ExpressionId, Key, Name};
use ops_typescript::program::{At, Meaning, Program};

use super::chain::{Answer, Dialect, Engine, Event, Pattern, Registered, Registration, Scope, Scoped, Style, files};
use crate::routes::{ANY, Framework, Route};
use crate::survey::{Mark, Survey};

const HONO: Dialect = Dialect {
    framework: Framework::Hono,
    verbs: &[
        "get", "post", "put", "delete", "options", "patch", "all", "on", "use", "route", "mount", "openapi", "doc",
        "doc31",
    ],
    prefixing: &["basePath"],
    style: Style::WildcardMayBeEmpty,
    constructs,
    is_app_type: |text| ["Hono", "OpenAPIHono"].contains(&text.split('<').next().unwrap_or_default().trim()),
    read,
    reaches_back: false,
};

/// Packages whose handlers show the description of the routes.
const DOCUMENTS: [&str; 2] = ["@hono/swagger-ui", "@scalar/hono-api-reference"];

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    Engine::routes(program, &HONO, &files(program, survey, Mark::Hono, &HONO))
}

/// `new Hono()`, `new OpenAPIHono()`, and `createApp()` of a factory.
fn constructs(callee: &Meaning, call: &Call) -> bool {
    let (Meaning::Outside { path, .. } | Meaning::Part { path, .. }) = callee else { return false };
    match path.last() {
        Some(Key::Property(name)) if call.is_new => matches!(name.as_str(), "Hono" | "OpenAPIHono"),
        Some(Key::Property(name)) => name == "createApp" && matches!(callee, Meaning::Part { .. }),
        _ => false,
    }
}

fn read(engine: &Engine<'_>, registration: &Registration, scope: &Scope) -> Vec<Event> {
    let Registered::Verb(verb) = &registration.what else { return Vec::new() };
    let mut values = engine.arguments(registration, scope);
    match verb.as_str() {
        "use" => {
            let paths = take_path(engine, &mut values).unwrap_or_default();
            engine.middlewares(registration, paths, &values, 2)
        }
        "on" if values.len() > 2 => {
            let methods = methods(engine, &values.remove(0));
            let paths = engine.certain_paths(&values.remove(0));
            engine.answer(registration, methods, paths, values).into_iter().collect()
        }
        "route" if values.len() == 2 => {
            let what = values.remove(1);
            let path = engine.certain_paths(&values.remove(0)).pop().unwrap_or_default();
            vec![Event::Mount { path, what }]
        }
        "mount" if values.len() > 1 => {
            let handler = values.remove(1);
            let paths = engine.certain_paths(&values.remove(0)).iter().map(Pattern::with_rest).collect();
            engine.answer(registration, vec![ANY.into()], paths, vec![handler]).into_iter().collect()
        }
        "openapi" if values.len() > 1 => openapi(engine, registration, values),
        "doc" | "doc31" if values.len() > 1 => {
            let (methods, paths) = (vec!["GET".into()], engine.certain_paths(&values.remove(0)));
            let place = engine.place(registration);
            vec![Event::Route(Answer { methods, paths, layers: Vec::new(), handler: None, settings: None, place })]
        }
        "on" | "route" | "mount" | "openapi" | "doc" | "doc31" => Vec::new(),
        verb => {
            let method = if verb == "all" { ANY.into() } else { Name::from(verb.to_ascii_uppercase()) };
            let paths = take_path(engine, &mut values).unwrap_or_else(|| path_before(engine, registration.call, scope));
            let is_document = values.last().is_some_and(|handler| is_document(engine, handler));
            let mut answer = engine.answer(registration, vec![method], paths, values);
            if let Some(Event::Route(Answer { handler, .. })) = answer.as_mut().filter(|_| is_document) {
                *handler = None;
            }
            answer.into_iter().collect()
        }
    }
}

/// A page that shows the description of the routes: `swaggerUI({ url: "/doc" })`.
fn is_document(engine: &Engine<'_>, handler: &Scoped) -> bool {
    let Some((at, Expression::Call(call), scope)) = engine.expression(handler) else { return false };
    matches!(engine.meaning(&scope.see(at.with(call.callee))).0, Meaning::Outside { specifier, .. }
        if DOCUMENTS.contains(&specifier.as_str()))
}

/// The first value, if it is a path.
fn take_path(engine: &Engine<'_>, values: &mut Vec<Scoped>) -> Option<Vec<Pattern>> {
    let paths = engine.paths(values.first()?)?;
    values.remove(0);
    Some(paths)
}

/// The path of the call before, of a call that has none: `app.get("/users", list).post(add)`. Everything, where that call
/// is another statement's.
fn path_before(engine: &Engine<'_>, mut at: At<ExpressionId>, scope: &Scope) -> Vec<Pattern> {
    let module = engine.program.module(at.file);
    while let Expression::Call(call) = module.expression(at.it)
        && let Expression::Member { object, .. } = module.expression(call.callee)
        && let Expression::Call(before) = module.expression(*object)
    {
        at = at.with(*object);
        let name = match module.expression(before.callee) {
            Expression::Member { property, .. } if HONO.verbs.contains(&property.as_str()) => property.as_str(),
            // `new Hono()`, or a copy of it.
            _ => return vec![Pattern::default()],
        };
        // What is put into it has paths of its own, which stay there.
        let first = match name {
            "route" | "mount" => continue,
            "openapi" | "doc" | "doc31" => break,
            "on" => before.arguments.get(1),
            _ => before.arguments.first(),
        };
        let paths = first.and_then(|first| engine.paths(&scope.see(at.with(first.value))));
        match paths {
            Some(paths) => return paths,
            None if name == "use" => break,
            None => {}
        }
    }
    vec![Pattern::everything().with_rest()]
}

/// `"PURGE"`, `["PUT", "DELETE"]`
fn methods(engine: &Engine<'_>, value: &Scoped) -> Vec<Name> {
    let texts: Vec<Name> = match engine.expression(value) {
        Some((at, Expression::Array(items), scope)) => {
            items.iter().filter_map(|item| engine.text(&scope.see(at.with(item.value)))).collect()
        }
        _ => engine.text(value).into_iter().collect(),
    };
    let methods: Vec<Name> = texts.iter().map(Name::to_ascii_uppercase).collect();
    if methods.is_empty() || methods.iter().any(|method| method == "ALL") { vec![ANY.into()] } else { methods }
}

/// `app.openapi(createRoute({ method, path, middleware }), handler)`
fn openapi(engine: &Engine<'_>, registration: &Registration, mut values: Vec<Scoped>) -> Vec<Event> {
    let handler = values.remove(1);
    let mut route = values.remove(0);
    if let Some((at, Expression::Call(call), scope)) = engine.expression(&route)
        && let Some(first) = call.arguments.first()
    {
        route = scope.see(at.with(first.value));
    }
    let method = engine.field(&route, "method").and_then(|value| engine.text(&value));
    let path = engine.field(&route, "path").map(|value| match engine.text(&value) {
        // As OpenAPI has it: `/users/{id}`.
        Some(text) => Pattern::read(&text.replace("/{", "/:").replace('}', ""), HONO.style),
        None => engine.certain_paths(&value),
    });
    let middlewares = engine.field(&route, "middleware").map(|value| engine.expanded(vec![(value, false)]));
    let mut values = middlewares.unwrap_or_default();
    values.push(handler);
    let method = method.map_or_else(|| ANY.into(), |method| method.to_ascii_uppercase());
    let paths = path.unwrap_or_else(|| vec![Pattern::unknown("path")]);
    engine.answer(registration, vec![method], paths, values).into_iter().collect()
}
