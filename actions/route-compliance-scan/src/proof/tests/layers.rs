use ops_typescript::module::{Expression, ExpressionId, Module, Span};
use ops_typescript::program::At;

use super::{Repository, THROWS};
use crate::proof::Prover;
use crate::result::Proof::{self, None, Router, Unproven, Wrapped};
use crate::routes::{Framework, Handler, Layer, LayerKind, Route, RoutePath};
use crate::survey::Survey;

/// The proof of an open handler behind a layer: the first argument of the first call of `use` in `app.ts`.
pub(super) fn of(app: &str, kind: LayerKind) -> Proof {
    of_framework(Framework::Hono, app, kind)
}

fn of_framework(framework: Framework, app: &str, kind: LayerKind) -> Proof {
    let first_used = |module: &Module, expression: &Expression| {
        let Expression::Call(call) = expression else { return Option::None };
        let Expression::Member { property, .. } = module.expression(call.callee) else { return Option::None };
        (property == "use").then(|| call.arguments.first().unwrap().value)
    };
    behind(framework, app, &["withAuth", "requireUser", "getSession", "isAdmin"], kind, first_used)
}

/// The same behind the first expression that is found.
fn behind(
    framework: Framework,
    app: &str,
    guards: &[&str],
    kind: LayerKind,
    find: impl Fn(&Module, &Expression) -> Option<ExpressionId>,
) -> Proof {
    let repository = Repository::new(guards, &[("app.ts", app), THROWS]);
    let program = repository.program();
    let survey = Survey::of(&program);
    let file = program.tree().find("app.ts").unwrap();
    let module = program.module(file);
    let value = module.expressions().find_map(|(_, expression)| find(module, expression));
    let route = Route {
        layers: vec![Layer { kind, value: At { file, it: value.unwrap() } }],
        settings: Option::None,
        built_in: Option::None,
        ..Route::new(
            framework,
            RoutePath::default(),
            "GET",
            At { file, it: Span::default() },
            Handler::Export(file, "open".into()),
        )
    };
    Prover::new(&program, &survey, &repository.guards).prove(&route).class
}

const OPEN: &str =
    "import { withAuth, requireUser } from './lib/auth';\nexport const open = async (c) => c.json(await db.all());\n";

#[test]
fn a_guard_of_the_router_is_router() {
    assert_eq!(of(&format!("{OPEN}app.use(withAuth);"), LayerKind::Router), Router);
    assert_eq!(of(&format!("{OPEN}app.use(withAuth({{ role: 'x' }}));"), LayerKind::Router), Router);
    assert_eq!(of(&format!("{OPEN}const both = [withAuth, console.log];\napp.use(both);"), LayerKind::Router), Router);
}

#[test]
fn a_guard_of_the_route_is_wrapped() {
    assert_eq!(of(&format!("{OPEN}app.use(withAuth);"), LayerKind::Route), Wrapped);
}

#[test]
fn a_middleware_that_asks_a_guard_is_router() {
    assert_eq!(
        of(&format!("{OPEN}app.use(async (c, next) => {{ await requireUser(c); await next(); }});"), LayerKind::Router),
        Router
    );
}

#[test]
fn a_middleware_that_asks_nobody_is_none() {
    assert_eq!(
        of(&format!("{OPEN}app.use(async (c, next) => {{ console.log(c); await next(); }});"), LayerKind::Router),
        None
    );
}

#[test]
fn a_guard_in_the_hands_of_something_else_is_followed() {
    let maybe = "const maybe = (guard) => (c, next) => next();\n";
    let tries = "const tries = (guard) => async (c, next) => { await guard(c); await next(); };\n";
    assert!(!of(&format!("{OPEN}{maybe}app.use(maybe(requireUser));"), LayerKind::Route).is_guarded());
    assert!(!of(&format!("{OPEN}app.use(unless(requireUser, '/x'));"), LayerKind::Route).is_guarded());
    assert!(!of(&format!("{OPEN}app.use(requireUser.unless({{ path: '/x' }}));"), LayerKind::Route).is_guarded());
    assert!(of(&format!("{OPEN}{tries}app.use(tries(requireUser));"), LayerKind::Route).is_guarded());
    assert!(
        of(&format!("import {{ every }} from 'every';\n{OPEN}app.use(every(requireUser));"), LayerKind::Route)
            .is_guarded()
    );
}

#[test]
fn a_middleware_that_asks_a_guard_about_some_only_is_unproven() {
    let behind = |before: &str| {
        let layer = format!("async (c, next) => {{ {before} await requireUser(c); await next(); }}");
        of(&format!("{OPEN}app.use({layer});"), LayerKind::Router)
    };
    assert_eq!(behind("if (c.req.path === '/open') return next();"), Unproven);
    assert_eq!(behind("await next();"), Unproven);
    assert_eq!(of(&format!("import {{ cors }} from 'cors';\n{OPEN}app.use(cors());"), LayerKind::Router), None);
}

#[test]
fn a_layer_that_leaves_the_answer_to_a_guard_is_one() {
    let of = |layer: &str| of_framework(Framework::Fastify, &format!("{OPEN}app.use({layer});"), LayerKind::Route);
    for layer in [
        "(request, reply) => request.isAdmin(reply)",
        "async (request, reply) => { log(request); return await request.isAdmin(reply); }",
        "(req, res, next) => isAdmin(req, res, next)",
    ] {
        assert_eq!(of(layer), Wrapped, "{layer}");
    }
    for layer in [
        "(request) => request.isAdmin(request)",
        "(request, reply) => request.isAdmin()",
        "(request, reply) => { request.isAdmin(reply); }",
        "(request, reply) => request.isAdmin(reply, { optional: true })",
        "(request, reply) => { if (request.query.open) return; return request.isAdmin(reply); }",
        "(request, reply) => request.isAdmin(reply) || reply.code(200)",
    ] {
        assert!(!of(layer).is_guarded(), "{layer}");
    }
}

#[test]
fn a_hook_of_fastify_that_answers_nothing_lets_the_request_on() {
    let of = |framework: Framework, layer: &str| {
        of_framework(
            framework,
            &format!("{OPEN}import {{ getSession }} from 'own';\napp.use({layer});"),
            LayerKind::Router,
        )
    };
    for hook in [
        "async (request, reply) => { await requireUser(request); }",
        "async (request, reply) => { const user = await getSession(request); if (!user) { reply.code(401).send(); return; } }",
        "async (request, reply) => { const user = await getSession(request); if (!user) reply.code(401).send({ error: 'no' }); }",
        "async (request, reply) => { const user = await getSession(request); if (!user) return reply.redirect('/login'); }",
        "async (request, reply) => { const user = await getSession(request); if (!user) { reply.unauthorized(); return; } }",
    ] {
        assert_eq!(of(Framework::Fastify, hook), Router, "{hook}");
    }
    let skips = "async (request, reply) => { if (request.url === '/open') return; await requireUser(request); }";
    assert_eq!((of(Framework::Fastify, skips), of(Framework::Hono, skips)), (Unproven, Router));
    for hook in [
        "async (request, reply) => { if (request.url === '/open') return undefined; await requireUser(request); }",
        "async (request, reply) => { const user = await getSession(request); if (!user) { reply.code(401); return; } }",
        "async (request, reply, done) => { if (request.url === '/open') { done(); return; } await requireUser(request); }",
    ] {
        assert_eq!(of(Framework::Fastify, hook), Unproven, "{hook}");
    }
}

/// The proof of an open handler of an application that a function got: the first argument is its call.
fn set_up(call: &str) -> Proof {
    of(&format!("{OPEN}import {{ requireUser as other }} from './own';\napp.use({call});"), LayerKind::Setup)
}

#[test]
fn what_the_policy_names_sets_guards_before_a_router() {
    assert_eq!(set_up("withAuth(app)"), Router);
    assert_eq!(set_up("app.register(withAuth, { prefix: '/a' })"), Router);
    assert_eq!(set_up("withAuth(app, { optional: true })"), Unproven);
    for call in ["setUp(app, withAuth)", "app.register(plugin, withAuth)", "setUp(app)", "app"] {
        assert_eq!(set_up(call), None, "{call}");
    }
}

#[test]
fn a_list_that_the_policy_names_is_a_guard_where_all_of_it_stands() {
    let first_item = |_: &Module, expression: &Expression| match expression {
        Expression::Array(items) => items.first().map(|item| item.value),
        _ => Option::None,
    };
    let of = |app: &str, guard: &str| {
        behind(Framework::Hono, &format!("{OPEN}{app}"), &[guard], LayerKind::Router, first_item)
    };
    let list = "export const shut = [log, check];\napp.use(...shut);";
    assert_eq!(of(list, "shut"), Router);
    assert_eq!(of(list, "app.ts:shut"), Router);
    for guard in ["other", "lib/auth.ts:shut", "shut.all"] {
        assert!(!of(list, guard).is_guarded(), "{guard}");
    }
    assert!(!of("let shut = [log];\nshut = [];\napp.use(...shut);", "shut").is_guarded());
}
