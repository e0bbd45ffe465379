//! What belongs to one program: the modules that `NestFactory.create(AppModule)` takes in, and their controllers.

use std::collections::BTreeSet;

use ops_typescript::module::{Call, Expression, ExpressionId, Key};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::super::chain::returns;
use super::super::lists::items;
use super::decorator::{decorators, property};

/// How deep lists of modules lie in each other.
const DEPTH: u8 = 6;

/// One program.
pub(super) struct Application {
    /// Those that are seen to be taken in: `imports: [Users, Config.forRoot(), forwardRef(() => Orders)]`.
    pub(super) modules: BTreeSet<At<ExpressionId>>,
    pub(super) controllers: BTreeSet<At<ExpressionId>>,
    /// Whether it runs on Express, for whose middleware a path is the beginning of others.
    pub(super) is_express: bool,
}

/// All programs that are started in these files.
pub(super) fn all(program: &Program, files: &[FileId]) -> Vec<Application> {
    let mut found = Vec::new();
    for file in files {
        for (_, expression) in program.module(*file).expressions() {
            let Expression::Call(call) = expression else { continue };
            if let Some(first) = call.arguments.first().filter(|_| creates(program, *file, call)) {
                let is_express = is_express(program, *file, call);
                found.push(Application::of(program, At { file: *file, it: first.value }, is_express));
            }
        }
    }
    found
}

fn creates(program: &Program, file: FileId, call: &Call) -> bool {
    let module = program.module(file);
    let Expression::Member { property, .. } = module.expression(call.callee) else { return false };
    let callee = || program.meaning(At { file, it: call.callee });
    property == "create"
        && matches!(callee(), Meaning::Outside { path, .. }
            if matches!(path.as_slice(), [.., Key::Property(class), _] if class == "NestFactory"))
}

/// Unless an adapter of something else is given, or something unknown: `NestFactory.create(App, new FastifyAdapter())`.
fn is_express(program: &Program, file: FileId, call: &Call) -> bool {
    let Some(second) = call.arguments.get(1) else { return true };
    let Meaning::Value(at) = program.meaning(At { file, it: second.value }) else { return false };
    match program.module(at.file).expression(at.it) {
        Expression::Object(_) => true,
        Expression::Call(made) => matches!(
            program.meaning(at.with(made.callee)),
            Meaning::Outside { specifier, .. } if specifier == "@nestjs/platform-express"
        ),
        _ => false,
    }
}

impl Application {
    fn of(program: &Program, root: At<ExpressionId>, is_express: bool) -> Self {
        let mut application = Self { modules: BTreeSet::new(), controllers: BTreeSet::new(), is_express };
        let mut waiting = vec![root];
        while let Some(value) = waiting.pop() {
            let Some(at) = class(program, value, DEPTH).filter(|at| application.modules.insert(*at)) else { continue };
            let Expression::Class(class) = program.module(at.file).expression(at.it) else { continue };
            let around = decorators(program, at.file, &class.decorators);
            let options = around.iter().find(|one| one.is_nest("Module")).and_then(|one| one.argument(program));
            let Some(options) = options else { continue };
            if let Some(imports) = property(program, options, "imports") {
                waiting.extend(listed(program, imports, false, DEPTH));
            }
            if let Some(controllers) = property(program, options, "controllers") {
                let controllers = listed(program, controllers, true, DEPTH).into_iter();
                application.controllers.extend(controllers.filter_map(|one| self::class(program, one, DEPTH)));
            }
        }
        application
    }
}

/// What stands in a list. What does so on a condition only, if that is asked for: `dev ? [Debug] : []`, `...(dev ? [Debug] : [])`.
fn listed(program: &Program, list: At<ExpressionId>, perhaps: bool, depth: u8) -> Vec<At<ExpressionId>> {
    let Meaning::Value(list) = program.meaning(list) else { return Vec::new() };
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let module = program.module(list.file);
    let either = |value| match module.expression(value) {
        Expression::Conditional { then, otherwise, .. } if perhaps => vec![*then, *otherwise],
        Expression::Logical { right, .. } if perhaps => vec![*right],
        _ => Vec::new(),
    };
    let inner = |values: Vec<_>| values.into_iter().flat_map(|one| listed(program, list.with(one), perhaps, depth));
    match module.expression(list.it) {
        Expression::Array(all) => {
            let spread = all.iter().filter(|one| one.is_spread).flat_map(|one| either(one.value)).collect();
            items(program, list.file, all, DEPTH).into_iter().chain(inner(spread)).collect()
        }
        _ => inner(either(list.it)).collect(),
    }
}

/// The class that stands in a list: itself, the one whose method makes it, or the one that is told later.
fn class(program: &Program, value: At<ExpressionId>, depth: u8) -> Option<At<ExpressionId>> {
    let depth = depth.checked_sub(1)?;
    let Meaning::Value(at) = program.meaning(value) else { return None };
    let module = program.module(at.file);
    match module.expression(at.it) {
        Expression::Class(_) => Some(at),
        Expression::Await(inner) => class(program, at.with(*inner), depth),
        Expression::Call(call) => match (module.expression(call.callee), call.arguments.first()) {
            (Expression::Member { object, .. }, _) => class(program, at.with(*object), depth),
            (_, Some(first)) => {
                let function = super::function(program, at.with(first.value))?;
                let mut returned = Vec::new();
                returns(&program.module(function.file).function(function.it).body, &mut returned);
                class(program, function.with(*returned.first()?), depth)
            }
            _ => None,
        },
        _ => None,
    }
}
