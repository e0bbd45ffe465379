//! Medusa: `src/api/**/route.ts` with an export for each method, behind what `src/api/middlewares.ts` lists.
//!
//! Rules: docs.medusajs.com/learn/fundamentals/api-routes, …/middlewares and …/protected-routes.

mod middlewares;
#[cfg(test)]
mod tests;

use ops_typescript::module::{Expression, Name};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use self::middlewares::Middlewares;
use super::chain::{Pattern, Style};
use super::exports::Exports;
use super::places::{Package, below};
use super::stem;
use crate::proof::METHODS;
use crate::routes::{Framework, Handler, Route};
use crate::survey::{Survey, file_name, is_code};

/// One of these makes a package an application, or a plugin of one.
const PACKAGES: [&str; 2] = ["@medusajs/medusa", "@medusajs/framework"];

/// What Medusa itself puts before the routes with these beginnings.
const GUARD: &str = "@medusajs/framework/http:authenticate";
const GUARDED: [&str; 2] = ["/admin", "/store/customers/me"];

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let packages = survey.places().all().filter(|package| package.depends_on_any(&PACKAGES));
    packages.flat_map(|package| in_package(program, package)).collect()
}

fn in_package(program: &Program, package: &Package) -> Vec<Route> {
    let api = package.path("src/api");
    let middlewares = Middlewares::of(program, &api);
    let mut routes = Vec::new();
    for (file, path) in program.tree().files() {
        let Some(inner) = below(&api, path).filter(|inner| is_code(inner) && stem(inner) == "route") else { continue };
        let folders = inner.strip_suffix(file_name(inner)).unwrap_or_default();
        if !folders.split('/').any(|folder| folder.starts_with('_')) {
            add(program, file, &address(folders), &middlewares, &mut routes);
        }
    }
    routes
}

/// `/store/carts/:id` of the folders `store/carts/[id]/`.
fn address(folders: &str) -> String {
    let parts = folders.split('/').filter(|folder| !folder.is_empty()).map(|folder| match folder {
        "[...]" => "*".to_owned(),
        _ => folder.replace('[', ":").replace(']', ""),
    });
    parts.map(|part| format!("/{part}")).collect()
}

fn add(program: &Program, file: FileId, address: &str, middlewares: &Middlewares, routes: &mut Vec<Route>) {
    let exports = Exports::of(program, file);
    let is_below =
        |start: &str| address.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_guarded = GUARDED.into_iter().any(is_below) && !opts_out(program, file, &exports);
    for path in Pattern::read(address, Style::WildcardIsSomething) {
        let served = METHODS.iter().filter_map(|method| exports.names.iter().find(|(name, _)| name == method));
        routes.extend(served.map(|(method, span)| Route {
            layers: middlewares.before(method, address, &path),
            built_in: is_guarded.then_some(GUARD),
            ..Route::new(
                Framework::Medusa,
                path.to_path(),
                method.clone(),
                At { file, it: *span },
                Handler::Export(file, method.clone()),
            )
        }));
    }
}

/// Whether a file may say that whoever likes may ask: `export const AUTHENTICATE = false`.
fn opts_out(program: &Program, file: FileId, exports: &Exports) -> bool {
    let name = Name::from("AUTHENTICATE");
    if exports.unknown.is_none() && !exports.names.iter().any(|(known, _)| *known == name) {
        return false;
    }
    match program.meaning_of_export(file, &name) {
        Meaning::Value(at) => *program.module(at.file).expression(at.it) != Expression::Boolean(true),
        _ => true,
    }
}
