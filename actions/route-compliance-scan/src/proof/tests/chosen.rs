//! Functions that are chosen from several, or handed over with others.

use super::{THROWS, class, class_with};
use crate::result::Proof::{Delegated, Inline, None, Unproven};

const FUNCTIONS: &str = "import { getSession } from './lib/auth';\nimport { db } from 'db';\nimport { outside } from 'some-lib';
    const open = async (req) => Response.json(await db.all());
    const shut = async (req) => { const session = await getSession(req); if (!session) return new Response('', { status: 401 }); return Response.json(await db.all()); };
    const tells = (error) => { console.log(error); };\n";

fn of(rest: &str) -> crate::result::Proof {
    class(&format!("{FUNCTIONS}{rest}"))
}

#[test]
fn a_table_is_as_good_as_its_worst_row() {
    let served = "export const GET = async (req) => { const one = table[req.url]; if (!one) return new Response('', { status: 404 }); return one(req); };";
    assert_eq!(of(&format!("const table = {{ a: shut, b: shut }}; {served}")), Delegated);
    assert_eq!(of(&format!("const table = {{ a: shut, b: open }}; {served}")), Unproven);
    assert_eq!(of(&format!("const table = {{ a: open, b: open }}; {served}")), None);
    assert_eq!(of("const table = { a: shut }; export const GET = table.a;"), Inline);
}

#[test]
fn all_functions_that_are_handed_over_must_ask() {
    assert_eq!(of("export const GET = outside(shut);"), Inline);
    assert_eq!(of("export const GET = outside(shut, shut);"), Inline);
    assert_eq!(of("export const GET = outside(shut, { onError: tells });"), Inline);
    assert_eq!(of("export const GET = outside(shut, tells);"), Unproven);
    assert_eq!(of("export const GET = outside({ list: () => db.all(), one: shut });"), Unproven);
    assert_eq!(of("export const GET = outside(open, shut);"), Unproven);
    assert_eq!(of("export const GET = outside({ a: open, b: shut });"), Unproven);
    assert_eq!(of("export const GET = outside(open);"), None);
}

#[test]
fn one_of_two_ways_without_a_guard_is_unproven() {
    assert_eq!(of("export const GET = (req) => (req.headers.get('x') ? open(req) : shut(req));"), Unproven);
    assert_eq!(of("export const GET = (req) => (req.headers.get('x') ? shut(req) : shut(req));"), Delegated);
}

#[test]
fn computing_is_no_deed() {
    for before in [
        "const hash = createHash('sha256').update(req.url).digest('hex');",
        "const hash = crypto.createHash('sha256'); hash.update(req.url); await hash.set(req.url);",
        "const key = await crypto.subtle.importKey('raw', req.url);",
        "await request.log.info('x');",
    ] {
        let route = format!(
            "import crypto, {{ createHash }} from 'node:crypto';\nimport {{ requireUser }} from './lib/auth';\nexport async function GET(req) {{ {before} await requireUser(req); await db.user.create({{}}); }}"
        );
        assert_eq!(class_with(&[("route.ts", route.as_str()), THROWS]), Inline, "{before}");
    }
    let deed = "import { requireUser } from './lib/auth';\nexport async function GET(req) { await db.log.deleteMany({}); await requireUser(req); }";
    assert_eq!(class_with(&[("route.ts", deed), THROWS]), Unproven);
}

#[test]
fn a_guard_in_a_function_that_is_handed_over_is_unproven() {
    let upload = |before: &str, inside: &str| {
        of(&format!(
            "import {{ requireUser }} from './lib/auth';\nexport const GET = async (req) => {{ {before} return outside({{ onBefore: async () => {{ {inside} }} }}); }};"
        ))
    };
    assert_eq!(upload("", "await requireUser(req);"), Unproven);
    assert_eq!(upload("await requireUser(req);", "await db.user.create({});"), Inline);
    assert_eq!(upload("", "await requireUser(req); await db.user.create({});"), Unproven);
}

#[test]
fn a_table_that_is_written_to_later_is_unproven() {
    assert_eq!(of("const table = { a: shut }; export const GET = table.a;"), Inline);
    assert_eq!(of("const table = { a: shut }; table.a = open; export const GET = table.a;"), Unproven);
    assert_eq!(
        of("const table = { a: shut }; for (const one of names) table[one] = open; export const GET = table.a;"),
        Unproven
    );
    assert_eq!(of("const table = { a: shut }; const other = {}; other.a = open; export const GET = table.a;"), Inline);
}
