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
