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
        "GET /login [handle] => web/src/routes/login/+page.server.ts:load\n\
         POST /login [handle] => enter\nPOST /login [handle] => async () => {}"
    );
}
