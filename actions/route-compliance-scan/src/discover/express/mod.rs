//! Express: `app.use(path, …)`, `app.get(path, …middlewares, handler)`, `router.route(path).get(…)`, routers in routers.
//!
//! A request that a router doesn't answer goes on in the application, and has passed the router's middlewares then.

#[cfg(test)]
mod tests;

use ops_typescript::module::{Call, Key, Name};
use ops_typescript::program::{Meaning, Program};

use super::chain::{Dialect, Engine, Event, Pattern, Registered, Registration, Scope, Scoped, Style, files};
use crate::routes::{ANY, Framework, Route};
use crate::survey::{Mark, Survey};

const EXPRESS: Dialect = Dialect {
    framework: Framework::Express,
    verbs: &["get", "post", "put", "delete", "options", "patch", "head", "all", "use"],
    prefixing: &["route"],
    style: Style::WildcardIsSomething,
    constructs,
    is_app_type: |text| {
        let text = text.split('<').next().unwrap_or_default().trim();
        let names = ["Express", "Application", "Router", "IRouter", "IApplication"];
        names.contains(&text) || text.strip_prefix("express.").is_some_and(|name| names.contains(&name))
    },
    read,
    reaches_back: false,
};

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    Engine::routes(program, &EXPRESS, &files(program, survey, Mark::Express, &EXPRESS))
}

/// `express()`, `express.Router()`, `Router()`
fn constructs(callee: &Meaning, _: &Call) -> bool {
    let Meaning::Outside { specifier, path } = callee else { return false };
    // `npm:express@5`, as Deno has it.
    let package = specifier.strip_prefix("npm:").unwrap_or(specifier).split('@').next().unwrap_or_default();
    let is_promised = package == "express-promise-router";
    let names = path.iter().map(|key| match key {
        Key::Property(name) => name.as_str(),
        Key::Element(_) | Key::Other => "",
    });
    match names.collect::<Vec<_>>().as_slice() {
        [] | ["default" | "Router"] | ["default", "Router"] => package == "express" || is_promised,
        _ => false,
    }
}

fn read(engine: &Engine<'_>, registration: &Registration, scope: &Scope) -> Vec<Event> {
    let Registered::Verb(verb) = &registration.what else { return Vec::new() };
    let mut values = engine.arguments(registration, scope);
    // `router.route(path)` has the path already.
    let has_path = !registration.prefixes.is_empty();
    if verb == "use" {
        let paths = match values.first().and_then(|first| engine.paths(first)) {
            Some(paths) => {
                values.remove(0);
                paths.into_iter().map(Pattern::and_below).collect()
            }
            None => Vec::new(),
        };
        return engine.middlewares(registration, paths, &engine.flattened(values), 3);
    }
    let paths = if has_path {
        vec![Pattern::default()]
    } else if values.len() < 2 {
        // `app.get("setting")`
        return Vec::new();
    } else {
        engine.certain_paths(&values.remove(0))
    };
    let values = engine.flattened(values);
    if verb != "all" {
        let method = Name::from(verb.to_ascii_uppercase());
        return engine.answer(registration, vec![method], paths, values).into_iter().collect();
    }
    all(engine, registration, paths, values)
}

/// `app.all(path, …)` is a middleware where it goes on, and a route where it answers. Where nobody knows, it is both.
fn all(engine: &Engine<'_>, registration: &Registration, paths: Vec<Pattern>, values: Vec<Scoped>) -> Vec<Event> {
    let goes_on = |value: &Scoped| engine.parameters(value).map(|count| count > 2);
    let last = values.last().and_then(goes_on);
    let mut events = Vec::new();
    if last != Some(true) {
        events.extend(engine.answer(registration, vec![ANY.into()], paths.clone(), values.clone()));
    }
    if last != Some(false) {
        events.push(Event::Use { paths, values, except: Vec::new() });
    }
    events
}
