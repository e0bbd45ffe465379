//! What became of the routes since a commit, and which of them are judged.

use ops_testing::Event;

use crate::story::{GUARDED, OPEN, POLICY, Story, check, findings, routes};

fn changes(report: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let changes = report["details"]["changes"].as_array().expect("changes");
    changes
        .iter()
        .map(|one| format!("{} {} {}", text(&one["kind"]), text(&one["method"]), text(&one["path"])))
        .collect()
}

#[test]
fn only_routes_that_could_be_another_are_judged() {
    let (story, base) = Story::app().route("old", OPEN).route("orders", GUARDED).committed();
    let (story, _) = story.route("new", OPEN).committed();
    let report = story.report(&["scan", "--changed", &base], 1);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/new has no guard"]);
    assert_eq!(changes(&report), ["added GET /api/new"]);
    assert!(
        check(&report, "changes").ends_with("; 1 of 3 routes could be another, and only those are judged"),
        "{report:#}"
    );
    assert_eq!(findings(&story.report(&["scan"], 1)).len(), 2, "without the flag all are judged");
}

#[test]
fn routes_that_do_not_lead_to_the_change_are_counted_and_not_proven() {
    let (story, base) = Story::app().route("a", GUARDED).route("b", GUARDED).route("open", OPEN).committed();
    let (story, _) = story.route("a", OPEN).committed();
    let report = story.report(&["scan", "--changed", &base], 1);
    assert_eq!(routes(&report), ["GET /api/a none"]);
    assert_eq!(
        (&report["details"]["passed_over"], changes(&report)),
        (&2.into(), vec!["guard-changed GET /api/a".to_owned()])
    );
    let explanation = report["explanation"].as_str().unwrap();
    assert!(explanation.ends_with("Passed over: 2 routes, which rest on nothing that changed."), "{explanation}");
    assert_eq!(check(&report, "routes"), "pass: 3 routes in 3 files (next-app)");
    // Who wants the list gets all of it.
    let list = story.repository.outside().join("routes.json").display().to_string();
    let report = story.report(&["scan", "--changed", &base, "--inventory", &list], 1);
    assert_eq!((routes(&report).len(), &report["details"]["passed_over"]), (3, &0.into()));
}

#[test]
fn an_exception_that_nothing_needs_is_told_where_everything_is_looked_at() {
    let waiver = "[[waivers]]\nrule = \"route/console\"\npath = \"app/api/b/route.ts\"\nowner = \"@web\"\nreason = \"old\"\nexpires = 2099-01-01\n";
    let (story, base) =
        Story::app().policy(&format!("{POLICY}{waiver}")).route("a", GUARDED).route("b", GUARDED).committed();
    let (story, _) = story.route("a", &format!("{GUARDED}// changed\n")).committed();
    assert_eq!(findings(&story.report(&["scan", "--changed", &base], 0)), Vec::<String>::new());
    let unused = "policy/unused-waiver: the waiver of route/console for app/api/b/route.ts covers no finding";
    assert_eq!(findings(&story.report(&["scan"], 0)), [unused]);
}

#[test]
fn a_baseline_goes_on_to_know_what_a_change_does_not_reach() {
    let (story, _) = Story::app().route("old", OPEN).route("orders", GUARDED).committed();
    story.report(&["baseline"], 0);
    let (story, base) = story.committed();
    let (story, _) = story.route("orders", OPEN).committed();
    let report = story.report(&["scan", "--changed", &base], 1);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/orders has no guard"]);
    let (story, base) = story.route("orders", GUARDED).committed();
    let (story, _) = story.route("old", GUARDED).committed();
    let report = story.report(&["scan", "--changed", &base], 0);
    assert_eq!(report["findings"][0]["rule"], "policy/gone-baseline");
}

#[test]
fn a_change_that_touches_no_route_passes_over_old_findings() {
    let (story, base) = Story::app().route("old", OPEN).committed();
    let (story, _) = story.file("README.md", "Shop\n").committed();
    let report = story.report(&["scan", "--changed", &base], 0);
    assert_eq!((findings(&report), changes(&report)), (vec![], vec![]));
}

#[test]
fn a_guard_that_changes_touches_every_route_behind_it() {
    let (story, base) = Story::app().route("a", GUARDED).route("b", GUARDED).route("open", OPEN).committed();
    let broken = story.repository.read("lib/auth.ts").replace("status: 401", "status: 403");
    let (story, _) = story.file("lib/auth.ts", broken).committed();
    let report = story.report(&["scan", "--changed", &base], 0);
    assert!(check(&report, "changes").contains("2 of 3 routes could be another"), "{report:#}");
}

#[test]
fn a_policy_that_changes_touches_every_route() {
    let (story, base) = Story::app().route("old", OPEN).committed();
    let story = story.policy(&format!("{POLICY}accept = [\"wrapped\"]\n"));
    let report = story.report(&["scan", "--changed", &base], 1);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/old has no guard"]);
}

#[test]
fn routes_that_are_gone_and_guards_that_are_lost_are_told_first() {
    let (story, base) = Story::app().route("gone", GUARDED).route("orders", GUARDED).committed();
    std::fs::remove_file(story.repository.path().join("app/api/gone/route.ts")).unwrap();
    let story = story.route("orders", OPEN);
    let report = story.report(&["scan", "--changed", &base], 1);
    assert_eq!(changes(&report), ["removed GET /api/gone", "guard-changed GET /api/orders"]);
    let explanation = report["explanation"].as_str().unwrap();
    assert!(explanation.contains("1 route removed and 1 guard changed since"), "{explanation}");
}

#[test]
fn a_route_that_git_was_told_to_ignore_is_still_there_as_long_as_it_is_tracked() {
    let (story, base) = Story::app().route("orders", GUARDED).route("open", OPEN).committed();
    let (story, _) = story.file(".gitignore", "app/api/open/\n").committed();
    let report = story.report(&["scan", "--changed", &base], 0);
    assert_eq!(changes(&report), Vec::<String>::new());
    let report = story.report(&["scan"], 1);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/open has no guard"]);
    story.repository.git(&["rm", "-q", "--cached", "app/api/open/route.ts"]);
    let report = story.report(&["scan", "--changed", &base], 0);
    assert_eq!(changes(&report), ["removed GET /api/open"]);
}

#[test]
fn what_git_keeps_no_track_of_was_not_there() {
    let (story, base) = Story::app().route("orders", GUARDED).committed();
    let story = story.route("new", OPEN);
    let report = story.report(&["scan", "--changed", &base], 1);
    assert_eq!(changes(&report), ["added GET /api/new"]);
}

#[test]
fn a_commit_that_is_not_here_is_unproven_where_it_was_asked_for() {
    let (story, _) = Story::app().route("orders", GUARDED).committed();
    let report = story.report(&["scan", "--changed", "no-such"], 3);
    assert_eq!(
        check(&report, "changes"),
        "unproven: what changed is not known: the commit no-such is not in this clone"
    );
    let outside = Story::app().route("orders", GUARDED).report(&["scan", "--changed", "main"], 3);
    assert!(check(&outside, "changes").contains("not a git repository"), "{outside:#}");
}

#[test]
fn on_a_pull_request_the_difference_is_shown_and_everything_is_judged() {
    let (story, base) = Story::app().route("old", OPEN).committed();
    let (story, head) = story.route("orders", GUARDED).committed();
    let story = story.on_github().event(&Event::pull_request(7, &head, &base));
    let report = story.report(&["scan"], 1);
    assert_eq!(changes(&report), ["added GET /api/orders"]);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/old has no guard"]);
    // A clone without the base still judges.
    let shallow = Story::app().route("orders", GUARDED).committed().0.on_github();
    let shallow = shallow.event(&Event::pull_request(7, &head, &"b".repeat(40)));
    let report = shallow.report(&["scan"], 0);
    assert!(
        report["explanation"].as_str().unwrap().starts_with("What became of the routes is not shown: "),
        "{report:#}"
    );
}

/// What became of the routes after one file was written.
fn changes_by(story: Story, path: &str, text: &str, code: i32) -> Vec<String> {
    let (story, base) = story.committed();
    let (story, _) = story.file(path, text).committed();
    changes(&story.report(&["scan", "--changed", &base], code))
}

#[test]
fn a_helper_that_no_longer_asks_changes_the_route_that_calls_it_over_others() {
    let ask = "export async function ask(request) { return load(request); }\n";
    let load =
        "import { requireUser } from \"auth\";\nexport async function load(request) { await requireUser(request); }\n";
    let route = "import { ask } from \"@/lib/ask\";\nexport async function GET(request) {\n  await ask(request);\n  return Response.json([]);\n}\n";
    let story = Story::app()
        .policy(&POLICY.replace("withSession", "requireUser"))
        .file("lib/ask.ts", format!("import {{ load }} from \"./load\";\n{ask}"))
        .file("lib/load.ts", load)
        .route("asked", route)
        .route("direct", &route.replace("@/lib/ask", "auth").replace("ask", "requireUser"));
    let open = "export async function load(request) { return request.url; }\n";
    assert_eq!(changes_by(story, "lib/load.ts", open, 1), ["guard-changed GET /api/asked"]);
}

#[test]
fn a_router_that_gets_a_guard_changes_the_routes_of_others_in_it() {
    let router =
        "import { Hono } from \"hono\";\nexport const orders = new Hono().get(\"/\", async (c) => c.json([]));\n";
    let app = |layer: &str| {
        format!(
            "import {{ Hono }} from \"hono\";\nimport {{ orders }} from \"./orders\";\n\
             import {{ requireUser }} from \"auth\";\nconst app = new Hono();\n{layer}app.route(\"/orders\", orders);\nexport default app;\n"
        )
    };
    let story = Story::empty()
        .file("package.json", r#"{ "name": "shop", "dependencies": { "hono": "4.6.0" } }"#)
        .policy(&POLICY.replace("withSession", "requireUser"))
        .file("src/orders.ts", router)
        .file("src/app.ts", app(""));
    let guarded = app("app.use(requireUser);\n");
    assert_eq!(changes_by(story, "src/app.ts", &guarded, 1), ["guard-changed GET /orders"]);
}

#[test]
fn what_the_configuration_imports_changes_the_headers_of_all() {
    let config =
        "import { sources } from \"./lib/headers\";\nexport default { async headers() { return sources; } };\n";
    let headers = |source: &str| {
        format!(
            "export const sources = [{{ source: \"{source}\", headers: [{{ key: \"X-Frame-Options\", value: \"DENY\" }}] }}];\n"
        )
    };
    let story = Story::app()
        .policy(&POLICY.replace("headers = []", "headers = [\"X-Frame-Options: DENY\"]"))
        .file("next.config.mjs", config)
        .file("lib/headers.ts", headers("/:path*"))
        .route("orders", GUARDED);
    assert_eq!(changes_by(story, "lib/headers.ts", &headers("/pages"), 1), ["header-lost GET /api/orders"]);
}

#[test]
fn a_layout_that_says_what_runs_its_routes_changes_them() {
    let layout = "export default function Layout({ children }) { return children; }\n";
    let package = r#"{ "name": "shop", "dependencies": { "next": "14.2.0" } }"#;
    let story = Story::app()
        .policy(POLICY)
        .file("package.json", package)
        .file("app/api/layout.tsx", layout)
        .route("orders", GUARDED);
    let edge = format!("export const runtime = \"edge\";\n{layout}");
    assert_eq!(changes_by(story, "app/api/layout.tsx", &edge, 0), ["runtime-changed GET /api/orders"]);
}
