use super::{Repository, THROWS, class, class_with};
use crate::result::Proof::{self, None, Unproven, Wrapped};

const IMPORT: &str = "import { withAuth } from './lib/auth';";

fn with_import(rest: &str) -> Proof {
    class(&format!("{IMPORT}\n{rest}"))
}

#[test]
fn a_handler_in_a_guard_is_wrapped() {
    assert_eq!(with_import("export const GET = withAuth(async (req) => Response.json({}));"), Wrapped);
}

#[test]
fn a_named_handler_in_a_guard_is_wrapped() {
    assert_eq!(with_import("async function handler(req) {}\nexport const GET = withAuth(handler);"), Wrapped);
    assert_eq!(
        with_import("const handler = async () => {};\nexport { guarded as GET };\nconst guarded = withAuth(handler);"),
        Wrapped
    );
}

#[test]
fn a_guard_with_options_is_wrapped() {
    assert_eq!(with_import("export const GET = withAuth(async () => {}, { role: 'owner' });"), Wrapped);
    assert_eq!(with_import("export const GET = withAuth({ role: 'owner' })(async () => {});"), Wrapped);
}

#[test]
fn a_guard_under_another_name_is_wrapped() {
    assert_eq!(class("import { withAuth as w } from './lib/auth';\nexport const GET = w(async () => {});"), Wrapped);
    assert_eq!(with_import("const secured = withAuth;\nexport const GET = secured(async () => {});"), Wrapped);
    assert_eq!(
        class("import * as auth from './lib/auth';\nexport const GET = auth.withAuth(async () => {});"),
        Wrapped
    );
    assert_eq!(class("const { withAuth: w } = require('./lib/auth');\nexport const GET = w(async () => {});"), Wrapped);
}

#[test]
fn an_import_that_borrows_the_name_of_a_guard_is_none() {
    let log =
        ("lib/log.ts", "export const withLog = (handler) => (req) => { console.log(req); return handler(req); };");
    let route = "import { withLog as withAuth } from './lib/log';\nexport const GET = withAuth(async () => {});";
    assert_eq!(class_with(&[("route.ts", route), log, THROWS]), None);
}

#[test]
fn re_exports_are_followed() {
    let handlers =
        ("handlers.ts", "import { withAuth } from './lib/auth';\nexport const GET = withAuth(async () => {});");
    for route in [
        "export { GET } from './handlers';",
        "export * from './handlers';",
        "import { GET as g } from './handlers';\nexport { g as GET };",
    ] {
        assert_eq!(class_with(&[("route.ts", route), handlers, THROWS]), Wrapped, "{route}");
    }
}

#[test]
fn a_hundred_re_exports_are_followed() {
    let mut files = vec![(
        String::from("m0.ts"),
        String::from("import { withAuth } from './lib/auth';\nexport const GET = withAuth(async () => {});"),
    )];
    for number in 1..=100 {
        let text = if number % 2 == 0 {
            format!("export * from './m{}';", number - 1)
        } else {
            format!("export {{ GET }} from './m{}';", number - 1)
        };
        files.push((format!("m{number}.ts"), text));
    }
    let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.extend([("route.ts", "export * from './m100';"), THROWS]);
    assert_eq!(class_with(&files), Wrapped);
}

#[test]
fn a_circle_of_re_exports_is_unproven() {
    let files = [
        ("route.ts", "export { GET } from './a';"),
        ("a.ts", "export { GET } from './b';"),
        ("b.ts", "export { GET } from './a';"),
        THROWS,
    ];
    assert_eq!(class_with(&files), Unproven);
}

#[test]
fn one_method_as_another_is_followed() {
    assert_eq!(with_import("export const PATCH = withAuth(async () => {});\nexport const GET = PATCH;"), Wrapped);
}

#[test]
fn methods_of_a_factory_are_taken_apart() {
    let routes = "
        const routes = (handler) => ({ GET: withAuth(handler), POST: handler });
        export const { GET, POST } = routes(async () => {});";
    let repository = Repository::new(&["withAuth"], &[("route.ts", &format!("{IMPORT}{routes}")), THROWS]);
    assert_eq!(repository.prove("route.ts", "GET").class, Wrapped);
    assert_eq!(repository.prove("route.ts", "POST").class, None);
}

#[test]
fn a_factory_that_nobody_can_look_into_is_unproven() {
    let proved = Repository::new(
        &["withAuth"],
        &[("route.ts", "import { serve } from 'workflow';\nexport const { GET } = serve();")],
    );
    let proved = proved.prove("route.ts", "GET");
    assert_eq!(proved.class, Unproven);
    assert_eq!(proved.reason.as_deref(), Some("`serve` comes from `workflow`, outside of this repository"));
}

#[test]
fn a_handler_in_something_from_outside_is_none() {
    assert_eq!(
        class("import { trace } from 'tracing';\nexport const GET = trace(async () => Response.json(await db.all()));"),
        None
    );
}

#[test]
fn wrappers_around_wrappers_are_wrapped() {
    let log = "const withLog = (handler) => async (req) => { console.log(req.url); return handler(req); };";
    for rest in [
        "export const GET = withLog(withAuth(async () => {}));",
        "export const GET = withAuth(withLog(async () => {}));",
        "const both = (handler) => withLog(withAuth(handler));\nexport const GET = both(async () => {});",
        "import { trace } from 'tracing';\nexport const GET = trace(withAuth(async () => {}));",
        "import { compose } from 'compose';\nexport const GET = compose(withLog, withAuth)(async () => {});",
        "import { handle } from 'handle';\nexport const GET = handle({ middleware: [withAuth], handler: async () => {} });",
    ] {
        assert_eq!(with_import(&format!("{log}\n{rest}")), Wrapped, "{rest}");
    }
    assert_eq!(
        with_import(&format!("{log}\nexport const GET = withLog(async () => Response.json(await db.all()));")),
        None
    );
}

#[test]
fn a_wrapper_that_asks_a_guard_is_wrapped() {
    let route = "
        import { requireUser } from './lib/auth';
        const api = (handler) => async (req) => { const user = await requireUser(req); return handler(req, user); };
        export const GET = api(async () => Response.json(await db.all()));";
    assert_eq!(class(route), Wrapped);
}

#[test]
fn a_wrapper_that_asks_after_the_handler_is_unproven() {
    let route = "
        import { requireUser } from './lib/auth';
        const api = (handler) => async (req) => { const answer = await handler(req); await requireUser(req); return answer; };
        export const GET = api(async () => { await db.user.create({}); });";
    assert_eq!(class(route), Unproven);
}

#[test]
fn either_of_two_handlers_must_be_guarded() {
    assert_eq!(
        with_import("export const GET = process.env.X ? withAuth(async () => {}) : withAuth(async () => {});"),
        Wrapped
    );
    assert_eq!(
        with_import("const open = async () => {};\nexport const GET = process.env.X ? withAuth(open) : open;"),
        None
    );
}

#[test]
fn a_guard_of_a_module_is_that_of_the_module() {
    let files = |route: &'static str| {
        [("route.ts", route), THROWS, ("other.ts", "export const withAuth = (handler) => handler;")]
    };
    let class = |route| Repository::new(&["./lib/auth:withAuth"], &files(route)).prove("route.ts", "GET").class;
    assert_eq!(class("import { withAuth } from './lib/auth';\nexport const GET = withAuth(async () => {});"), Wrapped);
    assert_eq!(class("import { withAuth } from './other';\nexport const GET = withAuth(async () => {});"), None);
}

#[test]
fn a_dotted_guard_is_the_method() {
    let class = |route: &str| Repository::new(&["auth.protect"], &[("route.ts", route)]).prove("route.ts", "GET").class;
    let import = "import { auth } from '@clerk/nextjs/server';";
    assert_eq!(
        class(&format!(
            "{import}\nexport async function GET() {{ await auth.protect(); return Response.json(await db.all()); }}"
        )),
        Proof::Inline
    );
    assert_eq!(
        class(&format!(
            "{import}\nexport async function GET() {{ await auth(); return Response.json(await db.all()); }}"
        )),
        None
    );
}

#[test]
fn a_builder_that_stands_on_a_guard_is_wrapped() {
    let route = "
        import { createSafeActionClient } from 'next-safe-action';
        const base = createSafeActionClient();
        const withAuth = base.use(async ({ next }) => next());
        export const GET = withAuth.schema({}).action(async () => {});";
    assert_eq!(class(route), Wrapped);
}

#[test]
fn a_guard_that_is_handed_to_something_of_the_repository_must_be_called_there() {
    let open = "const open = async () => { await db.user.create({}); };";
    for rest in [
        "const withLog = (handler, options) => async (req) => { console.log(options.tag); return handler(req); };\nexport const GET = withLog(open, { auth: withAuth });",
        "const pick = (one, other) => one;\nexport const GET = pick(open, withAuth);",
        "const compose = (...all) => (handler) => handler;\nexport const GET = compose(withAuth)(open);",
        "export const GET = unless(withAuth, '/x')(open);",
        "import { maybe } from 'maybe';\nexport const GET = maybe(withAuth)(open);",
    ] {
        assert!(!with_import(&format!("{open}\n{rest}")).is_guarded(), "{rest}");
    }
    let twice = "const twice = (wrap, handler) => wrap(wrap(handler));\nexport const GET = twice(withAuth, open);";
    assert_eq!(with_import(&format!("{open}\n{twice}")), Wrapped);
}

#[test]
fn a_part_of_a_guard_is_no_guard() {
    for name in ["optional", "public", "skip", "anything"] {
        assert_eq!(
            with_import(&format!("export const GET = withAuth.{name}(async () => {{ await db.user.create({{}}); }});")),
            None,
            "{name}"
        );
    }
    for call in
        ["withAuth.input({}).query", "withAuth.use(log).action", "withAuth({}).handler", "withAuth.bind(null, {})"]
    {
        assert_eq!(with_import(&format!("export const GET = {call}(async () => {{}});")), Wrapped, "{call}");
    }
}

#[test]
fn a_guard_that_is_handed_over_by_name_is_what_is_handed_over() {
    let route = |given: &str| {
        class(&format!(
            "import {{ requireUser }} from './lib/auth';
             async function run({{ requireUser }}, req) {{ await requireUser(req); await db.user.create({{}}); }}
             export const GET = async (req) => {{ await run({given}, req); }};"
        ))
    };
    assert!(route("{ requireUser }").is_guarded());
    assert!(!route("{ requireUser: async () => {} }").is_guarded());
    assert!(!route("{}").is_guarded());
}

#[test]
fn a_fold_puts_all_its_wrappers_around_the_handler() {
    let wrappers = "const withLog = (handler) => async (req) => { console.log(req.url); return handler(req); };
        const withCache = (handler) => async (req) => (await db.cache.get(req.url)) ?? handler(req);
        const open = async () => Response.json(await db.all());";
    for (rest, expected) in [
        (
            "const compose = (...all) => (handler) => all.reduceRight((inner, wrap) => wrap(inner), handler);\nexport const GET = compose(withLog, withAuth)(open);",
            Wrapped,
        ),
        (
            "const compose = (...all) => (handler) => all.reduce((inner, wrap) => { return wrap(inner); }, handler);\nexport const GET = compose(withAuth, withLog)(open);",
            Wrapped,
        ),
        (
            "const compose = (...all) => all.reduce((one, other) => (...given) => one(other(...given)));\nexport const GET = compose(withLog, withAuth)(open);",
            Wrapped,
        ),
        (
            "const compose = (handler, all) => all.reduceRight((inner, wrap) => wrap(inner), handler);\nexport const GET = compose(open, [withLog, withAuth]);",
            Wrapped,
        ),
        (
            "const all = [withLog, withAuth];\nexport const GET = all.reduceRight((inner, wrap) => wrap(inner), open);",
            Wrapped,
        ),
        (
            "const all = [withLog, withAuth];\nexport const GET = [...all, withCache].reduceRight((inner, wrap) => wrap(inner), open);",
            Wrapped,
        ),
        (
            "const compose = (...all) => (handler) => all.reduceRight((inner, wrap) => wrap(inner), handler);\nexport const GET = compose(withCache, withAuth)(open);",
            Unproven,
        ),
        (
            "const compose = (...all) => (handler) => all.reduceRight((inner, wrap) => wrap(inner), handler);\nexport const GET = compose(withLog, withCache)(open);",
            None,
        ),
        (
            "const compose = (...all) => (handler) => all.reduceRight((inner, wrap) => inner, handler);\nexport const GET = compose(withLog, withAuth)(open);",
            None,
        ),
        (
            "const compose = (...all) => (handler) => all.reduceRight((inner, wrap) => (inner.open ? inner : wrap(inner)), handler);\nexport const GET = compose(withLog, withAuth)(open);",
            None,
        ),
        (
            "const all = [withAuth, withLog];\nexport const GET = all.slice(1).reduceRight((inner, wrap) => wrap(inner), open);",
            None,
        ),
        (
            "const drop = (handler) => open;\nexport const GET = [drop, withAuth].reduceRight((inner, wrap) => wrap(inner), open);",
            Unproven,
        ),
        (
            "const perhaps = (handler) => process.env.X ? handler : open;\nexport const GET = [perhaps, withAuth].reduceRight((inner, wrap) => wrap(inner), open);",
            Unproven,
        ),
        (
            "const all = [withAuth].map(() => (handler) => handler);\nexport const GET = all.reduceRight((inner, wrap) => wrap(inner), open);",
            None,
        ),
        ("const all = [withAuth, withLog];\nexport const GET = all.find((one) => one.x)(open);", None),
    ] {
        let proof = with_import(&format!("import {{ db }} from 'db';\n{wrappers}\n{rest}"));
        if expected.is_guarded() || expected == Unproven {
            assert_eq!(proof, expected, "{rest}");
        } else {
            assert!(!proof.is_guarded(), "{rest}");
        }
    }
    let opened = "const compose = (...all) => (handler) => all.reduceRight((inner, wrap) => wrap(inner), handler);\nconst open = async () => {};\nexport const GET = compose(withAuth({ optional: true }))(open);";
    assert!(!with_import(opened).is_guarded());
}

#[test]
fn what_a_namespace_is_imported_as_is_its_name() {
    let of = |guard: &str, import: &str| {
        let route = format!("{import}\nexport const GET = security.withAuth(async () => Response.json({{}}));");
        let files = [("route.ts", route.as_str()), THROWS];
        Repository::new(&[guard], &files).prove("route.ts", "GET").class
    };
    let namespace = "import * as security from './lib/auth';";
    assert_eq!(of("security.withAuth", namespace), Proof::Wrapped);
    assert_eq!(of("security.withAuth", "import * as security from 'security';"), Proof::Wrapped);
    for (guard, import) in [
        ("other.withAuth", namespace),
        ("security.requireUser", namespace),
        ("security.withAuth", "import { tools as security } from 'security';"),
        ("security.withAuth", "import security from './own';"),
    ] {
        assert!(!of(guard, import).is_guarded(), "{guard}: {import}");
    }
}
