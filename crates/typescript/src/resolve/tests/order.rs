//! Neither the order in which files are written nor the order in which imports are asked for changes an answer.

use proptest::prelude::*;

use super::Repository;

const FILES: [(&str, &str); 12] = [
    ("package.json", r#"{ "workspaces": ["packages/*"] }"#),
    ("packages/a/package.json", r#"{ "name": "a", "main": "dist/index.js" }"#),
    ("packages/a/src/index.ts", ""),
    ("packages/b/package.json", r#"{ "name": "a", "exports": "./b.ts" }"#),
    ("packages/b/b.ts", ""),
    ("tsconfig.json", r#"{ "references": [{ "path": "./app" }], "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#),
    ("app/tsconfig.json", r#"{ "include": ["in"], "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#),
    ("app/in/one.ts", ""),
    ("app/in/two.test.ts", ""),
    ("app/out/one.ts", ""),
    ("in/one.ts", ""),
    ("out/one.js", ""),
];
const SPECIFIERS: [&str; 6] = ["a", "./one", "@/in/one", "@/out/one", "../out/one", "zod"];

fn answers(order: &[usize]) -> Vec<String> {
    let files: Vec<_> = order.iter().filter_map(|index| FILES.get(*index).copied()).collect();
    let repository = Repository::new(&files);
    let mut answers: Vec<String> = order
        .iter()
        .map(|index| FILES[*index].0)
        .flat_map(|from| {
            SPECIFIERS.map(|specifier| format!("{from}: {specifier} = {}", repository.import(from, specifier)))
        })
        .chain(repository.problems())
        .collect();
    answers.sort();
    answers
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_gives_the_same_answers(order in Just((0..FILES.len()).collect::<Vec<_>>()).prop_shuffle()) {
        let sorted: Vec<_> = (0..FILES.len()).collect();
        prop_assert_eq!(answers(&order), answers(&sorted));
    }
}
