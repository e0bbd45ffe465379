//! Guards that set an error where nobody is known, and hand over more than that.

use super::class_with;
use crate::result::Proof::{self, Inline, Unproven};

const REFUSE: &str = "return new Response('no', { status: 401 });";
const SETS: &str = "let error; let user = null; const body = await req.json(); \
    if (!body) error = 'bad'; else { user = await db.user(req); if (!user) error = 'no'; } return { body, user, error };";

fn asking(definition: &str, body: &str) -> Proof {
    let guard =
        format!("import {{ db }} from 'db';\nexport async function getSession(req, options) {{ {definition} }}");
    let route = format!(
        "import {{ getSession }} from './lib/auth';\nimport {{ db }} from 'db';\n\
         export async function GET(req) {{ {body} await db.user.create({{}}); }}"
    );
    class_with(&[("route.ts", route.as_str()), ("lib/auth.ts", guard.as_str())])
}

#[test]
fn an_error_that_is_set_where_nobody_is_known_is_asked() {
    for body in [
        format!("const {{ user, error }} = await getSession(req); if (error) {REFUSE}"),
        format!("const {{ user }} = await getSession(req); if (!user) {REFUSE}"),
        format!("const all = await getSession(req); if (all.error) {REFUSE}"),
    ] {
        assert_eq!(asking(SETS, &body), Inline, "{body}");
    }
}

#[test]
fn an_error_of_something_else_tells_nothing() {
    let asked = format!("const {{ error }} = await getSession(req); if (error) {REFUSE}");
    let of = |body: &str| format!("let error; let user = null; {body} return {{ user, error }};");
    for definition in [
        of("user = await db.user(req); if (!req.body) error = 'bad';"),
        of("user = await db.user(req); if (user) error = 'twice';"),
        of("user = await db.user(req); if (!user) error = 'no'; if (req.open) error = null;"),
        of("user = await db.user(req); if (!user) error = '';"),
        of("user = await db.user(req); if (!user) error = 'no'; if (req.open) return { user, error: undefined };"),
    ] {
        assert_eq!(asking(&definition, &asked), Unproven, "{definition}");
    }
}

#[test]
fn what_is_there_whoever_asks_tells_nothing() {
    for body in [
        format!("const {{ body }} = await getSession(req); if (!body) {REFUSE}"),
        format!("const {{ body }} = await getSession(req); if (!body.events?.length) {REFUSE}"),
    ] {
        assert_eq!(asking(SETS, &body), Unproven, "{body}");
    }
}

#[test]
fn an_error_tells_nothing_of_whom_an_option_lets_past() {
    let asked = format!("const {{ error }} = await getSession(req, {{ skipAuth: true }}); if (error) {REFUSE}");
    assert_eq!(asking(SETS, &asked), Unproven);
    let refuses = "const user = await db.user(req); if (!user) return { error: 'no' }; return { user };";
    assert_eq!(asking(refuses, &asked), Unproven);
}
