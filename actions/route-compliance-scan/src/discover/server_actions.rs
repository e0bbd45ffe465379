//! Server actions: functions with the directive `use server`, which a browser may call by POST.
//!
//! Rules: react.dev/reference/rsc/use-server. An action has no path; it is told as its file and its name.

use std::collections::{BTreeMap, BTreeSet};

use ops_typescript::module::{Expression, ExpressionId, FunctionId, Key, Module, Name, Source, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;
use rayon::prelude::*;

use super::exports::Exports;
use crate::routes::{ANY, Framework, Handler, Route, RoutePath, Segment};
use crate::survey::{Mark, Survey};

const DIRECTIVE: &str = "use server";
/// The method of a server action.
const ACTION: Name = Name::const_new("ACTION");

pub(super) fn routes(program: &Program, survey: &Survey) -> Vec<Route> {
    let files: Vec<(FileId, &str)> = survey.with(program, Mark::UseServer).collect();
    let in_file = |(file, path)| {
        let mut routes = Vec::new();
        let module = program.module(file);
        if module.directives.iter().any(|directive| directive == DIRECTIVE) {
            exported(program, file, path, &mut routes);
        } else {
            inline(file, path, module, &mut routes);
        }
        routes
    };
    files.into_par_iter().flat_map_iter(in_file).collect()
}

fn action(path: &str, name: &str, place: At<Span>, handler: Handler) -> Route {
    let segments = format!("{path}#{name}").split('/').map(|part| Segment::Literal(part.to_owned())).collect();
    Route::new(Framework::ServerAction, RoutePath(segments), ACTION, place, handler)
}

/// A file with the directive: each of its exports.
fn exported(program: &Program, file: FileId, path: &str, routes: &mut Vec<Route>) {
    let exports = Exports::of(program, file);
    for (name, span) in &exports.names {
        let meaning = program.meaning_of_export(file, name);
        if !is_data(program, &meaning) {
            routes.push(action(path, name, At { file, it: *span }, Handler::Export(file, name.clone())));
        }
    }
    if let Some(span) = exports.unknown {
        routes.push(action(path, ANY, At { file, it: span }, Handler::Export(file, ANY.into())));
    }
}

/// What no browser can call: Next.js refuses to build such an export.
fn is_data(program: &Program, meaning: &Meaning) -> bool {
    let Meaning::Value(at) = meaning else { return false };
    matches!(
        program.module(at.file).expression(at.it),
        Expression::Object(_)
            | Expression::Array(_)
            | Expression::Text(_)
            | Expression::Template { .. }
            | Expression::Number(_)
            | Expression::Boolean(_)
            | Expression::Null
            | Expression::Regex(_)
            | Expression::Class(_)
    )
}

/// Functions with a directive of their own.
fn inline(file: FileId, path: &str, module: &Module, routes: &mut Vec<Route>) {
    let is_action = |id: FunctionId| module.function(id).directives.iter().any(|directive| directive == DIRECTIVE);
    let actions: BTreeSet<FunctionId> = module.functions().map(|(id, _)| id).filter(|id| is_action(*id)).collect();
    if actions.is_empty() {
        return;
    }
    let names = names(module, &actions);
    let mut counts: BTreeMap<Name, u32> = BTreeMap::new();
    for id in actions {
        let function = module.function(id);
        let name = function.name.as_ref().or_else(|| names.get(&id)).cloned().unwrap_or(Name::const_new("action"));
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        let name = if *count == 1 { name.to_string() } else { format!("{name}-{count}") };
        routes.push(action(path, &name, At { file, it: head(function.span) }, Handler::Function(At { file, it: id })));
    }
}

/// Functions as long as a page are shown by their first character.
fn head(span: Span) -> Span {
    Span { start: span.start, end: span.start.saturating_add(1).min(span.end) }
}

/// The names of the variables and properties that functions are given to, also through a call: `const save = wrap(async () => …)`.
fn names(module: &Module, wanted: &BTreeSet<FunctionId>) -> BTreeMap<FunctionId, Name> {
    let mut names = BTreeMap::new();
    let mut give = |value: ExpressionId, name: &Name| {
        let function = match module.expression(value) {
            Expression::Function(function) => Some(*function),
            Expression::Call(call) => {
                call.arguments.iter().find_map(|argument| match module.expression(argument.value) {
                    Expression::Function(function) => Some(*function),
                    _ => None,
                })
            }
            _ => None,
        };
        if let Some(function) = function.filter(|function| wanted.contains(function)) {
            names.entry(function).or_insert_with(|| name.clone());
        }
    };
    for (_, binding) in module.bindings() {
        if let Source::Value { initial: Some(initial), path } = &binding.source
            && path.is_empty()
        {
            give(*initial, &binding.name);
        }
    }
    for (_, expression) in module.expressions() {
        let Expression::Object(properties) = expression else { continue };
        for property in properties {
            if let Some(Key::Property(name)) = &property.key {
                give(property.value, name);
            }
        }
    }
    names
}
