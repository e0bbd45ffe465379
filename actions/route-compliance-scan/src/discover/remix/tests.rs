use super::routes_of;
use crate::discover::chain::testing::{program, tell};

fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    tell(&program, routes_of(&program, "web", false))
}

fn found_nested(files: &[(&str, &str)]) -> String {
    let program = program(files);
    tell(&program, routes_of(&program, "web", true))
}

/// The paths of files with a loader, sorted by file.
fn paths(files: &[&str]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|path| (*path, "export const loader = a")).collect();
    found(&files).lines().filter_map(|line| line.split(' ').nth(1)).map(str::to_owned).collect()
}

#[test]
fn a_loader_is_get_and_an_action_is_any_method() {
    let files = [
        (
            "web/app/routes/a.ts",
            "export const { loader, action } = createActionApiRoute({}, handler)\nexport default function Page() {}",
        ),
        ("web/app/routes/b.ts", "export { loader } from '../loader'"),
        ("web/app/routes/c.ts", "export * from '../loader'"),
        ("web/app/routes/page.tsx", "export default function Page() { return <p/> }\nexport const clientLoader = 1"),
        ("web/app/loader.ts", "export async function loader() {}"),
    ];
    assert_eq!(
        found(&files),
        "GET /a => web/app/routes/a.ts:loader\nANY /a => web/app/routes/a.ts:action\nGET /b => web/app/routes/b.ts:loader\n\
         GET /c => web/app/routes/c.ts:loader"
    );
}

#[test]
fn names_of_files_are_paths() {
    let files = [
        "web/app/routes/$.tsx",
        "web/app/routes/($lang).about.tsx",
        "web/app/routes/_index.tsx",
        "web/app/routes/_layout.api.v1.$id.ts",
        "web/app/routes/sitemap[.]xml.ts",
        "web/app/routes/users.$id_.edit.tsx",
    ];
    assert_eq!(
        paths(&files),
        ["/{rest*}", "/about", "/{lang}/about", "/", "/api/v1/{id}", "/sitemap.xml", "/users/{id}/edit"]
    );
}

#[test]
fn folders_are_routes_or_flat_or_hold_what_belongs_to_a_route() {
    let files = [
        "web/app/routes/_auth+/admin+/users.$id.tsx",
        "web/app/routes/_auth+/index.tsx",
        "web/app/routes/users.$id/helper.ts",
        "web/app/routes/users.$id/route.tsx",
    ];
    assert_eq!(paths(&files), ["/admin/users/{id}", "/", "/users/{id}"]);
}

#[test]
fn a_configuration_names_the_routes() {
    let files = [
        (
            "web/app/routes.ts",
            "import { index, layout, prefix, route } from '@react-router/dev/routes'\nexport default [\n  index('home.tsx'),\n  \
             layout('shell.tsx', [route('users/:id', './users.tsx', [route('edit', 'edit.tsx')])]),\n  ...prefix('api', [route('*', 'rest.ts')]),\n] satisfies RouteConfig",
        ),
        ("web/app/home.tsx", "export const loader = a"),
        ("web/app/users.tsx", "export const loader = a"),
        ("web/app/edit.tsx", "export const action = a"),
        ("web/app/rest.ts", "export const loader = a"),
        ("web/app/routes/unused.ts", "export const loader = a"),
    ];
    assert_eq!(
        found(&files),
        "ANY /users/{id}/edit => web/app/edit.tsx:action\nGET / => web/app/home.tsx:loader\nGET /api/{rest*} => web/app/rest.ts:loader\n\
         GET /users/{id} => web/app/users.tsx:loader"
    );
}

#[test]
fn a_word_for_tests_in_a_name_is_part_of_the_path() {
    assert_eq!(paths(&["web/app/routes/api.v1.mock.ts", "web/app/routes/test+/e2e.ts"]), ["/api/v1/mock", "/test/e2e"]);
}

#[test]
fn nested_folders_are_parts_of_the_path_unless_they_are_marked() {
    let files = [
        ("web/app/routes/_auth/login.tsx", "export const action = a"),
        ("web/app/routes/_auth/auth.$provider/index.ts", "export const loader = a"),
        ("web/app/routes/users/$name/notes/_layout.tsx", "export const loader = a"),
        ("web/app/routes/users/$name/notes/$id_.edit.tsx", "export const loader = a"),
        ("web/app/routes/users/+shared/editor.tsx", "export const action = a"),
        ("web/app/routes/users/+list.tsx", "export const loader = a"),
    ];
    assert_eq!(
        found_nested(&files),
        "GET /auth/{provider} => web/app/routes/_auth/auth.$provider/index.ts:loader\n\
         ANY /login => web/app/routes/_auth/login.tsx:action\n\
         GET /users/{name}/notes/{id}/edit => web/app/routes/users/$name/notes/$id_.edit.tsx:loader\n\
         GET /users/{name}/notes => web/app/routes/users/$name/notes/_layout.tsx:loader"
    );
}

#[test]
fn what_the_configuration_ignores_is_no_route() {
    let files = [
        (
            "web/app/routes.ts",
            "import { autoRoutes } from 'react-router-auto-routes'\nexport default autoRoutes({\n  \
             ignoredRouteFiles: ['**/*.server.*', '**/*.test.{ts,tsx}'],\n}) satisfies RouteConfig",
        ),
        ("web/app/routes/admin/cache.server.ts", "export const action = a"),
        ("web/app/routes/admin/cache.test.tsx", "export const loader = a"),
        ("web/app/routes/admin/cache.tsx", "export const loader = a"),
    ];
    assert_eq!(found_nested(&files), "GET /admin/cache => web/app/routes/admin/cache.tsx:loader");
}
