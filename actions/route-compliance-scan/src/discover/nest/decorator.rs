//! Decorators, and what they are put together of.

use ops_typescript::module::{Argument, Expression, ExpressionId, Key, Name};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::super::chain::returns;
use super::super::lists::items;
use crate::routes::ANY;

/// How deep decorators are put together.
const DEPTH: u8 = 6;

/// A decorator, as it is called.
pub(super) struct Decorator {
    pub(super) at: At<ExpressionId>,
    /// Its name, where it comes from NestJS.
    nest: Option<Name>,
}

impl Decorator {
    pub(super) fn is_nest(&self, name: &str) -> bool {
        self.nest.as_ref().is_some_and(|own| own == name)
    }

    /// The method that it answers.
    pub(super) fn method(&self, program: &Program) -> Option<Name> {
        let name = self.nest.as_ref()?;
        if name != "RequestMapping" {
            return super::method(name).map(Name::const_new);
        }
        let written = self.argument(program).and_then(|options| property(program, options, "method"));
        // `RequestMethod.POST`; it is `GET` where nothing is said.
        let method = written.map_or(Some("GET".to_owned()), |written| named(program, written));
        Some(method.filter(|method| method != "ALL").map_or_else(|| ANY.into(), Name::from))
    }

    /// The paths that it names; the empty one, if none.
    pub(super) fn paths(&self, program: &Program) -> Vec<String> {
        let found = self.argument(program).map(|first| texts(program, first, DEPTH)).unwrap_or_default();
        if found.is_empty() { vec![String::new()] } else { found }
    }

    /// What it is given first.
    pub(super) fn argument(&self, program: &Program) -> Option<At<ExpressionId>> {
        arguments(program, self.at).first().map(|one| self.at.with(one.value))
    }

    /// What stands before the handler because of it: the guards of `@UseGuards(…)`, or itself, if it is none of NestJS.
    pub(super) fn layers(&self, program: &Program) -> Vec<At<ExpressionId>> {
        match &self.nest {
            None => vec![self.at],
            Some(name) if name == "UseGuards" => items(program, self.at.file, arguments(program, self.at), DEPTH),
            Some(_) => Vec::new(),
        }
    }
}

/// Decorators with all that they are put together of.
pub(super) fn decorators(program: &Program, file: FileId, all: &[ExpressionId]) -> Vec<Decorator> {
    let mut found = Vec::new();
    for it in all {
        add(program, At { file, it: *it }, DEPTH, &mut found);
    }
    found
}

fn add(program: &Program, at: At<ExpressionId>, depth: u8, found: &mut Vec<Decorator>) {
    let module = program.module(at.file);
    let callee = match module.expression(at.it) {
        Expression::Call(call) => at.with(call.callee),
        _ => at,
    };
    let nest = match program.meaning(callee) {
        Meaning::Outside { specifier, path } if specifier.starts_with("@nestjs/") => match path.last() {
            Some(Key::Property(name)) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    found.push(Decorator { at, nest });
    if depth == 0 {
        return;
    }
    let Some(function) = super::function(program, callee) else { return };
    let mut returned = Vec::new();
    returns(&program.module(function.file).function(function.it).body, &mut returned);
    // Where one of several is returned, nobody knows which.
    let [only] = returned.as_slice() else { return };
    let Meaning::Value(made) = program.meaning(function.with(*only)) else { return };
    let Expression::Call(call) = program.module(made.file).expression(made.it) else { return };
    let callee = program.meaning(made.with(call.callee));
    let is_composed = matches!(&callee, Meaning::Outside { path, .. }
        if matches!(path.last(), Some(Key::Property(name)) if name == "applyDecorators"));
    if is_composed {
        for part in items(program, made.file, &call.arguments, DEPTH) {
            add(program, part, depth - 1, found);
        }
    } else if matches!(callee, Meaning::Outside { .. }) {
        add(program, made, depth - 1, found);
    }
}

fn arguments(program: &Program, at: At<ExpressionId>) -> &[Argument] {
    match program.module(at.file).expression(at.it) {
        Expression::Call(call) => &call.arguments,
        _ => &[],
    }
}

/// `"users"`, `["a", "b"]`, `{ path: "users" }`; a hole for what nobody knows.
pub(super) fn texts(program: &Program, value: At<ExpressionId>, depth: u8) -> Vec<String> {
    let unknown = || vec![":unknown".to_owned()];
    let Meaning::Value(at) = program.meaning(value) else { return unknown() };
    match program.module(at.file).expression(at.it) {
        Expression::Text(text) => vec![text.to_string()],
        Expression::Template { texts, .. } => vec![texts.join(":unknown")],
        Expression::Array(items) if depth > 0 => {
            items.iter().flat_map(|item| texts_inner(program, at.with(item.value), depth)).collect()
        }
        Expression::Object(properties) => {
            let path = properties.iter().find(|one| matches!(&one.key, Some(Key::Property(name)) if name == "path"));
            path.filter(|_| depth > 0).map(|path| texts_inner(program, at.with(path.value), depth)).unwrap_or_default()
        }
        _ => unknown(),
    }
}

fn texts_inner(program: &Program, value: At<ExpressionId>, depth: u8) -> Vec<String> {
    texts(program, value, depth.saturating_sub(1))
}

/// The last name of something of NestJS: `URI` of `VersioningType.URI`.
pub(super) fn named(program: &Program, value: At<ExpressionId>) -> Option<String> {
    match program.meaning(value) {
        Meaning::Outside { path, .. } => match path.last() {
            Some(Key::Property(name)) => Some(name.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// The value of a property, of an object that is written somewhere.
pub(super) fn property(program: &Program, object: At<ExpressionId>, name: &str) -> Option<At<ExpressionId>> {
    let Meaning::Value(at) = program.meaning(object) else { return None };
    let Expression::Object(properties) = program.module(at.file).expression(at.it) else { return None };
    let found = properties.iter().find(|one| matches!(&one.key, Some(Key::Property(key)) if key == name));
    found.map(|one| at.with(one.value))
}
