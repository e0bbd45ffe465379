//! Functions of `*.remote.ts`, which the browser calls: `export const posts = query(async () => …)`.

use ops_typescript::module::{Expression, ExpressionId, Imported, Source};
use ops_typescript::program::{At, Meaning, Program};

use super::super::exports::{Exports, value};
use crate::routes::{ANY, Framework, Handler, Layer, Route, RoutePath, Segment};
use crate::survey::{file_name, is_code};

/// The functions of all files below a folder.
pub(super) fn routes(program: &Program, folder: &str, layers: &[Layer]) -> Vec<Route> {
    let is_remote = |path: &str| file_name(path).rsplit_once('.').is_some_and(|(stem, _)| stem.ends_with(".remote"));
    let files = program.tree().files().filter(|(_, path)| path.starts_with(folder) && is_code(path) && is_remote(path));
    let routes = files.flat_map(|(file, _)| {
        Exports::of(program, file).names.into_iter().map(move |(name, span)| Route {
            layers: layers.to_vec(),
            ..Route::new(
                Framework::SvelteKit,
                RoutePath(vec![
                    Segment::Literal("_app".to_owned()),
                    Segment::Literal("remote".to_owned()),
                    Segment::Parameter("hash".to_owned()),
                    Segment::Literal(name.to_string()),
                ]),
                value(program, file, &name).map_or(ANY, |made| method(program, made)),
                At { file, it: span },
                Handler::Export(file, name),
            )
        })
    });
    routes.collect()
}

/// How the browser asks for what one of the functions of `$app/server` makes.
fn method(program: &Program, made: At<ExpressionId>) -> &'static str {
    let Meaning::Value(at) = program.meaning(made) else { return ANY };
    let module = program.module(at.file);
    let Expression::Call(call) = module.expression(at.it) else { return ANY };
    let (maker, part) = match module.expression(call.callee) {
        Expression::Member { object, property } => (*object, property.as_str()),
        _ => (call.callee, ""),
    };
    let Expression::Binding(binding) = module.expression(maker) else { return ANY };
    match (&module.binding(*binding).source, part) {
        (Source::Import { specifier, imported: Imported::Name(name) }, part) if specifier == "$app/server" => {
            match (name.as_str(), part) {
                ("query", "batch") | ("command" | "form", _) => "POST",
                ("query" | "prerender", _) => "GET",
                _ => ANY,
            }
        }
        _ => ANY,
    }
}
