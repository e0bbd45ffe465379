//! What is done with a guard's answer.

use super::inline::of;
use super::{Repository, THROWS, class_with};
use crate::result::Proof::{Delegated, Inline, Unproven};

const WRITE: &str = "await db.user.create({});";
const REFUSE: &str = "return new Response('no', { status: 401 });";

/// A handler that holds the session, does this, and writes.
fn holding(body: &str) -> String {
    format!("const session = await getSession(req); {body} {WRITE}")
}

#[test]
fn an_answer_that_is_asked_for_its_presence_is_inline() {
    for body in [
        format!("if (!session?.user?.id) {REFUSE}"),
        format!("if (!Boolean(session)) {REFUSE}"),
        format!("if (!!session === false) {REFUSE} if (!session) {REFUSE}"),
        format!("if (session?.user.role !== 'admin') {REFUSE}"),
        format!("const role = session?.user.role; if (role !== Role.ADMIN) {REFUSE}"),
        format!("if (!session?.roles.includes('owner')) {REFUSE}"),
        format!("if (!session || session.user.banned) {REFUSE}"),
        format!("const id = session ? session.user.id : null; if (!id) {REFUSE}"),
        format!("const id = session?.user?.id ?? undefined; if (id === undefined) {REFUSE}"),
        format!("let id; if (session) id = session.user.id; if (!id) {REFUSE}"),
        format!("let id = null; if (session) {{ id = session.user.id; }} if (!id) {REFUSE}"),
        format!("const link = await db.link.find(); if (session.user.id !== link.owner) {REFUSE}"),
        "if (!session) throw new Error();".to_owned(),
        format!("const isAdmin = session?.user.role === 'admin'; if (!isAdmin) {REFUSE}"),
        format!("const isKnown = !!session?.user; if (!isKnown) {REFUSE}"),
        format!("const isUnknown = !session; if (isUnknown) {REFUSE}"),
        format!("if (!['admin', 'owner'].includes(session?.user.role)) {REFUSE}"),
        format!("if (session == null) {REFUSE}"),
        format!("if (session?.user === undefined) {REFUSE}"),
        format!("if (session) {{ {WRITE} }} else {{ {REFUSE} }}"),
    ] {
        let body = format!("enum Role {{ ADMIN }} {}", holding(&body));
        assert_eq!(of(&body), Inline, "{body}");
    }
}

#[test]
fn an_answer_that_is_asked_for_something_else_is_unproven() {
    for body in [
        format!("if (session?.user?.banned) {REFUSE}"),
        format!("if (session && session.user.banned) {REFUSE}"),
        format!("if (session?.user?.role === 'viewer') {REFUSE}"),
        format!("if (session?.user?.id !== req.body.userId) {REFUSE}"),
        format!("const {{ userId }} = await req.json(); if (session?.user?.id !== userId) {REFUSE}"),
        format!("if (session?.user?.email !== process.env.ADMIN) {REFUSE}"),
        format!("if (!session && !req.headers.get('x-key')) {REFUSE}"),
        format!("if (session?.error) {REFUSE}"),
        format!("if (!session) {{ if (process.env.NODE_ENV === 'production') {REFUSE} }}"),
        "if (!session) new Response('no', { status: 401 });".to_owned(),
        format!("const known = session || req.headers.get('x-key'); if (!known) {REFUSE}"),
        format!("const id = session ? session.user.id : req.body.userId; if (!id) {REFUSE}"),
        format!("const id = session?.user?.id ?? req.body.userId; if (!id) {REFUSE}"),
        format!("const done = await track(session); if (!done) {REFUSE}"),
        format!("const link = await db.link.find({{ owner: session?.user?.id }}); if (!link) {REFUSE}"),
        format!("const {{ success }} = await limiter.limit(session?.user?.id); if (!success) {REFUSE}"),
        format!("const who = {{ session }}; if (!who) {REFUSE}"),
        format!("const who = [session]; if (!who) {REFUSE}"),
        format!("if (session === false) {REFUSE}"),
        format!("if (session?.user?.id === null) {REFUSE}"),
        format!("if (session?.user?.name === '') {REFUSE}"),
        format!("const doc = await db.doc.find(); if (session?.user?.id !== doc?.owner) {REFUSE}"),
        format!("if (session instanceof Admin) {REFUSE}"),
        format!("if (!session?.user?.isAnonymous) {REFUSE}"),
    ] {
        assert_eq!(of(&holding(&body)), Unproven, "{body}");
    }
}

#[test]
fn a_name_that_may_hold_something_else_tells_nothing() {
    for body in [
        format!("let session = await getSession(req); session = {{ user: req.body }}; if (!session) {REFUSE} {WRITE}"),
        format!("let id = req.body.id; if (!id) {{ id = (await getSession(req))?.id; }} if (!id) {REFUSE} {WRITE}"),
        format!(
            "let id; if (req.body.id) {{ id = req.body.id; }} else {{ id = (await getSession(req))?.id; }} if (!id) {REFUSE} {WRITE}"
        ),
        format!(
            "let id = null; const load = () => {{ id = req.body.id; }}; load(); await getSession(req); if (!id) {REFUSE} {WRITE}"
        ),
        format!("let id; for (const one of req.list) {{ if (id) {WRITE} id = one; }} await getSession(req);"),
        format!("let id; await getSession(req); for (id of req.list) {{ if (id) {WRITE} }}"),
        format!("let id; try {{ id = req.body.id; await requireUser(req); }} catch {{ if (id) {WRITE} }}"),
        format!("let id; await getSession(req); [id] = req.list; if (id) {WRITE}"),
    ] {
        assert_eq!(of(&body), Unproven, "{body}");
    }
}

#[test]
fn a_name_that_holds_something_only_after_the_guard_tells() {
    let body = format!("let id; try {{ await requireUser(req); id = req.body.id; }} catch {{ if (id) {WRITE} }}");
    assert_eq!(of(&body), Inline);
}

#[test]
fn what_a_guard_throws_may_be_caught_where_the_answer_is_asked() {
    for (body, expected) in [
        (format!("await requireUser(req).catch(() => null); {WRITE}"), Unproven),
        (format!("const user = await requireUser(req).catch(() => false); {WRITE}"), Unproven),
        (format!("const user = await requireUser(req).catch(() => ({{}})); if (!user) {REFUSE} {WRITE}"), Unproven),
        (format!("await requireUser(req).then(() => 1, () => 2); {WRITE}"), Unproven),
        (format!("await requireUser(req).then(() => 1).catch(() => 2); {WRITE}"), Unproven),
        (format!("await requireUser(req).finally(() => 1).catch(() => 2); {WRITE}"), Unproven),
        ("return requireUser(req).then(() => db.user.create({}), () => db.user.create({}));".to_owned(), Unproven),
        ("return requireUser(req).then(() => db.user.create({}));".to_owned(), Inline),
        (
            format!("const user = await getSession(req).then((one) => one ?? {{}}); if (!user) {REFUSE} {WRITE}"),
            Unproven,
        ),
        (format!("const user = await requireUser(req).catch(() => null); if (!user) {REFUSE} {WRITE}"), Inline),
        (format!("await requireUser(req).catch((error) => {{ throw error; }}); {WRITE}"), Inline),
        (format!("await requireUser(req).then((user) => user.id); {WRITE}"), Inline),
    ] {
        assert_eq!(of(&body), expected, "{body}");
    }
}

#[test]
fn promises_that_are_waited_for_together_are_asked_together() {
    for (body, expected) in [
        (
            format!(
                "const [session, body] = await Promise.all([getSession(req), req.json()]); if (!session) {REFUSE} {WRITE}"
            ),
            Inline,
        ),
        (format!("await Promise.all([req.json(), requireUser(req)]); {WRITE}"), Inline),
        (
            format!(
                "const [session, body] = await Promise.all([getSession(req), req.json()]); if (!body) {REFUSE} {WRITE}"
            ),
            Unproven,
        ),
        (
            format!(
                "const [session] = await Promise.all([getSession(req), db.user.deleteMany({{}})]); if (!session) {REFUSE}"
            ),
            Unproven,
        ),
        (format!("await Promise.allSettled([requireUser(req)]); {WRITE}"), Unproven),
        (format!("Promise.all([requireUser(req)]); {WRITE}"), Unproven),
    ] {
        assert_eq!(of(&body), expected, "{body}");
    }
}

#[test]
fn what_a_finally_does_is_done_in_any_case() {
    let body = format!(
        "try {{ const session = await getSession(req); if (!session) {REFUSE} }} finally {{ {WRITE} }} return new Response();"
    );
    assert_eq!(of(&body), Unproven);
    assert_eq!(of(&format!("await requireUser(req); try {{ await db.all(); }} finally {{ {WRITE} }}")), Inline);
}

fn with_helper(helper: &str, route: &str) -> crate::result::Proof {
    let helper = format!("import {{ getSession }} from './lib/auth';\nexport {helper}");
    let route = format!(
        "import {{ check }} from './helper';\nimport {{ getSession }} from './lib/auth';\nexport async function GET(req) {{ {route} {WRITE} }}"
    );
    class_with(&[("route.ts", route.as_str()), ("helper.ts", helper.as_str()), THROWS])
}

#[test]
fn how_a_helper_says_no_decides_how_it_must_be_asked() {
    let by_part = "async function check(req) { const session = await getSession(req); if (!session) return { error: 'no' }; return { session }; }";
    let by_answer = "async function check(req) { const session = await getSession(req); if (!session) return Response.json({}, { status: 401 }); return session; }";
    let by_nothing = "async function check(req) { const session = await getSession(req); if (!session) return null; return session.user; }";
    let open = "async function check(req) { const session = await getSession(req); if (!session) return { id: 'anonymous' }; return session.user; }";
    for (helper, route, expected) in [
        (by_part, "const { session, error } = await check(req); if (error) return error;", Delegated),
        (
            by_part,
            "const checked = await check(req); if ('error' in checked) return new Response('', { status: 401 });",
            Delegated,
        ),
        (
            by_part,
            "const checked = await check(req); if (!checked.session) return new Response('', { status: 401 });",
            Delegated,
        ),
        (
            by_part,
            "const checked = await check(req); if (!checked) return new Response('', { status: 401 });",
            Unproven,
        ),
        (by_answer, "const checked = await check(req); if (checked instanceof Response) return checked;", Delegated),
        (
            by_answer,
            "const checked = await check(req); if (!checked) return new Response('', { status: 401 });",
            Unproven,
        ),
        (by_nothing, "const user = await check(req); if (!user) return new Response('', { status: 401 });", Delegated),
        (by_nothing, "const user = await check(req); if (user instanceof Response) return user;", Unproven),
        (open, "const user = await check(req); if (!user) return new Response('', { status: 401 });", Unproven),
    ] {
        assert_eq!(with_helper(helper, route), expected, "{helper}\n{route}");
    }
}

#[test]
fn a_helper_may_ask_what_it_is_handed() {
    let asks = "function check(session) { return session?.user.role === 'admin'; }";
    let tells = "function check(session) { console.log(session); return true; }";
    let route = "const session = await getSession(req); if (!check(session)) return new Response('', { status: 403 });";
    assert_eq!(with_helper(asks, route), Inline);
    assert_eq!(with_helper(tells, route), Unproven);
}

#[test]
fn a_promise_that_nobody_waits_for_tells_nothing() {
    let helpers = "async function check() { await requireUser(req); } async function* checks() { await requireUser(req); } async function deny() { throw new Error(); } async function ask() { const session = await getSession(req); return !!session; }";
    for (body, expected) in [
        (format!("const session = getSession(req); if (!session) {REFUSE}"), Unproven),
        ("check();".to_owned(), Unproven),
        ("await checks();".to_owned(), Unproven),
        (format!("if (!ask()) {REFUSE}"), Unproven),
        ("const session = await getSession(req); if (!session) deny();".to_owned(), Unproven),
        ("await Promise.race([requireUser(req), sleep(1)]);".to_owned(), Unproven),
        ("void requireUser(req);".to_owned(), Unproven),
        (format!("const session = getSession(req); if (!(await session)) {REFUSE}"), Inline),
        (format!("const {{ user }} = getSession(req); if (!user) {REFUSE}"), Inline),
        ("await check();".to_owned(), Delegated),
        (format!("if (!(await ask())) {REFUSE}"), Delegated),
        ("const session = await getSession(req); if (!session) await deny();".to_owned(), Inline),
    ] {
        assert_eq!(of(&format!("{helpers} {body} {WRITE}")), expected, "{body}");
    }
}

#[test]
fn a_jump_takes_what_is_known_with_it() {
    for (body, expected) in [
        ("check: { if (req.fast) break check; await requireUser(req); }", Unproven),
        ("do { if (req.fast) break; await requireUser(req); } while (false);", Unproven),
        (
            "switch (req.kind) { case 'a': if (req.fast) break; await requireUser(req); break; default: await requireUser(req); }",
            Unproven,
        ),
        ("outer: for (;;) { for (;;) { if (req.fast) break outer; } } await requireUser(req);", Inline),
        ("switch (req.kind) { case 'a': await requireUser(req); break; default: await requireUser(req); }", Inline),
        ("do { if (req.slow) continue; } while (false); await requireUser(req);", Inline),
        ("await requireUser(req); for (const one of req.list) { if (one) continue; if (!one) break; }", Inline),
    ] {
        assert_eq!(of(&format!("{body} {WRITE}")), expected, "{body}");
    }
    let each = format!(
        "const session = await getSession(req); for (const one of req.list) {{ if (!session) break; {WRITE} }}"
    );
    assert_eq!(of(&each), Inline);
}

#[test]
fn a_guard_that_perhaps_throws_must_be_asked_all_the_same() {
    let soft = "import { db } from 'db';\nexport async function getSession(req) { if (!process.env.SECRET) throw new Error(); const one = await db.session(req); return one?.user ?? null; }";
    let route = |body: &str| {
        format!("import {{ getSession }} from './lib/auth';\nexport async function GET(req) {{ {body} {WRITE} }}")
    };
    let asked = route(&format!("const user = await getSession(req); if (!user) {REFUSE}"));
    let dropped = route("await getSession(req);");
    assert_eq!(class_with(&[("route.ts", asked.as_str()), ("lib/auth.ts", soft)]), Inline);
    assert_eq!(class_with(&[("route.ts", dropped.as_str()), ("lib/auth.ts", soft)]), Unproven);
    let outside = |name: &str| {
        let route = format!(
            "import {{ {name} }} from 'auth';\nexport async function GET(req) {{ await {name}(req); {WRITE} }}"
        );
        super::Repository::new(&[name], &[("route.ts", route.as_str())]).prove("route.ts", "GET").class
    };
    assert_eq!(outside("requireUser"), Inline);
    assert_eq!(outside("getServerSession"), Unproven);
}

#[test]
fn somebody_must_look_at_the_answer() {
    assert_eq!(of("const session = await getSession(req); return Response.json({ viewer: session?.user });"), Unproven);
}

#[test]
fn an_assertion_passes_who_it_asserts() {
    for (library, expected) in [("tiny-invariant", Inline), ("node:assert", Inline), ("chalk", Unproven)] {
        let route = format!(
            "import check from '{library}';\nimport {{ getSession }} from './lib/auth';\nexport async function GET(req) {{ const session = await getSession(req); check(session, 'no'); {WRITE} }}"
        );
        assert_eq!(class_with(&[("route.ts", route.as_str()), THROWS]), expected, "{library}");
    }
}

#[test]
fn a_guard_may_be_nothing_in_one_way_and_asked_for_in_another() {
    let route = |definition: &str, test: &str| {
        let guard = format!("import {{ db }} from 'db';\nexport {definition}");
        let body = format!(
            "import {{ getSession }} from './lib/auth';\nexport async function GET(req) {{ const session = await getSession(req); if ({test}) {REFUSE} {WRITE} }}"
        );
        class_with(&[("route.ts", body.as_str()), ("lib/auth.ts", guard.as_str())])
    };
    let null =
        "async function getSession(req) { const one = await db.session(req); if (!one) return null; return one; }";
    let bare = "async function getSession(req) { const one = await db.session(req); if (!one) return; return one; }";
    let undefined =
        "const getSession = async (req) => { const one = await db.session(req); return one ? one : undefined; }";
    let chained = "const getSession = async (req) => { const one = await db.session(req); return one?.user; }";
    let falling = "async function getSession(req) { const one = await db.session(req); if (one) { return one; } }";
    let no =
        "async function getSession(req) { const one = await db.session(req); if (!one) return false; return one; }";
    let either = "async function getSession(req) { if (!req.key) return null; const one = await db.session(req); return one?.user; }";
    let unknown = "const getSession = (req) => db.session(req);";
    let (is_null, is_undefined, is_nothing) = ("session === null", "session === undefined", "session == null");
    for (definition, test, expected) in [
        (null, is_null, Inline),
        (null, is_undefined, Unproven),
        (null, is_nothing, Inline),
        (bare, is_null, Unproven),
        (bare, is_undefined, Inline),
        (bare, is_nothing, Inline),
        (undefined, is_null, Unproven),
        (undefined, is_undefined, Inline),
        (chained, is_null, Unproven),
        (chained, is_undefined, Inline),
        (falling, is_null, Unproven),
        (falling, "!session", Inline),
        (no, is_null, Unproven),
        (no, is_nothing, Unproven),
        (no, "!session", Inline),
        (either, is_null, Unproven),
        (either, is_undefined, Unproven),
        (either, is_nothing, Inline),
        (unknown, is_null, Inline),
        (unknown, is_undefined, Inline),
    ] {
        assert_eq!(route(definition, test), expected, "{definition}\n{test}");
    }
    for (value, test, expected) in [
        ("(await getSession(req))?.user", "one === null", Unproven),
        ("(await getSession(req))?.user ?? null", "one === null", Inline),
        ("(await getSession(req)) ?? undefined", "one === null", Unproven),
        ("(await getSession(req)) || null", "one === null", Inline),
    ] {
        let body = format!("const one = {value}; if ({test}) {REFUSE} {WRITE}");
        assert_eq!(of(&body), expected, "{value}\n{test}");
    }
}

#[test]
fn an_answer_or_an_empty_object_is_asked_by_its_parts() {
    for (body, expected) in [
        (format!("const {{ user }} = (await getSession(req)) ?? {{}}; if (!user) {REFUSE}"), Inline),
        (format!("const {{ user }} = (await getSession(req)) || {{}}; if (!user) {REFUSE}"), Inline),
        (format!("const {{ user }} = (await getSession(req)) ?? {{ user: null }}; if (!user) {REFUSE}"), Inline),
        (format!("const one = (await getSession(req)) ?? {{}}; if (!one.user) {REFUSE}"), Inline),
        (format!("const one = await getSession(req); const who = one ? one : {{}}; if (!who.user) {REFUSE}"), Inline),
        (format!("const {{ id }} = (await getSession(req))?.user ?? {{}}; if (!id) {REFUSE}"), Inline),
        (format!("const one = (await getSession(req)) ?? {{}}; if (!one) {REFUSE}"), Unproven),
        (format!("const {{ error }} = (await getSession(req)) ?? {{}}; if (error) {REFUSE}"), Unproven),
        (format!("const {{ user }} = (await getSession(req)) ?? {{ user: req.user }}; if (!user) {REFUSE}"), Unproven),
        (format!("const {{ user }} = (await getSession(req)) ?? {{ ...req.body }}; if (!user) {REFUSE}"), Unproven),
        (format!("const {{ user = 'me' }} = (await getSession(req)) ?? {{}}; if (!user) {REFUSE}"), Unproven),
        (format!("const {{ ...all }} = (await getSession(req)) ?? {{}}; if (!all) {REFUSE}"), Unproven),
    ] {
        assert_eq!(of(&format!("{body} {WRITE}")), expected, "{body}");
    }
}

#[test]
fn what_one_guard_answered_may_be_given_to_another() {
    let guards = "import { db } from 'db';\nexport const current = (req) => req.session;\n\
        export async function requireAdmin(id) { if (!(await db.user.find(id))) throw new Error('no'); }";
    for before in [
        "const { id } = current(req);",
        "const session = current(req); const id = session.id;",
        "const id = current(req);",
    ] {
        let route = format!(
            "import {{ current, requireAdmin }} from './lib/auth';\nimport {{ db }} from 'db';\n\
             export async function GET(req) {{ {before} await requireAdmin(id); {WRITE} }}"
        );
        let files = [("route.ts", route.as_str()), ("lib/auth.ts", guards)];
        assert_eq!(
            Repository::new(&["current", "requireAdmin"], &files).prove("route.ts", "GET").class,
            Inline,
            "{before}"
        );
    }
}
