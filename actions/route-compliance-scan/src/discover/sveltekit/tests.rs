use super::routes_of;
use crate::discover::chain::testing::{program, tell};

fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    tell(&program, routes_of(&program, "web"))
}

#[test]
fn a_server_file_has_a_route_for_each_method() {
    let files = [
        (
            "web/src/routes/api/users/[id]/+server.ts",
            "export const GET = show\nexport async function POST() {}\nexport const prerender = false\nexport const fallback = any",
        ),
        ("web/src/routes/api/+server.js", "export * from '$lib/none'\nexport const DELETE = remove"),
        ("web/src/lib/+server.ts", "export const GET = 1"),
        ("other/src/routes/+server.ts", "export const GET = 1"),
    ];
    assert_eq!(
        found(&files),
        "DELETE /api => web/src/routes/api/+server.js:DELETE\n\
         GET /api/users/{id} => web/src/routes/api/users/[id]/+server.ts:GET\n\
         POST /api/users/{id} => web/src/routes/api/users/[id]/+server.ts:POST\n\
         ANY /api/users/{id} => web/src/routes/api/users/[id]/+server.ts:fallback"
    );
}

#[test]
fn folders_are_groups_parameters_and_rests() {
    let files = [
        ("web/src/routes/(app)/[[lang]]/x-[id=int]/+server.ts", "export const GET = a"),
        ("web/src/routes/[x+2e]well-known/[...rest]/+server.ts", "export const GET = b"),
    ];
    let told = found(&files);
    let paths: Vec<&str> = told.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(paths, ["/{id}", "/{lang}/{id}", "/.well-known/{rest*}"]);
}

#[test]
fn a_page_has_its_load_and_its_actions_and_the_hook_stands_before_all() {
    let files = [
        (
            "web/src/hooks.server.ts",
            "import { sequence } from '@sveltejs/kit/hooks'\nexport const handle = sequence(log, auth)",
        ),
        (
            "web/src/routes/login/+page.server.ts",
            "export const load = async () => {}\nexport const actions = { default: enter, leave: async () => {} }",
        ),
    ];
    assert_eq!(
        found(&files),
        "GET /login [log, auth] => web/src/routes/login/+page.server.ts:load\n\
         POST /login [log, auth] => enter\nPOST /login [log, auth] => async () => {}"
    );
}

#[test]
fn the_hook_may_be_one_function_or_come_from_another_file() {
    let route = ("web/src/routes/a/+server.ts", "export const GET = a");
    let handle = "export async function handle({ event, resolve }) { return resolve(event) }";
    let of = |path: &'static str, text: &'static str, more: &[(&'static str, &'static str)]| {
        found(&[&[route, (path, text)], more].concat())
    };
    let expected = "GET /a [handle] => web/src/routes/a/+server.ts:GET";
    assert_eq!(of("web/src/hooks.server.ts", handle, &[]), expected);
    assert_eq!(of("web/src/hooks.server/index.js", handle, &[]), expected);
    let taken = "export { handle } from './auth'";
    assert_eq!(of("web/src/hooks.server.ts", taken, &[("web/src/auth.ts", handle)]), expected);
    let nested = "import { sequence as all } from '@sveltejs/kit/hooks'\nconst two = all(b, c)\nexport const handle = all(a, two, d())";
    let told = of("web/src/hooks.server.ts", nested, &[]);
    assert_eq!(told, "GET /a [a, b, c, d()] => web/src/routes/a/+server.ts:GET");
    let own = "import { sequence } from './sequence'\nexport const handle = sequence(a, b)";
    assert!(of("web/src/hooks.server.ts", own, &[]).starts_with("GET /a [handle] "));
    for none in ["export const handleError = a", "export { handle } from 'outside'"] {
        assert_eq!(of("web/src/hooks.server.ts", none, &[]), "GET /a => web/src/routes/a/+server.ts:GET", "{none}");
    }
    assert_eq!(of("web/src/hooks.ts", handle, &[]), "GET /a => web/src/routes/a/+server.ts:GET");
}

#[test]
fn a_layout_stands_before_nothing_and_its_load_is_a_route() {
    let files = [
        ("web/src/routes/(app)/+layout.server.ts", "export const load = requireUser\nexport const actions = { none }"),
        ("web/src/routes/(app)/a/+server.ts", "export const GET = a"),
        ("web/src/routes/(app)/b/+page.server.ts", "export const load = b\nexport const actions = { default: act }"),
        ("web/src/routes/(app)/+layout.ts", "export const load = everywhere"),
    ];
    assert_eq!(
        found(&files),
        "GET / => web/src/routes/(app)/+layout.server.ts:load\nGET /a => web/src/routes/(app)/a/+server.ts:GET\n\
         GET /b => web/src/routes/(app)/b/+page.server.ts:load\nPOST /b => act"
    );
}

#[test]
fn functions_of_remote_files_are_routes() {
    let files = [
        ("web/src/hooks.server.ts", "export const handle = auth"),
        (
            "web/src/lib/posts.remote.ts",
            "import { query, command, form, prerender } from '$app/server'\nexport const posts = query(async () => [])\n\
             export const many = query.batch(schema, a)\nexport const like = command(schema, b)\nexport const add = form(c)\n\
             export const built = prerender(d)\nexport { other } from './other'",
        ),
        ("web/src/lib/other.ts", "export const other = own()"),
        ("web/src/lib/remote.ts", "export const none = 1"),
    ];
    let told = found(&files);
    let lines: Vec<&str> = told.lines().filter_map(|line| line.split(" => ").next()).collect();
    let expected = ["GET posts", "POST many", "POST like", "POST add", "GET built", "ANY other"].map(|one| {
        let (method, name) = one.split_once(' ').unwrap();
        format!("{method} /_app/remote/{{hash}}/{name} [handle]")
    });
    assert_eq!(lines, expected);
}

#[test]
fn routes_and_hooks_lie_where_the_configuration_says() {
    let files = [
        (
            "web/svelte.config.js",
            "const config = { kit: { files: { routes: './app/pages', hooks: { server: 'app/hooks' } } } }\nexport default config",
        ),
        ("web/app/hooks.ts", "export const handle = auth"),
        ("web/app/pages/a/+server.ts", "export const GET = a"),
        ("web/src/routes/b/+server.ts", "export const GET = b"),
    ];
    assert_eq!(found(&files), "GET /a [handle] => web/app/pages/a/+server.ts:GET");
}
