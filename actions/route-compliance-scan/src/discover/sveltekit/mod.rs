//! SvelteKit: `src/routes/**/+server.ts` with an export for each method, `load` and `actions` of `+page.server.ts`, `load` of
//! `+layout.server.ts`, and the functions of `*.remote.ts`.
//!
//! `handle` of `src/hooks.server.ts` stands before all of them. A layout stands before nothing: its `load` runs beside those of
//! its pages, not before actions and endpoints, and can be left out by whoever asks. For the same reason it is a route itself.
//!
//! Rules: svelte.dev/docs/kit/load, svelte.dev/docs/kit/hooks.

mod hooks;
mod remote;
#[cfg(test)]
mod tests;

use ops_typescript::module::{Expression, Key, Name, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::exports::path_of;
use crate::routes::{ANY, Framework, Handler, Route, RoutePath, Segment};
use crate::survey::{Survey, file_name, is_code};

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let folders = survey.places().all().filter(|package| package.depends_on("@sveltejs/kit"));
    folders.flat_map(|package| routes_of(program, &package.folder)).collect()
}

fn routes_of(program: &Program, folder: &str) -> Vec<Route> {
    let inside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let config =
        ["js", "ts", "mjs"].iter().find_map(|end| program.tree().find(&inside(&format!("svelte.config.{end}"))));
    let named = |path: &[&str], usual| inside(path_of(program, config, &[&["kit", "files"], path].concat(), usual));
    let start = format!("{}/", named(&["routes"], "src/routes"));
    let layers = hooks::layers(program, &named(&["hooks", "server"], "src/hooks.server"));
    let mut routes = Vec::new();
    for (file, path) in program.tree().files() {
        let Some(inner) = path.strip_prefix(&start).filter(|inner| is_code(inner)) else { continue };
        let stem = file_name(inner).rsplit_once('.').map_or("", |(stem, _)| stem);
        let folders = inner.rsplit_once('/').map_or("", |(folders, _)| folders);
        let mut add = |method: &str, place: Span, handler: Handler| {
            routes.extend(paths(folders).into_iter().map(|path| Route {
                layers: layers.clone(),
                ..Route::new(Framework::SvelteKit, path, method, At { file, it: place }, handler.clone())
            }));
        };
        match stem {
            "+server" => {
                for (name, span) in names(program, file) {
                    let method = if name == "fallback" { ANY } else { name.as_str() };
                    if method == ANY || METHODS.contains(&method) {
                        add(method, span, Handler::Export(file, name.clone()));
                    }
                }
            }
            "+page.server" | "+layout.server" => {
                for (name, span) in names(program, file) {
                    match name.as_str() {
                        "load" => add("GET", span, Handler::Export(file, name)),
                        "actions" if stem == "+page.server" => {
                            for (place, handler) in actions(program, file) {
                                add("POST", place.unwrap_or(span), handler);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    routes.extend(remote::routes(program, &inside("src/"), &layers));
    routes
}

/// The exported names; of a star those that the other file has.
fn names(program: &Program, file: FileId) -> Vec<(Name, Span)> {
    let mut found = Vec::new();
    for export in &program.module(file).exports {
        match export.name() {
            Some(name) => found.push((name.into(), export.span())),
            None => found.extend(METHODS.iter().filter_map(|method| {
                let meaning = program.meaning_of_export(file, method);
                let is_there = program.module(file).export(method).is_none()
                    && !matches!(meaning, Meaning::Missing { .. } | Meaning::Outside { .. });
                is_there.then(|| (Name::from(*method), export.span()))
            })),
        }
    }
    found
}

/// Each of a page's actions; the whole, where nobody knows them.
fn actions(program: &Program, file: FileId) -> Vec<(Option<Span>, Handler)> {
    let whole = || vec![(None, Handler::Export(file, "actions".into()))];
    let Meaning::Value(at) = program.meaning_of_export(file, "actions") else { return whole() };
    let Expression::Object(properties) = program.module(at.file).expression(at.it) else { return whole() };
    let found = properties.iter().filter_map(|property| match &property.key {
        Some(Key::Property(_)) => {
            let place = (at.file == file).then_some(property.span);
            Some((place, Handler::Expression(at.with(property.value))))
        }
        _ => None,
    });
    found.collect()
}

/// What folders stand for: more than one path, where parts of it may be left out.
fn paths(folders: &str) -> Vec<RoutePath> {
    let mut found = vec![RoutePath::default()];
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        if part.starts_with('(') && part.ends_with(')') {
            continue;
        }
        let optional = part.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
        let without = if optional.is_some() { found.clone() } else { Vec::new() };
        for path in &mut found {
            path.0.push(segment(optional.map_or(part.to_owned(), |name| format!("[{name}]")).as_str()));
        }
        found.splice(0..0, without);
    }
    found
}

/// `[id]`, `[id=integer]`, `[...rest]`, `x-[id]`, `[x+2e]well-known`
fn segment(text: &str) -> Segment {
    let plain = |name: &str| name.split('=').next().unwrap_or_default().to_owned();
    if let Some(name) =
        text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|name| !name.contains('['))
    {
        if let Some(rest) = name.strip_prefix("...") {
            return Segment::OptionalRest(plain(rest));
        }
        if !name.starts_with("x+") && !name.starts_with("u+") {
            return Segment::Parameter(plain(name));
        }
    }
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inner, after)) = after.split_once(']') else { break };
        let code = inner.strip_prefix("x+").or_else(|| inner.strip_prefix("u+"));
        let Some(one) = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) else {
            return Segment::Parameter(plain(inner.trim_start_matches("...")));
        };
        literal.push_str(before);
        literal.push(one);
        rest = after;
    }
    Segment::Literal(literal + rest)
}
