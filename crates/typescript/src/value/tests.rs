use ops_testing::TestDir;

use super::*;
use crate::tree::Tree;

/// What `value`, exported by the first file, evaluates to, in a short notation.
fn value_of(files: &[(&str, &str)]) -> String {
    let folder = TestDir::of(files);
    let program = Program::new(Tree::walk(folder.path()).unwrap());
    let file = program.tree().find(files[0].0).unwrap();
    let value = Evaluator::new(&program).export(file, "value");
    shown(&value)
}

fn value(source: &str) -> String {
    value_of(&[("a.ts", source)])
}

fn shown(value: &Value) -> String {
    let maybe = |condition: &Option<String>| if condition.is_some() { "?" } else { "" };
    let open = |open: &Option<String>| if open.is_some() { ", …" } else { "" };
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Template(parts) => {
            format!("`{}`", parts.iter().map(|part| part.as_deref().unwrap_or("${?}")).collect::<String>())
        }
        Value::Number(number) => number.to_string(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Null => "null".to_owned(),
        Value::Undefined => "undefined".to_owned(),
        Value::Array(array) => {
            let items: Vec<_> =
                array.items.iter().map(|item| format!("{}{}", shown(&item.value), maybe(&item.condition))).collect();
            format!("[{}{}]", items.join(", "), open(&array.open))
        }
        Value::Object(object) => {
            let entries: Vec<_> = object
                .entries
                .iter()
                .map(|entry| format!("{}{}: {}", entry.key, maybe(&entry.condition), shown(&entry.value)))
                .collect();
            format!("{{{}{}}}", entries.join(", "), open(&object.open))
        }
        Value::Function(_) => "function".to_owned(),
        Value::Regex { pattern, flags } => format!("/{pattern}/{flags}"),
        Value::OneOf(values) => values.iter().map(shown).collect::<Vec<_>>().join(" or "),
        Value::Result { callee, arguments } => {
            format!("{callee}({})", arguments.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Unknown(why) => format!("? {why}"),
    }
}

#[test]
fn constants_objects_and_arrays_are_themselves() {
    assert_eq!(
        value("export const value = { a: [1, 'x', true, null, undefined], 'b-c': `t` };"),
        "{a: [1, \"x\", true, null, undefined], b-c: \"t\"}"
    );
}

#[test]
fn names_are_followed_through_constants_and_files() {
    assert_eq!(
        value_of(&[
            ("a.ts", "import { x as y } from './b'; import * as all from './b'; export const value = [y, all.x];"),
            ("b.ts", "export * from './c';"),
            ("c.ts", "const inner = 'deep'; export const x = inner;"),
        ]),
        "[\"deep\", \"deep\"]"
    );
}

#[test]
fn a_json_file_is_its_content() {
    assert_eq!(
        value_of(&[
            ("a.ts", "import all from './h.json'; export const value = all;"),
            ("h.json", "[{\"key\": \"A\"}]"),
        ]),
        "[{key: \"A\"}]"
    );
}

#[test]
fn spreads_add_what_they_spread_and_the_last_one_wins() {
    assert_eq!(
        value("const a = { x: 1, y: 2 }; export const value = { ...a, y: 3, ...null, ...(false && { z: 1 }) };"),
        "{x: 1, y: 3}"
    );
    assert_eq!(value("const a = [1]; export const value = [...a, 2, ...a];"), "[1, 2, 1]");
}

#[test]
fn what_depends_on_the_environment_may_be_there_or_not() {
    assert_eq!(value("export const value = [1, ...(process.env.X ? [2] : [])];"), "[1, 2?]");
    assert_eq!(value("export const value = { a: 1, ...(process.env.X && { b: 2 }) };"), "{a: 1, b?: 2}");
    assert_eq!(value("export const value = process.env.X ? 'a' : 'b';"), "\"a\" or \"b\"");
    assert_eq!(value("export const value = `a ${process.env.X} b`;"), "`a ${?} b`");
    assert_eq!(value("export const value = process.env.X;"), "? the environment variable `X` is not known");
}

#[test]
fn an_unknown_spread_may_change_what_stands_before_it_only() {
    assert_eq!(
        value("export const value = { a: 1, ...other(), b: 2 };"),
        "{a: 1 or ? what `other` gives back is not known, b: 2, …}"
    );
    assert_eq!(value("export const value = [1, ...other(), 2];"), "[1, 2, …]");
}

#[test]
fn production_is_what_runs() {
    assert_eq!(value("const isDev = process.env.NODE_ENV !== 'production'; export const value = isDev ? 1 : 2;"), "2");
    assert_eq!(value("const { NODE_ENV } = process.env; export const value = 1;"), "1");
}

#[test]
fn functions_of_the_repository_are_called() {
    assert_eq!(
        value("function f(a, { b } = { b: 'c' }) { const x = a + b; return x; } export const value = f('a');"),
        "\"ac\""
    );
    assert_eq!(value("const f = async (x = 1) => ({ x }); export const value = await f();"), "{x: 1}");
    assert_eq!(value("function f(x) { if (process.env.A) return 1; return x; } export const value = f(2);"), "1 or 2");
    assert_eq!(
        value("const f = () => f(); export const value = f();"),
        "? a function calls itself, or too much is called"
    );
}

#[test]
fn what_a_dependency_does_is_its_result() {
    assert_eq!(
        value("import { withSentry } from 'sentry'; export const value = withSentry({ a: 1 }, 2);"),
        "withSentry({a: 1}, 2)"
    );
    assert_eq!(
        value("const w = require('w')({ on: true }); export const value = w({ a: 1 });"),
        "require('w')({on: true}, {a: 1})"
    );
}

#[test]
fn a_wrapper_of_the_repository_is_seen_through() {
    assert_eq!(
        value("const withX = (config) => ({ ...config, x: 1 }); export const value = withX({ a: 1 });"),
        "{a: 1, x: 1}"
    );
    assert_eq!(
        value("const f = (c) => ({ ...c, f: 1 }); export const value = [f].reduce((all, one) => one(all), { a: 1 });"),
        "{a: 1, f: 1}"
    );
}

#[test]
fn later_assignments_count() {
    assert_eq!(
        value("const value = { a: 1 }; value.a = 2; value.b = { c: 1 }; value.b.c = 3; export { value };"),
        "{a: 2, b: {c: 3}}"
    );
    assert_eq!(value("let value = 1; value = 2; export { value };"), "2");
    assert_eq!(value("let value = 'a'; value += 'b'; export { value };"), "\"ab\"");
    assert_eq!(value("const value = [1]; value.push(2, 3); value.unshift(0); export { value };"), "[0, 1, 2, 3]");
    assert_eq!(value("const value = { a: 1 }; Object.assign(value, { b: 2 }); export { value };"), "{a: 1, b: 2}");
}

#[test]
fn what_a_condition_changes_may_be_changed() {
    assert_eq!(value("const value = [1]; if (process.env.X) { value.push(2); } export { value };"), "[1, 2?]");
    assert_eq!(
        value("const value = [1]; if (process.env.NODE_ENV === 'development') value.push(2); export { value };"),
        "[1]"
    );
    assert_eq!(value("let value = 1; if (process.env.X) value = 2; export { value };"), "2 or 1");
    assert_eq!(value("const value = { a: 1 }; if (process.env.X) value.a = 2; export { value };"), "{a: 2 or 1}");
}

#[test]
fn what_a_loop_or_a_callback_changes_is_open() {
    assert_eq!(
        value("const value = [1]; for (const x of xs) { value.push(x); } export { value };"),
        "[1, ? `x` changes while the program runs?, …]"
    );
    assert_eq!(value("const value = [1]; xs.forEach((x) => value.push(x)); export { value };"), "[1, …]");
    assert_eq!(value("const value = [2, 1]; value.sort(); export { value };"), "? `value.sort()` changes it");
}

#[test]
fn arrays_can_be_mapped_filtered_and_joined() {
    assert_eq!(value("export const value = ['a', 'b'].map((x) => ({ x }));"), "[{x: \"a\"}, {x: \"b\"}]");
    assert_eq!(value("export const value = ['a', false, 'b'].filter(Boolean).join('; ');"), "\"a; b\"");
    assert_eq!(
        value(
            "export const value = Object.entries({ a: '1', b: process.env.B }).map(([k, v]) => `${k} ${v}`).join('; ');"
        ),
        "`a 1; b ${?}`"
    );
    assert_eq!(value("export const value = [[1], [2]].flat().concat([3], 4);"), "[1, 2, 3, 4]");
    assert_eq!(value("export const value = unknown.map((x) => x);"), "unknown.map(function)");
}

#[test]
fn texts_can_be_made_one_line_of() {
    assert_eq!(
        value(
            "const csp = `\n  a 'x';\n  b ${process.env.B};\n`; export const value = csp.replace(/\\n/g, '').trim();"
        ),
        "`a 'x';  b ${?};`"
    );
    assert_eq!(value("export const value = ' a   b '.replace(/\\s{2,}/g, ' ').trim().toUpperCase();"), "\"A B\"");
    assert_eq!(value("export const value = 'abc'.replace(/b/g, 'x');"), "`${?}`");
    assert_eq!(value("export const value = JSON.stringify({});"), "`${?}`");
}

#[test]
fn circles_end() {
    assert_eq!(
        value_of(&[
            ("a.ts", "import { b } from './b'; export const value = b;"),
            ("b.ts", "import { value } from './a'; export const b = value;"),
        ]),
        "? `value` is made of itself"
    );
}

#[test]
fn a_file_that_cannot_be_parsed_is_unknown() {
    assert!(value("export const value = {;").starts_with("? a.ts cannot be read: "));
    assert_eq!(value("export const other = 1;"), "? a.ts exports no `value`");
}
