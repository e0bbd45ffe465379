//! Lists that are written somewhere.

use ops_typescript::module::{Argument, Expression, ExpressionId};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

/// The arguments; spread lists are their items.
pub(super) fn items(program: &Program, file: FileId, arguments: &[Argument], depth: u8) -> Vec<At<ExpressionId>> {
    let mut found = Vec::new();
    for argument in arguments {
        let at = At { file, it: argument.value };
        if argument.is_spread
            && depth > 0
            && let Meaning::Value(list) = program.meaning(at)
            && let Expression::Array(inner) = program.module(list.file).expression(list.it)
        {
            found.extend(items(program, list.file, inner, depth - 1));
            continue;
        }
        found.push(at);
    }
    found
}
