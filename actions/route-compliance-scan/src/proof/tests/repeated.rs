//! Loops: what their parts do, and when.

use super::inline::of;
use crate::result::Proof::{Inline, Unproven};

const WRITE: &str = "await db.user.delete({});";

#[test]
fn what_follows_each_time_asks_nobody_before_the_first() {
    for body in [
        format!("for (let i = 0; i < 3; i++, await requireUser(req)) {{ {WRITE} }}"),
        format!("for (;; await requireUser(req)) {{ {WRITE} }}"),
        format!("do {{ {WRITE} }} while (await requireUser(req));"),
        format!("for (let i = 0; i < 3; await requireUser(req)) {{ if (i) break; }} {WRITE}"),
        format!("do {{ if (req.fast) break; }} while (await requireUser(req)); {WRITE}"),
    ] {
        assert_eq!(of(&body), Unproven, "{body}");
    }
}

#[test]
fn what_the_head_of_a_loop_does_before_the_guard_is_done_before_it() {
    for body in [
        "for (let i = await db.user.delete({}); i < 3; i++) { await requireUser(req); }",
        "for (let i = 0; await db.user.delete(i); i++) { await requireUser(req); }",
        "for (let i = 0; i < 3; i++, await db.user.delete(i)) { if (i) continue; await requireUser(req); }",
        "while (await db.user.delete({})) { await requireUser(req); }",
        "for (const one of await db.user.deleteMany({})) { await requireUser(one); }",
    ] {
        assert_eq!(of(body), Unproven, "{body}");
    }
}

#[test]
fn what_is_done_after_a_guard_in_a_loop_is_done_after_it() {
    for body in [
        "for (let i = 0; i < 3; i++, await db.user.delete(i)) { await requireUser(req); }",
        "for (let i = await requireUser(req); i < 3; i++, await db.user.delete(i)) { await db.user.create(i); }",
        "for (; await requireUser(req); ) { await db.user.delete({}); }",
        "do { await requireUser(req); } while (await db.user.delete({}));",
        "do { req.next(); } while (await requireUser(req)); await db.user.delete({});",
    ] {
        assert_eq!(of(body), Inline, "{body}");
    }
}

#[test]
fn what_was_read_the_first_time_leaves_the_second() {
    let loops = |body: &str| format!("let doc; {body} await requireUser(req); return Response.json(doc);");
    for body in [
        "for (; req.more; ) { if (doc) return Response.json(doc); doc = await db.doc.find(); }",
        "for (; req.more; doc = await db.doc.find()) { if (doc) return Response.json(doc); }",
        "for (;;) { if (req.x) break; if (doc) return Response.json(doc); doc = await db.doc.find(); }",
    ] {
        assert_eq!(of(&loops(body)), Unproven, "{body}");
    }
    let refused = "for (;;) { if (doc) return new Response('', { status: 409 }); doc = await db.doc.find(); break; }";
    assert_eq!(of(&loops(refused)), Inline);
}

#[test]
fn whoever_is_behind_a_loop_without_an_end_went_through_its_body() {
    for body in [
        format!("while (true) {{ await requireUser(req); if (req.x) break; req.next(); }} {WRITE}"),
        format!("for (;;) {{ await requireUser(req); break; }} {WRITE}"),
        format!("while (true) {{ const one = await getSession(req); if (one) break; req.next(); }} {WRITE}"),
        format!("while (true) {{ await requireUser(req); {WRITE} }}"),
    ] {
        assert_eq!(of(&body), Inline, "{body}");
    }
    for body in [
        format!("while (true) {{ if (req.x) break; await requireUser(req); }} {WRITE}"),
        format!("while (true) {{ if (req.x) {{ {WRITE} }} await requireUser(req); break; }}"),
        format!("out: while (true) {{ for (;;) {{ break out; }} await requireUser(req); break; }} {WRITE}"),
        format!("while (req.more) {{ await requireUser(req); break; }} {WRITE}"),
        format!("for (const one in true) {{ await requireUser(req); break; }} {WRITE}"),
    ] {
        assert_eq!(of(&body), Unproven, "{body}");
    }
}
