//! Answers that are sent where they stand, as in handlers with a request and a response.

use super::{Repository, THROWS};
use crate::result::Proof::{self, Inline, Unproven};

fn of(body: &str) -> Proof {
    let route = format!(
        "import {{ getSession }} from './lib/auth';\nimport {{ db }} from 'db';\nasync function helper(answer, all) {{ answer.json(all); }}\nexport default async function handler(req, res) {{ {body} }}"
    );
    let files = [("route.ts", route.as_str()), THROWS];
    Repository::new(&["getSession"], &files).prove("route.ts", "default").class
}

const CHECK: &str = "const session = await getSession(req); if (!session) return res.status(401).end();";

#[test]
fn an_answer_before_the_guard_is_unproven() {
    for body in [
        format!("const all = await db.all(); res.json(all); {CHECK}"),
        format!("const all = await db.all(); res.status(200).send(all); {CHECK}"),
        format!("if (req.query.open) {{ const all = await db.all(); res.status(200).json(all); return; }} {CHECK}"),
        format!("if (req.query.full) {{ {CHECK} }} const all = await db.all(); res.json(all);"),
        format!("const all = await db.all(); helper(res, all); {CHECK}"),
        format!("const all = await db.all(); const ok = res.status(200); ok.json(all); {CHECK}"),
        format!("const all = await db.all(); db.send(res, all); {CHECK}"),
        "const session = await getSession(req); const all = await db.all(); res.json({ all, mine: session?.id === all.owner });".to_owned(),
        "const all = await db.all(); [1].map(async () => { const one = await getSession(req); if (!one) return null; return one; }); res.json(all);".to_owned(),
    ] {
        assert_eq!(of(&body), Unproven, "{body}");
    }
}

#[test]
fn an_answer_after_the_guard_or_a_refusal_before_is_inline() {
    for body in [
        format!("{CHECK} const all = await db.all(); res.json(all);"),
        format!(
            "const all = await db.all(); if (!all) {{ res.status(404).json({{}}); return; }} {CHECK} res.json(all);"
        ),
        format!("const all = await db.all(); {CHECK} res.status(200).json(all); return;"),
        format!("{CHECK} const all = await db.all(); helper(res, all);"),
    ] {
        assert_eq!(of(&body), Inline, "{body}");
    }
}

#[test]
fn what_a_handler_gets_second_is_no_answer_where_it_is_called_the_context() {
    let of = |second: &str| {
        let route = format!(
            "import {{ getSession }} from './lib/auth';\nimport {{ db }} from 'db';\nimport {{ page }} from 'pages';\n\
             export async function GET(req, {second}) {{\n const all = await db.all(); const one = page(all, {second});\n\
             if (!(await getSession(req))) return new Response('no', {{ status: 401 }});\n return Response.json(one); }}"
        );
        Repository::new(&["getSession"], &[("route.ts", route.as_str()), THROWS]).prove("route.ts", "GET").class
    };
    assert_eq!((of("context"), of("response")), (Inline, Unproven));
}
