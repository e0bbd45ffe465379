use super::routes_of;
use crate::discover::chain::testing::{program, tell};

fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    tell(&program, routes_of(&program, "web", false, false))
}

fn found_nested(files: &[(&str, &str)]) -> String {
    let program = program(files);
    tell(&program, routes_of(&program, "web", true, false))
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

/// The routes of an application whose configuration is this one.
fn asked(config: &str, files: &[(&str, &str)]) -> String {
    found(&[&[("web/react-router.config.ts", config)], files].concat())
}

const ASKS: &str = "export default { future: { v8_middleware: true } } satisfies Config";
const MIDDLEWARE: &[(&str, &str)] = &[(
    "web/app/routes/a.ts",
    "export const middleware = [one, two()]\nexport const loader = a\nexport const action = b",
)];

#[test]
fn middleware_of_a_route_stands_before_its_loader_and_its_action() {
    let expected =
        "GET /a [one, two()] => web/app/routes/a.ts:loader\nANY /a [one, two()] => web/app/routes/a.ts:action";
    assert_eq!(asked(ASKS, MIDDLEWARE), expected);
    let program = program(MIDDLEWARE);
    assert_eq!(tell(&program, routes_of(&program, "web", false, true)), expected);
    let unstable = "const config = { future: { unstable_middleware: true } }\nexport default config";
    let files = [("web/app/routes/a.ts", "export const unstable_middleware = [one]\nexport const loader = a")];
    assert_eq!(asked(unstable, &files), "GET /a [one] => web/app/routes/a.ts:loader");
}

#[test]
fn middleware_that_nobody_runs_on_the_server_stands_nowhere() {
    let none = "GET /a => web/app/routes/a.ts:loader\nANY /a => web/app/routes/a.ts:action";
    assert_eq!(asked("", MIDDLEWARE), none);
    assert_eq!(asked("export default { future: { v8_middleware: on() } }", MIDDLEWARE), none);
    assert_eq!(asked("export default { future: { unstable_middleware: true } }", MIDDLEWARE), none);
    let client = [("web/app/routes/a.ts", "export const clientMiddleware = [one]\nexport const loader = a")];
    assert_eq!(asked(ASKS, &client), "GET /a => web/app/routes/a.ts:loader");
}

#[test]
fn middleware_of_the_layouts_around_stands_before_a_route_the_outermost_first() {
    let files = [
        ("web/app/root.tsx", "export { all as middleware } from './middleware'"),
        ("web/app/middleware.ts", "const log = (args, next) => next()\nexport const all = [log]"),
        ("web/app/routes.ts", "import { flatRoutes } from '@react-router/fs-routes'\nexport default flatRoutes()"),
        ("web/app/routes/_auth.tsx", "export const middleware = [auth]"),
        ("web/app/routes/_auth.users/route.tsx", "export const middleware = [users]\nexport const loader = a"),
        ("web/app/routes/_auth.users.$id.tsx", "export const loader = a"),
        ("web/app/routes/_auth.users_.new.tsx", "export const loader = a"),
        ("web/app/routes/open.tsx", "export const loader = a"),
    ];
    assert_eq!(
        asked(ASKS, &files),
        "GET /users/{id} [log, auth, users] => web/app/routes/_auth.users.$id.tsx:loader\n\
         GET /users [log, auth, users] => web/app/routes/_auth.users/route.tsx:loader\n\
         GET /users/new [log, auth] => web/app/routes/_auth.users_.new.tsx:loader\n\
         GET /open [log] => web/app/routes/open.tsx:loader"
    );
    let unknown = ("web/app/routes.ts", "import { routes } from 'own-routes'\nexport default routes()");
    let files: Vec<_> = files.into_iter().filter(|(path, _)| *path != unknown.0).chain([unknown]).collect();
    assert!(asked(ASKS, &files).starts_with("GET /users/{id} [log] => "));
}

#[test]
fn middleware_of_the_layouts_that_a_configuration_names_stands_before_their_children() {
    let files = [
        (
            "web/app/routes.ts",
            "import { layout, prefix, route } from '@react-router/dev/routes'\nexport default [\n  \
             layout('shell.tsx', [...prefix('api', [route('users', 'users.tsx', [route(':id', 'user.tsx')])])]),\n  route('open', 'open.tsx'),\n]",
        ),
        ("web/app/shell.tsx", "export const middleware = [shell]"),
        ("web/app/users.tsx", "export const middleware = [users]\nexport const loader = a"),
        ("web/app/user.tsx", "export const loader = a"),
        ("web/app/open.tsx", "export const loader = a"),
    ];
    assert_eq!(
        asked(ASKS, &files),
        "GET /open => web/app/open.tsx:loader\nGET /api/users/{id} [shell, users] => web/app/user.tsx:loader\n\
         GET /api/users [shell, users] => web/app/users.tsx:loader"
    );
}

#[test]
fn middleware_that_leaves_without_an_answer_turns_nobody_away() {
    let open = [
        "async ({ request }) => { if (!(await user(request))) return; }",
        "async ({ request }, next) => { if (!(await user(request))) { return null } return next() }",
        "async ({ request }, next) => { if (!(await user(request))) { return { error: 'nobody' } } return next() }",
        "async ({ request }, next) => ((await user(request)) ? next() : undefined)",
        "make('admin')",
        "named",
    ];
    for one in open {
        let text = format!(
            "const make = (role) => async (args) => {{ if (!has(role)) return }}\nasync function named() {{ if (x) return }}\n\
             export const middleware = [{one}]\nexport const loader = a"
        );
        let told = asked(ASKS, &[("web/app/routes/a.ts", &text)]);
        assert_eq!(told, "GET /a => web/app/routes/a.ts:loader", "{one}");
    }
    let asks = "async ({ request }, next) => { if (!(await user(request))) throw redirect('/'); const answer = await next(); return answer }";
    let text = format!("export const middleware = [{asks}, outside]\nexport const loader = a");
    assert!(asked(ASKS, &[("web/app/routes/a.ts", &text)]).contains(&format!("[{asks}, outside]")));
}

#[test]
fn the_application_lies_where_the_configuration_says() {
    let files = [
        ("web/src/root.tsx", "export const middleware = [root]"),
        ("web/src/routes/a.ts", "export const loader = a"),
        ("web/app/routes/b.ts", "export const loader = b"),
    ];
    let config = "export default { appDirectory: './src/', future: { v8_middleware: true } } satisfies Config";
    assert_eq!(asked(config, &files), "GET /a [root] => web/src/routes/a.ts:loader");
    let remix = ("web/remix.config.js", "module.exports = { appDirectory: 'src' }");
    assert_eq!(found(&[&files[..], &[remix]].concat()), "GET /a => web/src/routes/a.ts:loader");
}
