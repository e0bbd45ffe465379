//! Remix and React Router as a framework: `loader` (GET) and `action` (any other method) of the files below `app/routes`, and of
//! those that `app/routes.ts` names.
//!
//! File names are read as Remix 2 does, with folders that end with `+` (remix-flat-routes); nested folders only where the
//! package for them is there (v1-route-convention, react-router-auto-routes).

mod config;
mod ignored;
mod name;
#[cfg(test)]
mod tests;

use ops_typescript::module::{Export, Name, Span};
use ops_typescript::program::{At, Meaning, Program, Trail};
use ops_typescript::tree::FileId;

use crate::routes::{ANY, Framework, Handler, Route, RoutePath};
use crate::survey::{Survey, is_code};

/// One of these makes a package an application with a server.
const PACKAGES: [&str; 8] = [
    "@remix-run/dev",
    "@remix-run/node",
    "@remix-run/react",
    "@remix-run/server-runtime",
    "@remix-run/cloudflare",
    "@react-router/dev",
    "@react-router/node",
    "@react-router/serve",
];

/// With one of these, folders are parts of the path as well.
const NESTED: [&str; 2] = ["@remix-run/v1-route-convention", "react-router-auto-routes"];

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let packages = survey.places().all().filter(|package| package.depends_on_any(&PACKAGES));
    packages.flat_map(|package| routes_of(program, &package.folder, package.depends_on_any(&NESTED))).collect()
}

fn routes_of(program: &Program, folder: &str, is_nested: bool) -> Vec<Route> {
    let app = if folder.is_empty() { "app".to_owned() } else { format!("{folder}/app") };
    let mut routes = Vec::new();
    let start = format!("{app}/routes/");
    let configured = config::read(program, &app);
    let ignored = ignored::patterns(program, &app);
    for (file, path) in program.tree().files() {
        // A word of its name makes no test of it: `api.v1.mock.ts` is served.
        let Some(inner) = path.strip_prefix(&start).filter(|inner| is_code(inner)) else { continue };
        if configured.is_none()
            && !ignored::is(&ignored, inner)
            && let Some(paths) = name::paths(inner, is_nested)
        {
            add(program, file, &paths, &mut routes);
        }
    }
    for (file, path) in configured.unwrap_or_default() {
        add(program, file, &[path], &mut routes);
    }
    routes
}

fn add(program: &Program, file: FileId, paths: &[RoutePath], routes: &mut Vec<Route>) {
    for (name, method) in [("loader", "GET"), ("action", ANY)] {
        let Some(span) = exported(program, file, name) else { continue };
        routes.extend(paths.iter().map(|path| Route {
            framework: Framework::Remix,
            path: path.clone(),
            method: method.into(),
            place: At { file, it: span },
            handler: Handler::Export(file, Name::from(name)),
            layers: Vec::new(),
            dispatches: false,
        }));
    }
}

fn exported(program: &Program, file: FileId, name: &str) -> Option<Span> {
    let module = program.module(file);
    if let Some(export) = module.export(name) {
        return Some(export.span());
    }
    let star = module.exports.iter().find(|export| matches!(export, Export::Star { .. }))?;
    let meaning = program.follow_export(file, name, &mut Trail::default());
    (!matches!(meaning, Meaning::Missing { .. } | Meaning::Outside { .. })).then(|| star.span())
}
