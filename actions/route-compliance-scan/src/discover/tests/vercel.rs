use super::{NEXT, found, told};

const ANSWERS: &str = "export default function handler(req, res) { res.json({}); }";

#[test]
fn every_form_of_function_is_a_route() {
    for (text, expected) in [
        ("export function GET() {} export const POST = () => {};", vec!["GET /api/a", "POST /api/a"]),
        ("export function HEAD() {} export default () => {};", vec!["HEAD /api/a"]),
        ("export async function fetch(request) {}", vec!["ANY /api/a"]),
        ("export default { fetch(request) {} };", vec!["ANY /api/a"]),
        ("const server = { fetch: () => {} }; export default server satisfies Server;", vec!["ANY /api/a"]),
        (ANSWERS, vec!["ANY /api/a"]),
        ("export default async (req) => new Response();", vec!["ANY /api/a"]),
        ("module.exports = (req, res) => {};", vec!["ANY /api/a"]),
        ("export = (req, res) => {};", vec!["ANY /api/a"]),
        ("export { default } from '../lib/handler';", vec!["ANY /api/a"]),
        (
            "export default (req, res) => { if (req.method !== 'POST') return res.status(405).end(); };",
            vec!["POST /api/a"],
        ),
        ("export const help = 1;", vec![]),
        ("export default { help: 1 };", vec![]),
        ("import { Hono } from 'hono'; const app = new Hono(); export default app;", vec![]),
        ("const Koa = require('koa'); const app = new Koa(); app.use(all); module.exports = app;", vec!["ANY /api/a"]),
        ("import { Elysia } from 'elysia'; export default new Elysia().get('/', all);", vec!["ANY /api/a"]),
        (
            "import { createServer } from 'node:http'; createServer((req, res) => res.end()).listen();",
            vec!["ANY /api/a"],
        ),
        (
            "const http = require('http'); const server = http.createServer(all); server.listen(3000);",
            vec!["ANY /api/a"],
        ),
        ("import express from 'express'; const app = express(); app.listen(3000);", vec![]),
        ("const app = require('express')(); require('http').createServer(app).listen();", vec![]),
        ("export const listen = (server) => server.listen();", vec![]),
    ] {
        let lib = ("lib/handler.ts", ANSWERS);
        assert_eq!(found(&[("vercel.json", "{}"), lib, ("api/a.ts", text)]), expected, "{text}");
    }
}

#[test]
fn the_object_with_fetch_is_what_answers() {
    let text = "export default { fetch(request) { return new Response(); } };";
    assert_eq!(told(&[("vercel.json", "{}"), ("api/a.ts", text)]), ["ANY /api/a api/a.ts:1:16 property fetch"]);
}

#[test]
fn files_that_vercel_skips_are_none() {
    let files = [
        ("vercel.json", "{}"),
        ("api/index.ts", ANSWERS),
        ("api/links/[id].js", ANSWERS),
        ("api/tool.mjs", ANSWERS),
        ("api/view.tsx", ANSWERS),
        ("api/_lib/a.ts", ANSWERS),
        ("api/_a.ts", ANSWERS),
        ("api/.hidden.ts", ANSWERS),
        ("api/types.d.ts", ANSWERS),
        ("api/a.cjs", ANSWERS),
        ("api/a.test.ts", ANSWERS),
        ("src/api/a.ts", ANSWERS),
    ];
    assert_eq!(found(&files), ["ANY /api", "ANY /api/links/{id}", "ANY /api/tool", "ANY /api/view"]);
}

#[test]
fn a_folder_api_counts_only_beside_what_vercel_builds() {
    let plain = r#"{ "name": "x" }"#;
    let cases: [(&[(&str, &str)], bool); 8] = [
        (&[("package.json", r#"{ "dependencies": { "vite": "7" } }"#), ("api/a.ts", ANSWERS)], true),
        (&[NEXT, ("api/a.ts", ANSWERS)], false),
        (&[NEXT, ("vercel.json", "{}"), ("api/a.ts", ANSWERS)], true),
        (&[("package.json", r#"{ "dependencies": { "express": "5" } }"#), ("api/a.ts", ANSWERS)], false),
        (
            &[
                ("package.json", r#"{ "dependencies": { "express": "5" } }"#),
                ("vercel.json", "{}"),
                ("api/a.ts", ANSWERS),
            ],
            true,
        ),
        (&[("package.json", plain), ("apps/web/package.json", plain), ("apps/web/api/a.ts", ANSWERS)], false),
        (&[("package.json", plain), ("apps/web/vercel.json", "{}"), ("apps/web/api/a.ts", ANSWERS)], true),
        (
            &[
                ("apps/web/package.json", r#"{ "devDependencies": { "@vercel/node": "5" } }"#),
                ("apps/web/api/a.ts", ANSWERS),
            ],
            true,
        ),
    ];
    for (files, is_route) in cases {
        assert_eq!(found(files).len(), usize::from(is_route), "{files:?}");
    }
}
