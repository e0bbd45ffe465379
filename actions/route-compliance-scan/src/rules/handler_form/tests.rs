//! What it finds, and what it leaves alone.

use super::RULE;
use crate::rules::testing::{fires, silent, told};

const JSON: &str = "{}";

fn at(text: &str) -> Vec<(&str, &str)> {
    vec![("vercel.json", JSON), ("api/a.ts", text)]
}

#[test]
fn a_function_that_returns_a_response_never_answers() {
    for text in [
        "export default async function handler(req: Request) { return new Response('ok'); }",
        "export default async (req) => Response.json({});",
        "export default (req) => new Response('ok');",
        "async function handler(req) { return new Response('ok'); }\nexport default handler;",
        "const handler = async (req) => { try { return Response.json({}); } catch { return new Response('no', { status: 500 }); } };\nexport { handler as default };",
        "module.exports = async (req) => new Response('ok');",
        "export default async function (req): Promise<Response> { return answer(req); }",
        "function answer() { return new Response('ok'); }\nexport default (req) => answer();",
        "export default async (req) => { const response = new Response('ok'); return response; };",
        "export default async (req) => fetch('https://example.com');",
        "export default async (req: Request, context: Context) => { context.waitUntil(1); return new Response('ok'); };",
        "import { handle } from 'hono/vercel'; import { Hono } from 'hono'; const app = new Hono(); export default handle(app);",
        "const log = (inner) => async (req) => { return inner(req); };\nexport default log(async (req: Request) => new Response('ok'));",
        "export const config = { runtime: 'nodejs' }; export default (req) => new Response('ok');",
    ] {
        fires(RULE.ident, &at(text));
    }
}

#[test]
fn a_function_of_another_file_never_answers_either() {
    let lib = (
        "lib/handler.ts",
        "export default async (req: Request) => new Response('ok'); export const other = (req) => new Response();",
    );
    for text in [
        "export { default } from '../lib/handler';",
        "export { other as default } from '../lib/handler';",
        "import handler from '../lib/handler'; export default handler;",
    ] {
        fires(RULE.ident, &[("vercel.json", JSON), lib, ("api/a.ts", text)]);
    }
}

#[test]
fn what_vercel_waits_for_is_right() {
    for text in [
        "export function GET() { return new Response('ok'); }",
        "export const POST = async () => Response.json({}); export default () => new Response();",
        "export function fetch(request) { return new Response('ok'); }",
        "export default { fetch: (request) => new Response('ok') };",
        "const server = { fetch() { return new Response(); } }; export default server;",
        "const server = { fetch() { return new Response(); } } satisfies Server; export default server;",
        "import { Hono } from 'hono'; const app = new Hono(); export default app;",
        "import { Elysia } from 'elysia'; export default new Elysia().get('/', () => 'ok');",
        "import express from 'express'; const app = express(); export default app;",
        "export default function handler(req, res) { res.status(200).json({}); }",
        "export default async (req: VercelRequest, res: VercelResponse) => { const answer = await fetch('x'); return res.json(answer); };",
        "export default (req, res) => { return new Promise((done) => { res.end(); done(); }); };",
        "export const config = { runtime: 'edge' }; export default (req) => new Response('ok');",
        "export const runtime = 'edge'; export default (req) => new Response('ok');",
        "const edge = 'edge'; export const config = { runtime: edge }; export default (req) => new Response('ok');",
        "import { translate } from 'adapter'; export default translate((req: Request) => new Response('ok'));",
        "const node = (inner) => async (req, res) => { res.end(await (await inner(req)).text()); }; export default node((req: Request) => new Response('ok'));",
        "module.exports = (req, res) => res.end('ok');",
        "export default (req) => { const make = () => new Response('ok'); console.log(make); };",
    ] {
        silent(RULE.ident, &at(text));
    }
}

#[test]
fn files_that_vercel_does_not_call_are_no_concern() {
    let text = "export default async (req: Request) => new Response('ok');";
    silent(
        RULE.ident,
        &[("package.json", r#"{ "dependencies": { "next": "16" } }"#), ("pages/api/a.ts", text), ("api/a.ts", text)],
    );
    silent(RULE.ident, &[("vercel.json", JSON), ("api/_a.ts", text), ("lib/a.ts", text)]);
}

#[test]
fn the_help_is_what_to_write() {
    let help = |text: &str| told(RULE.ident, &at(text)).remove(0).help;
    assert_eq!(
        help("export default async function handler(req: Request) {\n  return new Response('ok');\n}"),
        "Export an object with `fetch`:\nasync function handler(req: Request) {\n…\nexport default { fetch: handler };"
    );
    assert_eq!(
        help("export default (req) => new Response('ok');"),
        "Export an object with `fetch`:\nexport default { fetch: (req) => new Response('ok') };"
    );
    assert_eq!(
        help("module.exports = (req) => new Response('ok');"),
        "Export an object with `fetch`:\nmodule.exports = { fetch: (req) => new Response('ok') };"
    );
    assert_eq!(
        help("import { handle } from 'hono/vercel'; import { app } from 'app'; export default handle(app);"),
        "Export an object with `fetch`:\nexport default app;"
    );
}
