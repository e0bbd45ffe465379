//! The list of routes, and what an OpenAPI file says to it.

use crate::story::{GUARDED, OPEN, Story, findings};

#[test]
fn an_open_route_is_listed_and_not_judged() {
    let story = Story::app().route("orders", GUARDED).route("open", OPEN);
    let outcome = story.run(&["inventory", "--format", "markdown"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.starts_with("### ✅ route-compliance-scan · 2 routes\n"), "{outcome}");
    assert!(outcome.stdout.contains("| GET | /api/open | none |"), "{outcome}");
}

#[test]
fn the_list_is_written_as_json_or_markdown_the_same_each_time() {
    let story = Story::app().route("orders/[id]", GUARDED);
    let write = |name: &str| {
        let path = story.repository.outside().join(name);
        let outcome = story.run(&["inventory", "--inventory", path.to_str().unwrap()]);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        std::fs::read_to_string(path).unwrap()
    };
    let json = write("routes.json");
    assert_eq!(json, write("again.json"));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["routes"][0]["path"], "/api/orders/[id]");
    let table = write("routes.md");
    assert!(table.starts_with("| method | path | proof | headers | framework | runtime | handler |\n|---|"), "{table}");
    assert!(table.contains("| GET | /api/orders/"), "{table}");
}

#[test]
fn the_openapi_file_is_compared_by_flag_or_policy() {
    let api = "openapi: 3.1.0\npaths:\n  /api/orders/{orderId}:\n    get: {}\n  /api/gone:\n    get: {}\n";
    let story = Story::app().route("orders/[id]", GUARDED).route("new", GUARDED).file("openapi.yaml", api);
    let report = story.report(&["inventory", "--openapi", "openapi.yaml"], 0);
    let expected = [
        "route/undocumented: GET /api/new has no operation in openapi.yaml",
        "route/unserved: GET /api/gone is promised, and no route serves it",
    ];
    assert_eq!(findings(&report), expected);
    let story = story.policy(&format!("{}openapi = \"openapi.yaml\"\n", crate::story::POLICY));
    assert_eq!(findings(&story.report(&["scan"], 0)), expected);
}

#[test]
fn an_app_without_routes_has_no_list() {
    assert_eq!(Story::app().report(&["inventory"], 3)["headline"], "cannot be proven");
}
