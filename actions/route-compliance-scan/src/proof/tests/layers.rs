use ops_typescript::module::{Expression, Span};
use ops_typescript::program::At;

use super::{Repository, THROWS};
use crate::proof::Prover;
use crate::result::Proof::{self, None, Router, Wrapped};
use crate::routes::{Framework, Handler, Layer, LayerKind, Route, RoutePath};
use crate::survey::Survey;

/// The proof of an open handler behind a layer: the first argument of the first call of `use` in `app.ts`.
pub(super) fn of(app: &str, kind: LayerKind) -> Proof {
    let repository = Repository::new(&["withAuth", "requireUser", "getSession"], &[("app.ts", app), THROWS]);
    let program = repository.program();
    let survey = Survey::of(&program);
    let file = program.tree().find("app.ts").unwrap();
    let module = program.module(file);
    let value = module.expressions().find_map(|(_, expression)| {
        let Expression::Call(call) = expression else { return Option::None };
        let Expression::Member { property, .. } = module.expression(call.callee) else { return Option::None };
        (property == "use").then(|| call.arguments.first().unwrap().value)
    });
    let route = Route {
        framework: Framework::Hono,
        path: RoutePath::default(),
        method: "GET".into(),
        place: At { file, it: Span::default() },
        handler: Handler::Export(file, "open".into()),
        layers: vec![Layer { kind, value: At { file, it: value.unwrap() } }],
        dispatches: false,
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
