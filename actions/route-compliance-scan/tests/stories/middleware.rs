//! Frameworks whose middleware stands before routes that are written elsewhere: it guards where it asks.

use crate::story::{Story, routes};

const POLICY: &str = "[routes]\nguards = [\"requireUser\", \"Named\"]\naccept = [\"router\"]\nheaders = []\n";

const GUARD: &str = "export async function requireUser(request) {\n  const user = await read(request);\n  \
                     if (!user) throw new Error('nobody');\n  return user;\n}\n";

fn app(package: &str) -> Story {
    Story::empty().file("package.json", format!("{{ \"dependencies\": {{ {package} }} }}")).policy(POLICY)
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
    let story = self::app("\"@nestjs/core\": \"^11.0.0\"")
        .file("src/main.ts", main)
        .file("src/app.ts", app)
        .file("src/middleware.ts", middleware)
        .file("src/guard.ts", GUARD);
    assert_eq!(
        routes(&story.report(&["scan"], 1)),
        [
            "GET /a router",
            "GET /b none",
            "GET /c none",
            "GET /d none",
            "GET /e router",
            "GET /f router",
            "GET /g router"
        ]
    );
}
