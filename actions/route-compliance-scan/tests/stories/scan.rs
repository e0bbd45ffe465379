//! The main story: a guarded app passes, an open route fails, and what nobody can tell is unproven.

use crate::story::{GUARDED, OPEN, POLICY, Story, check, findings, routes};

#[test]
fn an_app_with_every_route_guarded_passes() {
    let report = Story::app().route("orders", GUARDED).report(&["scan"], 0);
    assert_eq!(routes(&report), ["GET /api/orders wrapped"]);
    assert_eq!(report["headline"], "1 route, nothing in the way");
    assert_eq!(check(&report, "guards"), "pass: 1 of 1 routes are guarded or open on purpose");
    assert_eq!(report["details"]["proofs"], serde_json::json!({ "wrapped": 1 }));
}

#[test]
fn a_route_without_a_guard_is_refused_at_its_line() {
    let story = Story::app().route("orders", GUARDED).route("invoices", OPEN).on_github();
    let outcome = story.run(&["scan"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.stdout.starts_with("❌ route-compliance-scan · 1 route is unguarded\n"), "{outcome}");
    assert!(outcome.stdout.contains("::error file=app/api/invoices/route.ts,line=1,"), "{outcome}");
    assert!(outcome.stdout.contains("GET /api/invoices has no guard"), "{outcome}");
    assert_eq!(
        ["verdict", "routes", "guarded", "unguarded", "unproven"].map(|name| outcome.outputs[name].as_str()),
        ["fail", "2", "1", "1", "0"]
    );
}

#[test]
fn without_a_word_it_scans() {
    let story = Story::app().route("orders", GUARDED);
    assert_eq!(story.run(&[]).stdout, story.run(&["scan"]).stdout);
    assert_eq!(story.run(&["--format", "markdown"]).stdout, story.run(&["scan", "--format", "markdown"]).stdout);
}

#[test]
fn no_routes_prove_nothing_and_say_what_was_looked_for() {
    let report = Story::app().report(&["scan"], 3);
    assert!(check(&report, "routes").starts_with("unproven: no routes found; looked for "), "{report:#}");
    assert_eq!(report["headline"], "cannot be proven");
}

#[test]
fn a_policy_without_guards_proves_nothing_and_advises_init() {
    let report = Story::app().route("orders", GUARDED).policy("[routes]\nheaders = []\n").report(&["scan"], 3);
    assert_eq!(check(&report, "guards"), "unproven: the policy names no guards, so no route can be shown to have one");
    assert!(report.to_string().contains("route-compliance-scan init"));
    assert_eq!(findings(&report), Vec::<String>::new());
}

const HOOKS: &str = "\n[[routes.public]]\npath = \"/api/hooks/*\"\nmethods = [\"POST\"]\nowner = \"@platform\"\n\
                     reason = \"signed by the sender\"\nexpires = 2099-12-31\n";

#[test]
fn a_webhook_is_open_on_purpose_and_its_other_methods_are_not() {
    let hook = "export async function POST() {\n  return Response.json({});\n}\n";
    let story = Story::app().route("hooks/stripe", hook).policy(&format!("{POLICY}{HOOKS}"));
    let report = story.report(&["scan"], 0);
    assert_eq!(routes(&report), ["POST /api/hooks/stripe waived"]);
    assert_eq!(report["details"]["routes"][0]["reason"], "open on purpose, @platform: signed by the sender");
    let both = format!("{hook}{OPEN}");
    let report = story.route("hooks/stripe", &both).report(&["scan"], 1);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/hooks/stripe has no guard"]);
}

#[test]
fn an_exception_that_ended_is_an_error_at_its_line_of_the_policy() {
    let hook = "export async function POST() {\n  return Response.json({});\n}\n";
    let policy = format!("{POLICY}{}", HOOKS.replace("2099-12-31", "2020-12-31"));
    let report = Story::app().route("hooks/stripe", hook).policy(&policy).report(&["scan"], 1);
    let found = report["findings"].as_array().unwrap();
    let ended = found.iter().find(|finding| finding["rule"] == "route/expired-public").unwrap();
    assert_eq!((ended["path"].as_str(), ended["start_line"].as_u64()), (Some("ops.toml"), Some(5)));
    assert_eq!(ended["message"], "POST /api/hooks/* was open on purpose until 2020-12-31, and is open still");
}

#[test]
fn a_waiver_of_the_file_is_shown_with_its_reason() {
    let waiver = "\n[[waivers]]\nrule = \"route/unguarded\"\npath = \"app/api/health/route.ts\"\nowner = \"@platform\"\n\
                  reason = \"public liveness probe\"\nexpires = 2099-12-31\n";
    let story = Story::app().route("health", OPEN).policy(&format!("{POLICY}{waiver}"));
    let report = story.report(&["scan"], 0);
    assert_eq!(findings(&report), ["waived route/unguarded: @platform: public liveness probe"]);
    assert_eq!(routes(&report), ["GET /api/health waived"]);
}

#[test]
fn the_description_of_an_api_is_open_and_may_be_so_on_purpose() {
    let app = "import { OpenAPIHono } from \"@hono/zod-openapi\";\nconst app = new OpenAPIHono();\n\
               app.doc(\"/doc\", { openapi: \"3.0.0\" });\n";
    let story = Story::app().route("orders", GUARDED).file("server.ts", app);
    let report = story.report(&["scan"], 1);
    assert_eq!(routes(&report), ["GET /api/orders wrapped", "GET /doc none"]);
    let public = "\n[[routes.public]]\npath = \"/doc\"\nowner = \"@platform\"\nreason = \"for our customers\"\n\
                  expires = 2099-12-31\n";
    let report = story.policy(&format!("{POLICY}{public}")).report(&["scan"], 0);
    assert_eq!(routes(&report), ["GET /api/orders wrapped", "GET /doc waived"]);
}
