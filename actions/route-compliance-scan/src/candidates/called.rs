//! The names of what stands before handlers, or is called on their way, as a policy would write them.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use ops_typescript::module::{Expression, ExpressionId, Imported, Module, Source, Span};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::names::says_guard;
use crate::routes::{Layer, LayerKind};

/// What a layer is, or is made by, or handed over to, as a policy would write it: `isAuthenticated`, `auth("admin")`,
/// `asyncHandler(auth.jwt)`. What gets the whole application mostly does something else.
pub(super) fn named_in(program: &Program, layer: &Layer) -> Vec<String> {
    let module = program.module(layer.value.file);
    let Expression::Call(call) = module.expression(layer.value.it) else {
        return spelled(module, layer.value.it).into_iter().collect();
    };
    // Another method gets anything: `procedure.input(authSchema)`.
    let gets_layers = match module.expression(call.callee) {
        Expression::Member { property, .. } => property == "use",
        callee => matches!(callee, Expression::Binding(_)),
    };
    let given = call.arguments.iter().filter(|_| gets_layers).map(|argument| argument.value);
    let parts = iter::once(call.callee).chain(given);
    let names = parts.filter_map(|part| spelled(module, part));
    names.filter(|name| layer.kind != LayerKind::Setup || says_guard(name)).collect()
}

/// The functions of the repository that the files call, as they are named there, and what these call.
pub(super) fn helpers(program: &Program, files: &BTreeSet<FileId>) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for file in files {
        let module = program.module(*file);
        for callee in callees(module) {
            if let Some(name) = spelled(module, callee).filter(|name| !found.contains_key(name))
                && let Meaning::Function(function) = program.meaning(At { file: *file, it: callee })
                && function.file != *file
            {
                let span = program.module(function.file).function(function.it).span;
                found.insert(name, called(program.module(function.file), |call| span.contains(call)));
            }
        }
    }
    found
}

/// What a module calls.
fn callees(module: &Module) -> impl Iterator<Item = ExpressionId> {
    module.expressions().filter_map(|(_, expression)| match expression {
        Expression::Call(call) => Some(call.callee),
        _ => None,
    })
}

/// The names of all functions that a module calls where somebody looks, as a policy would write them.
pub(super) fn called(module: &Module, looks_at: impl Fn(Span) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for callee in callees(module).filter(|callee| looks_at(module.span(*callee))) {
        names.extend(spelled(module, callee));
        // Of a builder (`authClient.schema(…).action(…)`) the base is the guard, where it comes from another file.
        let mut part = callee;
        while let Expression::Member { object, .. } = module.expression(part) {
            part = *object;
        }
        if let Expression::Binding(base) = module.expression(part)
            && matches!(module.binding(*base).source, Source::Import { .. })
        {
            names.extend(spelled(module, part));
        }
    }
    names
}

fn spelled(module: &Module, expression: ExpressionId) -> Option<String> {
    match module.expression(expression) {
        Expression::Binding(binding) => {
            let binding = module.binding(*binding);
            match &binding.source {
                Source::Import { imported: Imported::Name(name), .. } if name != "default" => Some(name.to_string()),
                _ => Some(binding.name.to_string()),
            }
        }
        Expression::Member { object, property } => Some(format!("{}.{property}", spelled(module, *object)?)),
        _ => None,
    }
}
