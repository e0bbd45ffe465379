use super::{NEXT, found, told};

const OK: &str = "export const GET = () => new Response('ok');";

#[test]
fn every_form_of_export_is_a_method() {
    for (what, text) in [
        ("a function", "export async function GET(request) {}"),
        ("a constant that is called", "import { wrap } from 'x'; export const GET = wrap(async () => {});"),
        ("an arrow function", "export const GET = async () => {};"),
        ("a function expression", "export const GET = async function () {};"),
        ("an alias", "async function handler() {}\nexport { handler as GET };"),
        ("its own name", "async function GET() {}\nexport { GET };"),
        ("a re-export", "export { GET } from './elsewhere';"),
        ("a re-export of another name", "export { handler as GET } from './elsewhere';"),
        ("a re-export of the default", "export { default as GET } from './elsewhere';"),
        ("a star", "export * from './elsewhere';"),
        ("a factory that is taken apart", "import { serve } from 'x'; export const { GET } = serve();"),
        ("a factory whose part is renamed", "import { serve } from 'x'; export const { get: GET } = serve();"),
        ("an array that is taken apart", "import { serve } from 'x'; export const [GET] = serve();"),
        ("a variable", "export let GET = async () => {};"),
        ("CommonJS", "module.exports = { GET: async () => {} };"),
        ("a property of exports", "exports.GET = async () => {};"),
    ] {
        let elsewhere = "export const GET = () => {}; export function handler() {}; export default () => {};";
        let files = [NEXT, ("app/api/links/elsewhere.ts", elsewhere), ("app/api/links/route.ts", text)];
        assert_eq!(found(&files), ["GET /api/links"], "{what}");
    }
}

#[test]
fn one_handler_may_have_several_methods() {
    let text = "const handler = () => {};\nexport { handler as GET, handler as POST };\nexport const PUT = () => {};\nexport const PATCH = PUT;";
    assert_eq!(
        told(&[NEXT, ("app/route.ts", text)]),
        [
            "GET / app/route.ts:2:21 exports GET",
            "PATCH / app/route.ts:4:14 exports PATCH",
            "POST / app/route.ts:2:37 exports POST",
            "PUT / app/route.ts:3:14 exports PUT",
        ]
    );
}

#[test]
fn the_methods_of_next_count_and_nothing_else() {
    let text = "export const runtime = 'edge'; export const dynamic = 'force-dynamic'; export const revalidate = 60;
        export const maxDuration = 60; export const preferredRegion = 'iad1'; export type GET = string; export function get() {}
        export function PROPFIND() {} export default function handler() {} export { type POST } from './types';
        export function HEAD() {} export function OPTIONS() {} export function DELETE() {}";
    assert_eq!(found(&[NEXT, ("app/route.ts", text)]), ["DELETE /", "HEAD /", "OPTIONS /"]);
}

#[test]
fn a_star_stands_for_what_its_target_exports_and_through_further_stars() {
    let files = [
        NEXT,
        ("app/api/cron/route.ts", "export * from '../../../shared/cron';"),
        ("shared/cron.ts", "export * from './deeper'; export * from './cron'; export const GET = () => {};"),
        ("shared/deeper.ts", "export const POST = () => {}; export default () => {};"),
    ];
    assert_eq!(
        told(&files),
        [
            "GET /api/cron app/api/cron/route.ts:1:1 exports GET",
            "POST /api/cron app/api/cron/route.ts:1:1 exports POST",
        ]
    );
}

#[test]
fn what_a_star_of_a_dependency_holds_may_be_any_method() {
    let text = "export * from 'handlers'; export function GET() {}";
    assert_eq!(
        told(&[NEXT, ("app/route.ts", text)]),
        ["ANY / app/route.ts:1:1 exports POST", "GET / app/route.ts:1:43 exports GET"]
    );
    let missing = "export * from './missing';";
    assert_eq!(told(&[NEXT, ("app/route.ts", missing)]), ["ANY / app/route.ts:1:1 exports GET"]);
}

#[test]
fn only_a_file_named_route_below_app_is_one() {
    let files = [
        NEXT,
        ("app/api/a/route.ts", OK),
        ("app/api/b/route.tsx", OK),
        ("app/api/c/route.js", OK),
        ("app/api/d/route.jsx", OK),
        ("app/api/e/route.mjs", OK),
        ("app/api/f/route.d.ts", "export declare const GET: () => Response;"),
        ("app/api/g/route.test.ts", OK),
        ("app/api/h/routes.ts", OK),
        ("app/api/i/page.tsx", OK),
        ("app/api/_private/route.ts", OK),
        ("modules/api/j/route.ts", OK),
        ("lib/app/api/k/route.ts", OK),
        ("src/app/api/l/route.ts", OK),
    ];
    assert_eq!(found(&files), ["GET /api/a", "GET /api/b", "GET /api/c", "GET /api/d"]);
}

#[test]
fn app_may_lie_in_src_and_in_packages_of_a_monorepo() {
    let plain = r#"{ "name": "x" }"#;
    let files = [
        ("package.json", plain),
        ("apps/web/package.json", NEXT.1),
        ("apps/web/src/app/api/web/route.ts", OK),
        ("apps/admin/package.json", plain),
        ("apps/admin/next.config.mjs", "export default {};"),
        ("apps/admin/app/api/admin/route.ts", OK),
        ("apps/docs/package.json", plain),
        ("apps/docs/app/api/docs/route.ts", OK),
        ("packages/ui/package.json", r#"{ "peerDependencies": { "next": "16" } }"#),
        ("packages/ui/app/api/ui/route.ts", OK),
        ("app/api/root/route.ts", OK),
    ];
    assert_eq!(found(&files), ["GET /api/admin", "GET /api/web"]);
}

#[test]
fn the_root_of_a_monorepo_may_have_the_dependency_for_all() {
    let files = [
        NEXT,
        ("apps/web/package.json", "{}"),
        ("apps/web/app/api/web/route.ts", OK),
        ("apps/site/package.json", r#"{ "dependencies": { "@remix-run/node": "2" } }"#),
        ("apps/site/app/api/site/route.ts", OK),
    ];
    assert_eq!(found(&files), ["GET /api/web"]);
}

#[test]
fn a_repository_without_any_manifest_is_taken_for_an_application() {
    assert_eq!(found(&[("app/api/links/route.ts", OK)]), ["GET /api/links"]);
}

#[test]
fn page_extensions_replace_the_usual_ones() {
    let files = [
        NEXT,
        ("next.config.ts", "const config = { pageExtensions: ['page.tsx', 'api.ts'] }; export default config;"),
        ("app/a/route.ts", OK),
        ("app/b/route.api.ts", OK),
        ("pages/api/c.ts", "export default () => {};"),
        ("pages/api/d.api.ts", "export default () => {};"),
    ];
    assert_eq!(found(&files), ["ANY /api/d", "GET /b"]);
}

#[test]
fn page_extensions_that_nobody_can_read_add_to_the_usual_ones() {
    let files = [
        NEXT,
        ("next.config.js", "const more = require('more'); module.exports = { pageExtensions: [...more, 'api.ts'] };"),
        ("app/a/route.ts", OK),
        ("app/b/route.api.ts", OK),
    ];
    assert_eq!(found(&files), ["GET /a", "GET /b"]);
}

#[test]
fn a_file_that_hands_everything_to_hono_gives_way_to_its_routes() {
    let text = "import { Hono } from 'hono'; import { handle } from 'hono/vercel';
        const app = new Hono().basePath('/api'); app.get('/links', (c) => c.json({}));
        export const GET = handle(app); export const POST = handle(app);";
    assert_eq!(found(&[NEXT, ("app/api/[[...route]]/route.ts", text)]), ["GET /api/links"]);
    let other =
        ("server.ts", "import { Hono } from 'hono'; const app = new Hono(); app.get('/other', (c) => c.json({}));");
    let outside =
        "import { app } from 'elsewhere'; import { handle } from 'hono/vercel'; export const GET = handle(app);";
    assert_eq!(
        found(&[NEXT, other, ("app/api/[[...route]]/route.ts", outside)]),
        ["GET /api/{route*}", "GET /other"],
        "nobody knows the routes of an application from elsewhere"
    );
}
