use super::EXPRESS;
use crate::discover::chain::Engine;
use crate::discover::chain::testing::{code, program, tell};

/// The routes of a repository with these files, a line each.
fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    let routes = Engine::routes(&program, &EXPRESS, &code(&program));
    tell(&program, routes)
}

/// The same for one file; Express and an application are there already.
fn of(text: &str) -> String {
    found(&[("server.ts", &format!("import express, {{ Router }} from 'express'\nconst app = express()\n{text}"))])
}

#[test]
fn each_method_is_a_route_and_a_setting_is_none() {
    let text =
        "app.get('/a', a)\napp.post('/a', b)\napp.get('port')\napp.set('x', 1)\napp.listen(3000)\napp.head('/a', c)";
    assert_eq!(of(text), "GET /a => a\nPOST /a => b\nHEAD /a => c");
}

#[test]
fn deno_names_the_package_with_a_scheme_and_a_version() {
    let text = "import server from 'npm:express@5'\nconst app = server()\napp.get('/a', a)";
    assert_eq!(found(&[("main.ts", text)]), "GET /a => a");
}

#[test]
fn paths_may_be_lists_patterns_and_have_optional_parts() {
    let text = "app.get(['/a', '/b'], a)\napp.get(/^\\/x/, b)\napp.get('/u/:id(\\\\d+)', c)\napp.get('/o/:id?', d)\napp.get('/f/*', e)\n\
                app.get('/g/*path', f)\napp.get('/v/:from-:to', g)";
    assert_eq!(
        of(text),
        "GET /a => a\nGET /b => a\nGET /{pattern*} => b\nGET /u/{id} => c\nGET /o => d\nGET /o/{id} => d\nGET /f/{rest+} => e\n\
         GET /g/{path+} => f\nGET /v/{from-to} => g"
    );
}

#[test]
fn middlewares_also_in_lists_belong_to_the_route() {
    let text = "const checks = [one, two]\napp.post('/a', auth, [checks, three], handler)";
    assert_eq!(of(text), "POST /a (auth, one, two, three) => handler");
}

#[test]
fn use_stands_before_all_that_comes_later_below_its_path() {
    let text = "app.get('/before', a)\napp.use('/admin', auth)\napp.use(log)\napp.get('/admin/x', b)\napp.get('/admin', c)\n\
                app.get('/administrator', d)\napp.get('/:any/x', e)";
    assert_eq!(
        of(text),
        "GET /before => a\nGET /admin/x [auth, log] => b\nGET /admin [auth, log] => c\nGET /administrator [log] => d\n\
         GET /{any}/x [log] => e"
    );
}

#[test]
fn a_star_does_not_stand_for_the_path_before_it() {
    let text =
        "app.use('/admin/*', auth)\napp.use('*', log)\napp.get('/admin', a)\napp.get('/admin/x', b)\napp.get('/', c)";
    assert_eq!(of(text), "GET /admin [log] => a\nGET /admin/x [auth, log] => b\nGET / [log] => c");
}

#[test]
fn routers_are_put_in_with_what_stands_before_them() {
    let files = [
        (
            "users.ts",
            "import { Router } from 'express'\nconst router = Router()\nrouter.get('/', list)\nrouter.use(own)\nrouter.get('/:id', show)\nexport default router",
        ),
        (
            "server.ts",
            "import express from 'express'\nimport users from './users'\nconst app = express()\napp.use('/open', users)\napp.use('/users', auth, users)",
        ),
    ];
    assert_eq!(
        found(&files),
        "GET /open => list\nGET /users [auth] => list\nGET /open/{id} [own] => show\nGET /users/{id} [auth, own] => show"
    );
}

#[test]
fn routers_are_also_required_and_exported_as_the_module() {
    let files = [
        (
            "users.js",
            "const express = require('express')\nconst router = express.Router()\nrouter.get('/me', me)\nmodule.exports = router",
        ),
        (
            "server.js",
            "const express = require('express')\nconst users = require('./users')\nconst app = express()\napp.use('/users', users)\napp.use('/inline', require('./users'))",
        ),
    ];
    assert_eq!(found(&files), "GET /inline/me => me\nGET /users/me => me");
}

#[test]
fn a_path_that_is_routed_has_methods_and_middlewares() {
    let text = "const router = express.Router()\nrouter.route('/users/:id').all((req, res, next) => next()).get(auth, show).delete(remove)\n\
                app.use('/api', router)";
    assert_eq!(
        of(text),
        "GET /api/users/{id} [(req, res, next) => next()] (auth) => show\n\
         DELETE /api/users/{id} [(req, res, next) => next()] => remove"
    );
}

#[test]
fn all_goes_on_or_answers_or_nobody_knows() {
    let text = "app.all('/a', (req, res) => res.end())\napp.all('/b', (req, res, next) => next())\napp.all('/c', toHandler(auth))\n\
                app.get('/b', x)\napp.get('/c', y)";
    assert_eq!(
        of(text),
        "ANY /a => (req, res) => res.end()\nANY /c => toHandler(auth)\nGET /b [(req, res, next) => next()] => x\n\
         GET /c [toHandler(auth)] => y"
    );
}

#[test]
fn error_handlers_and_the_last_answer_are_no_routes() {
    let text = "app.use((req, res) => res.status(404).end())\napp.use((error, req, res, next) => next(error))\n\
                app.use('/graphql', (req, res) => serve(req, res))\napp.get('/', a)";
    assert_eq!(of(text), "ANY /graphql => (req, res) => serve(req, res)\nGET / => a");
}

#[test]
fn a_list_of_routers_is_put_in_one_by_one() {
    let text = "const users = Router()\nusers.get('/me', a)\nconst files = Router()\nfiles.get('/all', b)\nconst api = Router()\n\
                const all = [{ path: '/users', route: users }, { path: '/files', route: files }]\n\
                all.forEach((one) => {\n  api.use(one.path, one.route)\n})\napp.use('/v1', api)";
    assert_eq!(of(text), "GET /v1/users/me => a\nGET /v1/files/all => b");
}

#[test]
fn unless_leaves_its_paths_open() {
    let text = "app.use(jwt({ secret }).unless({ path: ['/login', { url: '/signup', methods: ['POST'] }] }))\n\
                app.post('/login', a)\napp.post('/signup', b)\napp.get('/me', c)";
    assert_eq!(
        of(text),
        "POST /login => a\nPOST /signup => b\n\
         GET /me [jwt({ secret }).unless({ path: ['/login', { url: '/signup', methods: ['POST'] }] })] => c"
    );
}

#[test]
fn a_class_may_hold_the_application() {
    let text = "import express from 'express'\nclass Server {\n  constructor() {\n    this.app = express()\n    this.middlewares()\n    this.routes()\n  }\n  \
                routes() {\n    this.app.get('/users', list)\n  }\n  middlewares() {\n    this.app.use(auth)\n  }\n}";
    assert_eq!(found(&[("server.ts", text)]), "GET /users [auth] => list");
}

#[test]
fn a_class_may_hold_a_router_as_a_field() {
    let files = [
        (
            "users.ts",
            "import { Router } from 'express'\nexport class Users {\n  public router = Router()\n  constructor() {\n    this.init()\n  }\n  private init() {\n    this.router.get('/', list)\n  }\n}",
        ),
        (
            "server.ts",
            "import express from 'express'\nimport { Users } from './users'\nconst app = express()\napp.use('/users', auth, new Users().router)",
        ),
    ];
    assert_eq!(found(&files), "GET /users [auth] => list");
}

#[test]
fn a_loader_that_gets_the_application_puts_its_router_in() {
    let files = [
        (
            "auth.ts",
            "import { Router } from 'express'\nconst route = Router()\nexport default (app: Router) => {\n  app.use('/auth', route)\n  route.post('/signup', check, signup)\n}",
        ),
        ("server.ts", "import express from 'express'\nimport auth from './auth'\nconst app = express()\nauth(app)"),
    ];
    assert_eq!(found(&files), "POST /auth/signup (check) => signup");
}

#[test]
fn what_happens_in_a_callback_stands_for_itself() {
    let text = "connect().then(() => {\n  app.use(auth)\n  app.get('/in', a)\n})\napp.get('/out', b)";
    assert_eq!(of(text), "GET /in [auth] => a\nGET /out => b");
}

#[test]
fn an_application_may_be_made_in_a_function_and_assigned_later() {
    let text = "import express from 'express'\nlet app\nasync function main() {\n  app = express()\n  app.use(auth)\n  app.get('/', a)\n}\n\
                export const build = () => {\n  const inner = express()\n  inner.get('/inner', b)\n  return inner\n}";
    assert_eq!(found(&[("server.ts", text)]), "GET / [auth] => a\nGET /inner => b");
}

#[test]
fn a_class_may_hand_out_its_only_instance() {
    let files = [
        (
            "server.js",
            "const express = require('express')\nclass Server {\n  static instance = null\n  app = undefined\n  static getInstance() {\n    \
             if (Server.instance == null) {\n      Server.instance = new Server()\n    }\n    return Server.instance\n  }\n  \
             static settings() {\n    return new Map()\n  }\n  constructor() {\n    this.app = express()\n  }\n}\nmodule.exports = { Server }",
        ),
        (
            "main.js",
            "const { Server } = require('./server')\nconst server = Server.getInstance()\nconst app = server.app\n\
             const other = Server.settings().app;\n(async () => {\n  app.get('/metrics', auth, metrics)\n  other.get('/no', (req, res) => {})\n})()",
        ),
    ];
    assert_eq!(found(&files), "GET /metrics (auth) => metrics");
}

#[test]
fn what_one_function_registers_on_two_applications_alike_is_one_route() {
    let text = "import express from 'express'\nfunction setUp(app) {\n  app.get('/a', a)\n}\n\
                const app = express()\nsetUp(app)\nconst inTests = express()\nsetUp(inTests)\n\
                const other = express()\nother.use(auth)\nsetUp(other)";
    assert_eq!(found(&[("server.ts", text)]), "GET /a => a\nGET /a [auth] => a");
}

#[test]
fn a_regular_expression_stands_before_what_the_same_one_takes() {
    let text = "app.use(/^\\/a/, auth)\napp.get(/^\\/a/, a)\napp.get(/^\\/b/, b)\napp.get('/a', c)\napp.use('/*', log)\n\
                app.get(/^\\/c/, d)\napp.use(all)\napp.get(/^\\/c/, e)";
    assert_eq!(
        of(text),
        "GET /{pattern*} [auth] => a\nGET /{pattern*} => b\nGET /a => c\nGET /{pattern*} [log] => d\nGET /{pattern*} [log, all] => e"
    );
}

#[test]
fn a_regular_expression_is_shown_as_it_is_written() {
    let text = "import express from 'express'\nconst app = express()\nconst router = express.Router()\nrouter.get(/^\\/[0-9]+$/i, a)\n\
                app.use('/course', router)";
    let program = program(&[("server.ts", text)]);
    let routes = Engine::routes(&program, &EXPRESS, &code(&program));
    let paths: Vec<String> = routes.iter().map(crate::routes::Route::spelling).collect();
    assert_eq!(paths, ["/course/(/^\\/[0-9]+$/i)"]);
}

#[test]
fn a_router_may_come_out_of_a_function_that_is_handed_over() {
    let only = "export function onlyIf(load) {\n  if (!paid) return (req, res, next) => next();\n  return load();\n}";
    let hook =
        "import { Router } from 'express'\nconst router = Router()\nrouter.post('/', pay)\nexport default router";
    let server = "import express from 'express'\nimport { onlyIf } from './only'\nconst app = express()\n\
                  app.use('/hook', await onlyIf(async () => (await import('./hook')).default))\n\
                  app.use('/other', onlyIf(() => check))\napp.get('/other/a', a)";
    let files = [("only.ts", only), ("hook.ts", hook), ("server.ts", server)];
    assert_eq!(found(&files), "POST /hook => pay\nGET /other/a [onlyIf(() => check)] => a");
}
