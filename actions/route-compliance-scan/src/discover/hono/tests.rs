use super::HONO;
use crate::discover::chain::Engine;
use crate::discover::chain::testing::{code, program, tell};

/// The routes of a repository with these files, a line each.
fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    let routes = Engine::routes(&program, &HONO, &code(&program));
    tell(&program, routes)
}

/// The same for one file; Hono and an application are there already.
fn of(text: &str) -> String {
    found(&[("server.ts", &format!("import {{ Hono }} from 'hono'\nconst app = new Hono()\n{text}"))])
}

#[test]
fn each_method_is_a_route_and_all_is_any() {
    let text = "app.get('/a', a)\napp.post('/a', b)\napp.put('/a', c)\napp.delete('/a', d)\napp.patch('/a', e)\n\
                app.options('/a', f)\napp.all('/a', g)\napp.notFound(h)\napp.onError(i)";
    assert_eq!(
        of(text),
        "GET /a => a\nPOST /a => b\nPUT /a => c\nDELETE /a => d\nPATCH /a => e\nOPTIONS /a => f\nANY /a => g"
    );
}

#[test]
fn on_takes_several_methods_and_several_paths() {
    let text = "app.on('purge', '/cache', a)\napp.on(['PUT', 'DELETE'], ['/x', '/y'], auth, b)";
    assert_eq!(
        of(text),
        "PURGE /cache => a\nDELETE /x (auth) => b\nPUT /x (auth) => b\nDELETE /y (auth) => b\nPUT /y (auth) => b"
    );
}

#[test]
fn parameters_wildcards_and_patterns_are_holes() {
    let text = "app.get('/users/:id', a)\napp.get('/files/*', a)\napp.get('/a/*/b', a)\n\
                app.get('/:page{[0-9]+}', a)\napp.get('/:path{.+\\\\.png}', a)\napp.get('/opt/:id?', a)";
    assert_eq!(
        of(text),
        "GET /users/{id} => a\nGET /files/{rest*} => a\nGET /a/{rest*}/b => a\nGET /{page} => a\nGET /{path+} => a\n\
         GET /opt => a\nGET /opt/{id} => a"
    );
}

#[test]
fn middlewares_before_the_handler_belong_to_the_route() {
    assert_eq!(
        of("app.get('/a', auth, validate(schema), (c) => c.text(''))"),
        "GET /a (auth, validate(schema)) => (c) => c.text('')"
    );
}

#[test]
fn use_stands_only_before_what_is_registered_later() {
    let text = "app.get('/before', a)\napp.use(auth)\napp.get('/after', b)";
    assert_eq!(of(text), "GET /before => a\nGET /after [auth] => b");
}

#[test]
fn use_stands_only_before_the_paths_that_it_names() {
    let text = "app.use('/admin/*', auth)\napp.use('/exact', one)\napp.get('/admin', a)\napp.get('/admin/x', a)\n\
                app.get('/administrator', a)\napp.get('/exact', a)\napp.get('/exact/x', a)\napp.get('/:any', a)\napp.get('/*', a)";
    assert_eq!(
        of(text),
        "GET /admin [auth] => a\nGET /admin/{x} => a".replace("/{x}", "/x [auth]")
            + "\nGET /administrator => a\nGET /exact [one] => a\nGET /exact/x => a\nGET /{any} => a\nGET /{rest*} => a"
    );
}

#[test]
fn a_parameter_of_use_takes_every_segment_but_a_pattern_does_not() {
    let text = "app.use('/:org/*', one)\napp.use('/:id{[0-9]+}/*', two)\napp.get('/:slug/x', a)";
    assert_eq!(of(text), "GET /{slug}/x [one] => a");
}

#[test]
fn use_takes_several_and_spread_middlewares() {
    let files = [
        ("middleware.ts", "export const guarded = [log, ...inner]\nconst inner = [auth]"),
        (
            "server.ts",
            "import { Hono } from 'hono'\nimport { guarded } from './middleware'\nconst app = new Hono()\n\
             app.use('*', ...guarded, last)\napp.get('/', a)",
        ),
    ];
    assert_eq!(found(&files), "GET / [log, auth, last] => a");
}

#[test]
fn a_middleware_that_may_not_be_there_stands_only_beside_its_routes() {
    let text = "if (process.env.SECURE) {\n  app.use(auth)\n  app.get('/in', a)\n}\napp.get('/out', b)\n\
                process.env.X && app.use(other)\napp.get('/after', c)";
    assert_eq!(of(text), "GET /in [auth] => a\nGET /out => b\nGET /after => c");
}

#[test]
fn a_middleware_lets_its_exceptions_pass() {
    let text = "import { except, some, every } from 'hono/combine'\napp.use(except(['/login', '/public/*'], auth))\n\
                app.use(some(open, auth))\napp.use(every(log, auth))\n\
                app.get('/login', a)\napp.get('/public/x', a)\napp.get('/:any', a)\napp.get('/safe', a)";
    assert_eq!(
        of(text),
        "GET /login [every(log, auth)] => a\nGET /public/x [every(log, auth)] => a\nGET /{any} [every(log, auth)] => a\n\
         GET /safe [auth, every(log, auth)] => a"
    );
}

#[test]
fn a_use_that_cannot_go_on_is_a_route() {
    assert_eq!(
        of("app.use('/api/*', (c) => serve(c))\napp.use('/x/*', (c, next) => next())"),
        "ANY /api/{rest*} => (c) => serve(c)"
    );
}

#[test]
fn chains_are_read_in_order() {
    let text = "import { Hono } from 'hono'\nexport const app = new Hono().basePath('/api').get('/open', a).use(auth)\n  \
                .get('/x', b).post('/x', check, c)";
    assert_eq!(
        found(&[("server.ts", text)]),
        "GET /api/open => a\nGET /api/x [auth] => b\nPOST /api/x [auth] (check) => c"
    );
}

#[test]
fn routers_of_other_files_are_put_in_where_they_stand() {
    let files = [
        (
            "users.ts",
            "import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/', list)\napp.get('/:id', show)\nexport default app",
        ),
        ("index.ts", "export { default as users } from './users'"),
        (
            "server.ts",
            "import { Hono } from 'hono'\nimport { users } from './index'\nconst app = new Hono().basePath('/api')\n\
             app.route('/open', users)\napp.use('*', auth)\napp.route('/users', users)",
        ),
    ];
    assert_eq!(
        found(&files),
        "GET /api/open => list\nGET /api/users [auth] => list\nGET /api/open/{id} => show\nGET /api/users/{id} [auth] => show"
    );
}

#[test]
fn middlewares_of_a_router_stand_before_what_comes_later_below_its_path() {
    let text = "const sub = new Hono()\nsub.use('*', auth)\nsub.get('/in', a)\napp.route('/x', sub)\n\
                app.get('/x/late', b)\napp.get('/y', c)";
    assert_eq!(of(text), "GET /x/in [auth] => a\nGET /x/late [auth] => b\nGET /y => c");
}

#[test]
fn a_router_that_is_never_put_in_has_its_own_paths() {
    let text = "const lost = new Hono()\nlost.get('/lost', a)\napp.get('/', b)";
    assert_eq!(of(text), "GET /lost => a\nGET / => b");
}

#[test]
fn routers_that_hold_each_other_end() {
    let text =
        "const sub = new Hono()\nsub.get('/s', a)\nsub.route('/app', app)\napp.route('/sub', sub)\napp.get('/', b)";
    assert_eq!(of(text), "GET /sub/s => a\nGET / => b");
}

#[test]
fn what_is_mounted_answers_everything_below() {
    assert_eq!(of("app.mount('/old', legacy.fetch)"), "ANY /old/{rest*} => legacy.fetch");
}

#[test]
fn openapi_routes_have_their_method_path_and_middlewares_in_the_route() {
    let files = [
        (
            "routes.ts",
            "import { createRoute } from '@hono/zod-openapi'\nexport const show = createRoute({ method: 'get', path: '/users/{id}', middleware: [auth, scope('read')] as const })",
        ),
        (
            "server.ts",
            "import { OpenAPIHono } from '@hono/zod-openapi'\nimport { show } from './routes'\nconst app = new OpenAPIHono<Env>()\n\
             app.openapi(show, handler)\napp.openapi({ method: 'post', path: '/users' }, make)",
        ),
    ];
    assert_eq!(found(&files), "GET /users/{id} (auth, scope('read')) => handler\nPOST /users => make");
}

#[test]
fn the_description_of_the_routes_is_a_route_that_the_framework_answers() {
    let text = "import { swaggerUI } from '@hono/swagger-ui'\nimport { Scalar } from '@scalar/hono-api-reference'\n\
                import { page } from './page'\napp.doc('/doc', { openapi: '3.0.0' })\napp.use('/admin/*', auth)\n\
                app.doc31('/admin/doc', (c) => ({ openapi: '3.1.0' }), { unionPreferredType: 'oneOf' })\n\
                app.get('/ui', swaggerUI({ url: '/doc' }))\napp.get('/admin/ui', audit, Scalar({ url: '/doc' }))\n\
                app.get('/own', page({ url: '/doc' }))";
    assert_eq!(
        of(text),
        "GET /doc => itself\nGET /admin/doc [auth] => itself\nGET /ui => itself\nGET /admin/ui [auth] (audit) => itself\n\
         GET /own => page({ url: '/doc' })"
    );
}

#[test]
fn an_application_that_a_function_makes_has_what_the_function_gave_it() {
    let files = [
        (
            "factory.ts",
            "import { Hono } from 'hono'\nexport function createApp(guard) {\n  const app = new Hono()\n  app.use(guard)\n  return app\n}",
        ),
        (
            "server.ts",
            "import { createApp } from './factory'\nimport type { Hono } from 'hono'\nconst app = createApp(auth)\napp.get('/', a)",
        ),
    ];
    assert_eq!(found(&files), "GET / [auth] => a");
}

#[test]
fn a_function_that_gets_the_application_registers_at_its_call() {
    let files = [
        (
            "users.ts",
            "import type { Hono } from 'hono'\nexport function users(app: Hono, check) {\n  app.get('/users', check, list)\n}",
        ),
        (
            "server.ts",
            "import { Hono } from 'hono'\nimport { users } from './users'\nconst app = new Hono()\napp.use(auth)\nusers(app, validate)\napp.use(late)",
        ),
    ];
    assert_eq!(found(&files), "GET /users [auth] (validate) => list");
}

#[test]
fn a_function_that_nobody_calls_has_the_routes_of_its_typed_parameter() {
    let text = "import type { Hono } from 'hono'\nexport function users(app: Hono<Env>) {\n  app.get('/users', list)\n}\n\
                export function cache(map) {\n  map.get('/users', 1)\n}";
    assert_eq!(found(&[("users.ts", text)]), "GET /users => list");
}

#[test]
fn functions_of_the_file_count_where_they_are_called() {
    let text = "routes()\napp.use(late)\nsetup()\napp.get('/after', b)\n\
                function setup() {\n  app.use(auth)\n}\nfunction routes() {\n  app.get('/before', a)\n}\n\
                export function never() {\n  app.use(never)\n}";
    assert_eq!(of(text), "GET /after [late, auth] => b\nGET /before => a");
}

#[test]
fn what_is_no_application_is_no_route() {
    let text = "import axios from 'axios'\nconst map = new Map()\nmap.get('/x', 1)\naxios.get('/y', {})\nclient.post('/z', f)\n\
                app.request('/w')";
    assert_eq!(of(text), "");
}

#[test]
fn paths_are_put_together() {
    let files = [
        ("paths.ts", "export const PATHS = { users: '/users' }\nexport const version = 'v1'"),
        (
            "server.ts",
            "import { Hono } from 'hono'\nimport { PATHS, version } from './paths'\nconst app = new Hono().basePath(process.env.BASE || '/')\n\
             app.get(PATHS.users, a)\napp.get(`/${version}/x`, b)\napp.get('/' + version + '/y', c)\napp.get(`/${tenant}/z`, d)",
        ),
    ];
    assert_eq!(found(&files), "GET /users => a\nGET /v1/x => b\nGET /v1/y => c\nGET /{tenant}/z => d");
}

#[test]
fn a_call_without_a_path_has_that_of_the_call_before() {
    let text = "app.get('/users', auth, list).post(add).use('/x/*', log).on('PURGE', '/y', a).put(b)\n\
                const inner = new Hono().get(c).delete(d)\napp.route('/in', inner)\napp.use(log).get(e)\napp.patch(f)";
    assert_eq!(
        of(text),
        "GET /users (auth) => list\nPOST /users => add\nPURGE /y => a\nPUT /y => b\nGET /in => c\nDELETE /in => d\n\
         GET /{rest*} [log] => e\nPATCH /{rest*} [log] => f"
    );
}
