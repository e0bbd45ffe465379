//! The same function in a form that Vercel runs to its end.

use ops_typescript::module::{Export, Expression, ExpressionId, Imported};
use ops_typescript::program::{At, Meaning, Program};
use ops_typescript::tree::FileId;

use crate::discover::vercel::is_adapter;

/// What to write instead, as near to what is there as its form allows.
pub(super) fn rewrite(program: &Program, file: FileId, export: &Export, meaning: &Meaning) -> String {
    let module = program.module(file);
    let (value, is_common) = match export {
        Export::From { specifier, imported, .. } => {
            let name = match imported {
                Imported::Name(name) if name != "default" => format!("{{ {name} as handler }}"),
                _ => "handler".to_owned(),
            };
            return format!("import {name} from \"{specifier}\";\nexport default {{ fetch: handler }};");
        }
        Export::Local { value, name, .. } => (*value, name == "module.exports"),
        Export::Star { .. } => return "export default { fetch: handler };".to_owned(),
    };
    let text = |id: ExpressionId| program.text(At { file, it: module.span(id) });
    let object = |inner: &str| {
        if is_common {
            format!("module.exports = {{ fetch: {inner} }};")
        } else {
            format!("export default {{ fetch: {inner} }};")
        }
    };
    match (module.expression(value), meaning) {
        (Expression::Call(call), _) if is_adapter(program, At { file, it: call.callee }) => {
            let app = call.arguments.first().map_or("app", |argument| text(argument.value));
            format!("export default {app};")
        }
        (Expression::Binding(binding), Meaning::Function(function)) if function.file == file => {
            let name = &module.binding(*binding).name;
            let head =
                program.text(At { file, it: module.function(function.it).span }).lines().next().unwrap_or_default();
            format!("{head}\n…\n{}", object(name))
        }
        (Expression::Binding(binding), _) => object(&module.binding(*binding).name),
        _ => {
            let written = text(value);
            let short = written.lines().next().unwrap_or_default();
            if written.lines().count() > 1 { object(&format!("{short} … }}")) } else { object(written) }
        }
    }
}
