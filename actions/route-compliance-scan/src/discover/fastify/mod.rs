//! Fastify: `app.get(path, options, handler)`, `app.route({ … })`, `app.register(plugin, { prefix })`, `app.addHook(…)`.
//!
//! A plugin is a child: its hooks stay in it, unless `fastify-plugin` is around it. A hook stands before all routes of its
//! plugin, also the earlier ones, and before those of plugins that are registered later.

mod autoload;
#[cfg(test)]
mod tests;

use ops_typescript::module::{Call, Export, Expression, FunctionId, Key, Name};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::chain::{Answer, Dialect, Engine, Event, Pattern, Registered, Registration, Scope, Scoped, Style, files};
use crate::routes::{ANY, Framework, Route};
use crate::survey::{Mark, Survey};

const FASTIFY: Dialect = Dialect {
    framework: Framework::Fastify,
    verbs: &["get", "post", "put", "delete", "options", "patch", "head", "all", "route", "register", "addHook"],
    prefixing: &[],
    style: Style::WildcardMayBeEmpty,
    constructs,
    is_app_type: |text| text == "fastify" || (text.starts_with("Fastify") && text.contains("Instance")),
    read,
    reaches_back: true,
};

/// What runs before a handler, in order.
const HOOKS: [&str; 4] = ["onRequest", "preParsing", "preValidation", "preHandler"];

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    Engine::routes(program, &FASTIFY, &files(program, survey, Mark::Fastify, &FASTIFY))
}

/// `fastify()`, `Fastify()`, `require("fastify")()`
fn constructs(callee: &Meaning, _: &Call) -> bool {
    let Meaning::Outside { specifier, path } = callee else { return false };
    let is_whole = match path.as_slice() {
        [] => true,
        [Key::Property(name)] => matches!(name.as_str(), "default" | "fastify"),
        _ => false,
    };
    specifier == "fastify" && is_whole
}

fn read(engine: &Engine<'_>, registration: &Registration, scope: &Scope) -> Vec<Event> {
    let Registered::Verb(verb) = &registration.what else { return Vec::new() };
    let mut values = engine.arguments(registration, scope);
    match verb.as_str() {
        "addHook" if values.len() > 1 => {
            let is_before = engine.text(&values.remove(0)).is_some_and(|name| HOOKS.contains(&name.as_str()));
            let paths = vec![Pattern::everything()];
            if is_before { vec![Event::Use { paths, values, except: Vec::new() }] } else { Vec::new() }
        }
        "register" => register(engine, registration, scope, values).unwrap_or_default(),
        "route" => values.first().and_then(|options| whole(engine, registration, options)).into_iter().collect(),
        "addHook" => Vec::new(),
        verb => {
            let method = if verb == "all" { ANY.into() } else { Name::from(verb.to_ascii_uppercase()) };
            short(engine, registration, method, values).into_iter().collect()
        }
    }
}

/// `app.get(path, options, handler)`; the options may hold the handler.
fn short(engine: &Engine<'_>, registration: &Registration, method: Name, mut values: Vec<Scoped>) -> Option<Event> {
    if values.len() < 2 {
        return None;
    }
    let paths = engine.certain_paths(&values.remove(0));
    let options = values.remove(0);
    let settings = engine.field(&options, "config");
    let mut all = hooks(engine, &options);
    all.push(match values.pop() {
        Some(handler) => handler,
        None => engine.field(&options, "handler").unwrap_or(options),
    });
    Some(with_settings(engine.answer(registration, vec![method], paths, all)?, settings))
}

/// `app.route({ method, url, preHandler, handler })`
fn whole(engine: &Engine<'_>, registration: &Registration, options: &Scoped) -> Option<Event> {
    let methods = engine.field(options, "method").map(|method| engine.flattened(vec![method])).unwrap_or_default();
    let known: Option<Vec<Name>> =
        methods.iter().map(|one| engine.text(one).map(|text| text.to_ascii_uppercase())).collect();
    let methods = known.filter(|methods| !methods.is_empty()).unwrap_or_else(|| vec![ANY.into()]);
    let path = engine.field(options, "url").or_else(|| engine.field(options, "path"))?;
    let mut all = hooks(engine, options);
    all.push(engine.field(options, "handler")?);
    let settings = engine.field(options, "config");
    Some(with_settings(engine.answer(registration, methods, engine.certain_paths(&path), all)?, settings))
}

fn with_settings(event: Event, settings: Option<Scoped>) -> Event {
    match event {
        Event::Route(answer) => Event::Route(Answer { settings, ..answer }),
        other => other,
    }
}

fn hooks(engine: &Engine<'_>, options: &Scoped) -> Vec<Scoped> {
    let found = HOOKS.iter().filter_map(|name| engine.field(options, name));
    engine.flattened(found.collect())
}

fn register(
    engine: &Engine<'_>,
    registration: &Registration,
    scope: &Scope,
    mut values: Vec<Scoped>,
) -> Option<Vec<Event>> {
    let options = if values.len() > 1 { Some(values.remove(1)) } else { None };
    let plugin = values.pop()?;
    let call = registration.call;
    let Expression::Call(made) = engine.program.module(call.file).expression(call.it) else { return None };
    let app = match engine.program.module(call.file).expression(made.callee) {
        Expression::Member { object, .. } => scope.see(call.with(*object)),
        _ => return None,
    };
    if autoload::is(&engine.meaning(&plugin).0) {
        return options.map(|options| autoload::load(engine, &app, &options));
    }
    let (function, is_child) = plugin_of(engine, &plugin)?;
    let prefix = options.as_ref().and_then(|options| engine.field(options, "prefix"));
    let path = prefix.and_then(|prefix| engine.certain_paths(&prefix).pop()).unwrap_or_default();
    let arguments = std::iter::once(app).chain(options).collect();
    Some(vec![Event::Plugin { path, function, arguments, is_child }])
}

/// The function of a plugin, and whether it is a child.
fn plugin_of(engine: &Engine<'_>, plugin: &Scoped) -> Option<(At<FunctionId>, bool)> {
    if let Some(function) = engine.function(plugin) {
        return Some((function, true));
    }
    match engine.meaning(plugin) {
        // `register(import("./routes"))`
        (Meaning::Namespace(file), _) => exported(engine, file),
        (Meaning::Value(at), scope) => {
            let Expression::Call(call) = engine.program.module(at.file).expression(at.it) else { return None };
            let callee = engine.meaning(&scope.see(at.with(call.callee))).0;
            let is_plugin = matches!(&callee, Meaning::Outside { specifier, .. } if specifier == "fastify-plugin");
            let function = engine.function(&scope.see(at.with(call.arguments.first()?.value)))?;
            is_plugin.then_some((function, false))
        }
        _ => None,
    }
}

/// The plugin that a file exports.
fn exported(engine: &Engine<'_>, file: FileId) -> Option<(At<FunctionId>, bool)> {
    let assigned = match engine.program.module(file).export("module.exports") {
        Some(Export::Local { value, .. }) => plugin_of(engine, &Scope::default().see(At { file, it: *value })),
        _ => None,
    };
    assigned.or_else(|| match engine.program.meaning_of_export(file, "default") {
        Meaning::Function(function) => Some((function, true)),
        Meaning::Value(at) => plugin_of(engine, &Scope::default().see(at)),
        _ => None,
    })
}
