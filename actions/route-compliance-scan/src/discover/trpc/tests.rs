use super::routes_of;
use crate::discover::chain::testing::{code, program, tell};

const INIT: (&str, &str) = (
    "trpc.ts",
    "import { initTRPC } from '@trpc/server'\nconst t = initTRPC.context().create()\nexport const router = t.router\n\
     export const mergeRouters = t.mergeRouters\nexport const open = t.procedure\nexport const guarded = t.procedure.use(auth)",
);

fn found(files: &[(&str, &str)]) -> String {
    let files: Vec<_> = files.iter().chain([&INIT]).copied().collect();
    let program = program(&files);
    let routes = routes_of(&program, &code(&program));
    tell(&program, routes)
}

#[test]
fn a_procedure_has_its_base_as_layer() {
    let text = "import { router, open, guarded } from './trpc'\nexport const app = router({\n  list: open.query(list),\n  \
                add: guarded.input(schema).mutation(async ({ ctx }) => add(ctx)),\n  watch: guarded.subscription(watch),\n})";
    assert_eq!(
        found(&[("app.ts", text)]),
        "QUERY /list (open) => list\nMUTATION /add (guarded.input(schema)) => async ({ ctx }) => add(ctx)\n\
         SUBSCRIPTION /watch (guarded) => watch"
    );
}

#[test]
fn routers_of_other_files_have_their_name_before_them() {
    let files = [
        (
            "user.ts",
            "import { router, guarded } from './trpc'\nimport { byId } from './byId'\nexport const userRouter = router({ byId, admin: router({ all: guarded.query(all) }) })",
        ),
        ("byId.ts", "import { guarded } from './trpc'\nexport const byId = guarded.query(find)"),
        (
            "app.ts",
            "import { router } from './trpc'\nimport { userRouter } from './user'\nexport const appRouter = router({ user: userRouter, plain: { deep: { x: userRouter } } })",
        ),
    ];
    assert_eq!(
        found(&files),
        "QUERY /plain.deep.x.byId (guarded) => find\nQUERY /user.byId (guarded) => find\n\
         QUERY /plain.deep.x.admin.all (guarded) => all\nQUERY /user.admin.all (guarded) => all"
    );
}

#[test]
fn routers_are_merged_and_spread() {
    let text = "import { router, open, mergeRouters } from './trpc'\nconst a = router({ a: open.query(one) })\n\
                const more = { b: open.query(two) }\nconst b = router({ ...more })\nexport const app = mergeRouters(a, b)";
    assert_eq!(found(&[("app.ts", text)]), "QUERY /a (open) => one\nQUERY /b (open) => two");
}

#[test]
fn a_router_may_be_made_by_a_function_or_loaded_later() {
    let files = [
        ("lazy.ts", "import { router, open } from './trpc'\nexport const later = router({ now: open.query(now) })"),
        (
            "app.ts",
            "import { lazy } from '@trpc/server'\nimport { router, open } from './trpc'\n\
             const make = () => router({ made: open.query(one) })\nexport const app = router({ made: make(), later: lazy(() => import('./lazy')) })",
        ),
    ];
    assert_eq!(found(&files), "QUERY /made.made (open) => one\nQUERY /later.now (open) => now");
}

#[test]
fn a_router_in_no_other_one_has_its_own_names() {
    let text = "import { router, open } from './trpc'\nexport const a = router({ x: open.query(one) })\nexport const b = router({ y: open.query(two) })";
    assert_eq!(found(&[("app.ts", text)]), "QUERY /x (open) => one\nQUERY /y (open) => two");
}

#[test]
fn a_server_that_is_given_a_router_is_none() {
    let text = "import { router, open } from './trpc'\nconst app = router({ x: open.query(one) })\nserve({ router: app, createContext })";
    assert_eq!(found(&[("app.ts", text)]), "QUERY /x (open) => one");
}

#[test]
fn what_is_queried_elsewhere_is_no_procedure() {
    let text = "const rows = await db.query('select 1')\nconst config = define({ a: 1, b: db.query })\nclient.user.byId.query({ id: 1 })";
    assert_eq!(found(&[("db.ts", text)]), "");
}
