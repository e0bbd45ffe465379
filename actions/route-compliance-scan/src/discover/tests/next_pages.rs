use super::{NEXT, found, told};

const ANSWERS: &str = "export default function handler(req, res) { res.json({}); }";

#[test]
fn each_file_below_api_with_a_default_export_is_a_route() {
    let files = [
        NEXT,
        ("pages/api/index.ts", ANSWERS),
        ("pages/api/links/index.ts", ANSWERS),
        ("pages/api/links/[id].ts", ANSWERS),
        ("pages/api/auth/[...nextauth].ts", ANSWERS),
        ("pages/api/any/[[...rest]].js", ANSWERS),
        ("pages/api/test/ping.ts", ANSWERS),
        ("pages/api/helpers.ts", "export function help() {}"),
        ("pages/api/types.d.ts", "export default function handler(): void;"),
        ("pages/api/links.test.ts", ANSWERS),
        ("pages/api/otel/generated/root.ts", ANSWERS),
        ("pages/index.tsx", ANSWERS),
        ("pages/apis/links.ts", ANSWERS),
        ("lib/pages/api/links.ts", ANSWERS),
    ];
    assert_eq!(
        found(&files),
        [
            "ANY /api",
            "ANY /api/any/{rest*}",
            "ANY /api/auth/{nextauth+}",
            "ANY /api/links",
            "ANY /api/links/{id}",
            "ANY /api/test/ping",
        ]
    );
}

#[test]
fn every_form_of_default_export_is_a_handler() {
    for text in [
        "export default () => {};",
        "const handler = () => {}; export default handler;",
        "const handler = () => {}; export { handler as default };",
        "export { default } from '../../lib/handler';",
        "export { handler as default } from '../../lib/handler';",
        "import { wrap } from 'x'; export default wrap(() => {});",
        "module.exports = (req, res) => {};",
        "export const config = { api: { bodyParser: false } }; export default async function (req, res) {}",
    ] {
        let lib = ("lib/handler.ts", "export default () => {}; export const handler = () => {};");
        assert_eq!(found(&[NEXT, lib, ("pages/api/links.ts", text)]), ["ANY /api/links"], "{text}");
    }
}

#[test]
fn methods_that_a_handler_tells_apart_are_routes_of_their_own() {
    for (what, text) in [
        ("if", "export default (req, res) => { if (req.method === 'POST') {} else if (req.method == 'GET') {} }"),
        ("switch", "export default (req, res) => { switch (req.method) { case 'GET': break; case 'POST': break; } }"),
        ("taken apart", "export default ({ method }, res) => { if (method === 'POST' || method === 'GET') {} }"),
        (
            "a variable",
            "export default (req) => { const { method } = req; if (method === 'POST') {} if ('GET' === method) {} }",
        ),
        ("a list", "export default (req) => { if (!['GET', 'POST'].includes(req.method)) return; }"),
        (
            "a wrapper",
            "import { wrap } from 'x'; export default wrap((req) => { if (req.method === 'GET') {} if (req.method === 'POST') {} });",
        ),
        (
            "two wrappers",
            "import { a, b } from 'x'; const h = (req) => { if (req.method === 'GET') {} if (req.method === 'POST') {} }; export default a(b(h));",
        ),
        (
            "a wrapper with options",
            "import { a } from 'x'; export default a({})((req) => { if (req.method === 'GET') {} if (req.method === 'POST') {} });",
        ),
        (
            "a table",
            "const table = { GET: () => {}, POST: () => {} }; export default (req) => table[req.method]?.(req);",
        ),
        (
            "a table of a variable",
            "const table = { GET: () => {}, POST: () => {} }; export default (req) => { const method = req.method ?? 'GET'; const run = table[method]; run(req); };",
        ),
    ] {
        assert_eq!(found(&[NEXT, ("pages/api/links.ts", text)]), ["GET /api/links", "POST /api/links"], "{what}");
    }
}

#[test]
fn a_factory_that_is_given_a_handler_for_each_method_serves_those() {
    let text = "import { withMiddlewares } from 'x';\nexport default withMiddlewares({ GET: read(), POST: write() });";
    assert_eq!(
        told(&[NEXT, ("src/pages/api/links.ts", text)]),
        [
            "GET /api/links src/pages/api/links.ts:2:16 property GET",
            "POST /api/links src/pages/api/links.ts:2:16 property POST",
        ]
    );
}

#[test]
fn a_word_like_a_method_is_none_where_nobody_asks_for_the_method() {
    let text = "export default async (req, res) => { await fetch('https://example.com', { method: 'POST' }); }";
    assert_eq!(found(&[NEXT, ("pages/api/links.ts", text)]), ["ANY /api/links"]);
}

#[test]
fn a_handler_that_only_hands_the_request_on_does_as_the_one_that_gets_it() {
    let lib = (
        "lib/route.ts",
        "export async function handle(req, res) { if (req.method !== 'POST') return res.status(405).end(); }",
    );
    for text in [
        "import { handle } from '../../lib/route'; export default function (req, res) { return handle(req, res); }",
        "import { handle } from '../../lib/route'; export default async (req, res) => await handle(req, res);",
    ] {
        assert_eq!(found(&[NEXT, lib, ("pages/api/links.ts", text)]), ["POST /api/links"], "{text}");
    }
}

#[test]
fn what_is_served_for_all_other_methods_is_a_route_too() {
    for (text, is_served) in [
        ("if (req.method === 'GET') return res.json({}); await remove(req.body);", true),
        ("if (req.method === 'GET') { res.json({}); } else { await remove(req.body); }", true),
        ("switch (req.method) { case 'GET': return res.json({}); default: return remove(req.body); }", true),
        ("if (!(req.method === 'GET')) { return remove(req.body); } res.json({});", true),
        ("try { if (req.method === 'GET') return res.json({}); return NextAuth(req, res, {}); } catch {}", true),
        ("if (req.method !== 'GET') { return res.status(405).end(); } await list();", false),
        (
            "if (req.method === 'GET') { await list(); } else { res.setHeader('Allow', ['GET']); return res.status(405).end(`${req.method}`); }",
            false,
        ),
        (
            "const user = await session(req); if (req.method === 'GET') { return res.json(user); } res.status(405).end();",
            false,
        ),
        ("switch (req.method) { case 'GET': return list(); default: throw new Error('no'); }", false),
        ("if (!['GET'].includes(req.method)) return res.status(405).json({}); return list();", false),
        ("if (req.method === 'GET') { return list(); } console.log('who?'); throw new HttpError(405);", false),
    ] {
        let text = format!("export default async function handler(req, res) {{ {text} }}");
        let expected: &[&str] = if is_served { &["ANY /api/links", "GET /api/links"] } else { &["GET /api/links"] };
        assert_eq!(found(&[NEXT, ("pages/api/links.ts", &text)]), expected, "{text}");
    }
}
