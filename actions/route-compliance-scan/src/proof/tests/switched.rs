//! `switch (true)`: each case has a condition.

use super::inline::of;
use crate::result::Proof::{Inline, Unproven};

const WRITE: &str = "await db.user.delete({});";
const REFUSE: &str = "return new Response('no', { status: 401 });";
const SESSION: &str = "const session = await getSession(req);";

#[test]
fn a_case_is_taken_where_its_condition_holds_and_passed_where_it_does_not() {
    for body in [
        format!("{SESSION} switch (true) {{ case !session: {REFUSE} }} {WRITE}"),
        format!(
            "{SESSION} switch (true) {{ case !session: case session.role !== 'admin': {REFUSE} default: {WRITE} }}"
        ),
        format!("{SESSION} switch (true) {{ default: {WRITE} break; case !session: {REFUSE} }}"),
        format!("{SESSION} switch (true) {{ case Boolean(session): {WRITE} break; default: {REFUSE} }}"),
        format!(
            "{SESSION} switch (true) {{ case req.x: req.next(); break; case session === null || !session.id: {REFUSE} default: {WRITE} }}"
        ),
        format!("switch (true) {{ case req.x: await requireUser(req); {WRITE} break; default: {REFUSE} }}"),
        format!("switch (true) {{ case !(await getSession(req)): {REFUSE} }} {WRITE}"),
    ] {
        assert_eq!(of(&body), Inline, "{body}");
    }
}

#[test]
fn what_is_not_equal_to_true_may_be_a_session_or_none() {
    for body in [
        format!("{SESSION} switch (true) {{ case session: {REFUSE} default: {WRITE} }}"),
        format!("{SESSION} switch (true) {{ case session?.banned: {REFUSE} default: {WRITE} }}"),
        format!("{SESSION} switch (true) {{ case !session: break; default: {REFUSE} }} {WRITE}"),
        format!("{SESSION} switch (true) {{ case !session && req.strict: {REFUSE} }} {WRITE}"),
        format!("{SESSION} switch (true) {{ case req.x: {WRITE} break; case !session: {REFUSE} }}"),
        format!("{SESSION} switch (req.x) {{ case !session: {REFUSE} default: {WRITE} }}"),
        "switch (true) { case await db.user.delete({}): break; default: await requireUser(req); }".to_owned(),
    ] {
        assert_eq!(of(&body), Unproven, "{body}");
    }
}

#[test]
fn what_a_case_does_to_be_compared_is_done() {
    assert_eq!(
        of("switch (req.x) { case await db.user.delete({}): break; default: await requireUser(req); }"),
        Unproven
    );
}
