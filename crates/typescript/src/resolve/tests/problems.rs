//! Configurations that are wrong: resolution goes on, and it is told.

use super::Repository;

#[test]
fn a_broken_tsconfig_leaves_relative_imports_as_they_are() {
    let repository = Repository::new(&[("tsconfig.json", "{ \"compilerOptions\": {"), ("a.ts", ""), ("b.ts", "")]);
    assert_eq!(repository.import("a.ts", "./b"), "b.ts");
    assert_eq!(repository.import("a.ts", "zod"), "outside: zod");
    assert_eq!(repository.problems(), ["tsconfig.json: is not JSON: EOF while parsing an object at line 1 column 22"]);
}

#[test]
fn one_bad_alias_does_not_take_the_others_away() {
    let tsconfig = r#"{ "extends": "./gone.json", "include": 7, "references": [{ "path": "./nothing" }], "compilerOptions": { "paths": {
        "text": "./a.ts", "two/*/*": ["./*"], "twice/*": ["./*/*"], "@/*": ["./*"] } } }"#;
    let repository = Repository::new(&[("tsconfig.json", tsconfig), ("a.ts", "")]);
    assert_eq!(repository.import("a.ts", "@/a"), "a.ts");
    assert_eq!(
        repository.problems(),
        [
            "tsconfig.json: `include` is not a list of texts",
            "tsconfig.json: `paths`: `./*/*` has more than one `*`",
            "tsconfig.json: `paths`: `two/*/*` has more than one `*`",
            "tsconfig.json: `paths`: what `text` stands for is not a list of texts",
            "tsconfig.json: extends `./gone.json`, which is not there",
            "tsconfig.json: refers to `./nothing`, which is not there",
        ]
    );
}

#[test]
fn wrong_kinds_are_told() {
    for (tsconfig, message) in [
        ("[]", "is not an object"),
        (r#"{ "compilerOptions": 7 }"#, "`compilerOptions` is not an object"),
        (r#"{ "compilerOptions": { "paths": [] } }"#, "`paths` is not an object"),
        (r#"{ "compilerOptions": { "baseUrl": 7 } }"#, "`baseUrl` is not a text"),
        (r#"{ "extends": [7] }"#, "`extends` is not a list of texts"),
    ] {
        let repository = Repository::new(&[("tsconfig.json", tsconfig), ("a.ts", ""), ("b.ts", "")]);
        assert_eq!(repository.import("a.ts", "./b"), "b.ts", "{tsconfig}");
        assert_eq!(repository.problems(), [""; 0], "a file that is found needs no configuration");
        assert_eq!(repository.import("a.ts", "zod"), "outside: zod", "{tsconfig}");
        assert_eq!(repository.problems(), [format!("tsconfig.json: {message}")]);
    }
}

#[test]
fn configurations_that_extend_each_other_are_told() {
    let repository = Repository::new(&[
        ("tsconfig.json", r#"{ "extends": "./other.json" }"#),
        ("other.json", r#"{ "extends": "./tsconfig.json" }"#),
        ("a.ts", ""),
        ("b.ts", ""),
    ]);
    assert_eq!(repository.import("a.ts", "./b"), "b.ts");
    assert_eq!(repository.import("a.ts", "zod"), "outside: zod");
    assert_eq!(repository.problems(), ["tsconfig.json: extends itself"]);
}

#[test]
fn a_broken_manifest_is_told_and_its_package_unknown() {
    let repository = Repository::new(&[
        ("package.json", r#"{ "workspaces": ["packages/*", "broken["] }"#),
        ("packages/db/package.json", "{ name: db }"),
        ("packages/db/index.ts", ""),
        ("packages/db/other.ts", ""),
        ("packages/a/package.json", r#"{ "name": "same" }"#),
        ("packages/b/package.json", r#"{ "name": "same" }"#),
    ]);
    assert_eq!(repository.import("packages/db/index.ts", "./other"), "packages/db/other.ts");
    assert_eq!(repository.import("packages/db/index.ts", "db"), "outside: db");
    assert_eq!(
        repository.problems(),
        [
            "package.json: the workspace `broken[` is no pattern: unclosed character class; missing ']'",
            "packages/b/package.json: the package `same` lies in `packages/a` as well; imports of it mean that one",
            "packages/db/package.json: is not JSON: key must be a string at line 1 column 3",
        ]
    );
}

#[test]
fn workspaces_that_are_not_understood_are_told() {
    let repository = Repository::new(&[
        ("package.json", r#"{ "workspaces": { "packages": 7 } }"#),
        ("pnpm-workspace.yaml", "packages: &all\n  - a\n"),
        ("a.ts", ""),
    ]);
    assert_eq!(
        repository.problems(),
        [
            "package.json: `workspaces` is not a list of texts",
            "pnpm-workspace.yaml: line 1 is not understood: write `packages` as a list of quoted patterns, one a line",
        ]
    );
}
