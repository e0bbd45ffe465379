//! Remix and React Router as a framework: `loader` (GET) and `action` (any other method) of the files below `app/routes`, and of
//! those that `app/routes.ts` names.
//!
//! File names are read as Remix 2 does, with folders that end with `+` (remix-flat-routes); nested folders only where the
//! package for them is there (v1-route-convention, react-router-auto-routes).

mod config;
mod ignored;
mod middleware;
mod name;
mod parents;
#[cfg(test)]
mod tests;

use ops_typescript::module::{Export, Name, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use self::config::Configured;
use self::middleware::Middleware;
use self::parents::Parents;
use super::exports::path_of;
use super::places::Package;
use crate::routes::{ANY, Framework, Handler, Layer, Route, RoutePath};
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

/// Their version is that of React Router.
const VERSIONED: [&str; 3] = ["react-router", "@react-router/dev", "@react-router/node"];

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let packages = survey.places().all().filter(|package| package.depends_on_any(&PACKAGES));
    let is_version_8 = |package: &Package| VERSIONED.iter().any(|name| package.major(name) >= Some(8));
    packages
        .flat_map(|package| routes_of(program, &package.folder, package.depends_on_any(&NESTED), is_version_8(package)))
        .collect()
}

fn routes_of(program: &Program, folder: &str, is_nested: bool, is_version_8: bool) -> Vec<Route> {
    let configuration = configuration(program, folder);
    let app = inside(folder, path_of(program, configuration, &["appDirectory"], "app"));
    let mut routes = Vec::new();
    let start = format!("{app}/routes/");
    let configured = config::read(program, &app);
    let ignored = ignored::patterns(program, &app);
    let middleware = Middleware::of(program, configuration, is_version_8);
    let root = ["tsx", "ts", "jsx", "js"].iter().find_map(|end| program.tree().find(&format!("{app}/root.{end}")));
    let mut add = |file: FileId, paths: &[RoutePath], around: &[FileId]| {
        let files: Vec<FileId> = root.iter().chain(around).chain([&file]).copied().collect();
        add(program, file, paths, &middleware.layers(program, &files), &mut routes);
    };
    match configured {
        Some(configured) => {
            for Configured { file, path, around } in configured {
                add(file, &[path], &around);
            }
        }
        None => {
            // A word of its name makes no test of it: `api.v1.mock.ts` is served.
            let files = program.tree().files().filter_map(|(file, path)| Some((file, path.strip_prefix(&start)?)));
            let files = files.filter(|(_, inner)| is_code(inner));
            let files: Vec<_> = files.filter(|(_, inner)| !ignored::is(&ignored, inner)).collect();
            let parents = if is_nested { Parents::default() } else { Parents::of(program, &app, &files) };
            for (file, inner) in files {
                if let Some(paths) = name::paths(inner, is_nested) {
                    add(file, &paths, &parents.around(inner));
                }
            }
        }
    }
    routes
}

fn configuration(program: &Program, folder: &str) -> Option<FileId> {
    let names = ["react-router.config", "remix.config"].into_iter();
    let mut paths =
        names.flat_map(|name| ["ts", "js", "mts", "mjs"].map(|end| inside(folder, &format!("{name}.{end}"))));
    paths.find_map(|path| program.tree().find(&path))
}

/// A path in a folder; the root is empty.
fn inside(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

fn add(program: &Program, file: FileId, paths: &[RoutePath], layers: &[Layer], routes: &mut Vec<Route>) {
    for (name, method) in [("loader", "GET"), ("action", ANY)] {
        let Some(span) = exported(program, file, name) else { continue };
        routes.extend(paths.iter().map(|path| Route {
            layers: layers.to_vec(),
            ..Route::new(
                Framework::Remix,
                path.clone(),
                method,
                At { file, it: span },
                Handler::Export(file, Name::from(name)),
            )
        }));
    }
}

fn exported(program: &Program, file: FileId, name: &str) -> Option<Span> {
    let module = program.module(file);
    if let Some(export) = module.export(name) {
        return Some(export.span());
    }
    let star = module.exports.iter().find(|export| matches!(export, Export::Star { .. }))?;
    let meaning = program.meaning_of_export(file, name);
    (!matches!(meaning, Meaning::Missing { .. } | Meaning::Outside { .. })).then(|| star.span())
}
