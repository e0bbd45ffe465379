//! What may happen before the guard, and what may not.

use super::{THROWS, class_with};
use crate::result::Proof::{self, Inline, Unproven};

const GUARD: &str = "const session = await getSession(req); if (!session) return new Response('no', { status: 401 });";

fn of(body: &str) -> Proof {
    let route = format!(
        "import {{ getSession }} from './lib/auth';
        import {{ db, transfer, deleteUser, createId, createScopedLogger, createServerClient, createEnv }} from 'db';
        const list = (id) => db.doc.findMany(id);
        const remove = (id) => db.doc.delete(id);
        const reportApiError = (error) => db.error.create(error);
        import {{ billing, queue, mailer, stripe, team, redis, thing, frobnicate, mongoose, sentry }} from 'sdk';
        import axios from 'axios';
        import {{ rateLimit, ratelimit, limiter }} from 'limits';
        import {{ sleep, i18n }} from 'more';
        import {{ headers }} from 'next/headers';
        import {{ connection }} from 'next/server';
        const poke = async (id) => {{ await thing.frobnicate(id); }};
        const slug = (text) => {{ return text.replace(/ /g, '-'); }};
        const checkRateLimit = async (ip) => {{ await redis.incr(ip); return {{ success: true }}; }};
        async function wipe(store, id) {{ await store.deleteById(id); }}
        export async function GET(req) {{ {body} }}"
    );
    class_with(&[("route.ts", route.as_str()), THROWS])
}

#[test]
fn what_changes_something_must_come_after() {
    for before in [
        "await remove(req.id);",
        "deleteUser(req.id);",
        "await Promise.all(req.ids.map((id) => db.doc.delete(id)));",
        "await Promise.all(req.ids.map(remove));",
        "await db.$transaction([db.doc.delete(req.id)]);",
        "await db.transaction(async (tx) => { await tx.delete(req.id); });",
        "await wipe(db.doc, req.id);",
        "await db.store(req.id);",
        "await db.sql`delete from docs`;",
        "await db.pool.query('DELETE FROM docs');",
        "await db.kv.hset('a', 1);",
        "await db.Doc.findByIdAndDelete(req.id);",
        "await fetch('https://x.test', { method: 'DELETE' });",
        "await transfer(req.from, req.to);",
        "await db.createClient(req.body);",
        "await db.billing.charge(req.id);",
        "const paid = await billing.deduct(req.id);",
        "await queue.enqueue(req.id);",
        "await mailer.deliver(req.id);",
        "await stripe.subscriptions.cancel(req.id);",
        "const one = await team.provision(req.id);",
        "const left = await redis.incrby('a', 1);",
        "if (req.id) return redis.zadd('a', 1);",
        "await Promise.all([billing.charge(req.id), req.json()]);",
        "void billing.charge(req.id);",
        "await axios.post('https://x.test');",
        "await thing.frobnicate(req.id);",
        "await frobnicate(req.id);",
        "await thing.frobnicate(req.id).catch(() => null);",
        "await Promise.all([thing.frobnicate(req.id), req.json()]);",
        "await poke(req.id);",
        "await thing.rateLimit.deleteMany({});",
        "await thing.resetRateLimit(req.id);",
        "await thing.container.item(req.id).replace(req.doc);",
        "await thing.batch.commit();",
        "for (const id of req.ids) { await thing.frobnicate(id); }",
        "await db.run({ execute: async () => { await db.doc.deleteMany({}); } });",
    ] {
        assert_eq!(of(&format!("{before} {GUARD} return new Response();")), Unproven, "{before}");
    }
}

#[test]
fn what_is_read_may_come_before_a_refusal() {
    for before in [
        "const docs = await list(req.id);",
        "const seen = new Set(); seen.add(1); const all = []; all.push(2); const map = new Map(); map.set('a', 1); map.delete('a');",
        "const headers = new Headers(); headers.set('a', 'b'); req.headers.delete('x');",
        "const id = createId();",
        "await fetch('https://x.test');",
        "await db.pool.query('select 1');",
    ] {
        assert_eq!(of(&format!("{before} {GUARD} return new Response();")), Inline, "{before}");
    }
}

#[test]
fn what_somebody_waits_for_without_a_use_for_it_may_look_wait_or_tell() {
    for before in [
        "await rateLimit(req.ip);",
        "await checkRateLimit(req.ip);",
        "await ratelimit.limit(req.ip);",
        "await limiter.consume(req.ip);",
        "await params;",
        "await headers();",
        "await connection();",
        "await sleep(10);",
        "await new Promise((done) => setTimeout(done, 10));",
        "await req.json();",
        "await thing.schema.parseAsync(req.body);",
        "await mongoose.connect('mongodb://x.test');",
        "await thing.connectToDatabase();",
        "await i18n.init();",
        "await sentry.flush(100);",
        "await thing.posthog.shutdown();",
        "await thing.ensureReady();",
        "await thing.findAll();",
        "const done = await thing.frobnicate(req.id);",
        "thing.one.signal.addEventListener('abort', stop);",
        "const name = slug(req.id);",
        "const name = req.id.replace(/a/, 'b');",
    ] {
        assert_eq!(of(&format!("{before} {GUARD} return new Response();")), Inline, "{before}");
    }
}

#[test]
fn what_is_read_leaves_by_whatever_promise() {
    for early in [
        "const docs = await list(req.id); if (req.peek) return Response.json(docs);",
        "if (req.peek) return db.doc.findMany();",
        "if (req.peek) return db.doc.findMany().then((docs) => Response.json(docs));",
        "const docs = db.doc.findMany(); if (req.peek) return Response.json(await docs);",
        "if (req.peek) { const all = []; for await (const doc of db.doc.iterate()) all.push(doc); return Response.json(all); }",
        "if (req.peek) return new Response(new ReadableStream({ async start(to) { to.enqueue(await db.doc.findMany()); } }));",
        "const doc = await db.doc.find(); if (req.peek) return Response.redirect(doc.url);",
        "if (req.peek) return db.listErrors();",
    ] {
        assert_eq!(of(&format!("{early} {GUARD} return new Response();")), Unproven, "{early}");
    }
    let error = "const all = await db.all(); try { req.check(all); } catch (failed) { return Response.json({ error: failed.message }, { status: failed.code }); }";
    assert_eq!(of(&format!("{error} {GUARD} return new Response();")), Inline);
    let refusal = "const doc = await db.doc.find(); if (!doc) return Response.redirect(new URL('/login', req.url));";
    assert_eq!(of(&format!("{refusal} {GUARD} return Response.json(doc);")), Inline);
}

#[test]
fn what_only_computes_reads_nothing() {
    for early in [
        "const ID = /^[a-z]+$/; if (ID.test(req.id)) return Response.json({});",
        "const now = new Date(); if (now.getDay() > 5) return Response.json({});",
        "const at = new URL(req.url); if (at.searchParams.has('ping')) return Response.json({});",
        "const id = req.headers.get('x-id') ?? req.nextUrl.searchParams.get('id'); if (!id) return Response.json({});",
        "const client = async () => { return createServerClient('url', 'key', { cookies: {} }); }; const store = await client(); if (req.ping) return Response.json({});",
        "const env = () => { return createEnv({ server: {} }); }; const url = env().URL; if (req.ping) return Response.redirect(url);",
        "const slug = (text) => text.replace(/ /g, '-'); if (slug(req.id) === 'a') return Response.json({});",
        "const kind = (scope) => scope?.startsWith('a') ? scope.split('/').map((one) => one.trim()).join('-') : 'b'; if (kind(req.url) === 'a') return Response.json({});",
        "try { req.check(); } catch (error) { await reportApiError(error); return Response.json({}); }",
        "const log = createScopedLogger('api').with({ id: req.id }); if (req.peek) return Response.json({});",
    ] {
        assert_eq!(of(&format!("{early} {GUARD} return new Response();")), Inline, "{early}");
    }
}

#[test]
fn an_object_is_made_as_its_constructor_says() {
    let classes = "class Failure extends Error { constructor(cause) { super(); this.cause = cause; } }
        class Base { constructor() { db.user.create({}); } }
        class Writes extends Base {}
        class Holds { one = db.user.create({}); list = async () => db.user.create({}); }
        class Lists { list = async () => db.user.create({}); static all = db.user.create({}); }
        class Round { other = new Trip(); }
        class Trip { other = new Round(); }
        class Plain {}";
    let of = |before: &str| {
        let route = format!(
            "import {{ requireUser }} from './lib/auth';\nimport {{ db }} from 'db';\nimport {{ Client }} from 'outside';\n{classes}\n\
             export async function GET(req) {{ try {{ {before} await requireUser(req); return Response.json(await db.all()); }} \
             catch (error) {{ return Response.json({{ message: error.message }}); }} }}"
        );
        class_with(&[("route.ts", route.as_str()), THROWS])
    };
    for before in [
        "if (req.x) throw new Failure('x');",
        "const one = new Plain();",
        "const one = new Lists();",
        "const one = new Round();",
        "const client = new Client({ url: 'x' });",
    ] {
        assert_eq!(of(before), Inline, "{before}");
    }
    for before in
        ["const one = new Writes();", "const one = new Holds();", "const one = new Client(await db.secret.find());"]
    {
        assert_eq!(of(before), Unproven, "{before}");
    }
}

#[test]
fn what_the_request_holds_is_the_caller_s_own() {
    let of = |before: &str| {
        let route = format!(
            "import {{ requireUser }} from './lib/auth';\nimport {{ db }} from 'db';\n\
             export const GET = async (c) => {{ {before} if (!one) return c.json(one); await requireUser(c); return c.json(await db.all()); }};"
        );
        class_with(&[("route.ts", route.as_str()), THROWS])
    };
    for before in ["const one = c.req.valid('json');", "const one = await c.request.field('x');"] {
        assert_eq!(of(before), Inline, "{before}");
    }
    for before in ["const one = await c.db.find('x');", "const one = c.env.KV.read('x');"] {
        assert_eq!(of(before), Unproven, "{before}");
    }
}
