//! Settings of a route by which a hook of Fastify lets anybody pass.

use ops_testing::TestDir;
use ops_typescript::program::Program;
use ops_typescript::tree::Tree;

use crate::discover::discover;
use crate::proof::{Guard, Proved, Prover};
use crate::result::Proof::{Router, Unproven, Wrapped};
use crate::survey::Survey;

/// The proof of the only route of an application with this hook and this route.
fn proved(hook: &str, config: &str) -> Proved {
    let app = format!(
        "import fastify from 'fastify';\nimport {{ withJwt }} from './jwt';\nconst app = fastify();\nwithJwt(app);\n\
         app.get('/a', {{ config: {config} }}, async () => db.all());\n"
    );
    let jwt = format!(
        "import plugin from 'fastify-plugin';\nimport {{ verify }} from 'jose';\n\
         const jwt = plugin(async (app) => {{ app.addHook('preHandler', {hook}); }});\n\
         export function withJwt(app) {{ app.register(jwt); }}\n"
    );
    proved_with("withJwt", &[("app.ts", &app), ("jwt.ts", &jwt)])
}

fn proved_with(guard: &str, files: &[(&str, &str)]) -> Proved {
    let package = ("package.json", r#"{ "dependencies": { "fastify": "5" } }"#);
    let folder = TestDir::of(&[&[package], files].concat());
    let program = Program::new(Tree::walk(folder.path()).unwrap());
    let survey = Survey::of(&program);
    let guards = [Guard::parse(guard).unwrap()];
    let prover = Prover::new(&program, &survey, &guards);
    let routes = discover(&program, &survey, &[]).routes;
    assert_eq!(routes.len(), 1);
    prover.prove(&routes[0])
}

const HOOK: &str = "async (request) => {
    const { config } = request.routeOptions;
    if (!request.headers.authorization && config.isPublic) return;
    try { await verify(request.headers.authorization); } catch (error) {
      if (request.routeOptions.config.isPublic) return;
      throw error;
    }
  }";

#[test]
fn a_route_whose_setting_lets_anybody_past_is_unproven() {
    for config in ["{ isPublic: true }", "{ operation: 'read', isPublic: true }", "{ isPublic: !process.env.CLOSED }"] {
        assert_eq!(proved(HOOK, config).class, Unproven, "{config}");
    }
    let proved = proved(HOOK, "{ isPublic: true }");
    assert_eq!(proved.reason.as_deref(), Some("the setting `isPublic: true` of the route lets anybody past the guard"));
    assert!(proved.chain.iter().any(|step| step.what == "the guard `withJwt`"));
}

#[test]
fn a_route_with_other_settings_is_behind_the_hook() {
    for config in ["{}", "{ isPublic: false }", "{ isHidden: true }", "{ operation: 'isPublic' }", "{ ...all }"] {
        assert_eq!(proved(HOOK, config).class, Router, "{config}");
    }
}

#[test]
fn a_setting_may_be_the_one_that_closes() {
    let hook = "async (request, reply) => {
        if (request.routeOptions.config.isPrivate !== false && !request.headers.authorization) return reply.code(401).send();
      }";
    assert_eq!(proved(hook, "{ isPrivate: false }").class, Unproven);
    assert_eq!(proved(hook, "{ isPrivate: true }").class, Router);
}

#[test]
fn a_second_hook_may_refuse_all_the_same() {
    let both = format!(
        "{HOOK}); app.addHook('preHandler', (request, reply, done) => {{ if (!request.user) return done(new Error('no')); done(); }}"
    );
    assert_eq!(proved(&both, "{ isPublic: true }").class, Router);
}

#[test]
fn a_hook_that_is_named_is_asked_alike() {
    let app = |config: &str| {
        format!(
            "import fastify from 'fastify';\nconst app = fastify();\n\
             export async function ask(request) {{ if (!request.user && !request.routeOptions.config.open) throw new Error('no'); }}\n\
             app.route({{ method: 'GET', url: '/a', config: {config}, preHandler: ask, handler: async () => db.all() }});\n"
        )
    };
    assert_eq!(proved_with("ask", &[("app.ts", &app("{ open: true }"))]).class, Unproven);
    assert_eq!(proved_with("ask", &[("app.ts", &app("{ open: false }"))]).class, Wrapped);
}
