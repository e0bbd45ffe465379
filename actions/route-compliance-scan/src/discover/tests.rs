//! Small repositories, and the routes that are found in them.

mod entry;
mod imported_app;
mod middleware;
mod next_app;
mod next_pages;
mod problems;
mod server_actions;
mod trpc;
mod vercel;

use std::path::Path;

use ops_testing::TestDir;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;

use super::{Discovery, discover};
use crate::routes::Handler;
use crate::survey::Survey;

/// The `package.json` of an application of Next.js.
const NEXT: (&str, &str) = ("package.json", r#"{ "dependencies": { "next": "16.0.0" } }"#);

fn look(folder: &Path, exclude: &[&str]) -> (Program, Discovery) {
    let program = Program::new(Tree::walk(folder).unwrap());
    let survey = Survey::of(&program);
    let exclude: Vec<String> = exclude.iter().map(|pattern| (*pattern).to_owned()).collect();
    let discovery = discover(&program, &survey, &exclude);
    (program, discovery)
}

/// `METHOD path` of each route.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let folder = TestDir::of(files);
    let (_, discovery) = look(folder.path(), &[]);
    discovery.routes.iter().map(|route| format!("{} {}", route.method, route.path)).collect()
}

/// `METHOD path file:line:column handler` of each route.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let folder = TestDir::of(files);
    let (program, discovery) = look(folder.path(), &[]);
    let tell = |route: &crate::routes::Route| {
        let place = program.place(route.place);
        let handler = match &route.handler {
            Handler::Export(_, name) => format!("exports {name}"),
            Handler::Property(_, name) => format!("property {name}"),
            Handler::Function(_) => "function".to_owned(),
            Handler::Expression(_) => "expression".to_owned(),
            Handler::Framework => "itself".to_owned(),
        };
        let (path, line, column) = (&place.path, place.start_line, place.start_column);
        format!("{} {} {path}:{line}:{column} {handler}", route.method, route.path)
    };
    discovery.routes.iter().map(tell).collect()
}
