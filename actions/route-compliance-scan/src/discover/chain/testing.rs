//! Small repositories, and what is found in them, for tests.

use ops_testing::TestDir;
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::tree::{FileId, Tree};

use crate::routes::{Handler, LayerKind, Route};

/// A repository with these files.
pub(in crate::discover) fn program(files: &[(&str, &str)]) -> Program {
    let folder = TestDir::of(files);
    let program = Program::new(Tree::walk(folder.path()).unwrap());
    for (file, path) in program.tree().files() {
        if is_code(path) {
            program.module(file);
        }
    }
    program
}

/// All files that hold code.
pub(in crate::discover) fn code(program: &Program) -> Vec<FileId> {
    program.tree().files().filter(|(_, path)| is_code(path)).map(|(file, _)| file).collect()
}

fn is_code(path: &str) -> bool {
    [".ts", ".tsx", ".js", ".mjs"].iter().any(|ending| path.ends_with(ending))
}

/// One line for each route: `GET /users/{id} [auth] (validate) => show`; layers of the router in brackets, of the route in
/// parentheses.
pub(in crate::discover) fn tell(program: &Program, mut routes: Vec<Route>) -> String {
    routes.sort_by_key(|route| (route.place, route.path.clone(), route.method.clone()));
    let lines: Vec<String> = routes.iter().map(|route| tell_one(program, route)).collect();
    lines.join("\n")
}

fn tell_one(program: &Program, route: &Route) -> String {
    let short = |at: At<Span>| program.text(at).split_whitespace().collect::<Vec<_>>().join(" ");
    let layers = |kind: LayerKind| {
        let all = route.layers.iter().filter(|layer| layer.kind == kind).map(|layer| layer.value);
        let texts = all.map(|at| short(at.with(program.module(at.file).span(at.it))));
        texts.collect::<Vec<_>>().join(", ")
    };
    let handler = match &route.handler {
        Handler::Expression(at) => short(at.with(program.module(at.file).span(at.it))),
        Handler::Function(at) => short(at.with(program.module(at.file).function(at.it).span)),
        Handler::Export(file, name) => format!("{}:{name}", program.tree().path(*file)),
        Handler::Framework => "itself".to_owned(),
        Handler::Property(at, name) => format!("{}.{name}", short(at.with(program.module(at.file).span(at.it)))),
    };
    let mut line = format!("{} {}", route.method, route.path);
    let (router, own) = (layers(LayerKind::Router), layers(LayerKind::Route));
    if !router.is_empty() {
        line.push_str(&format!(" [{router}]"));
    }
    if !own.is_empty() {
        line.push_str(&format!(" ({own})"));
    }
    format!("{line} => {handler}")
}
