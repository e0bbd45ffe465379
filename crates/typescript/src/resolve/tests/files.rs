//! Relative imports, dependencies, and what the runtime brings.

use super::Repository;

#[test]
fn a_relative_import_may_leave_out_the_extension_and_the_index() {
    let repository = Repository::new(&[
        ("app/route.ts", ""),
        ("app/view.tsx", ""),
        ("app/old.cjs", ""),
        ("app/types.d.ts", ""),
        ("app/data.json", "{}"),
        ("lib/auth/index.ts", ""),
        ("lib/auth/session.mts", ""),
    ]);
    assert_eq!(repository.import("app/route.ts", "./view"), "app/view.tsx");
    assert_eq!(repository.import("app/route.ts", "./old"), "app/old.cjs");
    assert_eq!(repository.import("app/route.ts", "./types"), "app/types.d.ts");
    assert_eq!(repository.import("app/route.ts", "./data"), "app/data.json");
    assert_eq!(repository.import("app/route.ts", "./data.json"), "app/data.json");
    assert_eq!(repository.import("app/route.ts", "../lib/auth"), "lib/auth/index.ts");
    assert_eq!(repository.import("app/route.ts", "../lib/auth/"), "lib/auth/index.ts");
    assert_eq!(repository.import("lib/auth/session.mts", "."), "lib/auth/index.ts");
    assert_eq!(repository.import("app/route.ts", "../lib/auth/session"), "lib/auth/session.mts");
}

#[test]
fn a_compiled_extension_means_the_source() {
    let repository =
        Repository::new(&[("a.ts", ""), ("b.ts", ""), ("c.tsx", ""), ("d.mts", ""), ("e.cts", ""), ("f.js", "")]);
    assert_eq!(repository.import("a.ts", "./b.js"), "b.ts");
    assert_eq!(repository.import("a.ts", "./c.js"), "c.tsx");
    assert_eq!(repository.import("a.ts", "./c.jsx"), "c.tsx");
    assert_eq!(repository.import("a.ts", "./d.mjs"), "d.mts");
    assert_eq!(repository.import("a.ts", "./e.cjs"), "e.cts");
    assert_eq!(repository.import("a.ts", "./f.js"), "f.js");
    assert_eq!(repository.import("a.ts", "./b.ts"), "b.ts");
}

#[test]
fn a_dot_in_a_name_is_no_extension() {
    let repository = Repository::new(&[("a.ts", ""), ("user.service.ts", ""), ("config.js.ts", "")]);
    assert_eq!(repository.import("a.ts", "./user.service"), "user.service.ts");
}

#[test]
fn a_file_goes_before_a_folder_of_the_same_name() {
    let repository = Repository::new(&[("a.ts", ""), ("auth.ts", ""), ("auth/index.ts", "")]);
    assert_eq!(repository.import("a.ts", "./auth"), "auth.ts");
    assert_eq!(repository.import("a.ts", "./auth/"), "auth/index.ts");
}

#[test]
fn what_should_be_there_and_is_not_is_missing() {
    let repository = Repository::new(&[("app/route.ts", ""), ("b.ts", ""), ("empty/readme.md", "")]);
    assert_eq!(repository.import("app/route.ts", "./nothing"), "missing");
    assert_eq!(repository.import("app/route.ts", "../empty"), "missing");
    assert_eq!(repository.import("app/route.ts", "/b"), "missing");
    assert_eq!(repository.import("app/route.ts", ""), "missing");
}

#[test]
fn an_import_never_leads_out_of_the_repository_and_back() {
    let repository = Repository::new(&[("app/route.ts", ""), ("b.ts", "")]);
    assert_eq!(repository.import("app/route.ts", "../b"), "b.ts");
    assert_eq!(repository.import("app/route.ts", "../../b"), "missing");
    assert_eq!(repository.import("app/route.ts", "../../../../b"), "missing");
}

#[test]
fn a_bare_name_is_a_dependency() {
    let repository = Repository::new(&[("a.ts", ""), ("zod.ts", ""), ("node_modules/zod/index.js", "")]);
    assert_eq!(repository.import("a.ts", "zod"), "outside: zod");
    assert_eq!(repository.import("a.ts", "next/server"), "outside: next");
    assert_eq!(repository.import("a.ts", "@clerk/nextjs/server"), "outside: @clerk/nextjs");
    assert_eq!(repository.import("a.ts", "npm:hono@4/jwt"), "outside: hono");
    assert_eq!(repository.import("a.ts", "npm:@hono/zod@^1"), "outside: @hono/zod");
    assert_eq!(repository.import("a.ts", "https://esm.sh/hono"), "outside: https://esm.sh/hono");
    assert_eq!(repository.import("a.ts", "virtual:routes"), "outside: virtual:routes");
}

#[test]
fn what_the_runtime_brings_is_builtin() {
    let repository = Repository::new(&[("a.ts", "")]);
    for specifier in [
        "node:fs",
        "node:test",
        "fs",
        "fs/promises",
        "process",
        "bun:sqlite",
        "cloudflare:workers",
        "$env/static/private",
    ] {
        assert_eq!(repository.import("a.ts", specifier), "builtin", "{specifier}");
    }
}

#[test]
fn an_alias_that_nobody_defines_is_missing_because_no_package_can_have_its_name() {
    let repository = Repository::new(&[("a.ts", ""), ("lib/auth.ts", "")]);
    assert_eq!(repository.import("a.ts", "@/lib/auth"), "missing");
    assert_eq!(repository.import("a.ts", "~/lib/auth"), "missing");
    assert_eq!(repository.import("a.ts", "#lib/auth"), "missing");
}

#[test]
fn a_file_that_is_no_code_is_a_file() {
    let repository = Repository::new(&[("a.ts", ""), ("style.css", ""), ("logo.svg", "")]);
    assert_eq!(repository.import("a.ts", "./style.css"), "style.css");
    assert_eq!(repository.import("a.ts", "./style.css?inline#top"), "style.css");
    assert_eq!(repository.import("a.ts", "./logo.svg?url"), "logo.svg");
}

#[test]
fn awkward_names_are_names() {
    let repository = Repository::new(&[
        ("app/[...slug]/(group)/route.ts", ""),
        ("app/a::b.ts", ""),
        ("app/two\nlines.ts", ""),
        ("app/c#d.ts", ""),
        ("app/ø and %20.ts", ""),
    ]);
    let from = "app/[...slug]/(group)/route.ts";
    assert_eq!(repository.import(from, "../../a::b"), "app/a::b.ts");
    assert_eq!(repository.import(from, "../../two\nlines"), "app/two\nlines.ts");
    assert_eq!(repository.import(from, "../../c#d"), "app/c#d.ts");
    assert_eq!(repository.import(from, "../../ø and %20"), "app/ø and %20.ts");
    assert_eq!(repository.import("app/a::b.ts", "./[...slug]/(group)/route"), from);
}

#[test]
fn more_than_one_slash_is_one() {
    let repository = Repository::new(&[
        ("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }"#),
        ("a.ts", ""),
        ("lib/b.ts", ""),
    ]);
    assert_eq!(repository.import("a.ts", "@/lib//b"), "lib/b.ts");
    assert_eq!(repository.import("a.ts", ".//lib/./b"), "lib/b.ts");
}
