use super::{bindings, body, parsed};

#[test]
fn imported_names_tell_where_they_come_from() {
    assert_eq!(
        bindings("import main, { a, b as c, 'd e' as f } from 'x'"),
        "main: import \"x\" default\na: import \"x\" a\nc: import \"x\" b\nf: import \"x\" d e"
    );
    assert_eq!(bindings("import * as all from './x'"), "all: import \"./x\" *");
    assert_eq!(bindings("import common = require('x')"), "common: import \"x\" *");
    assert_eq!(bindings("import Part = Whole.Inner.Part"), "Part: $Whole.Inner.Part");
}

#[test]
fn types_are_left_out_but_their_modules_are_known() {
    let module = parsed(
        "file.ts",
        "import type A from 'a'; import { type B } from 'b'; import './c'; import {} from 'd'; import { type E, f } from 'e'",
    );
    assert_eq!(module.bare_imports, ["a", "b", "./c", "d"]);
    assert_eq!(super::dump::bindings(&module), "f: import \"e\" f");
}

#[test]
fn loading_at_run_time_is_a_call() {
    assert_eq!(body("const a = require('x')"), "declare a = $require(\"x\");");
    assert_eq!(body("const { a } = await import('x')"), "declare a = await $import(\"x\");");
    assert_eq!(body("import(name, { with: { type: 'json' } })"), "$import($name, {.with: {.type: \"json\"}});");
    assert_eq!(body("import.meta.env.MODE"), "import.meta.env.MODE;");
}
