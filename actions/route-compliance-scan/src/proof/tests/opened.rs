//! Options of a guard that let anybody pass.

use super::{Repository, THROWS, class, reason};
use crate::result::Proof::{self, Inline, None, Unproven, Wrapped};

const IMPORT: &str = "import { withAuth, requireUser, getSession } from './lib/auth';\nimport { db } from 'db';";

fn around(options: &str) -> Proof {
    class(&format!("{IMPORT}\nexport const GET = withAuth(async () => Response.json(await db.all()), {options});"))
}

#[test]
fn a_guard_that_an_option_opens_is_unproven() {
    for options in [
        "{ optional: true }",
        "{ required: false }",
        "{ auth: false }",
        "{ allowAnonymous: true }",
        "{ public: true }",
        "{ requireAuth: false }",
        "{ skipAuth: true }",
        "{ auth: 'optional' }",
        "{ auth: { mode: 'try' } }",
        "{ role: 'owner', 'optional': !0 }",
        "{ optional: !req.strict }",
        "{ optional: process.env.OPEN === '1' }",
        "{ required: process.env.OPEN ? false : true }",
        "{ ...{ optional: true } }",
    ] {
        assert_eq!(around(options), Unproven, "{options}");
    }
    let named =
        format!("{IMPORT}\nconst open = {{ optional: true }};\nexport const GET = withAuth(async () => {{}}, open);");
    assert_eq!(class(&named), Unproven);
}

#[test]
fn a_guard_that_other_options_shape_is_wrapped() {
    for options in [
        "{ requiredPermissions: ['links.write'] }",
        "{ requiredPlan: ['pro'], featureFlag: 'domains' }",
        "{ skipPermissionChecks: true }",
        "{ skipScopeChecks: true }",
        "{ optional: false }",
        "{ required: true, auth: true }",
        "{ auth: authOptions }",
        "{ public: publicKey, mode: 'strict' }",
        "{ input: { optional: true } }",
    ] {
        assert_eq!(around(options), Wrapped, "{options}");
    }
}

#[test]
fn the_reason_names_the_option() {
    let route = format!("{IMPORT}\nexport const GET = withAuth(async () => {{}}, {{ optional: true }});");
    assert_eq!(reason(&route), "the option `optional: true` lets anybody past the guard");
    let mine = "const mine = (handler) => withAuth(handler, { auth: false });";
    let route = format!("{IMPORT}\n{mine}\nexport const GET = mine(async () => {{}});");
    assert_eq!(reason(&route), "the option `auth: false` lets anybody past the guard");
    let called = format!(
        "{IMPORT}\nexport async function GET(req) {{ await requireUser(req, {{ required: false }}); await db.user.create({{}}); }}"
    );
    assert_eq!(reason(&called), "the option `required: false` lets anybody past the guard");
}

#[test]
fn wherever_the_opened_guard_stands_it_is_unproven() {
    for rest in [
        "export const GET = withAuth({ optional: true })(async () => {});",
        "import { compose } from 'compose';\nexport const GET = compose(withAuth({ optional: true }))(async () => {});",
        "import { handle } from 'handle';\nexport const GET = handle({ middleware: [withAuth({ public: true })], handler: async () => {} });",
        "const inner = withAuth(async () => {}, { optional: true });\nexport const GET = (req) => inner(req);",
        "export const GET = (req) => withAuth(async () => db.all(), { optional: true })(req);",
        "export const GET = withAuth.bind(null, { optional: true })(async () => {});",
        "const options = () => ({ optional: true });\nexport const GET = withAuth(async () => {}, options());",
        "const make = (options) => (handler) => withAuth(handler, options);\nexport const GET = make({ optional: true })(async () => {});",
        "const make = (optional) => (handler) => withAuth(handler, { optional });\nexport const GET = make(true)(async () => {});",
        "const make = ({ open }) => (handler) => withAuth(handler, { optional: open });\nexport const GET = make({ open: true })(async () => {});",
        "const ask = (req, options) => requireUser(req, options);\nexport const GET = async (req) => { await ask(req, { required: false }); await db.user.create({}); };",
        "export const GET = async (req) => { await requireUser(req, { required: false }); await db.user.create({}); };",
        "export const GET = async (req) => { const user = await requireUser(req, { required: false }); await db.user.create({}); };",
    ] {
        assert_eq!(class(&format!("{IMPORT}\n{rest}")), Unproven, "{rest}");
    }
    let layered = format!("{IMPORT}\nexport const GET = withAuth(withAuth(async () => {{}}), {{ optional: true }});");
    assert_eq!(class(&layered), Unproven);
}

#[test]
fn options_that_are_handed_on_open_no_guard_where_they_do_not_say_so() {
    for rest in [
        "const options = () => ({ role: 'owner' });\nexport const GET = withAuth(async () => {}, options());",
        "const make = (options) => (handler) => withAuth(handler, options);\nexport const GET = make({ optional: false })(async () => {});",
        "const make = (optional) => (handler) => withAuth(handler, { optional });\nexport const GET = make(false)(async () => {});",
        "export const GET = withAuth.input({ optional: true }).query(async () => {});",
    ] {
        assert_eq!(class(&format!("{IMPORT}\n{rest}")), Wrapped, "{rest}");
    }
}

#[test]
fn an_opened_guard_whose_answer_is_asked_all_the_same_is_inline() {
    let route = format!(
        "{IMPORT}\nexport async function GET(req) {{ const user = await requireUser(req, {{ required: false }}); if (!user) return new Response('', {{ status: 401 }}); await db.user.create({{}}); }}"
    );
    assert_eq!(class(&route), Inline);
}

#[test]
fn an_option_of_something_else_opens_no_guard() {
    let route = "import { trace } from 'trace';\nimport { withAuth } from './lib/auth';\nexport const GET = trace(withAuth(async () => {}), { optional: true });";
    assert_eq!(class(route), Wrapped);
    let open = "import { trace } from 'trace';\nexport const GET = trace(async () => {}, { optional: true });";
    assert_eq!(Repository::new(&["withAuth"], &[("route.ts", open), THROWS]).prove("route.ts", "GET").class, None);
}

#[test]
fn next_auth_only_tells_who_asks() {
    let class = |handler: &str| {
        let auth = "import NextAuth from 'next-auth';\nexport const { handlers, auth } = NextAuth({});";
        let route = format!(
            "import {{ auth }} from './lib/next';\nimport {{ db }} from 'db';\nexport const GET = auth({handler});"
        );
        let files = [("lib/next.ts", auth), ("route.ts", route.as_str())];
        Repository::new(&["auth"], &files).prove("route.ts", "GET").class
    };
    for open in ["async () => Response.json(await db.all())", "async (req) => Response.json(await db.all(req.url))"] {
        assert_eq!(class(open), Unproven, "{open}");
    }
    let refused = "return new Response('no', { status: 401 }); return Response.json(await db.all());";
    for asked in [
        format!("async (req) => {{ if (!req.auth) {refused} }}"),
        format!("async ({{ auth }}) => {{ if (!auth) {refused} }}"),
    ] {
        assert_eq!(class(&asked), Wrapped, "{asked}");
    }
}
