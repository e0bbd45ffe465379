//! Next.js, Pages Router: `pages/api/**`, each file with one handler for all methods.
//!
//! Rules: nextjs.org/docs/pages/building-your-application/routing/api-routes.

use ops_typescript::module::{Export, Span};
use ops_typescript::program::{At, Program};
use ops_typescript::tree::FileId;

use super::dispatch::{self, Served};
use super::next_app::segment;
use super::places::{Next, below};
use crate::routes::{Framework, Handler, Route, RoutePath};
use crate::survey::Survey;

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let mut routes = Vec::new();
    for (_, next) in survey.places().next() {
        let Some(pages) = &next.pages else { continue };
        for (file, path) in program.tree().files() {
            let Some(path) = below(pages, path).and_then(|inner| path_of(next, inner)) else { continue };
            add(program, file, path, &mut routes);
        }
    }
    routes
}

fn add(program: &Program, file: FileId, path: RoutePath, routes: &mut Vec<Route>) {
    let Some((place, value)) = default_export(program, file) else { return };
    let meaning = program.meaning_of_export(file, "default");
    let served = Served {
        framework: Framework::NextPages,
        path,
        place,
        handler: Handler::Export(file, "default".into()),
        value,
    };
    dispatch::routes(program, &served, &meaning, routes);
}

/// Where the default export stands, and what it is, if the file itself says so. A file that cannot be read may have one.
pub(super) fn default_export(
    program: &Program,
    file: FileId,
) -> Option<(At<Span>, Option<At<ops_typescript::module::ExpressionId>>)> {
    let module = program.module(file);
    let at = |span| At { file, it: span };
    if let Some(error) = module.errors.first() {
        return Some((at(error.span), None));
    }
    let export = module.export("default").or_else(|| module.export("module.exports"))?;
    let value = match export {
        Export::Local { value, .. } => Some(At { file, it: *value }),
        _ => None,
    };
    Some((at(export.span()), value))
}

/// The path of a file below `pages`; `None` where it is a page.
fn path_of(next: &Next, inner: &str) -> Option<RoutePath> {
    let name = next.stem(inner)?;
    let folders = inner.rsplit_once('/').map_or("", |(folders, _)| folders);
    let is_api = if folders.is_empty() { name == "api" } else { folders.split('/').next() == Some("api") };
    if !is_api {
        return None;
    }
    let parts = folders.split('/').filter(|folder| !folder.is_empty());
    let last = (name != "index").then_some(name);
    Some(RoutePath(parts.chain(last).map(segment).collect()))
}
