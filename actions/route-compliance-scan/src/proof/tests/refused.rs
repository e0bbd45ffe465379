//! Refusals before the guard, and what they may tell.

use super::inline::of;
use super::{THROWS, class_with};
use crate::result::Proof::{Inline, Unproven};

const GUARD: &str = "const session = await getSession(req); if (!session) return new Response('no', { status: 401 });";

fn refused(before: &str) -> crate::result::Proof {
    of(&format!("{before} {GUARD} return Response.json(await db.all());"))
}

#[test]
fn a_refusal_that_tells_what_was_read_is_unproven() {
    let secret = "const secret = await db.secret.find();";
    for before in [
        "return new Response(null, { status: 401, headers: { 'x-data': secret } });",
        "return new Response(null, { status: 401, headers: { 'x-data': secret.value } });",
        "return Response.json({ error: 'no', data: secret }, { status: 403 });",
        "return Response.json({ error: `no, ${secret.owner.name}` }, { status: 403 });",
        "return Response.json({ error: 'no, ' + secret.owner }, { status: 403 });",
        "return Response.json(secret ?? {}, { status: 401 });",
        "return new Response(JSON.stringify(secret), { status: 401 });",
        "return Response.redirect(new URL(`/login?of=${secret.owner}`, req.url));",
        "const { owner } = secret; return Response.json({ owner }, { status: 404 });",
        "const all = { ...secret }; return Response.json(all, { status: 404 });",
        "let all; all = secret.value; return Response.json(all, { status: 404 });",
        "return new Response('', { status: 401, headers: { 'Set-Cookie': secret.value } });",
        "return Response.json({ code: secret.code }, { status: 401 });",
        "const headers = new Headers(); headers.set('x-data', secret.value); return new Response(null, { status: 401, headers });",
        "const all = {}; all.of = secret; return Response.json(all, { status: 401 });",
        "const all = []; all.push(secret); return Response.json(all, { status: 401 });",
        "const all = {}; Object.assign(all, secret); return Response.json(all, { status: 401 });",
        "for (const one of secret.parts) { if (one.x) return Response.json(one, { status: 401 }); }",
        "for (const { id } of secret.parts) { if (id) return Response.json({ id }, { status: 401 }); }",
        "return Response.json(await db.secret.find(), { status: 401 });",
        "return new Response(new ReadableStream({ start(to) { to.enqueue(secret); } }), { status: 401 });",
    ] {
        let before = format!("{secret} if (req.query.x) {{ {before} }}");
        assert_eq!(refused(&before), Unproven, "{before}");
    }
    let chained =
        "if (req.query.x) return Response.json(await db.secret.find().then((one) => one.value), { status: 401 });";
    assert_eq!(refused(chained), Unproven);
    let together = "const [body, secret] = await Promise.all([req.json(), db.secret.find()]); if (body.x) return Response.json(secret, { status: 401 });";
    assert_eq!(refused(together), Unproven);
    let listed =
        "const secret = db.secret.find(); if (req.query.x) return Response.json(await secret, { status: 401 });";
    assert_eq!(refused(listed), Unproven);
}

#[test]
fn a_refusal_that_tells_only_why_is_one() {
    for before in [
        "const doc = await db.doc.find(); if (!doc) return Response.json({ error: 'Not found' }, { status: 404 });",
        "const doc = await db.doc.find(); if (!doc) return Response.json({ error: `no ${req.query.id}` }, { status: 404 });",
        "const doc = await db.doc.find(); if (!doc) return Response.json({ error: doc ? 'a' : 'b' }, { status: 404 });",
        "const doc = await db.doc.find(); if (!doc) return Response.json({ found: !!doc, same: doc.id === req.id }, { status: 404 });",
        "const { data, error } = await db.doc.find(); if (error) return Response.json({ error: error.message }, { status: 500 });",
        "const answer = await fetch('https://x.test'); if (!answer.ok) return Response.json({ error: answer.statusText }, { status: 502 });",
        "const parsed = await db.schema.safeParseAsync(await req.json()); if (!parsed.success) return Response.json(parsed.error.issues, { status: 400 });",
        "const doc = await db.doc.find(); const body = await req.json(); if (!doc) return Response.json(body, { status: 400 });",
        "const [body, doc] = await Promise.all([req.json(), db.doc.find()]); if (!doc) return Response.json(body, { status: 400 });",
        "const limit = await db.checkRateLimit(req.ip); if (!limit.success) return Response.json({ remaining: limit.remaining }, { status: 429 });",
        "const doc = await db.doc.find(); const ip = db.addressOf(req); const seen = await db.verifyAddress(ip); if (!doc) return Response.json({ seen }, { status: 400 });",
        "const doc = await db.doc.find(); if (!doc) return Response.redirect('/', { headers: { 'Set-Cookie': await db.commitSession(doc) } });",
        "const doc = await db.doc.find(); const headers = new Headers(); if (!doc) return new Response(null, { status: 404, headers }); headers.set('x', doc.id);",
        "const doc = await db.doc.find(); for (const one of req.list) { if (one.x) return Response.json(one, { status: 400 }); }",
        "try { await db.doc.find(); } catch (error) { return Response.json({ error: String(error) }, { status: 500 }); }",
    ] {
        assert_eq!(refused(before), Inline, "{before}");
    }
}

#[test]
fn a_refusal_may_tell_the_caller_what_the_guard_answered() {
    let body = "const doc = await db.doc.find(); const session = await getSession(req); if (session.role !== 'admin') return Response.json({ role: session.role }, { status: 403 }); return Response.json(doc);";
    assert_eq!(of(body), Inline);
}

#[test]
fn a_refusal_that_is_sent_may_not_tell_what_was_read() {
    let sent = |answer: &str| {
        let route = format!(
            "import {{ getSession }} from './lib/auth';\nimport {{ db }} from 'db';\nexport default async function handler(req, res) {{ const doc = await db.doc.find(); if (doc.open) {{ {answer} return; }} const session = await getSession(req); if (!session) return res.status(401).end(); res.json(doc); }}"
        );
        let files = [("route.ts", route.as_str()), super::THROWS];
        super::Repository::new(&["getSession"], &files).prove("route.ts", "default").class
    };
    assert_eq!(sent("res.status(403).json({ error: 'no' });"), Inline);
    assert_eq!(sent("res.status(403).json({ error: 'no', doc });"), Unproven);
}

#[test]
fn a_function_of_the_repository_may_make_the_refusal() {
    let deny = "const deny = () => new Response(null, { status: 403 }); function gone(id) { if (id) { return Response.json({}, { status: 410 }); } return deny(); }";
    for (make, expected) in [
        ("deny()", Inline),
        ("gone(req.id)", Inline),
        ("gone(doc)", Unproven),
        ("perhaps(req.id)", Unproven),
        ("tell()", Unproven),
        ("ask()", Unproven),
    ] {
        let others = "const perhaps = (id) => (id ? deny() : Response.json({})); const tell = () => Response.json(doc, { status: 403 }); const ask = async () => Response.json(await db.doc.find(), { status: 403 });";
        let body = format!("{deny} const doc = await db.doc.find(); {others} if (!doc) return {make};");
        assert_eq!(refused(&body), expected, "{make}");
    }
    let asked = format!(
        "{deny} const session = await getSession(req); if (!session) return deny(); await db.user.create({{}});"
    );
    assert_eq!(of(&asked), Inline);
    let circle =
        "const one = () => two(); const two = () => one(); const doc = await db.doc.find(); if (!doc) return one();";
    assert_eq!(refused(circle), Unproven);
}

#[test]
fn an_error_that_is_handed_to_what_makes_answers_is_a_refusal() {
    let of = |caught: &str| {
        let route = format!(
            "import {{ data, json, other }} from 'react-router';\nimport {{ requireUser }} from './lib/auth';\nimport {{ db }} from 'db';\n\
             const failed = (cause) => ({{ error: {{ message: cause.message }} }});\nconst tells = (cause) => ({{ all: cause }});\n\
             export async function GET(req) {{ try {{ const one = await db.one.find(); await requireUser(req); return data(one); }} catch (cause) {{ {caught} }} }}"
        );
        class_with(&[("route.ts", route.as_str()), THROWS])
    };
    for caught in [
        "return data(failed(cause), { status: cause.status });",
        "return json({ error: cause.message });",
        "return data({ error: 'no' }, { status: cause.status });",
    ] {
        assert_eq!(of(caught), Inline, "{caught}");
    }
    for caught in
        ["return data(tells(cause), { status: cause.status });", "return other(failed(cause));", "return data(cause);"]
    {
        assert_eq!(of(caught), Unproven, "{caught}");
    }
}
