use super::{THROWS, class_with};
use crate::result::Proof::{Delegated, None, Unproven};

fn of(route: &str, helper: &'static str) -> crate::result::Proof {
    class_with(&[("route.ts", route), ("helper.ts", helper), THROWS])
}

const ROUTE: &str = "import { work } from './helper';\nexport async function GET(req) { return work(req); }";

#[test]
fn a_helper_that_asks_the_guard_is_delegated() {
    assert_eq!(
        of(
            ROUTE,
            "import { requireUser } from './lib/auth';\nexport async function work(req) { await requireUser(req); return Response.json(await db.all()); }"
        ),
        Delegated
    );
}

#[test]
fn a_helper_of_a_helper_is_delegated() {
    assert_eq!(
        of(
            "import { check } from './helper';\nexport async function GET(req) { await check(req); await db.user.create({}); }",
            "import { requireUser } from './lib/auth';\nexport async function check(req) { return inner(req); }\nasync function inner(req) { const user = await requireUser(req); return user; }"
        ),
        Delegated
    );
}

#[test]
fn a_helper_whose_answer_is_asked_is_delegated() {
    let helper = "import { getSession } from './lib/auth';\nexport async function check(req) { const session = await getSession(req); if (!session) return { error: 'no' }; return { session }; }";
    assert_eq!(
        of(
            "import { check } from './helper';\nexport async function GET(req) { const checked = await check(req); if (checked.error) return Response.json({}, { status: 401 }); await db.user.create({}); }",
            helper
        ),
        Delegated
    );
    assert_eq!(
        of(
            "import { check } from './helper';\nexport async function GET(req) { await check(req); await db.user.create({}); }",
            helper
        ),
        Unproven
    );
}

#[test]
fn a_helper_that_hands_on_the_session_must_be_asked() {
    let helper = "import { getSession } from './lib/auth';\nexport const me = (req) => getSession(req);";
    assert_eq!(
        of(
            "import { me } from './helper';\nexport async function GET(req) { const user = await me(req); if (!user) return Response.json({}, { status: 401 }); await db.user.create({}); }",
            helper
        ),
        Delegated
    );
}

#[test]
fn a_helper_that_acts_before_it_asks_is_unproven() {
    assert_eq!(
        of(
            ROUTE,
            "import { requireUser } from './lib/auth';\nexport async function work(req) { await db.user.create({}); await requireUser(req); }"
        ),
        Unproven
    );
}

#[test]
fn helpers_that_call_each_other_end() {
    assert_eq!(
        of(
            ROUTE,
            "export async function work(req) { return other(req); }\nexport async function other(req) { return work(req); }"
        ),
        None
    );
}

#[test]
fn a_helper_further_away_than_the_limit_is_none() {
    let mut helper = String::from(
        "import { requireUser } from './lib/auth';\nexport async function work(req) { await h1(req); await db.user.create({}); }\n",
    );
    for number in 1..9 {
        helper.push_str(&format!("async function h{number}(req) {{ return h{}(req); }}\n", number + 1));
    }
    helper.push_str("async function h9(req) { await requireUser(req); }\n");
    let files = [("route.ts", ROUTE), ("helper.ts", helper.as_str()), THROWS];
    assert_eq!(class_with(&files), None);
}
