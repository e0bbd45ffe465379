use super::FASTIFY;
use crate::discover::chain::Engine;
use crate::discover::chain::testing::{code, program, tell};
use crate::routes::LayerKind;

/// The routes of a repository with these files, a line each.
fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    let routes = Engine::routes(&program, &FASTIFY, &code(&program));
    tell(&program, routes)
}

/// The same for one file; Fastify and an application are there already.
fn of(text: &str) -> String {
    found(&[("server.ts", &format!("import Fastify from 'fastify'\nconst app = Fastify()\n{text}"))])
}

#[test]
fn methods_have_options_with_hooks_or_none() {
    let text = "app.get('/a', a)\napp.post('/b/:id', { preHandler: [two, three], onRequest: app.authenticate }, b)\n\
                app.get('/c', { schema, handler: c })\napp.all('/d/*', d)\napp.get('x')";
    assert_eq!(
        of(text),
        "GET /a => a\nPOST /b/{id} (app.authenticate, two, three) => b\nGET /c => c\nANY /d/{rest*} => d"
    );
}

#[test]
fn a_whole_route_has_one_method_or_several() {
    let text = "app.route({ method: 'GET', url: '/a', handler: a })\napp.route({ method: ['PUT', 'POST'], url: '/b', preValidation: check, handler: b })";
    assert_eq!(of(text), "GET /a => a\nPOST /b (check) => b\nPUT /b (check) => b");
}

#[test]
fn a_hook_stands_before_all_routes_of_its_plugin_but_not_of_earlier_ones() {
    let text = "app.register(early, { prefix: '/early' })\napp.get('/a', a)\napp.addHook('onRequest', auth)\n\
                app.addHook('onSend', log)\napp.register(late, { prefix: '/late' })\n\
                async function early(inner) {\n  inner.get('/x', b)\n}\nasync function late(inner) {\n  inner.get('/x', c)\n}";
    assert_eq!(of(text), "GET /a [auth] => a\nGET /early/x => b\nGET /late/x [auth] => c");
}

#[test]
fn the_hooks_of_a_plugin_stay_in_it_unless_it_says_otherwise() {
    let files = [
        (
            "inner.ts",
            "export default async function inner(fastify, options) {\n  fastify.addHook('preHandler', options.check)\n  fastify.get('/in', a)\n}",
        ),
        (
            "open.ts",
            "import fp from 'fastify-plugin'\nexport default fp(async (fastify) => {\n  fastify.addHook('preHandler', everywhere)\n})",
        ),
        (
            "server.ts",
            "import fastify from 'fastify'\nimport inner from './inner'\nimport open from './open'\nconst app = fastify()\n\
             app.register(open)\napp.register(inner, { prefix: '/api', check: auth })\napp.get('/out', b)",
        ),
    ];
    assert_eq!(found(&files), "GET /api/in [everywhere, auth] => a\nGET /out [everywhere] => b");
}

#[test]
fn plugins_may_be_imported_where_they_are_registered() {
    let files = [
        (
            "routes.ts",
            "import type { FastifyInstance } from 'fastify'\nexport default async (fastify: FastifyInstance) => {\n  fastify.get('/x', a)\n}",
        ),
        (
            "server.ts",
            "import Fastify from 'fastify'\nconst app = Fastify()\napp.register(import('./routes'), { prefix: '/v1' })",
        ),
    ];
    assert_eq!(found(&files), "GET /v1/x => a");
}

#[test]
fn a_plugin_that_nobody_registers_has_the_routes_of_its_typed_parameter() {
    let text = "import type { FastifyInstance } from 'fastify'\nexport default async function (fastify: FastifyInstance) {\n  fastify.get('/x', a)\n}";
    assert_eq!(found(&[("routes/x.ts", text)]), "GET /x => a");
}

#[test]
fn a_plugin_whose_type_stands_elsewhere_is_known_by_the_name_of_its_parameter() {
    let text = "const plugin: FastifyPluginAsync = async (fastify) => {\n  fastify.get('/x', a)\n}\n\
                export const other = (cache) => {\n  cache.get('/y', b)\n}\nexport default plugin";
    assert_eq!(found(&[("routes/x.ts", text)]), "GET /x => a");
}

/// The routes of a repository whose folder `src/routes` is loaded with these options.
fn loaded(options: &str, files: &[(&str, &str)]) -> String {
    let server = format!(
        "import path from 'node:path'\nimport Fastify from 'fastify'\nimport autoload from '@fastify/autoload'\nconst app = Fastify()\n\
         app.register(autoload, {{ dir: path.join(import.meta.dirname, 'routes'), {options} }})"
    );
    let all: Vec<_> = files.iter().copied().chain([("src/server.ts", server.as_str())]).collect();
    found(&all)
}

const PLUGIN: &str = "export default async (fastify) => {\n  fastify.get('/x', a)\n}";
const HOOK: &str = "export default async (fastify) => {\n  fastify.addHook('onRequest', auth)\n}";

#[test]
fn folders_that_are_loaded_are_prefixes() {
    let files = [
        (
            "src/routes/home.ts",
            "import fp from 'fastify-plugin'\nexport default fp(async (fastify) => {\n  fastify.get('/', a)\n})",
        ),
        ("src/routes/api/index.ts", PLUGIN),
        ("src/routes/api/helper.ts", PLUGIN),
        ("src/routes/api/users/list.js", "module.exports = async function (fastify) {\n  fastify.get('/x', b)\n}"),
        (
            "src/routes/api/moved.d/index.ts",
            "export const autoPrefix = '/elsewhere'\nexport default async (fastify) => {\n  fastify.get('/x', c)\n}",
        ),
    ];
    assert_eq!(
        loaded("options: { prefix: '/v1' }", &files),
        "GET /x => a\nGET /v1/api/x => a\nGET /elsewhere/x => c\nGET /v1/api/users/x => b\nGET / => a"
    );
    assert_eq!(loaded("dirNameRoutePrefix: false", &files[1..2]), "GET /x => a");
}

#[test]
fn hooks_of_a_folder_stand_before_its_routes_and_cascade_where_they_are_told_to() {
    let files = [
        ("src/routes/home.ts", PLUGIN),
        ("src/routes/api/autohooks.ts", HOOK),
        ("src/routes/api/index.ts", PLUGIN),
        ("src/routes/api/users/index.ts", PLUGIN),
    ];
    assert_eq!(
        loaded("autoHooks: true, cascadeHooks: true", &files),
        "GET /api/x [auth] => a\nGET /api/users/x [auth] => a\nGET /x => a"
    );
    assert_eq!(loaded("autoHooks: true", &files), "GET /api/x [auth] => a\nGET /api/users/x => a\nGET /x => a");
    assert_eq!(loaded("", &files), "GET /api/x => a\nGET /api/users/x => a\nGET /x => a");
}

#[test]
fn what_gets_the_application_stands_before_what_is_registered_on_it() {
    let text = "import fp from 'fastify-plugin'\nconst jwt = fp(async (inner) => { inner.addHook('onRequest', check) })\n\
                function withJwt(inner) {\n  inner.register(jwt)\n}\n\
                app.register(async (inner) => {\n  withJwt(inner)\n  inner.get('/a', a)\n})\napp.get('/b', b)";
    let program = program(&[("server.ts", &format!("import Fastify from 'fastify'\nconst app = Fastify()\n{text}"))]);
    let routes = Engine::routes(&program, &FASTIFY, &code(&program));
    let set_up = |path: &str| {
        let route = routes.iter().find(|route| route.path.to_string() == path).unwrap();
        let calls = route.layers.iter().filter(|layer| layer.kind == LayerKind::Setup).map(|layer| layer.value);
        calls.map(|at| program.text(at.with(program.module(at.file).span(at.it)))).collect::<Vec<_>>()
    };
    assert_eq!(set_up("/a"), ["withJwt(inner)", "inner.register(jwt)"]);
    assert_eq!(set_up("/b"), [""; 0]);
    assert_eq!(tell(&program, routes), "GET /a [check] => a\nGET /b => b");
}
