//! Arguments of a guard that let anybody pass.

use super::Repository;
use crate::proof::definition::Judgement;
use crate::result::Proof::{self, Delegated, Inline, Unproven, Wrapped};

/// A middleware of which an argument decides whether who is not known is refused.
const LAYER: &str = "import passport from 'passport';
    export function ask(type, message, isStrict, redirect) {
      return function layer(req, res, next) {
        if (req.user) return next();
        passport.authenticate(type, (err, user) => {
          if (err && type === 'oidc') return next(new Denied('failed', 401));
          if (err) return next(err);
          if (req.isPage && redirect && !user && isStrict) { res.redirect('/logout'); return; }
          if (!user && isStrict) { throw new Denied(message, 401); }
          if (user && user.banned) { throw new Denied('banned', 403); }
          return next();
        })(req, res, next);
      };
    }";

fn repository(guard: &str, guards: &[&str], route: &str) -> Repository {
    let route = format!("import {{ ask }} from './lib/ask';\nimport {{ db }} from 'db';\n{route}");
    Repository::new(guards, &[("lib/ask.ts", guard), ("route.ts", &route)])
}

fn before(guard: &str, layer: &str) -> Repository {
    let route = "import { handle } from 'handle';\nexport const GET = handle({ middleware: [LAYER], handler: async () => {} });";
    repository(guard, &["ask"], &route.replace("LAYER", layer))
}

fn layered(guard: &str, layer: &str) -> Proof {
    before(guard, layer).prove("route.ts", "GET").class
}

fn inline(guard: &str, call: &str) -> Proof {
    let route = format!("export async function GET(req) {{ {call}; await db.user.create({{}}); }}");
    repository(guard, &["ask"], &route).prove("route.ts", "GET").class
}

#[test]
fn a_middleware_that_an_argument_opens_is_unproven() {
    for call in ["ask('jwt', 'no', false, 'page')", "ask('oidc', 'no', false, null)", "ask('jwt', 'no', !1)"] {
        assert_eq!(layered(LAYER, call), Unproven, "{call}");
    }
}

#[test]
fn a_middleware_that_refuses_with_what_it_gets_is_wrapped() {
    for call in [
        "ask('jwt', 'no', true, 'page')",
        "ask('oidc', 'no', true, null)",
        "ask('jwt', 'no', true)",
        "ask('jwt', 'no', isStrict)",
        "ask(...all)",
    ] {
        assert_eq!(layered(LAYER, call), Wrapped, "{call}");
    }
}

#[test]
fn what_was_left_out_opens_a_guard_too() {
    assert_eq!(layered(LAYER, "ask('jwt', 'no')"), Unproven);
    let reason = |layer| before(LAYER, layer).prove("route.ts", "GET").reason.unwrap_or_default();
    assert_eq!(reason("ask('jwt', 'no')"), "the guard lets anybody pass without its argument 3");
    assert_eq!(reason("ask('jwt', 'no', false)"), "the argument `false` lets anybody past the guard");
}

#[test]
fn the_argument_may_come_from_afar() {
    let guard = "import { find } from 'sessions';\nexport async function ask(req, strict) { const user = await find(req); if (!user && strict) throw new Error('no'); return user; }";
    for (before, call, class) in [
        ("const strict = false;", "await ask(req, strict)", Unproven),
        ("const strict = true;", "await ask(req, strict)", Inline),
        ("const check = (req, strict) => ask(req, strict);", "await check(req, false)", Unproven),
        ("const check = (req, strict) => ask(req, strict);", "await check(req, true)", Delegated),
    ] {
        let route = format!("{before} export async function GET(req) {{ {call}; await db.user.create({{}}); }}");
        assert_eq!(repository(guard, &["ask"], &route).prove("route.ts", "GET").class, class, "{before} {call}");
    }
}

#[test]
fn however_the_argument_decides_it_is_worked_out() {
    for body in [
        "if (!strict) return next(); if (!req.user) return res.status(401).end(); next();",
        "if (!req.user && strict === true) return res.sendStatus(401); next();",
        "const isOpen = !strict; if (!req.user) { if (isOpen) return next(); throw new Error('no'); } next();",
        "if (!req.user) return strict ? res.status(401).json({}) : next(); next();",
        "try { req.user = verify(req.headers.token); } catch (error) { if (strict) return next(error); } next();",
        "verify(req.headers.token, (err, user) => { if (err && strict) return res.status(401).end(); next(); });",
        "const user = find(req); switch (strict) { case true: if (!user) throw new Error('no'); break; default: } next();",
        "check(req, strict); next();",
        "return later((one, other, go) => { if (!one.user && strict) return other.status(401).end(); go(); })(req, res, next);",
        "find(req).then((user) => { if (!user && strict) { res.statusCode = 401; return res.end(); } next(); });",
        "do { if (!req.user && strict) { res.redirect('/login'); return; } } while (false); next();",
    ] {
        let guard = format!(
            "const later = (layer) => (req, res, next) => layer(req, res, next);\nfunction check(req, isStrict) {{ if (!req.user && isStrict) throw new Error('no'); }}\nexport const ask = (strict: boolean) => (req, res, next) => {{ {body} }};"
        );
        assert_eq!(layered(&guard, "ask(false)"), Unproven, "{body}");
        assert_eq!(layered(&guard, "ask(true)"), Wrapped, "{body}");
    }
}

#[test]
fn what_decides_something_else_opens_no_guard() {
    for body in [
        "if (!req.user) return res.status(401).end(); if (flag && !req.user.verified) return res.status(403).end(); next();",
        "if (!req.user) return flag ? res.redirect('/login') : res.status(401).end(); next();",
        "if (flag) log(req); if (!req.user) throw new Error('no'); next();",
        "const user = flag ? find(req) : read(req); if (!user) throw new Error('no'); next();",
        "if (!req.user) { if (flag) throw new Error('no'); return next(new Error('no')); } next();",
    ] {
        let guard = format!("export const ask = (flag?: boolean) => (req, res, next) => {{ {body} }};");
        for call in ["ask(true)", "ask(false)", "ask()"] {
            assert_eq!(layered(&guard, call), Wrapped, "{call} {body}");
        }
    }
}

#[test]
fn two_arguments_may_open_it_together() {
    let guard = "export const ask = (one, other) => (req, res, next) => { if (!req.user && (one || other)) throw new Error('no'); next(); };";
    let all = "export const ask = (one, other) => (req, res, next) => { if (!req.user && one && other) throw new Error('no'); next(); };";
    for (one, other, any, both) in
        [(true, true, Wrapped, Wrapped), (true, false, Wrapped, Unproven), (false, false, Unproven, Unproven)]
    {
        assert_eq!(layered(guard, &format!("ask({one}, {other})")), any, "{one} {other}");
        assert_eq!(layered(all, &format!("ask({one}, {other})")), both, "{one} {other}");
    }
}

#[test]
fn a_default_is_what_was_left_out() {
    for (default, class) in [("true", Wrapped), ("false", Unproven)] {
        let guard = format!(
            "export const ask = (strict = {default}) => (req, res, next) => {{ if (!req.user && strict) throw new Error('no'); next(); }};"
        );
        assert_eq!(layered(&guard, "ask()"), class, "{default}");
        assert_eq!(layered(&guard, "ask(true)"), Wrapped);
    }
}

#[test]
fn a_wrapper_that_is_curried_or_not_is_opened_by_no_handler() {
    let guard = "export function ask(options, handler) {
        if (!handler) return (inner) => ask(options, inner);
        return async (req) => { if (!(await find(req))) return new Response('no', { status: 401 }); return handler(req); };
      }";
    let route = "export const GET = ask({ role: 'owner' })(async () => Response.json(await db.all()));";
    assert_eq!(repository(guard, &["ask"], route).prove("route.ts", "GET").class, Wrapped);
}

#[test]
fn a_guard_that_is_called_on_the_way_is_opened_alike() {
    let guard = "import { find } from 'sessions';\nexport async function ask(req, strict) { const user = await find(req); if (!user && strict) throw new Error('no'); return user; }";
    assert_eq!(inline(guard, "await ask(req, false)"), Unproven);
    assert_eq!(inline(guard, "await ask(req)"), Unproven);
    assert_eq!(inline(guard, "await ask(req, true)"), Inline);
    let asked = "const user = await ask(req, false); if (!user) return new Response('no', { status: 401 })";
    assert_eq!(inline(guard, asked), Inline);
}

#[test]
fn a_guard_that_is_made_open_lets_everybody_pass() {
    let judged = |call: &str| {
        let route = format!(
            "import {{ handle }} from 'handle';\nconst layer = {call};\nexport const GET = handle({{ middleware: [layer], handler: async () => {{}} }});"
        );
        repository(LAYER, &["layer"], &route).judgements()
    };
    assert_eq!(judged("ask('jwt', 'no', false)"), [Judgement::LetsPass]);
    // What passport does nobody sees.
    assert_eq!(judged("ask('jwt', 'no', true)"), [Judgement::Unknown]);
}

#[test]
fn what_leads_back_to_itself_and_what_is_long_ends() {
    let long = vec!["req.user"; 300].join(" && ");
    let circle = format!(
        "const one = other && one;\nconst other = one || other;\nconst first = (strict) => second(strict), second = (strict) => first(strict);\n\
         export const ask = (strict) => (req, res, next) => {{ first(strict); if (one || ({long})) return next(); if (!req.user && strict) throw new Error('no'); next(); }};"
    );
    assert_eq!(layered(&circle, "ask(false)"), Unproven);
    assert_eq!(layered(&circle, "ask(true)"), Wrapped);
}
