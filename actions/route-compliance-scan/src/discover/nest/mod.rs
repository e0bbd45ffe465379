//! NestJS: classes with `@Controller(prefix)`, their methods with `@Get(path)` and its like, and the guards around them.
//!
//! Decorators that a function of the repository puts together (`applyDecorators`) count as what they are put together of. A
//! guard that looks for the mark of a decorator like `@Public()` does not stand before the routes that have it.

mod application;
mod consumer;
mod decorator;
mod global;
mod middleware;
mod module_path;
mod public;
#[cfg(test)]
mod tests;
mod version;

use ops_typescript::module::{Class, ClassMember, Expression, ExpressionId, FunctionId};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use self::decorator::{Decorator, decorators};
use self::global::Global;
use self::middleware::{Middleware, Request};
use super::chain::{Pattern, Style};
use crate::routes::{ANY, Framework, Handler, Layer, LayerKind, Route};
use crate::survey::{Mark, Survey, is_test};

/// How many classes a controller inherits routes from.
const DEPTH: u8 = 6;

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let files = survey.with(program, Mark::Nest).filter(|(_, path)| !is_test(path)).map(|(file, _)| file);
    routes_of(program, &files.collect::<Vec<_>>())
}

fn routes_of(program: &Program, files: &[FileId]) -> Vec<Route> {
    let globals = Global::of(program, files);
    let modules = module_path::of_controllers(program, files);
    let applications = application::all(program, files);
    let middleware = Middleware::of(program, &applications);
    let mut routes = Vec::new();
    for file in files {
        for (id, expression) in program.module(*file).expressions() {
            if let Expression::Class(class) = expression {
                let at = At { file: *file, it: id };
                let above = modules.get(&at).map_or("", |path| path);
                controller(program, at, class, above, &globals, &middleware, &mut routes);
            }
        }
    }
    routes
}

/// The routes of a class, if it is a controller; `above` is the path of its module.
fn controller(
    program: &Program,
    at: At<ExpressionId>,
    class: &Class,
    above: &str,
    globals: &[Global],
    middleware: &Middleware<'_>,
    routes: &mut Vec<Route>,
) {
    let around = decorators(program, at.file, &class.decorators);
    let Some(declared) = around.iter().find(|one| one.is_nest("Controller")) else { return };
    let prefixes = declared.paths(program);
    let global = globals.iter().find(|global| program.tree().path(at.file).starts_with(&global.folder));
    let mut seen = Vec::new();
    for (file, member) in members(program, at.file, class, DEPTH) {
        let Some(name) = member.name.as_ref().filter(|name| !seen.contains(*name)) else { continue };
        let own = decorators(program, file, &member.decorators);
        let Some(value) = member.value else { continue };
        seen.push(name.clone());
        for (method, verb) in own.iter().filter_map(|one| Some((one.method(program)?, one))) {
            let mut layers: Vec<Layer> = global.iter().flat_map(|global| global.layers.clone()).collect();
            let marks = around.iter().chain(&own);
            let values = marks.clone().flat_map(|one| one.layers(program));
            layers.extend(values.map(|value| Layer { kind: LayerKind::Route, value }));
            let marks: Vec<&Decorator> = marks.collect();
            layers.retain(|layer| !public::lets_pass(program, layer.value, &marks));
            let paths = verb.paths(program);
            let versioning = global.and_then(|global| global.versioning.as_ref());
            let versions = versioning.map_or_else(|| vec![String::new()], |one| one.parts(program, declared, &own));
            for prefix in &prefixes {
                for (path, version) in paths.iter().flat_map(|path| versions.iter().map(move |version| (path, version)))
                {
                    let full = format!("{above}/{prefix}/{path}");
                    let base = |path: &str| global.map_or("", |global| global.prefix_of(path));
                    let path = format!("{}/{version}/{full}", base(&full));
                    let patterns = Pattern::read(&path, Style::WildcardMayBeEmpty);
                    routes.extend(patterns.iter().map(|pattern| {
                        let request =
                            Request { controller: at, method: &method, declared: &full, path: &path, pattern };
                        let before = middleware.before(&request, |path| base(path).to_owned());
                        Route {
                            layers: before.into_iter().chain(layers.clone()).collect(),
                            ..Route::new(
                                Framework::Nest,
                                pattern.to_path(),
                                method.clone(),
                                At { file, it: member.span },
                                Handler::Expression(At { file, it: value }),
                            )
                        }
                    }));
                }
            }
        }
    }
}

/// The members of a class, and then those that it inherits.
fn members<'p>(program: &'p Program, file: FileId, class: &'p Class, depth: u8) -> Vec<(FileId, &'p ClassMember)> {
    let mut found: Vec<_> = class.members.iter().filter(|one| !one.is_static).map(|one| (file, one)).collect();
    if let Some(parent) = class.superclass.filter(|_| depth > 0)
        && let Meaning::Value(at) = program.meaning(At { file, it: parent })
        && let Expression::Class(parent) = program.module(at.file).expression(at.it)
    {
        found.extend(members(program, at.file, parent, depth - 1));
    }
    found
}

/// The function that a value is.
fn function(program: &Program, value: At<ExpressionId>) -> Option<At<FunctionId>> {
    match program.meaning(value) {
        Meaning::Function(function) => Some(function),
        Meaning::Value(at) => match program.module(at.file).expression(at.it) {
            Expression::Function(function) => Some(at.with(*function)),
            _ => None,
        },
        _ => None,
    }
}

/// The method that a decorator of NestJS stands for.
fn method(name: &str) -> Option<&'static str> {
    Some(match name {
        "Get" | "Sse" => "GET",
        "Post" => "POST",
        "Put" => "PUT",
        "Delete" => "DELETE",
        "Patch" => "PATCH",
        "Options" => "OPTIONS",
        "Head" => "HEAD",
        "All" => ANY,
        _ => return None,
    })
}
