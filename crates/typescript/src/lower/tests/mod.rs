mod classes;
mod depth;
mod dump;
mod exports;
mod expressions;
mod functions;
mod imports;
mod properties;
mod statements;

use crate::module::Module;
use crate::parse::parse;

fn parsed(path: &str, source: &str) -> Module {
    let module = parse(path, source);
    assert_eq!(module.errors, [], "{source}");
    module
}

/// What a TypeScript file does when it loads.
fn body(source: &str) -> String {
    dump::body(&parsed("file.ts", source))
}

fn exports(source: &str) -> String {
    dump::exports(&parsed("file.ts", source))
}

fn bindings(source: &str) -> String {
    dump::bindings(&parsed("file.ts", source))
}
