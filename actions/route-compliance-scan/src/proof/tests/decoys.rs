use super::Repository;
use crate::proof::definition::Judgement::{self, LetsPass, Refuses, Unknown};

fn of(definition: &str) -> Vec<Judgement> {
    let guard = format!("import {{ db }} from 'db';\nimport {{ log }} from 'log';\n{definition}");
    let route = "import { guard } from './guard';\nexport const GET = guard(async (req) => Response.json({}));";
    Repository::new(&["guard"], &[("route.ts", route), ("guard.ts", &guard)]).judgements()
}

#[test]
fn a_wrapper_that_can_refuse_first_is_a_guard() {
    for definition in [
        "export const guard = (handler) => async (req) => { const s = await db.session(req); if (!s) return new Response('', { status: 401 }); return handler(req); };",
        "export function guard(handler) { return async function (req) { if (req.user) { return handler(req); } return new Response('', { status: 401 }); }; }",
        "export const guard = (handler) => async (req) => (await db.session(req)) ? handler(req) : new Response('', { status: 401 });",
        "export const guard = (handler) => async (req) => { await check(req); return handler(req); };\nasync function check(req) { if (!req.user) throw new Error(); }",
        "export const guard = (handler) => async (req) => { try { await check(req); return await handler(req); } catch { return new Response('', { status: 401 }); } };\nasync function check(req) { if (!req.user) throw new Error(); }",
        "export const guard = (handler) => async (req) => { await db.requireUser(req); return handler(req); };",
        "export const guard = (handlers) => async (req, res) => { if (!req.user) throw new Error('401'); return await handlers[req.method](req, res); };",
        "export const guard = (config) => async (req) => { if (!req.user) throw new Error('401'); return config.handler(req); };",
        "export const guard = (handler) => async (req) => log.span('x', async () => { if (!req.user) return new Response('', { status: 401 }); return handler(req); });",
    ] {
        assert_eq!(of(definition), [Refuses], "{definition}");
    }
}

#[test]
fn a_wrapper_that_only_logs_or_catches_lets_everybody_pass() {
    for definition in [
        "export const guard = (handler) => async (req) => { log.info(req.url); return handler(req); };",
        "export const guard = (handler) => async (req) => { try { return await handler(req); } catch (error) { return new Response('', { status: 500 }); } };",
        "export const guard = (handler) => handler;\nexport const other = (handler) => async (req) => handler(req);",
        "export const guard = (handler) => async (req) => { const answer = await handler(req); if (!req.user) return new Response('', { status: 401 }); return answer; };",
        "export const guard = (handler) => async (req) => log.span('x', () => handler(req));",
        "export const guard = (handlers) => async (req, res) => { if (!handlers[req.method]) throw new Error('405'); return await handlers[req.method](req, res); };",
        "export const guard = (config) => async (req) => { console.log(req.url); return config.handler(req); };",
        "export const guard = ({ handler }) => async (req) => { try { return await handler(req); } catch { return new Response('', { status: 500 }); } };",
        "export const guard = (handler) => async (req) => { if (req.method === 'OPTIONS') return new Response(null, { status: 204 }); return handler(req); };",
        "export const guard = (handler) => async (req) => { switch (req.method) { case 'GET': return handler(req); default: return new Response('', { status: 405 }); } };",
    ] {
        assert_ne!(of(definition), [Refuses], "{definition}");
    }
}

#[test]
fn a_wrapper_with_a_way_around_its_question_is_unknown() {
    for definition in [
        "export const guard = (handler) => async (req) => { if (req.headers.has('x-anonymous')) return handler(req); if (!(await db.session(req))) throw new Error('no'); return handler(req); };",
        "export const guard = (handler) => async (req) => { if (req.method === 'OPTIONS') return handler(req); if (!req.user) throw new Error('401'); return handler(req); };",
    ] {
        assert_eq!(of(definition), [Unknown], "{definition}");
    }
}

#[test]
fn a_wrapper_made_by_something_from_outside_is_unknown() {
    assert_eq!(of("import { create } from 'guards';\nexport const guard = create({});"), [Unknown]);
}

#[test]
fn a_wrapper_around_a_guard_is_a_guard() {
    let definition = "
        const withLog = (handler) => async (req) => { log.info(req.url); return handler(req); };
        const withSession = (handler) => async (req) => { if (!req.user) return new Response('', { status: 401 }); return handler(req); };
        export const guard = (handler) => withLog(withSession(handler));";
    assert_eq!(of(definition), [Refuses]);
    let decoy = "
        const withLog = (handler) => async (req) => { log.info(req.url); return handler(req); };
        export const guard = (handler) => withLog(handler);";
    assert_eq!(of(decoy), [LetsPass]);
}

#[test]
fn a_call_that_answers_nothing_and_throws_nothing_lets_everybody_pass() {
    let judge = |definition: &str| {
        let route = "import { guard } from './guard';\nexport async function GET(req) { await guard(req); }";
        Repository::new(&["guard"], &[("route.ts", route), ("guard.ts", definition)]).judgements()
    };
    assert_eq!(judge("export async function guard(req) { return req.user; }"), [LetsPass]);
    let refuses = "export function guard(req) { if (!req.user) throw new Error('401'); return req.user; }";
    assert_eq!(judge(refuses), [Refuses]);
    assert_eq!(judge("export async function guard(req) { console.log(req.url); }"), [LetsPass]);
    assert_eq!(judge("export async function guard(req) { if (!req.user) throw new Error(); }"), [Refuses]);
    assert_eq!(
        judge("import { getServerSession } from 'next-auth';\nexport const guard = () => getServerSession({});"),
        [Refuses]
    );
    assert_eq!(
        judge(
            "import { redirect } from 'next/navigation';\nexport async function guard(req) { if (!req.user) redirect('/login'); }"
        ),
        [Refuses]
    );
}

#[test]
fn a_builder_is_as_good_as_its_middleware() {
    let judge = |definition: &str| {
        let route = "import { guard } from './guard';\nexport const GET = guard.action(async () => {});";
        Repository::new(&["guard"], &[("route.ts", route), ("guard.ts", definition)]).judgements()
    };
    let throws =
        "const asks = base.middleware(({ ctx, next }) => { if (!ctx.user) throw new Error(); return next(); });";
    assert_eq!(
        judge(&format!("import {{ base }} from 'base';\n{throws}\nexport const guard = base.use(asks);")),
        [Refuses]
    );
    let logs = "const logs = base.middleware(({ next }) => next());";
    assert_eq!(
        judge(&format!("import {{ base }} from 'base';\n{logs}\nexport const guard = base.use(logs);")),
        [Unknown]
    );
}

#[test]
fn a_handler_is_found_by_whatever_means_it_is_called() {
    for definition in [
        "export function guard(handlers) { return async (req, ctx) => { const all = { ...{ GET: () => null }, ...handlers }; return await all[req.method](req, ctx); }; }",
        "export const guard = (handlers) => async (req) => { const one = handlers[req.method]; if (!one) return new Response('', { status: 404 }); return one(req); };",
        "export function guard(h) { return h.bind(null); }",
        "export const guard = (h) => async (...args) => h.apply(null, args);",
        "export const guard = (h) => async (req) => h.call(null, req);",
        "export const guard = (h) => async (req) => Reflect.apply(h, null, [req]);",
        "export const guard = (h) => async (req) => { const all = [h]; return all[0](req); };",
        "export const guard = (h) => async (req) => { const run = h.bind(null); return run(req); };",
    ] {
        assert_eq!(of(definition), [LetsPass], "{definition}");
    }
    for definition in [
        "export const guard = (h) => async (req) => { if (!req.user) throw new Error('401'); return h.call(null, req); };",
        "export function guard(handlers) { return async (req) => { const all = { ...handlers }; if (!req.user) throw new Error('401'); return await all[req.method](req); }; }",
        "export const guard = (handlers) => async (req) => { const one = handlers[req.method]; if (!one || !req.user) return new Response('', { status: 401 }); return one(req); };",
        "export const guard = (h) => async (req) => h(req, await requireUser(req));\nasync function requireUser(req) { if (!req.user) throw new Error('401'); }",
    ] {
        assert_eq!(of(definition), [Refuses], "{definition}");
    }
}

#[test]
fn a_wrapper_whose_handler_is_not_found_is_unknown() {
    for definition in [
        "import { serve } from 'serve';\nexport const guard = (h) => async (req) => { if (req.x) throw new Error('x'); return serve(req, [h]); };",
        "import { serve } from 'serve';\nexport const guard = (h) => serve({ ...h });",
        "import { serve } from 'serve';\nconst log = (h) => async (req) => h(req);\nexport const guard = (h) => log(serve(h));",
        "import { serve } from 'serve';\nexport const guard = (h, key) => async (req) => { const other = h[key]; return other(req); };",
    ] {
        assert_eq!(of(definition), [Unknown], "{definition}");
    }
}

#[test]
fn what_a_method_made_of_a_function_is_none() {
    let route = "import { guard } from './guard';
        export async function GET(req) { const [token] = req.url.split('/').filter((one) => one.length); await guard({ token }); await db.all(); }";
    let definition = "import { db } from 'db';\nexport const guard = async ({ token }) => { const user = await db.key(token); if (!user) throw new Error('401'); return user; };";
    assert_eq!(Repository::new(&["guard"], &[("route.ts", route), ("guard.ts", definition)]).judgements(), [Refuses]);
}

#[test]
fn what_turns_nobody_away_is_no_guard() {
    for definition in [
        "export const guard = (h) => async (req) => { try { const s = await db.session(); if (!s) throw new Error('401'); } catch {} return h(req); };",
        "export const guard = (h) => async (req) => { try { await check(req); } catch (error) { log.warn(error); } return h(req); };\nasync function check(req) { if (!req.user) throw new Error(); }",
        "export const guard = (h) => async (req) => { const s = session(req); if (!s) return new Response('', { status: 401 }); return h(req); };\nasync function session(req) { return null; }",
        "export const guard = process.env.NODE_ENV === 'test' ? (h) => h : (h) => async (req) => { if (!req.user) return new Response('', { status: 401 }); return h(req); };",
    ] {
        assert_eq!(of(definition), [LetsPass], "{definition}");
    }
    for definition in [
        "export const guard = (h) => async (req) => { try { if (!req.user) throw new Error('401'); } catch { return new Response('', { status: 401 }); } return h(req); };",
        "export const guard = (h) => async (req) => { let s; try { s = await db.session(); } catch { s = null; } if (!s) throw new Error('401'); return h(req); };",
        "export const guard = (h) => async (req) => { const s = await session(req); if (!s) return new Response('', { status: 401 }); return h(req); };\nasync function session(req) { return null; }",
        "export const guard = process.env.X ? (h) => async (req) => { if (!req.admin) throw new Error(); return h(req); } : (h) => async (req) => { if (!req.user) throw new Error(); return h(req); };",
    ] {
        assert_eq!(of(definition), [Refuses], "{definition}");
    }
}

#[test]
fn a_question_that_not_everybody_is_asked_is_unknown() {
    for question in [
        "configure();",
        "if (options?.required && !req.user) return new Response('', { status: 401 });",
        "if (options?.required) { if (!req.user) return new Response('', { status: 401 }); }",
        "if (!req.user && !req.headers.get('x-internal')) return new Response('', { status: 401 });",
        "if (options.required) await check(req);",
        "options.required && (await check(req));",
        "if (req.headers.get('x-big') > 100) return new Response('', { status: 413 });",
        "const body = await req.json(); if (!body.id) { log.warn('x'); return Response.json({}, { status: 400 }); }",
        "if (process.env.MAINTENANCE) return new Response('', { status: 503 });",
        "for (const one of [1]) { if (one > 2) return new Response('', { status: 401 }); }",
    ] {
        let definition = format!(
            "export const guard = (h, options) => async (req) => {{ {question} return h(req); }};
             function configure() {{ if (!process.env.X) throw new Error('X is missing'); return {{}}; }}
             async function check(req) {{ if (!req.user) throw new Error('401'); }}"
        );
        assert_eq!(of(&definition), [Unknown], "{definition}");
        let asks = definition.replace("return h(req)", "if (!req.user) throw new Error('401'); return h(req)");
        assert_eq!(of(&asks), [Refuses], "{asks}");
    }
    for question in [
        "if (!req.user || req.user.isBanned) return new Response('', { status: 401 });",
        "if (req.user && req.user.isActive) { log.info('x'); } else { return new Response('', { status: 401 }); }",
        "if (req.key) { if (!(await db.key(req.key))) throw new Error('401'); } else if (!req.user) { throw new Error('401'); }",
        "if (req.method === 'GET') { await check(req); } else if (req.method === 'POST') { await check(req); } else { throw new Error('405'); }",
        "const { user } = await check(req); if (user.isBanned) return new Response('', { status: 413 });",
    ] {
        let definition = format!(
            "export const guard = (h) => async (req) => {{ {question} return h(req); }};
             async function check(req) {{ if (!req.user) throw new Error('401'); return req; }}"
        );
        assert_eq!(of(&definition), [Refuses], "{definition}");
    }
}

#[test]
fn of_several_that_were_given_nobody_can_tell_which_is_the_handler() {
    let definition = "export const guard = (getUser, h) => async (req) => { const user = await getUser(req); if (!user) throw new Error('401'); return h(req); };";
    assert_eq!(of(definition), [Unknown]);
    let named = "export const guard = (getUser, handler) => async (req) => { const user = await getUser(req); if (!user) throw new Error('401'); return handler(req); };";
    assert_eq!(of(named), [Refuses]);
    let given = "export const guard = (check, handler) => async (req) => { await check(req); return handler(req); };";
    assert_eq!(of(given), [Unknown]);
    let told = "export const guard = (handler, onError) => async (req) => { try { return await handler(req); } catch (error) { return onError(error); } };";
    assert_eq!(of(told), [LetsPass]);
}

#[test]
fn a_call_that_hands_a_function_on_is_not_accused() {
    let route = "import { guard } from './guard';\nexport async function GET(req) { const user = await guard(req); if (!user) return new Response('', { status: 401 }); await db.all(); }";
    let definition = "import { db } from 'db';
        const observe = async (req, run) => { try { return await run(); } catch (error) { console.log(req); throw error; } };
        export async function guard(req) { if (!req.key) return; return observe(req, () => db.key(req.key)); }";
    assert_eq!(Repository::new(&["guard"], &[("route.ts", route), ("guard.ts", definition)]).judgements(), [Unknown]);
}

#[test]
fn a_wrapper_that_answers_with_what_it_read_before_it_asks_is_unknown() {
    let asks = "const session = await db.session(req); if (!session) return new Response('', { status: 401 });";
    for early in [
        "const hit = await db.cache.get(req.url); if (hit) return Response.json(hit);",
        "const hit = await db.cache.get(req.url); if (hit) return new Response(hit.body, { headers: hit.headers });",
        "const hit = await caches.default.match(req); if (hit) return hit;",
        "const hit = store.get(req.url); if (hit) return hit.clone();",
        "const hit = db.cache.peek(req.url); if (hit) return Response.json(hit);",
        "const hit = await cached(req); if (hit) return hit;",
        "const hit = await db.cache.get(req.url); if (hit) { log.info('hit'); return { props: hit }; }",
        "const hit = await db.cache.get(req.url); if (req.x) return hit ? Response.json(hit) : new Response('', { status: 404 });",
        "try { const hit = await db.cache.get(req.url); if (hit) return Response.json(hit); } catch { log.warn('x'); }",
    ] {
        let guard = |rest: &str| {
            format!(
                "const store = new Map(); const cached = async (req) => db.cache.get(req.url);\nexport const guard = (handler) => async (req) => {{ {rest} return handler(req); }};"
            )
        };
        assert_eq!(of(&guard(&format!("{early} {asks}"))), [Unknown], "{early}");
        assert_eq!(of(&guard(early)), [LetsPass], "{early}");
        assert_eq!(of(&guard(&format!("{asks} {early}"))), [Refuses], "{early}");
    }
    let sent = "export const guard = (handler) => async (req, res) => { const hit = await db.cache.get(req.url); if (hit) { res.json(hit); return; } if (!req.user) return res.status(401).end(); return handler(req, res); };";
    assert_eq!(of(sent), [Unknown]);
}

#[test]
fn a_wrapper_that_refuses_by_what_it_read_or_answers_something_else_is_a_guard() {
    for definition in [
        "export const guard = (handler) => async (req) => { const session = await db.session(req); if (!session) return Response.json({ error: session.error }, { status: 401 }); return handler(req, session); };",
        "export const guard = (handler) => async (req) => { const user = await db.user(req); if (user) return handler(req, user); return new Response('', { status: 401 }); };",
        "export const guard = (handler) => async (req) => { if (req.method === 'OPTIONS') return new Response(null, { status: 204 }); if (!(await db.user(req))) throw new Error('401'); return handler(req); };",
        "export const guard = (handler) => async (req) => { if (req.headers.get('x-ping')) return Response.json({ at: req.headers.get('x-ping'), q: req.url.searchParams.get('q') }); if (!(await db.user(req))) throw new Error('401'); return handler(req); };",
        "export const guard = (handler) => async (req) => { const session = await db.session(req); if (!session) return Response.redirect(`${req.origin}/login`); return handler(req); };",
    ] {
        assert_eq!(of(definition), [Refuses], "{definition}");
    }
}
