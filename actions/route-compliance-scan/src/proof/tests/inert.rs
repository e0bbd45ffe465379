//! Values that hold no function.

use ops_typescript::module::Export;
use ops_typescript::program::At;

use super::Repository;
use crate::proof::Prover;
use crate::survey::Survey;

fn is_inert(value: &str) -> bool {
    let text = format!(
        "import {{ z, verify, requireUser }} from 'dep';\nimport {{ requireUser as ask }} from 'dep';\n\
         import {{ other }} from './other';\nconst own = 1;\nexport const value = {value};\n"
    );
    let files = [("a.ts", text.as_str()), ("other.ts", "export const other = 1;")];
    let repository = Repository::new(&["requireUser", "auth.protect"], &files);
    let program = repository.program();
    let survey = Survey::of(&program);
    let prover = Prover::new(&program, &survey, &repository.guards);
    let file = program.tree().find("a.ts").unwrap();
    let Some(Export::Local { value, .. }) = program.module(file).export("value") else { panic!("{text}") };
    let binding = program.follow(At { file, it: *value }, &mut Default::default());
    let ops_typescript::program::Meaning::Value(at) = binding else { return false };
    prover.is_inert(at)
}

#[test]
fn what_is_made_of_texts_and_dependencies_is_inert() {
    for value in [
        "z.object({ a: z.string().min(1).optional(), b: [1, true, null, /a/] })",
        "z.enum(['a', `b${z.c}`, 1 + 2, !z.d, z.e ?? 'e'])",
        "verify('a')",
    ] {
        assert!(is_inert(value), "{value}");
    }
}

#[test]
fn what_may_be_a_function_or_a_guard_is_not() {
    for value in [
        "z.object({ a: () => 1 })",
        "z.string().refine(function (a) { return a; })",
        "z.custom(class {})",
        "z.object({ a: other })",
        "z.object({ a: own })",
        "z.object({ a: requireUser })",
        "z.object({ a: ask })",
        "z.pipe(z.protect())",
        "z.object({ a: import('./other') })",
        "z.object({ ...other })",
        "(own, z.string())",
    ] {
        assert!(!is_inert(value), "{value}");
    }
}
