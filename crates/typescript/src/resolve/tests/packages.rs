//! Packages that import each other by name.

use super::Repository;

/// A repository of two packages; `manifest` is the package.json of `@acme/auth`.
fn two_packages(manifest: &str, files: &[&str]) -> Repository {
    let mut all = vec![
        ("pnpm-workspace.yaml", "packages:\n  # all\n  - 'apps/*'\n  - packages/*  # shared\n\ncatalog:\n  zod: 4\n"),
        ("apps/web/package.json", r#"{ "name": "web", "dependencies": { "@acme/auth": "workspace:*" } }"#),
        ("apps/web/route.ts", ""),
        ("packages/auth/package.json", manifest),
    ];
    all.extend(files.iter().map(|path| (*path, "")));
    Repository::new(&all)
}

#[test]
fn a_package_is_found_by_its_name() {
    let manifest = r#"{ "name": "@acme/auth", "main": "./source/main.ts" }"#;
    let repository = two_packages(manifest, &["packages/auth/source/main.ts", "packages/auth/deep/file.tsx"]);
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth"), "packages/auth/source/main.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/deep/file"), "packages/auth/deep/file.tsx");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/gone"), "missing");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/other"), "outside: @acme/other");
}

#[test]
fn exports_say_what_a_name_means() {
    let manifest = r#"{ "name": "@acme/auth", "exports": {
        ".": { "types": "./index.d.ts", "import": "./index.ts" },
        "./session": "./source/session.ts",
        "./roles/*": "./source/roles/*.ts",
        "./types": { "types": "./source/types.ts" } } }"#;
    let repository = two_packages(
        manifest,
        &[
            "packages/auth/index.ts",
            "packages/auth/index.d.ts",
            "packages/auth/source/session.ts",
            "packages/auth/source/roles/admin.ts",
            "packages/auth/source/types.ts",
        ],
    );
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth"), "packages/auth/index.ts", "code before types");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/session"), "packages/auth/source/session.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/roles/admin"), "packages/auth/source/roles/admin.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/types"), "packages/auth/source/types.ts");
    assert_eq!(repository.import("packages/auth/index.ts", "@acme/auth/session"), "packages/auth/source/session.ts");
}

#[test]
fn a_built_file_means_its_source() {
    let manifest = r#"{ "name": "@acme/auth", "main": "dist/index.js", "exports": {
        ".": { "types": "./dist/index.d.ts", "require": "./dist/index.cjs", "import": "./dist/index.mjs" },
        "./next": "./dist/esm/next.js",
        "./*": "./dist/*.js" } }"#;
    let sources = ["packages/auth/src/index.ts", "packages/auth/src/next.tsx", "packages/auth/src/deep/role.ts"];
    let repository = two_packages(manifest, &sources);
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth"), "packages/auth/src/index.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/next"), "packages/auth/src/next.tsx");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/deep/role"), "packages/auth/src/deep/role.ts");
    assert_eq!(repository.import("packages/auth/src/index.ts", "@acme/auth/next"), "packages/auth/src/next.tsx");
}

#[test]
fn a_built_file_that_is_there_is_meant_itself() {
    let manifest = r#"{ "name": "@acme/auth", "main": "dist/index.js" }"#;
    let repository = two_packages(manifest, &["packages/auth/dist/index.js", "packages/auth/src/index.ts"]);
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth"), "packages/auth/dist/index.js");
}

#[test]
fn a_bundle_without_an_obvious_source_means_the_index() {
    let manifest = r#"{ "name": "@acme/auth", "main": "dist/bundle.min.js" }"#;
    let repository = two_packages(manifest, &["packages/auth/src/index.ts", "packages/auth/src/roles.ts"]);
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth"), "packages/auth/src/index.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/roles"), "packages/auth/src/roles.ts");
}

#[test]
fn only_a_package_has_built_files() {
    let files =
        [("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#), ("package.json", "{}")];
    let repository = Repository::new(&[&files[..], &[("app/route.ts", ""), ("src/auth.ts", "")]].concat());
    assert_eq!(repository.import("app/route.ts", "@/lib/auth"), "missing", "never src/auth.ts");
    assert_eq!(repository.import("app/route.ts", "../lib/auth"), "missing");
}

#[test]
fn imports_with_a_hash_are_the_package_s_own() {
    let manifest =
        r##"{ "name": "@acme/auth", "imports": { "#roles": "./src/roles.ts", "#built/*": "./dist/*.js" } }"##;
    let repository = two_packages(manifest, &["packages/auth/src/index.ts", "packages/auth/src/roles.ts"]);
    assert_eq!(repository.import("packages/auth/src/index.ts", "#roles"), "packages/auth/src/roles.ts");
    assert_eq!(repository.import("packages/auth/src/index.ts", "#built/roles"), "packages/auth/src/roles.ts");
    assert_eq!(repository.import("packages/auth/src/index.ts", "#other"), "missing");
    assert_eq!(repository.import("apps/web/route.ts", "#roles"), "missing");
}

#[test]
fn npm_and_yarn_declare_packages_in_package_json() {
    let files = [("libs/db/package.json", r#"{ "name": "db" }"#), ("libs/db/index.ts", ""), ("a.ts", "")];
    for workspaces in [r#"["libs/*"]"#, r#"{ "packages": ["./libs/**/", "!libs/x"] }"#, r#"["libs/db"]"#] {
        let root = format!(r#"{{ "workspaces": {workspaces} }}"#);
        let repository = Repository::new(&[&files[..], &[("package.json", root.as_str())]].concat());
        assert_eq!(repository.import("a.ts", "db"), "libs/db/index.ts", "{workspaces}");
    }
    for workspaces in [r#"["libs"]"#, r#"["*"]"#, r#"["libs/*", "!libs/d*"]"#] {
        let root = format!(r#"{{ "workspaces": {workspaces} }}"#);
        let repository = Repository::new(&[&files[..], &[("package.json", root.as_str())]].concat());
        assert_eq!(repository.import("a.ts", "db"), "outside: db", "{workspaces}");
    }
}

#[test]
fn a_workspace_below_the_root_holds_for_what_lies_in_it() {
    let repository = Repository::new(&[
        ("frontend/package.json", r#"{ "workspaces": ["packages/*"] }"#),
        ("frontend/packages/db/package.json", r#"{ "name": "db" }"#),
        ("frontend/packages/db/index.ts", ""),
        ("frontend/app/a.ts", ""),
        ("backend/a.ts", ""),
    ]);
    assert_eq!(repository.import("frontend/app/a.ts", "db"), "frontend/packages/db/index.ts");
    assert_eq!(repository.import("backend/a.ts", "db"), "outside: db");
}

#[test]
fn a_dependency_by_path_is_a_package() {
    let repository = Repository::new(&[
        (
            "web/package.json",
            r#"{ "dependencies": { "shared": "file:../shared", "@a/b": "link:../shared", "far": "file:../../far" } }"#,
        ),
        ("web/a.ts", ""),
        ("shared/package.json", r#"{ "name": "whatever" }"#),
        ("shared/index.ts", ""),
    ]);
    assert_eq!(repository.import("web/a.ts", "shared"), "shared/index.ts");
    assert_eq!(repository.import("web/a.ts", "@a/b"), "shared/index.ts");
    assert_eq!(repository.import("web/a.ts", "far"), "outside: far");
}

#[test]
fn an_import_with_a_hash_may_stand_for_another_package() {
    let manifest = r##"{ "name": "@acme/auth", "imports": { "#server": "web/route.ts", "#log": { "node": "pino", "default": "./log.ts" } } }"##;
    let repository = two_packages(manifest, &["packages/auth/src/index.ts"]);
    assert_eq!(repository.import("packages/auth/src/index.ts", "#server"), "apps/web/route.ts");
    assert_eq!(repository.import("packages/auth/src/index.ts", "#log"), "outside: pino");
}

#[test]
fn conditions_are_ranked_and_a_file_that_is_there_goes_first() {
    let exports = r#"{ "react-server": "./server.ts", "types": "./types.ts", "import": "./dist/gone.js", "default": ["./index.ts"] }"#;
    for (files, expected) in [
        (vec!["server.ts", "types.ts", "index.ts", "src/gone.ts"], "index.ts"),
        (vec!["server.ts", "types.ts", "src/gone.ts"], "types.ts"),
        (vec!["server.ts", "src/gone.ts"], "server.ts"),
        (vec!["src/gone.ts"], "src/gone.ts"),
    ] {
        let manifest = format!(r#"{{ "name": "@acme/auth", "exports": {exports} }}"#);
        let files: Vec<String> = files.into_iter().map(|file| format!("packages/auth/{file}")).collect();
        let repository = two_packages(&manifest, &files.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(repository.import("apps/web/route.ts", "@acme/auth"), format!("packages/auth/{expected}"));
    }
}

#[test]
fn the_longest_pattern_of_exports_wins() {
    let manifest = r#"{ "name": "@acme/auth", "exports": { "./*": "./all/*.ts", "./roles/*": "./roles/*.ts", "./old/": "./older/", "./no": null } }"#;
    let files = [
        "packages/auth/all/roles/a.ts",
        "packages/auth/all/b.ts",
        "packages/auth/roles/a.ts",
        "packages/auth/older/c.ts",
    ];
    let repository = two_packages(manifest, &files);
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/roles/a"), "packages/auth/roles/a.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/b"), "packages/auth/all/b.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/old/c.js"), "packages/auth/older/c.ts");
    assert_eq!(repository.import("apps/web/route.ts", "@acme/auth/no"), "missing");
}

#[test]
fn the_package_that_declares_a_workspace_is_no_package_of_it() {
    let repository = Repository::new(&[
        ("package.json", r#"{ "name": "langfuse", "workspaces": ["**"] }"#),
        ("web/package.json", r#"{ "name": "web", "dependencies": { "langfuse": "^3" } }"#),
        ("web/a.ts", ""),
        ("index.ts", ""),
    ]);
    assert_eq!(repository.import("web/a.ts", "langfuse"), "outside: langfuse");
}

#[test]
fn the_library_of_svelte_kit_is_found_without_its_generated_alias() {
    let repository = Repository::new(&[
        ("apps/site/package.json", "{}"),
        ("apps/site/tsconfig.json", r#"{ "extends": "./.svelte-kit/tsconfig.json" }"#),
        ("apps/site/src/routes/+server.ts", ""),
        ("apps/site/src/lib/index.ts", ""),
        ("apps/site/src/lib/server/auth.ts", ""),
    ]);
    let from = "apps/site/src/routes/+server.ts";
    assert_eq!(repository.import(from, "$lib"), "apps/site/src/lib/index.ts");
    assert_eq!(repository.import(from, "$lib/server/auth"), "apps/site/src/lib/server/auth.ts");
    assert_eq!(repository.import(from, "$lib/gone"), "missing");
    assert_eq!(repository.import(from, "$app/state"), "builtin");
}
