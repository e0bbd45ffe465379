use super::{NEXT, found};

const TRPC: (&str, &str) = (
    "server/root.ts",
    "import { initTRPC } from '@trpc/server'\nconst t = initTRPC.create()\n\
     export const appRouter = t.router({ list: t.procedure.query(() => 1) })",
);

#[test]
fn what_only_hands_requests_to_trpc_is_no_route_beside_its_procedures() {
    let pages = "import { createNextApiHandler } from '@trpc/server/adapters/next'\nimport { appRouter } from '../../../server/root'\n\
                 export default createNextApiHandler({ router: appRouter, createContext })";
    let app = "import { fetchRequestHandler } from '@trpc/server/adapters/fetch'\nimport { appRouter } from '../../../../server/root'\n\
               const handler = (req: Request) => fetchRequestHandler({ req, router: appRouter })\nexport { handler as GET, handler as POST }";
    let files = [NEXT, TRPC, ("pages/api/trpc/[trpc].ts", pages), ("app/api/v2/[trpc]/route.ts", app)];
    assert_eq!(found(&files), ["QUERY /list"]);
}

#[test]
fn what_does_more_or_hands_requests_to_a_router_from_elsewhere_stays() {
    let more = "import { fetchRequestHandler } from '@trpc/server/adapters/fetch'\nimport { appRouter } from '../../../server/root'\n\
                export const GET = (req: Request) => {\n  count(req)\n  return fetchRequestHandler({ req, router: appRouter })\n}";
    let elsewhere = "import { createNextApiHandler } from '@trpc/server/adapters/next'\nimport { appRouter } from 'elsewhere'\n\
                     export default createNextApiHandler({ router: appRouter })";
    let unknown = "import { createNextApiHandler } from '@trpc/server/adapters/next'\nimport { build } from 'elsewhere'\n\
                   const appRouter = build({ list })\nexport default createNextApiHandler({ router: appRouter })";
    let files = [
        NEXT,
        TRPC,
        ("app/api/more/route.ts", more),
        ("pages/api/unknown.ts", unknown),
        ("pages/api/[trpc].ts", elsewhere),
    ];
    assert_eq!(found(&files), ["GET /api/more", "ANY /api/unknown", "ANY /api/{trpc}", "QUERY /list"]);
}

#[test]
fn a_server_around_remix_has_no_route_for_all_of_it() {
    let server = "import express from 'express'\nimport { createRequestHandler } from '@remix-run/express'\nconst app = express()\n\
                  app.use(log)\napp.get('/health', (req, res) => res.end())\napp.all('*', createRequestHandler({ build }))";
    let package = ("package.json", r#"{ "dependencies": { "@remix-run/node": "2.0.0" } }"#);
    let page = ("app/routes/users.tsx", "export const loader = () => 1");
    assert_eq!(found(&[package, page, ("server.ts", server)]), ["GET /health", "GET /users"]);
    assert_eq!(found(&[package, ("server.ts", server)]), ["GET /health", "ANY /{rest*}"], "nobody knows its routes");
}
