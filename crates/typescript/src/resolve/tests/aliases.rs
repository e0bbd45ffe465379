//! What a tsconfig.json says.

use super::Repository;

const AT: &str = r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#;

#[test]
fn paths_lead_below_the_folder_of_the_tsconfig() {
    let repository = Repository::new(&[
        ("apps/web/tsconfig.json", AT),
        ("apps/web/app/route.ts", ""),
        ("apps/web/lib/auth/index.ts", ""),
        ("lib/auth.ts", ""),
    ]);
    assert_eq!(repository.import("apps/web/app/route.ts", "@/lib/auth"), "apps/web/lib/auth/index.ts");
    assert_eq!(repository.import("apps/web/app/route.ts", "@/lib/auth/index.js"), "apps/web/lib/auth/index.ts");
    assert_eq!(repository.import("lib/auth.ts", "@/lib/auth"), "missing");
}

#[test]
fn the_longest_prefix_wins_and_targets_are_tried_in_order() {
    let tsconfig = r#"{ "compilerOptions": { "baseUrl": "src", "paths": {
        "@/*": ["./*"], "@/lib/*": ["./first/*", "./second/*"], "auth": ["./session.ts"] } } }"#;
    let repository = Repository::new(&[
        ("tsconfig.json", tsconfig),
        ("src/lib/a.ts", ""),
        ("src/second/a.ts", ""),
        ("src/session.ts", ""),
        ("src/other.ts", ""),
    ]);
    assert_eq!(repository.import("src/other.ts", "@/lib/a"), "src/second/a.ts");
    assert_eq!(repository.import("src/other.ts", "auth"), "src/session.ts");
    assert_eq!(repository.import("src/other.ts", "lib/a"), "src/lib/a.ts", "by baseUrl");
    assert_eq!(repository.import("src/other.ts", "zod"), "outside: zod");
}

#[test]
fn an_alias_without_a_file_is_missing_unless_it_is_a_dependency() {
    let tsconfig = r#"{ "compilerOptions": { "paths": {
        "@acme/*": ["./packages/*/src"], "react": ["./node_modules/@types/react"], "*": ["./types/*"] } } }"#;
    let repository = Repository::new(&[
        ("tsconfig.json", tsconfig),
        ("package.json", r#"{ "dependencies": { "@acme/published": "^1" } }"#),
        ("packages/db/src/index.ts", ""),
        ("a.ts", ""),
    ]);
    assert_eq!(repository.import("a.ts", "@acme/db"), "packages/db/src/index.ts");
    assert_eq!(repository.import("a.ts", "@acme/gone"), "missing");
    assert_eq!(repository.import("a.ts", "@acme/published"), "outside: @acme/published");
    assert_eq!(repository.import("a.ts", "react"), "outside: react");
    assert_eq!(repository.import("a.ts", "zod"), "outside: zod", "the pattern for everything says nothing");
}

#[test]
fn a_tsconfig_extends_others_and_comments_are_no_mistake() {
    let repository = Repository::new(&[
        (
            "tsconfig.base.json",
            "\u{feff}{ // shared\n \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@lib/*\": [\"lib/*\",], }, }, }",
        ),
        ("apps/web/tsconfig.json", r#"{ "extends": ["@tsconfig/next/tsconfig.json", "../../tsconfig.base"] }"#),
        ("apps/web/route.ts", ""),
        ("lib/auth.ts", ""),
    ]);
    assert_eq!(repository.import("apps/web/route.ts", "@lib/auth"), "lib/auth.ts");
    assert_eq!(repository.problems(), Vec::<String>::new(), "a base that is not installed is no mistake");
}

#[test]
fn a_base_may_lie_in_a_package_of_the_repository() {
    let repository = Repository::new(&[
        ("package.json", r#"{ "workspaces": ["packages/*", "apps/*"] }"#),
        ("packages/tsconfig/package.json", r#"{ "name": "@acme/tsconfig" }"#),
        ("packages/tsconfig/next.json", r#"{ "compilerOptions": { "paths": { "~/*": ["${configDir}/src/*"] } } }"#),
        ("apps/web/package.json", r#"{ "name": "web" }"#),
        ("apps/web/tsconfig.json", r#"{ "extends": "@acme/tsconfig/next.json" }"#),
        ("apps/web/src/auth.ts", ""),
    ]);
    assert_eq!(repository.import("apps/web/src/auth.ts", "~/auth"), "apps/web/src/auth.ts");
    assert_eq!(repository.problems(), Vec::<String>::new());
}

#[test]
fn a_solution_hands_each_folder_to_the_project_that_includes_it() {
    let repository = Repository::new(&[
        (
            "tsconfig.json",
            r#"{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tsconfig.node.json" }] }"#,
        ),
        ("tsconfig.app.json", r#"{ "include": ["src"], "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#),
        (
            "tsconfig.node.json",
            r#"{ "include": ["server"], "compilerOptions": { "paths": { "@/*": ["./server/*"] } } }"#,
        ),
        ("src/a.ts", ""),
        ("server/a.ts", ""),
    ]);
    assert_eq!(repository.import("src/a.ts", "@/a"), "src/a.ts");
    assert_eq!(repository.import("server/a.ts", "@/a"), "server/a.ts");
}

#[test]
fn a_file_outside_of_include_is_asked_for_as_a_bundler_would() {
    let tsconfig = r#"{ "include": ["src"], "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#;
    let repository = Repository::new(&[("tsconfig.json", tsconfig), ("middleware.ts", ""), ("src/auth.ts", "")]);
    assert_eq!(repository.import("middleware.ts", "@/auth"), "src/auth.ts");
}

#[test]
fn root_dirs_lie_above_each_other() {
    let tsconfig = r#"{ "compilerOptions": { "rootDirs": ["./app", "./generated"] } }"#;
    let repository = Repository::new(&[("tsconfig.json", tsconfig), ("app/a.ts", ""), ("generated/types.ts", "")]);
    assert_eq!(repository.import("app/a.ts", "./types"), "generated/types.ts");
}

#[test]
fn a_jsconfig_counts_where_there_is_no_tsconfig() {
    let repository = Repository::new(&[
        ("old/jsconfig.json", AT),
        ("old/a.js", ""),
        ("new/jsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./nowhere/*"] } } }"#),
        ("new/tsconfig.json", AT),
        ("new/a.js", ""),
    ]);
    assert_eq!(repository.import("old/a.js", "@/a"), "old/a.js");
    assert_eq!(repository.import("new/a.js", "@/a"), "new/a.js");
}

#[test]
fn an_upper_configuration_counts_for_what_the_nearest_one_does_not_include() {
    let repository = Repository::new(&[
        ("tsconfig.json", AT),
        ("scripts/tsconfig.json", r#"{ "include": ["only"], "compilerOptions": { "paths": { "~/*": ["./*"] } } }"#),
        ("scripts/a.ts", ""),
        ("lib/auth.ts", ""),
    ]);
    assert_eq!(repository.import("scripts/a.ts", "@/lib/auth"), "lib/auth.ts");
    assert_eq!(repository.import("scripts/a.ts", "~/a"), "scripts/a.ts");
}

#[test]
fn a_later_base_wins_and_a_base_keeps_its_own_folder() {
    let repository = Repository::new(&[
        ("base/one.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./one/*"] } } }"#),
        ("base/two.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./two/*"] } } }"#),
        ("app/tsconfig.json", r#"{ "extends": ["../base/one.json", "../base/two.json"] }"#),
        ("app/a.ts", ""),
        ("base/one/x.ts", ""),
        ("base/two/x.ts", ""),
    ]);
    assert_eq!(repository.import("app/a.ts", "@/x"), "base/two/x.ts");
}

#[test]
fn folders_named_like_patterns_are_folders() {
    let tsconfig = r#"{ "include": ["app/[lang]"], "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#;
    let repository = Repository::new(&[
        ("tsconfig.json", r#"{ "references": [{ "path": "./tsconfig.app.json" }], "files": [] }"#),
        ("tsconfig.app.json", tsconfig),
        ("app/[lang]/a.ts", ""),
    ]);
    assert_eq!(repository.import("app/[lang]/a.ts", "@/app/[lang]/a"), "app/[lang]/a.ts");
}
