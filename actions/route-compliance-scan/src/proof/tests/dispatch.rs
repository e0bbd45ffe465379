use super::{Repository, THROWS};
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
