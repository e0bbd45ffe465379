use proptest::prelude::*;

use super::{answers, compare, openness, operations, part, serves, shape};
use crate::result::{Proof, ProvedRoute};
use crate::sample::route;

fn said_with(name: &str, text: &str, routes: &[ProvedRoute]) -> Result<(String, Vec<String>), String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    let compared = compare(folder.path(), name, routes).map_err(|failure| failure.to_string())?;
    let line = |finding: &ops_core::Finding| {
        format!("{}:{} {}: {}", finding.place.path, finding.place.start_line, finding.rule, finding.message)
    };
    let check = format!("{}: {}", compared.check.verdict.word(), compared.check.summary);
    Ok((check, compared.findings.iter().map(line).collect()))
}

fn said(text: &str, routes: &[(&str, &str)]) -> (String, Vec<String>) {
    let routes: Vec<ProvedRoute> = routes.iter().map(|(method, path)| route(method, path, Proof::None)).collect();
    said_with("openapi.yaml", text, &routes).unwrap()
}

const LINKS: &str = "\
openapi: 3.1.0
info: { title: Links, version: 1.0.0 }
paths:
  /api/links:
    get: { responses: {} }
    post: { responses: {} }
  /api/links/{linkId}:
    parameters: []
    get: { responses: {} }
";

#[test]
fn a_file_that_lists_every_route_agrees() {
    let routes = [("GET", "/api/links"), ("POST", "/api/links"), ("GET", "/api/links/{id}")];
    assert_eq!(said(LINKS, &routes), ("pass: openapi.yaml and the routes agree: 3 operations".to_owned(), vec![]));
}

#[test]
fn what_only_one_of_them_knows_is_a_finding_at_its_place() {
    let (check, findings) = said(LINKS, &[("GET", "/api/links"), ("DELETE", "/api/links/{id}"), ("HEAD", "/api/a")]);
    assert_eq!(check, "pass: 1 route without an operation, 2 operations without a route");
    assert_eq!(
        findings,
        [
            "app/api/links/{id}/route.ts:4 route/undocumented: DELETE /api/links/{id} has no operation in openapi.yaml",
            "openapi.yaml:4 route/unserved: POST /api/links is promised, and no route serves it",
            "openapi.yaml:7 route/unserved: GET /api/links/{linkId} is promised, and no route serves it",
        ]
    );
}

#[test]
fn a_handler_of_all_methods_serves_every_operation_of_its_path() {
    let routes = [("ANY", "/api/links"), ("ANY", "/api/links/{id}")];
    assert_eq!(said(LINKS, &routes).1, Vec::<String>::new());
    assert_eq!(said(LINKS, &[("ANY", "/api/{rest*}")]).1, Vec::<String>::new());
}

#[test]
fn procedures_and_actions_are_nobodys_operations() {
    let (check, findings) = said("openapi: 3.0.0\npaths: {}\n", &[("QUERY", "/user.get"), ("ACTION", "/save")]);
    assert_eq!((check.as_str(), findings), ("pass: openapi.yaml and the routes agree: 0 operations", vec![]));
}

#[test]
fn a_servers_path_comes_before_every_path() {
    let text = "openapi: 3.0.0\nservers: [{ url: 'https://shop.example.com/api/' }, { url: /v1 }]\npaths:\n  /links:\n    get: {}\n";
    assert_eq!(said(text, &[("GET", "/api/links")]).1, Vec::<String>::new());
    assert_eq!(said(text, &[("GET", "/v1/links")]).1, Vec::<String>::new());
    assert_eq!(said(text, &[("GET", "/links")]).1.len(), 2);
    let old = "swagger: '2.0'\nbasePath: /api\npaths:\n  /links:\n    get: {}\n";
    assert_eq!(said(old, &[("GET", "/api/links")]).1, Vec::<String>::new());
}

#[test]
fn parameters_are_equal_whatever_they_are_called_and_however_they_are_written() {
    let all = ["/a/{id}", "/a/[id]", "/a/:id", "/a/{other}/", "/a/[slug]"].map(shape);
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
    assert_eq!(shape("/a/{id}.json"), shape("/a/[name].json"));
    assert_ne!(shape("/a/{id}"), shape("/a/id"));
    assert!(serves(&shape("/a/[...rest]"), &shape("/a/b/c")) && !serves(&shape("/a/[...rest]"), &shape("/a")));
    assert!(serves(&shape("/a/[[...rest]]"), &shape("/a")) && !serves(&shape("/a/[[...rest]]"), &shape("/b")));
    assert!(!serves(&shape("/a/{id}"), &shape("/a/new")), "one operation for each of two routes");
}

#[test]
fn a_path_that_stands_elsewhere_is_followed_here_and_unproven_there() {
    let here = "openapi: 3.1.0\npaths:\n  /a:\n    $ref: '#/components/pathItems/a'\ncomponents:\n  pathItems:\n    a:\n      get: {}\n";
    assert_eq!(
        said(here, &[("GET", "/a")]),
        ("pass: openapi.yaml and the routes agree: 1 operation".to_owned(), vec![])
    );
    let there = "openapi: 3.1.0\npaths:\n  /a:\n    $ref: 'a.yaml'\n";
    let (check, findings) = said(there, &[("GET", "/a")]);
    assert!(
        check.starts_with("unproven: ") && check.contains("1 path of openapi.yaml stand in other files"),
        "{check}"
    );
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn json_is_read_as_well() {
    let text = "{\n \"openapi\": \"3.0.0\",\n \"paths\": {\n  \"/a\": { \"get\": {} }\n }\n}";
    let (_, findings) = said_with("openapi.json", text, &[]).unwrap();
    assert_eq!(findings, ["openapi.json:4 route/unserved: GET /a is promised, and no route serves it"]);
}

#[test]
fn what_is_no_openapi_file_is_refused() {
    let error = |text: &str| said_with("openapi.yaml", text, &[]).unwrap_err();
    assert_eq!(error("title: x\n"), "openapi.yaml is no OpenAPI file: it has no `paths` or `webhooks`");
    let broken = error("paths: [\n");
    assert!(
        broken.starts_with("the OpenAPI file openapi.yaml cannot be understood: ") && broken.contains("line"),
        "{broken}"
    );
    let folder = tempfile::tempdir().unwrap();
    let missing = compare(folder.path(), "no.yaml", &[]).unwrap_err();
    assert_eq!(missing.exit_code(), 2);
    assert!(missing.to_string().starts_with("the OpenAPI file no.yaml cannot be read: "), "{missing}");
}

#[test]
fn a_file_that_unfolds_without_end_is_refused_and_not_unfolded() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        text += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", "));
    }
    text += "paths: {}\n";
    assert!(said_with("openapi.yaml", &text, &[]).is_err());
}

proptest! {
    #[test]
    fn any_path_has_a_shape_and_serves_itself(path in "(/[a-z{}\\[\\]:.*+]{0,6}){0,5}") {
        let shape = shape(&path);
        let has_rest = shape.iter().any(|part| !matches!(part, super::Part::Text(_)));
        prop_assert!(has_rest || serves(&shape, &shape));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        let _ = part(&text);
        let _ = said_with("openapi.yaml", &text, &[]);
        let _ = serde_json::from_str(&text).map(|value| operations(&value));
    }
}

#[test]
fn what_a_regular_expression_takes_may_be_any_path() {
    let path = r"/course/(/^\/[0-9]+\/(edit)?$/)";
    assert!(answers(path, "/course/17/edit") && answers(path, "/course") && !answers(path, "/other/17"));
    assert!(openness("/course/{id}") < openness(path));
}
