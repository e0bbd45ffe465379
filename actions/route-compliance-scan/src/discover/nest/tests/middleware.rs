use super::found;

const MAIN: &str = "import { NestFactory } from '@nestjs/core'\nimport { App } from './app.module'\n\
                    const app = await NestFactory.create(App)";

const CONTROLLERS: &str = "import { All, Controller, Get, Post } from '@nestjs/common'\n\
     @Controller('cats')\nexport class Cats {\n  @Get() list() {}\n  @Post() make() {}\n  @Get(':id') show() {}\n}\n\
     @Controller('health')\nexport class Health { @All() ask() {} }";

/// The routes of an application whose module says this of its middleware; without handlers, to be read more easily.
fn with(main: &str, configure: &str) -> String {
    let module = format!(
        "import {{ Module, RequestMethod }} from '@nestjs/common'\nimport {{ Cats, Health }} from './controllers'\n\
         class Auth {{ use(req, res, next) {{}} }}\n@Module({{ controllers: [Cats, Health] }})\n\
         export class App {{\n  configure(consumer) {{\n    {configure}\n  }}\n}}"
    );
    let files = [("src/main.ts", main), ("src/app.module.ts", module.as_str()), ("src/controllers.ts", CONTROLLERS)];
    found(&files).replace(" => () {}", "").replace("Auth, (req, res, next) {}", "Auth")
}

fn of(configure: &str) -> String {
    with(MAIN, configure)
}

const NOWHERE: &str = "GET /cats\nPOST /cats\nGET /cats/{id}\nANY /health";
const EVERYWHERE: &str = "GET /cats [Auth]\nPOST /cats [Auth]\nGET /cats/{id} [Auth]\nANY /health [Auth]";
const CATS: &str = "GET /cats [Auth]\nPOST /cats [Auth]\nGET /cats/{id} [Auth]\nANY /health";

#[test]
fn middleware_of_everything_stands_before_everything() {
    for all in ["'*'", "'/*'", "'(.*)'", "'{*splat}'", "'/'", "{ path: '*', method: RequestMethod.ALL }"] {
        assert_eq!(of(&format!("consumer.apply(Auth).forRoutes({all})")), EVERYWHERE, "{all}");
    }
}

#[test]
fn middleware_stands_before_the_routes_that_it_names() {
    for cats in ["Cats", "'cats'", "...[Cats]", "'cats{/*rest}'", "'cats', { path: 'none', method: RequestMethod.ALL }"]
    {
        assert_eq!(of(&format!("consumer.apply(Auth).forRoutes({cats})")), CATS, "{cats}");
    }
    assert_eq!(
        of("consumer.apply(Auth).forRoutes({ path: 'cats', method: RequestMethod.GET }, Health)"),
        "GET /cats [Auth]\nPOST /cats\nGET /cats/{id}\nANY /health [Auth]"
    );
    for below in ["'cats/*'", "'cats/{*rest}'", "{ path: 'cats/:cat', method: RequestMethod.ALL }"] {
        let expected = "GET /cats\nPOST /cats\nGET /cats/{id} [Auth]\nANY /health";
        assert_eq!(of(&format!("consumer.apply(Auth).forRoutes({below})")), expected, "{below}");
    }
}

#[test]
fn middleware_does_not_stand_before_what_it_may_let_pass() {
    assert_eq!(of("consumer.apply(Auth).exclude('health').forRoutes('*')"), CATS);
    assert_eq!(of("consumer.apply(Auth).exclude('Health').exclude('none').forRoutes('*')"), CATS);
    assert_eq!(of("consumer.apply(Auth).exclude({ path: 'health', method: RequestMethod.GET }).forRoutes('*')"), CATS);
    for cats in ["'cats/:id'", "'cats/(\\\\d+)'", "'cats/*id'", "'cats/:id(\\\\d+)'"] {
        let told = of(&format!("consumer.apply(Auth).exclude({cats}).forRoutes(Cats)"));
        assert!(told.contains("GET /cats/{id}\n"), "{cats}: {told}");
    }
    assert_eq!(
        of("consumer.apply(Auth).exclude({ path: 'cats', method: RequestMethod.POST }).forRoutes(Cats)"),
        "GET /cats [Auth]\nPOST /cats\nGET /cats/{id} [Auth]\nANY /health"
    );
    assert_eq!(of("consumer.apply(Auth).exclude(...open()).forRoutes('*')"), NOWHERE);
    assert_eq!(of("consumer.apply(Auth).exclude('{*all}').forRoutes('*')"), NOWHERE);
}

#[test]
fn middleware_that_nobody_can_tell_of_stands_nowhere() {
    for configure in [
        "if (process.env.AUTH) consumer.apply(Auth).forRoutes('*')",
        "if (dev) return\n consumer.apply(Auth).forRoutes('*')",
        "const later = () => consumer.apply(Auth).forRoutes('*')",
        "for (const one of all()) { consumer.apply(Auth).forRoutes('*') }",
        "consumer.apply(Auth).forRoutes(path())",
        "consumer.apply(Auth).forRoutes({ path: 'cats' })",
        "consumer.apply(Auth).forRoutes({ path: 'cats', method: RequestMethod.ALL, version: '1' })",
        "consumer.apply(Auth).exclude('cats')",
        "const auth = consumer.apply(Auth)\n auth.exclude('cats', 'health')\n auth.forRoutes('*')",
        "other.apply(Auth).forRoutes('*')",
        "consumer.apply(Auth).forRoutes('cat')",
        "consumer.apply(Auth).forRoutes('c*s')",
        "consumer.apply().forRoutes('*')",
    ] {
        assert_eq!(of(configure), NOWHERE, "{configure}");
    }
}

#[test]
fn what_is_applied_may_be_several_and_come_one_after_the_other() {
    let told = of("consumer.apply(log, [Auth]).forRoutes(Health).apply(cors()).forRoutes('cats/:id')");
    assert_eq!(told, "GET /cats\nPOST /cats\nGET /cats/{id} [cors()]\nANY /health [log, Auth]");
}

#[test]
fn a_module_counts_where_the_application_takes_it_in() {
    let module = |imports: &str| {
        format!(
            "import {{ forwardRef, Module }} from '@nestjs/common'\nimport {{ Cats }} from './controllers'\n\
             @Module({{ controllers: [Cats] }})\nclass CatsModule {{ configure(consumer) {{ consumer.apply(auth).forRoutes(Cats) }} }}\n\
             @Module({{ imports: [{imports}] }})\nexport class App {{}}"
        )
    };
    let found = |imports: &str| {
        let module = module(imports);
        found(&[("src/main.ts", MAIN), ("src/app.module.ts", &module), ("src/controllers.ts", CONTROLLERS)])
    };
    for imports in ["CatsModule", "CatsModule.forRoot({})", "forwardRef(() => CatsModule)"] {
        assert!(found(imports).starts_with("GET /cats [auth] "), "{imports}");
    }
    for imports in ["", "...others()"] {
        assert!(found(imports).starts_with("GET /cats => "), "{imports}");
    }
}

#[test]
fn a_controller_that_is_perhaps_of_the_application_has_its_middleware_and_a_module_has_not() {
    let module = |controllers: &str, imports: &str| {
        format!(
            "import {{ Module }} from '@nestjs/common'\nimport {{ Cats, Health }} from './controllers'\nconst own = [Cats]\n\
             @Module({{}})\nclass Other {{ configure(consumer) {{ consumer.apply(auth).forRoutes(Health) }} }}\n\
             @Module({{ controllers: {controllers}, imports: {imports} }})\n\
             export class App {{ configure(consumer) {{ consumer.apply(auth).forRoutes(...own) }} }}"
        )
    };
    let found = |controllers: &str, imports: &str| {
        let module = module(controllers, imports);
        found(&[("src/main.ts", MAIN), ("src/app.module.ts", &module), ("src/controllers.ts", CONTROLLERS)])
    };
    for controllers in [
        "process.env.SMALL ? [Health] : [Health, ...own]",
        "[Health, ...(process.env.SMALL ? [] : own)]",
        "[Health, ...(large && [Cats])]",
    ] {
        let told = found(controllers, "[]");
        assert!(told.starts_with("GET /cats [auth] ") && told.contains("\nANY /health =>"), "{controllers}: {told}");
    }
    for imports in ["dev ? [Other] : []", "[...(dev ? [Other] : [])]", "[dev && Other]"] {
        assert!(found("[Cats, Health]", imports).contains("\nANY /health =>"), "{imports}");
    }
    assert!(found("[Cats, Health]", "[Other]").contains("\nANY /health [auth] =>"));
}

#[test]
fn a_path_of_middleware_has_the_prefix_of_the_application_but_no_version() {
    let prefixed = format!("{MAIN}\napp.setGlobalPrefix('api', {{ exclude: ['health'] }})");
    let told = |configure| with(&prefixed, configure);
    assert_eq!(
        told("consumer.apply(Auth).forRoutes('cats')"),
        "GET /api/cats [Auth]\nPOST /api/cats [Auth]\nGET /api/cats/{id} [Auth]\nANY /health"
    );
    assert_eq!(
        told("consumer.apply(Auth).exclude('cats/:id').forRoutes('*')"),
        "GET /api/cats [Auth]\nPOST /api/cats [Auth]\nGET /api/cats/{id}\nANY /health [Auth]"
    );
    let versioned = format!("{MAIN}\napp.enableVersioning({{ defaultVersion: '1' }})");
    assert!(!with(&versioned, "consumer.apply(Auth).forRoutes('cats')").contains("Auth"));
    assert!(with(&versioned, "consumer.apply(Auth).forRoutes(Cats)").starts_with("GET /v1/cats [Auth]"));
}

#[test]
fn on_fastify_a_path_is_no_more_than_itself() {
    let main = "import { NestFactory } from '@nestjs/core'\nimport { FastifyAdapter } from '@nestjs/platform-fastify'\n\
                import { App } from './app.module'\nconst app = await NestFactory.create(App, new FastifyAdapter())";
    let expected = "GET /cats [Auth]\nPOST /cats [Auth]\nGET /cats/{id}\nANY /health";
    assert_eq!(with(main, "consumer.apply(Auth).forRoutes('cats')"), expected);
}
