//! What comes out of a guard around a function, and is answered.

use super::Repository;
use crate::result::Proof::{self, Delegated, Inline, Unproven};

const GUARD: (&str, &str) = (
    "lib/user.ts",
    "import { db } from 'db';
     export const withUser = async (work, options = {}) => {
       const user = await db.user.find();
       if (!user) return { error: 'who are you?' };
       return work(user);
     };",
);

/// The proof of a handler that has read something before.
fn after_a_read(rest: &str) -> Proof {
    proof(&format!("const plan = await db.plan.find(); {rest}"))
}

fn proof(body: &str) -> Proof {
    let route = format!(
        "import {{ withUser }} from './lib/user';\nimport {{ db }} from 'db';\n\
         const own = () => withUser(async (user) => db.order.findMany(user));\n\
         async function planned() {{ const plan = await db.plan.find(); if (!plan) return new Response('no', {{ status: 403 }}); return withUser(async (user) => db.order.findMany(user)); }}\n\
         async function perhaps(plan) {{ if (plan) return db.order.findMany(); return withUser(async (user) => db.order.findMany(user)); }}\n\
         export async function GET(req) {{ {body} }}"
    );
    Repository::new(&["withUser"], &[GUARD, ("route.ts", &route)]).prove("route.ts", "GET").class
}

#[test]
fn an_answer_of_nothing_but_the_outcome_is_guarded() {
    for rest in [
        "const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(all);",
        "const all = await withUser(async (user) => db.order.findMany(user)); if (isError(all)) return errorResponse(all); return Response.json(all, { status: 200 });",
        "return Response.json(await withUser(async (user) => db.order.findMany(user)));",
        "const { orders } = await withUser(async (user) => db.order.findMany(user)); return Response.json({ orders });",
        "if (!plan) return new Response('no', { status: 403 }); const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(all.orders);",
    ] {
        assert_eq!(after_a_read(rest), Inline, "{rest}");
    }
}

#[test]
fn the_outcome_of_a_helper_is_one() {
    assert_eq!(after_a_read("const all = await own(); return Response.json(all);"), Delegated);
    assert_eq!(proof("const all = await planned(); return Response.json(all);"), Delegated);
}

#[test]
fn a_handler_that_is_run_by_something_else_answers_with_the_outcome() {
    let route = "import { withUser } from './lib/user';\nimport { db } from 'db';\nimport { AsyncLocalStorage } from 'node:async_hooks';\n\
                 const storage = new AsyncLocalStorage();\nconst run = (request, work) => storage.run({ request }, work);\n\
                 const handle = (handler) => (request) => run(request, async () => handler(request));\n\
                 export const GET = handle(async (request) => { const plan = await db.plan.find(); if (!plan) return new Response('no', { status: 403 });\n\
                 const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(all); });";
    let proved = Repository::new(&["withUser"], &[GUARD, ("route.ts", route)]).prove("route.ts", "GET");
    assert!(proved.class.is_guarded(), "{:?}", proved.reason);
    let open = route.replace("Response.json(all)", "Response.json(plan)");
    assert_eq!(Repository::new(&["withUser"], &[GUARD, ("route.ts", &open)]).prove("route.ts", "GET").class, Unproven);
}

#[test]
fn a_guard_that_only_errors_lead_to_guards_nothing() {
    let route = "import { withUser } from './lib/user';\nimport { db } from 'db';\nimport { AsyncLocalStorage } from 'node:async_hooks';\n\
                 const storage = new AsyncLocalStorage();\nconst tell = async (error) => { const told = await withUser(async () => error); return told; };\n\
                 const handle = (handler) => (request) => storage.run({}, async () => {\n\
                   try { return await handler(request); } catch (error) { await tell(error); return new Response('no', { status: 500 }); } });\n\
                 export const GET = handle(async (request) => { const plan = await db.plan.find();\n\
                 if (!plan) return Response.redirect('/plans'); return Response.redirect('/orders'); });";
    assert_eq!(Repository::new(&["withUser"], &[GUARD, ("route.ts", route)]).prove("route.ts", "GET").class, Unproven);
}

#[test]
fn an_answer_with_anything_else_that_was_read_is_unproven() {
    for rest in [
        "const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(plan);",
        "const all = await withUser(async (user) => db.order.findMany(user)); return Response.json({ all, plan });",
        "const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(all ?? plan);",
        "const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(all, { headers: { 'x-plan': plan.name } });",
        "const all = await withUser(async (user) => db.order.findMany(user)); const more = await db.order.findMany(); return Response.json([all, more]);",
        "let all = await withUser(async (user) => db.order.findMany(user)); all = await db.order.findMany(); return Response.json(all);",
        "const all = await withUser(async (user) => db.order.findMany(user)); return Response.json({});",
        "const all = await withUser(async (user) => db.order.findMany(user), { optional: true }); return Response.json(all);",
        "return Response.json(await perhaps(plan));",
    ] {
        assert_eq!(after_a_read(rest), Unproven, "{rest}");
    }
}

#[test]
fn a_read_in_another_file_is_told_with_the_file() {
    let route = "import { plan } from './lib/plan';\nimport { withUser } from './lib/user';\n\
                 export async function GET() {\n  const read = await plan();\n  if (!read) await withUser(async () => {});\n  return Response.json(read);\n}";
    let plan = (
        "lib/plan.ts",
        "import { withUser } from './user';\nimport { db } from 'db';\n\
                 export async function plan() {\n  const plan = await db.plan.find();\n  await withUser(async () => {});\n  return plan;\n}",
    );
    let proved = Repository::new(&["withUser"], &[GUARD, plan, ("route.ts", route)]).prove("route.ts", "GET");
    let told = "an answer leaves without the guard, after what was read in line 4 of lib/plan.ts";
    assert_eq!(proved.reason.as_deref(), Some(told));
}

#[test]
fn what_is_changed_outside_of_the_function_is_not_guarded() {
    for body in [
        "const all = await withUser(async (user) => db.order.findMany(user)); await db.order.deleteMany({}); return Response.json(all);",
        "await db.order.deleteMany({}); const all = await withUser(async (user) => db.order.findMany(user)); return Response.json(all);",
        "const all = await withUser(async (user) => db.order.findMany(user)); if (all) await db.order.deleteMany({}); return Response.json(all);",
    ] {
        assert_eq!(proof(body), Unproven, "{body}");
    }
}
