//! `handle` of `src/hooks.server.ts`, and what `sequence(…)` puts together to one.

use ops_typescript::module::{Expression, ExpressionId, Key};
use ops_typescript::program::{At, Meaning, Program};

use super::super::exports::value;
use super::super::lists::items;
use crate::routes::{Layer, LayerKind};

/// How deep sequences lie in each other.
const DEPTH: u8 = 6;

/// What stands before all routes, the outermost first; `entry` is the file without its ending, or a folder with an index.
pub(super) fn layers(program: &Program, entry: &str) -> Vec<Layer> {
    let names = ["", "/index"].iter().flat_map(|index| ["ts", "js"].map(|end| format!("{entry}{index}.{end}")));
    let file = names.into_iter().find_map(|name| program.tree().find(&name));
    let handle = file.and_then(|file| value(program, file, "handle"));
    let all = handle.map(|handle| sequenced(program, handle, DEPTH)).unwrap_or_default();
    all.into_iter().map(|value| Layer { kind: LayerKind::Router, value }).collect()
}

/// Each of a sequence is reached by the one before it.
fn sequenced(program: &Program, value: At<ExpressionId>, depth: u8) -> Vec<At<ExpressionId>> {
    if let Meaning::Value(at) = program.meaning(value)
        && let Expression::Call(call) = program.module(at.file).expression(at.it)
        && depth > 0
        && is_sequence(program, at.with(call.callee))
    {
        let all = items(program, at.file, &call.arguments, DEPTH);
        return all.into_iter().flat_map(|one| sequenced(program, one, depth - 1)).collect();
    }
    vec![value]
}

fn is_sequence(program: &Program, callee: At<ExpressionId>) -> bool {
    matches!(program.meaning(callee), Meaning::Outside { specifier, path }
        if specifier == "@sveltejs/kit/hooks" && matches!(path.as_slice(), [Key::Property(name)] if name == "sequence"))
}
