use super::{Repository, class, reason};
use crate::result::Proof::{self, Inline, None, Unproven};

fn handler(body: &str) -> String {
    format!(
        "import {{ withAuth, requireUser, getSession }} from './lib/auth';\nimport {{ db }} from 'db';\nexport async function GET(req) {{ {body} }}"
    )
}

pub(super) fn of(body: &str) -> Proof {
    class(&handler(body))
}

#[test]
fn a_guard_that_throws_and_is_waited_for_is_inline() {
    assert_eq!(of("await requireUser(req); return Response.json(await db.all());"), Inline);
    assert_eq!(of("const user = await requireUser(req); return Response.json(await db.all(user.id));"), Inline);
}

#[test]
fn a_guard_that_nobody_waits_for_is_unproven() {
    let body = "requireUser(req); return Response.json(await db.all());";
    assert_eq!(of(body), Unproven);
    assert_eq!(reason(&handler(body)), "nobody waits for the guard: `await` is missing");
}

#[test]
fn a_guard_whose_answer_is_asked_is_inline() {
    for body in [
        "const session = await getSession(req); if (!session) return new Response('no', { status: 401 }); return Response.json(await db.all());",
        "const session = await getSession(req); if (!session?.user) { throw new Error('no'); } return Response.json(await db.all());",
        "const session = await getSession(req); if (session == null) return Response.json({}, { status: 401 }); await db.user.create({});",
        "if (!(await getSession(req))) return new Response('no', { status: 401 }); await db.user.create({});",
        "const session = await getSession(req); if (session) { await db.user.create({}); return Response.json(await db.all()); } return new Response('no', { status: 401 });",
        "const session = await getSession(req); const user = session?.user; if (!user || !user.id) return Response.json({}, { status: 401 }); await db.user.create({});",
        "const session = await getSession(req); if (session.role !== 'admin') return Response.json({}, { status: 403 }); await db.user.create({});",
        "let session; session = await getSession(req); if (!session) return Response.json({}, { status: 403 }); await db.user.create({});",
        "const session = (await getSession(req)) ?? fail(); function fail() { throw new Error(); } await db.user.create({});",
        "const session = await getSession(req); return session ? Response.json(await db.all()) : new Response('no', { status: 401 });",
    ] {
        assert_eq!(of(body), Inline, "{body}");
    }
}

#[test]
fn a_guard_whose_answer_nobody_asks_is_unproven() {
    assert_eq!(of("await getSession(req); await db.user.create({});"), Unproven);
    assert_eq!(of("const session = await getSession(req); await db.user.create({});"), Unproven);
    assert_eq!(
        of("const session = await getSession(req); if (session) { console.log('hi'); } await db.user.create({});"),
        Unproven
    );
    assert_eq!(of("const session = await getSession(req); return Response.json(await db.all());"), Unproven);
}

#[test]
fn what_is_read_from_the_request_may_come_first() {
    for before in [
        "const body = await req.json();",
        "const { id } = await params;",
        "const url = new URL(req.url); const q = url.searchParams.get('q');",
        "const input = schema.parse(await req.json());",
        "console.log('x'); logger.info('y');",
        "if (!req.headers.get('x')) return Response.json({}, { status: 400 });",
    ] {
        assert_eq!(
            of(&format!("{before} await requireUser(req); return Response.json(await db.all());")),
            Inline,
            "{before}"
        );
    }
}

#[test]
fn what_is_written_must_come_after() {
    let body = "await db.user.create({}); await requireUser(req);";
    assert_eq!(of(body), Unproven);
    assert_eq!(reason(&handler(body)), "`db.user.create` runs before any guard on this way");
}

#[test]
fn what_is_read_before_must_not_leave_without_a_guard() {
    assert_eq!(
        of(
            "const link = await db.link.find(); if (!link) return Response.json({}, { status: 404 }); await requireUser(req); return Response.json(link);"
        ),
        Inline
    );
    let leaves = "const link = await db.link.find(); if (link.open) return Response.json(link); await requireUser(req); return Response.json(link);";
    assert_eq!(of(leaves), Unproven);
    assert_eq!(reason(&handler(leaves)), "an answer leaves without the guard, after what was read in line 3");
}

#[test]
fn a_way_around_the_guard_is_unproven() {
    assert_eq!(of("if (req.query.admin) { await requireUser(req); } await db.user.create({});"), Unproven);
    assert_eq!(
        of(
            "if (req.query.admin) { await requireUser(req); } else { await requireUser(req); } await db.user.create({});"
        ),
        Inline
    );
    assert_eq!(of("for (const one of req.list) { await requireUser(one); } await db.user.create({});"), Unproven);
}

#[test]
fn a_guard_whose_refusal_is_caught_and_forgotten_is_unproven() {
    assert_eq!(
        of("try { await requireUser(req); } catch (error) { console.log(error); } await db.user.create({});"),
        Unproven
    );
    assert_eq!(
        of(
            "try { await requireUser(req); await db.user.create({}); } catch (error) { return Response.json({}, { status: 401 }); }"
        ),
        Inline
    );
    assert_eq!(
        of(
            "try { await requireUser(req); } catch { return Response.json({}, { status: 401 }); } await db.user.create({});"
        ),
        Inline
    );
}

#[test]
fn what_a_caught_error_makes_of_itself_reads_nothing() {
    let made = |before: &str| {
        format!(
            "try {{ {before} const user = await requireUser(req); return Response.json(await db.of(user)); }} \
             catch (error) {{ if (error instanceof ApiError) return error.toResponse(); throw error; }}"
        )
    };
    assert_eq!(of(&made("")), Inline);
    assert_eq!(of(&made("const link = await db.link.find();")), Unproven);
}

#[test]
fn who_came_may_be_told_before_whatever_is_done_for_that() {
    for tell in ["captureEvent", "trackServerEvent", "recordApiError"] {
        let route = format!(
            "{}\nasync function {tell}(what) {{ await db.key.update({{ usedAt: now() }}); }}",
            handler(&format!("{tell}('asked'); await requireUser(req); return Response.json(await db.all());"))
        );
        assert_eq!(class(&route), Inline, "{tell}");
    }
    for other in ["captureOrder", "recordEvent"] {
        let route = format!(
            "{}\nasync function {other}(what) {{ await db.key.update({{ usedAt: now() }}); }}",
            handler(&format!("{other}('asked'); await requireUser(req); return Response.json(await db.all());"))
        );
        assert_eq!(class(&route), Unproven, "{other}");
    }
}

#[test]
fn a_guard_in_dead_words_is_none() {
    assert_eq!(of("// requireUser(req)\n return Response.json(await db.all());"), None);
    assert_eq!(of("const text = 'requireUser(req)'; return Response.json(await db.all());"), None);
    assert_eq!(of("return Response.json(await db.all()); function never() { return requireUser(req); }"), None);
}

#[test]
fn a_guard_around_the_work_in_a_handler_is_inline() {
    let body = "return quiet(() => withAuth(async (user) => Response.json(await db.user.create(user))));";
    let route = format!(
        "{}\nconst quiet = async (work) => {{ try {{ return await work(); }} catch (error) {{ return Response.json({{}}, {{ status: 500 }}); }} }};",
        handler(body)
    );
    assert_eq!(class(&route), Inline);
    assert_eq!(of("return withAuth(async () => Response.json(await db.all()))(req);"), Inline);
}

#[test]
fn a_guard_that_passes_over_some_requests_and_throws_for_others_needs_nobody_to_look() {
    let guard =
        "export async function requireUser(req) { if (process.env.LOCAL) return; if (!req.user) throw new Error(); }";
    let route = "import { requireUser } from './lib/auth';\nexport async function GET(req) { await requireUser(req); await db.user.create({}); }";
    assert_eq!(super::class_with(&[("route.ts", route), ("lib/auth.ts", guard)]), Inline);
}

#[test]
fn a_handler_that_something_from_outside_is_told_to_run_is_gone_through() {
    let route = |first: &str| {
        format!(
            "import {{ requireUser }} from './lib/auth';\nimport {{ db }} from 'db';\nimport {{ AsyncLocalStorage }} from 'node:async_hooks';\n\
             const storage = new AsyncLocalStorage();\n\
             const within = (context, callback) => storage.run(context, callback);\n\
             const withError = (handler) => async (req) => within({{}}, async () => {{\n\
               try {{ return await handler(req); }} catch (error) {{\n\
                 const why = await db.why(error);\n return Response.json({{ error: why.text }}, {{ status: why.code }}); }}\n}});\n\
             export const GET = withError(async (req) => {{ {first} return Response.json(await db.all()); }});"
        )
    };
    assert_eq!(class(&route("await requireUser(req);")), Inline);
    assert_eq!(class(&route("await db.user.create({}); await requireUser(req);")), Unproven);
    assert_eq!(class(&route("")), None);
}

#[test]
fn a_guard_around_the_handler_in_an_object_is_inline() {
    let given = "handler: async () => Response.json(await db.user.create({}))";
    assert_eq!(of(&format!("return withAuth({{ req, {given} }});")), Inline);
    assert_eq!(of(&format!("return withAuth({{ body: await req.json(), {given} }});")), Inline);
    assert_eq!(of(&format!("return withAuth({{ req, {given}, optional: true }});")), Unproven);
    assert_eq!(of(&format!("return withAuth({{ body: await db.user.delete({{}}), {given} }});")), Unproven);
    assert_eq!(of(&format!("await withAuth({{ req, {given} }}); await db.user.delete({{}});")), Unproven);
    assert_eq!(of("return withAuth({ req, handler: 'users' });"), Unproven);
    assert_eq!(of("return withAuth({ req, onError: async () => db.user.create({}) });"), Unproven);
}

#[test]
fn a_method_of_a_guard_that_throws_by_its_name_asks_it() {
    let class = |method: &str| {
        let route = format!(
            "import {{ auth }} from '@clerk/nextjs/server';\nimport {{ db }} from 'db';\n\
             export async function GET() {{ await auth.{method}(); return Response.json(await db.user.create({{}})); }}"
        );
        Repository::new(&["auth"], &[("route.ts", &route)]).prove("route.ts", "GET").class
    };
    assert_eq!((class("protect"), class("signOut")), (Inline, None));
}
