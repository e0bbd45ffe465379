use ops_typescript::program::At;

use super::{Repository, THROWS};
use crate::proof::methods;
use crate::result::Proof::{self, Inline, None};

fn of(body: &str, method: &str) -> Proof {
    let route = format!(
        "import {{ requireUser, getSession }} from './lib/auth';\nexport default async function handler(req, res) {{ {body} }}"
    );
    let repository = Repository::new(&["requireUser", "getSession"], &[("route.ts", &route), THROWS]);
    repository.prove_method("route.ts", "default", Some(method)).class
}

#[test]
fn each_method_is_proven_by_itself() {
    let body = "
        if (req.method === 'GET') { await requireUser(req); return res.status(200).json(await db.all()); }
        else if (req.method === 'POST') { await db.user.create({}); return res.status(200).end(); }
        return res.status(405).end();";
    assert_eq!(of(body, "GET"), Inline);
    assert_eq!(of(body, "POST"), None);
}

#[test]
fn a_method_that_is_sent_away_first_does_no_harm() {
    let body = "if (req.method !== 'POST') return res.status(405).end(); const session = await getSession(req); if (!session) { res.status(401).end(); return; } await db.user.create({});";
    assert_eq!(of(body, "POST"), Inline);
}

#[test]
fn a_switch_is_followed() {
    let body = "switch (req.method) { case 'GET': await requireUser(req); return res.json(await db.all()); case 'POST': return res.json(await db.user.create({})); default: return res.status(405).end(); }";
    assert_eq!(of(body, "GET"), Inline);
    assert_eq!(of(body, "POST"), None);
}

#[test]
fn the_method_may_have_a_name_of_its_own() {
    let body = "const { method } = req; if (method === 'POST') { await requireUser(req); await db.user.create({}); }";
    assert_eq!(of(body, "POST"), Inline);
}

#[test]
fn a_handler_of_any_method_is_looked_at_on_all_its_ways() {
    let body = "if (req.method === 'POST') { await requireUser(req); await db.user.create({}); return res.status(200).end(); } return res.status(405).end();";
    assert_eq!(of(body, "ANY"), Inline);
}

fn methods_of(body: &str) -> Vec<String> {
    let route = format!("export default async function handler(req, res) {{ {body} }}");
    let repository = Repository::new(&[], &[("route.ts", &route)]);
    let program = repository.program();
    let file = program.tree().find("route.ts").unwrap();
    let (function, _) =
        program.module(file).functions().find(|(_, one)| one.name.as_deref() == Some("handler")).unwrap();
    methods(&program, At { file, it: function }).iter().map(ToString::to_string).collect()
}

#[test]
fn a_method_is_served_where_the_request_is_compared_with_it() {
    for (body, expected) in [
        ("if (req.method === 'POST') return; if ('GET' == req.method) return;", vec!["GET", "POST"]),
        ("const { method } = req; if (method !== 'DELETE') return;", vec!["DELETE"]),
        ("switch (req.method) { case 'PUT': case 'PATCH': return; default: }", vec!["PUT", "PATCH"]),
        ("try { for (;;) { switch (req.method) { case 'GET': return; } } } finally {}", vec!["GET"]),
        ("const known = ['GET', 'HEAD']; if (!known.includes(req.method)) return;", vec!["GET", "HEAD"]),
    ] {
        assert_eq!(methods_of(body), expected, "{body}");
    }
}

#[test]
fn a_method_that_is_only_named_is_not_served() {
    for body in [
        "if (req.method) await fetch(req.url, { method: 'HEAD' });",
        "if (req.method === one) res.setHeader('Allow', ['GET', 'POST']);",
        "console.log(req.method, 'POST');",
        "if (req.body.method === 'POST') return;",
        "const { method } = await req.json(); if (method === 'POST') return;",
        "switch (req.url) { case 'GET': return req.method; }",
    ] {
        assert_eq!(methods_of(body), Vec::<String>::new(), "{body}");
    }
}
