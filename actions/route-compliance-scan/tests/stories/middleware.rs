//! Frameworks whose middleware stands before routes that are written elsewhere: it guards where it asks.

use crate::story::{Story, routes};

const GUARD: &str = "export async function requireUser(request) {\n  const user = await read(request);\n  \
                     if (!user) throw new Error('nobody');\n  return user;\n}\n";

/// An application that depends on this, with a policy that names these guards.
fn app(package: &str, guards: &[&str]) -> Story {
    let policy = format!("[routes]\nguards = {guards:?}\naccept = [\"inline\", \"router\"]\nheaders = []\n");
    Story::empty().file("package.json", format!("{{ \"dependencies\": {{ {package} }} }}")).policy(&policy)
}

#[test]
fn middleware_of_nest_guards_where_it_asks_before_it_goes_on() {
    let app = "import { Controller, Get, Module } from '@nestjs/common';\n\
               import { Asks, AsksLate, AsksSome, AsksNobody, Inherits, Named, asks } from './middleware';\n\
               @Controller('a') class A { constructor(private list: List) {} @Get() all() { return this.list.all() } }\n\
               @Controller('b') class B extends A {}\n@Controller('c') class C extends A {}\n@Controller('d') class D extends A {}\n\
               @Controller('e') class E extends A {}\n@Controller('f') class F extends A {}\n@Controller('g') class G extends A {}\n\
               @Module({ controllers: [A, B, C, D, E, F, G] })\nexport class App {\n  configure(consumer) {\n    \
               consumer.apply(Asks).forRoutes(A);\n    consumer.apply(AsksLate).forRoutes(B);\n    \
               consumer.apply(AsksSome).forRoutes(C);\n    consumer.apply(AsksNobody).forRoutes(D);\n    \
               consumer.apply(Inherits).forRoutes(E);\n    consumer.apply(Named).forRoutes(F);\n    \
               consumer.apply(asks).forRoutes(G);\n  }\n}\n";
    let middleware = "import { requireUser } from './guard';\n\
        export class Asks { async use(req, res, next) { await requireUser(req); next() } }\n\
        export class AsksLate { async use(req, res, next) { next(); await requireUser(req) } }\n\
        export class AsksSome { async use(req, res, next) { if (req.query.all) await requireUser(req); next() } }\n\
        export class AsksNobody { use(req, res, next) { next() } }\nexport class Inherits extends Asks {}\n\
        export class Named { use(req, res, next) { if (!req.user) return res.status(401).end(); next() } }\n\
        export async function asks(req, res, next) { await requireUser(req); next() }\n";
    let main = "import { NestFactory } from '@nestjs/core';\nimport { App } from './app';\n\
                const app = await NestFactory.create(App);\n";
    let story = self::app("\"@nestjs/core\": \"^11.0.0\"", &["requireUser", "Named"])
        .file("src/main.ts", main)
        .file("src/app.ts", app)
        .file("src/middleware.ts", middleware)
        .file("src/guard.ts", GUARD);
    assert_eq!(
        routes(&story.report(&["scan"], 1)),
        [
            "GET /a router",
            "GET /b unproven",
            "GET /c unproven",
            "GET /d none",
            "GET /e router",
            "GET /f router",
            "GET /g router"
        ]
    );
}

#[test]
fn a_proxy_that_answers_nothing_lets_the_request_on() {
    let proof = |before: &str| {
        let proxy = format!(
            "import {{ requireUser }} from './guard';\nexport async function proxy(request) {{\n  {before}\n  await requireUser(request);\n}}\n"
        );
        let story = app("\"next\": \"16.0.3\"", &["requireUser"])
            .file("proxy.ts", &proxy)
            .file("guard.ts", GUARD)
            .file("app/api/a/route.ts", "export const GET = async () => Response.json(await db.list());\n");
        routes(&story.report(&["scan"], 1))
    };
    assert_eq!(proof(""), ["GET /api/a proxy"]);
    assert_eq!(
        proof("if (!request.headers.get('x')) return new Response(null, { status: 401 });"),
        ["GET /api/a proxy"]
    );
    assert_eq!(proof("if (request.nextUrl.pathname.startsWith('/open')) return;"), ["GET /api/a none"]);
    assert_eq!(
        proof("if (request.nextUrl.pathname.startsWith('/open')) return NextResponse.next();"),
        ["GET /api/a none"]
    );
}

#[test]
fn middleware_of_react_router_guards_where_it_asks_and_gives_an_answer() {
    let guards = "import { requireUser } from './guard';\nimport { redirect } from 'react-router';\n\
        export const asks = async ({ request }) => { await requireUser(request); };\n\
        export const asksLate = async ({ request }, next) => { const answer = await next(); await requireUser(request); return answer; };\n\
        export const wavesThrough = async ({ request }) => { const user = await requireUser(request).catch(() => null); if (!user) return; };\n\
        export const sendsAway = async ({ request }, next) => {\n  const user = await getSession(request);\n  \
        if (!user) throw redirect('/login');\n  return next();\n};\n\
        export const handsOut = ({ request }) => getSession(request);\n\
        async function getSession(request) { const found = await read(request); if (!found) return null; return found; }\n";
    let route = |name: &str| {
        format!(
            "import {{ {name} }} from '../middleware';\nexport const middleware = [{name}];\n\
             export const loader = async () => db.list();\n"
        )
    };
    let story = |version: &str| {
        let names = ["asks", "asksLate", "wavesThrough", "sendsAway", "handsOut"].into_iter().enumerate();
        let routes = names.fold(
            app(&format!("\"@react-router/node\": \"{version}\""), &["requireUser", "getSession"]),
            |story, (number, name)| story.file(&format!("app/routes/{number}.ts"), route(name)),
        );
        routes.file("app/middleware.ts", guards).file("app/guard.ts", GUARD)
    };
    assert_eq!(
        routes(&story("^8.0.0").report(&["scan"], 1)),
        ["GET /0 router", "GET /1 unproven", "GET /2 none", "GET /3 router", "GET /4 unproven"]
    );
    assert_eq!(routes(&story("^7.9.0").report(&["scan"], 1))[0], "GET /0 none");
}

#[test]
fn the_hook_of_svelte_kit_guards_where_it_asks_and_a_layout_does_not() {
    let story = |hooks: &str| {
        app("\"@sveltejs/kit\": \"^2.0.0\"", &["requireUser"])
            .file("src/guard.ts", GUARD)
            .file("src/hooks.server.ts", hooks)
            .file(
                "src/routes/+layout.server.ts",
                "import { requireUser } from '../guard';\n\
                 export const load = async (event) => {\n  const user = await requireUser(event);\n  return { user };\n};\n",
            )
            .file("src/routes/orders/+server.ts", "export const GET = async () => Response.json(await db.list());\n")
            .file(
                "src/routes/page/+page.server.ts",
                "export const load = async () => ({ all: await db.list() });\n\
                 export const actions = { default: async () => db.remove() };\n",
            )
    };
    let asks = "import { sequence } from '@sveltejs/kit/hooks';\nimport { requireUser } from './guard';\n\
                const log = ({ event, resolve }) => resolve(event);\n\
                const asks = async ({ event, resolve }) => { await requireUser(event); return resolve(event); };\n";
    let sequence = format!("{asks}export const handle = sequence(log, asks);\n");
    let guarded = ["GET / inline", "GET /orders router", "GET /page router", "POST /page router"];
    assert_eq!(routes(&story(&sequence).report(&["scan"], 0)), guarded);
    let some = "import { requireUser } from './guard';\nexport const handle = async ({ event, resolve }) => {\n  \
                if (event.url.pathname === '/page') await requireUser(event);\n  return resolve(event);\n};\n";
    let nobody =
        "import { requireUser } from './guard';\nexport const handle = ({ event, resolve }) => resolve(event);\n";
    for (hooks, proof, exit) in [(some, "unproven", 3), (nobody, "none", 1)] {
        let open = ["GET /orders", "GET /page", "POST /page"].map(|route| format!("{route} {proof}"));
        assert_eq!(
            routes(&story(hooks).report(&["scan"], exit)),
            [vec!["GET / inline".to_owned()], open.to_vec()].concat()
        );
    }
}
