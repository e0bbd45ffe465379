//! Paths of whole modules: `RouterModule.register([{ path: "admin", module: AdminModule, children: […] }])`.

use std::collections::BTreeMap;

use ops_typescript::module::{Expression, ExpressionId, Key};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use super::decorator::{decorators, property, texts};

/// How deep modules lie in modules.
const DEPTH: u8 = 8;

/// What stands before the path of each controller whose module has a path.
pub(super) fn of_controllers(program: &Program, files: &[FileId]) -> BTreeMap<At<ExpressionId>, String> {
    let mut found = BTreeMap::new();
    for file in files {
        for (_, expression) in program.module(*file).expressions() {
            let Expression::Call(call) = expression else { continue };
            let Meaning::Outside { specifier, path } = program.meaning(At { file: *file, it: call.callee }) else {
                continue;
            };
            let is_it = matches!(path.as_slice(), [.., Key::Property(class), Key::Property(method)]
                if class == "RouterModule" && method == "register");
            if let Some(first) = call.arguments.first().filter(|_| is_it && specifier == "@nestjs/core") {
                tree(program, At { file: *file, it: first.value }, "", DEPTH, &mut found);
            }
        }
    }
    found
}

/// A list of modules with their paths, or a module that has the path of the one around it.
fn tree(
    program: &Program,
    value: At<ExpressionId>,
    before: &str,
    depth: u8,
    found: &mut BTreeMap<At<ExpressionId>, String>,
) {
    let Meaning::Value(at) = program.meaning(value) else { return };
    let Some(depth) = depth.checked_sub(1) else { return };
    match program.module(at.file).expression(at.it) {
        Expression::Array(items) => {
            for item in items {
                tree(program, at.with(item.value), before, depth, found);
            }
        }
        Expression::Object(_) => {
            let path = property(program, at, "path").map(|path| texts(program, path, 1)).unwrap_or_default();
            let full = format!("{before}/{}", path.first().map_or("", |path| path.trim_matches('/')));
            for inner in ["module", "children"] {
                if let Some(inner) = property(program, at, inner) {
                    tree(program, inner, &full, depth, found);
                }
            }
        }
        Expression::Class(class) => {
            let around = decorators(program, at.file, &class.decorators);
            let options = around.iter().find(|one| one.is_nest("Module")).and_then(|one| one.argument(program));
            let Some(list) = options.and_then(|options| property(program, options, "controllers")) else { return };
            let Meaning::Value(list) = program.meaning(list) else { return };
            let Expression::Array(items) = program.module(list.file).expression(list.it) else { return };
            for item in items {
                if let Meaning::Value(controller) = program.meaning(list.with(item.value)) {
                    found.insert(controller, before.to_owned());
                }
            }
        }
        _ => {}
    }
}
