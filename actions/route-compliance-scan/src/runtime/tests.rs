//! What is told of runtimes, and what is left open.

use ops_testing::TestDir;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;

use super::{Runtime, Runtimes};
use crate::discover::discover;
use crate::survey::Survey;

const HANDLER: &str = "export function GET() {}";

/// The runtime of each route, by path.
fn runtimes(files: &[(&str, &str)]) -> Vec<&'static str> {
    let folder = TestDir::of(files);
    let program = Program::new(Tree::walk(folder.path()).unwrap());
    let survey = Survey::of(&program);
    let runtimes = Runtimes::new(&program, &survey);
    let routes = discover(&program, &survey, &[]).routes;
    routes.iter().map(|route| runtimes.of(route).map_or("?", Runtime::word)).collect()
}

fn next(version: &str) -> String {
    format!(r#"{{ "dependencies": {{ "next": "{version}" }} }}"#)
}

fn depends_on(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!(r#""{name}": "1""#)).collect();
    format!(r#"{{ "dependencies": {{ {} }} }}"#, names.join(", "))
}

#[test]
fn a_route_of_the_app_router_says_it_itself() {
    for (text, expected) in [
        ("", "nodejs"),
        ("export const runtime = 'nodejs';", "nodejs"),
        ("export const runtime = 'edge';", "edge"),
        ("export const runtime = 'edge' as const;", "edge"),
        ("export const runtime = 'experimental-edge';", "edge"),
        ("const runtime = 'edge'; export { runtime };", "edge"),
        // Next.js takes that for pages of the other router.
        ("export const config = { runtime: 'edge' };", "nodejs"),
        ("const runtime = 'edge';", "nodejs"),
        ("export const runtime = process.env.RUNTIME;", "?"),
        ("export const runtime = 'workers';", "?"),
        ("export { runtime } from '../../runtime';", "?"),
        ("import { edge } from '../../runtime'; export const runtime = edge;", "?"),
    ] {
        let route = format!("{text}\n{HANDLER}");
        let lib = ("app/runtime.ts", "export const runtime = 'edge'; export const edge = 'edge';");
        let files = [("package.json", next("16.0.0")), ("app/api/a/route.ts", route)];
        let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).chain([lib]).collect();
        assert_eq!(runtimes(&files), [expected], "{text}");
    }
}

#[test]
fn the_nearest_layout_says_it_as_far_as_next_takes_it() {
    let edge = "export const runtime = 'edge';\nexport default function Layout() {}";
    let node = "export const runtime = 'nodejs';\nexport default function Layout() {}";
    let silent = "// no runtime\nexport default function Layout() {}";
    let own = "export const runtime = 'nodejs'; export function GET() {}";
    for (version, files, expected) in [
        ("14.2.3", vec![("app/layout.tsx", edge), ("app/api/a/route.ts", HANDLER)], "edge"),
        ("^13.4.0", vec![("app/(group)/layout.tsx", edge), ("app/(group)/a/route.ts", HANDLER)], "edge"),
        (
            "14.2.3",
            vec![("app/layout.tsx", edge), ("app/api/layout.js", node), ("app/api/a/route.ts", HANDLER)],
            "nodejs",
        ),
        (
            "14.2.3",
            vec![("app/layout.tsx", edge), ("app/api/layout.js", silent), ("app/api/a/route.ts", HANDLER)],
            "edge",
        ),
        ("14.2.3", vec![("app/layout.tsx", edge), ("app/api/a/route.ts", own)], "nodejs"),
        ("14.2.3", vec![("app/b/layout.tsx", edge), ("app/a/route.ts", HANDLER)], "nodejs"),
        ("14.2.3", vec![("layout.tsx", edge), ("app/a/route.ts", HANDLER)], "nodejs"),
        // There webpack and Turbopack disagree.
        ("15.1.0", vec![("app/layout.tsx", edge), ("app/api/a/route.ts", HANDLER)], "?"),
        ("16.0.0", vec![("app/layout.tsx", node), ("app/api/a/route.ts", HANDLER)], "nodejs"),
        ("catalog:", vec![("app/layout.tsx", edge), ("app/api/a/route.ts", HANDLER)], "?"),
    ] {
        let manifest = next(version);
        let all: Vec<_> = files.iter().copied().chain([("package.json", manifest.as_str())]).collect();
        assert_eq!(runtimes(&all), [expected], "{version} {files:?}");
    }
}

#[test]
fn a_route_of_the_pages_router_says_it_in_two_forms() {
    for (text, expected) in [
        ("", "nodejs"),
        ("export const config = { runtime: 'edge' };", "edge"),
        ("export const config = { api: { bodyParser: false } };", "nodejs"),
        ("export const runtime = 'edge';", "edge"),
        ("export const config = { ...shared };", "?"),
    ] {
        let route = format!("import {{ shared }} from 'shared'; {text}\nexport default function handler() {{}}");
        let manifest = next("16.0.0");
        assert_eq!(runtimes(&[("package.json", &manifest), ("pages/api/a.ts", &route)]), [expected], "{text}");
    }
}

#[test]
fn a_function_of_vercel_says_it_in_its_config() {
    for (text, expected) in [
        ("", "nodejs"),
        ("export const config = { runtime: 'edge' };", "edge"),
        ("export const config = { runtime: 'nodejs' };", "nodejs"),
        ("export const config = { maxDuration: 5 };", "nodejs"),
        // Vercel's own builder overlooks it.
        ("export const runtime = 'edge';", "?"),
        ("export const runtime = 'nodejs';", "nodejs"),
    ] {
        let function = format!("{text}\n{HANDLER}");
        assert_eq!(runtimes(&[("vercel.json", "{}"), ("api/a.ts", &function)]), [expected], "{text}");
    }
}

#[test]
fn a_vercel_json_may_have_others_run_a_function() {
    let edge = "export const config = { runtime: 'edge' }; export function GET() {}";
    for (config, text, expected) in [
        (r#"{ "functions": { "api/*.ts": { "runtime": "vercel-deno@3" } } }"#, HANDLER, "?"),
        (r#"{ "functions": { "api/*.php": { "runtime": "vercel-php@0.7" } } }"#, HANDLER, "nodejs"),
        (r#"{ "functions": { "api/*.ts": { "runtime": "@vercel/node@5" } } }"#, HANDLER, "nodejs"),
        (r#"{ "functions": { "api/*.ts": { "maxDuration": 30 } } }"#, HANDLER, "nodejs"),
        (r#"{ "bunVersion": "1.x" }"#, HANDLER, "?"),
        (r#"{ "bunVersion": "1.x" }"#, edge, "edge"),
        ("no JSON", HANDLER, "nodejs"),
    ] {
        assert_eq!(runtimes(&[("vercel.json", config), ("api/a.ts", text)]), [expected], "{config}");
    }
    let manifest = next("16.0.0");
    let files = [
        ("vercel.json", r#"{ "bunVersion": "1.x" }"#),
        ("apps/web/package.json", manifest.as_str()),
        ("apps/web/app/a/route.ts", HANDLER),
    ];
    assert_eq!(runtimes(&files), ["?"]);
}

#[test]
fn a_server_of_its_own_runs_on_node_unless_its_package_names_something_else() {
    let express = "import express from 'express'; const app = express(); app.get('/a', show); app.listen(1);";
    let hono = "import { Hono } from 'hono'; const app = new Hono(); app.get('/a', show); export default app;";
    let fastify = "import Fastify from 'fastify'; const app = Fastify(); app.get('/a', show);";
    let nest = "import { Controller, Get } from '@nestjs/common'; @Controller() class A { @Get('a') show() {} }";
    for (names, text, expected) in [
        (vec!["express"], express, "nodejs"),
        (vec!["express", "@types/bun"], express, "?"),
        (vec!["fastify"], fastify, "nodejs"),
        (vec!["@nestjs/core"], nest, "nodejs"),
        (vec!["hono"], hono, "?"),
        (vec!["hono", "wrangler"], hono, "?"),
        (vec!["hono", "@hono/node-server"], hono, "nodejs"),
        (vec!["hono", "@hono/node-server", "wrangler"], hono, "?"),
    ] {
        let manifest = depends_on(&names);
        assert_eq!(runtimes(&[("package.json", &manifest), ("src/a.ts", text)]), [expected], "{names:?}");
    }
    let manifest = depends_on(&["express"]);
    assert_eq!(runtimes(&[("package.json", &manifest), ("deno.json", "{}"), ("src/a.ts", express)]), ["?"]);
}

#[test]
fn who_is_called_by_others_or_adapted_is_left_open() {
    let manifest = next("16.0.0");
    assert_eq!(
        runtimes(&[("package.json", &manifest), ("lib/a.ts", "'use server'; export async function save() {}")]),
        ["?"]
    );
    let kit = depends_on(&["@sveltejs/kit"]);
    assert_eq!(runtimes(&[("package.json", &kit), ("src/routes/a/+server.ts", HANDLER)]), ["?"]);
    let edge = "export const config = { runtime: 'edge' }; export function GET() {}";
    assert_eq!(runtimes(&[("package.json", &kit), ("src/routes/a/+server.ts", edge)]), ["edge"]);
}
