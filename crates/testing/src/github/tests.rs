use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use serde_json::json;

use super::*;

fn ask(server: &GitHubServer, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    (text[9..12].parse().unwrap(), text)
}

fn commit(sha: &str, author: &str, day: u32, file: &str) -> Commit {
    Commit {
        sha: sha.repeat(40),
        author: author.to_owned(),
        date: format!("2026-01-0{day}T00:00:00Z"),
        files: vec![file.to_owned()],
    }
}

fn repository() -> GitHubServer {
    let server = GitHubServer::start();
    let review = Review {
        author: "mona".into(),
        state: "APPROVED".into(),
        commit: "2".repeat(40),
        submitted_at: "2026-01-02T12:00:00Z".into(),
    };
    server.add_pull(Pull {
        number: 7,
        author: "octocat".into(),
        head: "2".repeat(40),
        merged_as: Some("9".repeat(40)),
        commits: vec![commit("1", "octocat", 1, "a.sql"), commit("2", "octocat", 2, "b.sql")],
        reviews: vec![review],
    });
    server
}

const ROOT: &str = "/repos/octo-org/corner-shop";

#[test]
fn pulls_are_found_by_number_and_by_commit() {
    let server = repository();
    assert!(ask(&server, "GET", &format!("{ROOT}/pulls/7"), "").1.contains("\"number\":7"));
    assert_eq!(ask(&server, "GET", &format!("{ROOT}/pulls/8"), "").0, 404);
    for sha in ["9", "1"] {
        assert!(
            ask(&server, "GET", &format!("{ROOT}/commits/{}/pulls", sha.repeat(40)), "").1.contains("\"number\":7")
        );
    }
    assert!(ask(&server, "GET", &format!("{ROOT}/pulls/7/reviews"), "").1.contains("APPROVED"));
    let commits = ask(&server, "GET", &format!("{ROOT}/commits?path=a.sql"), "").1;
    assert!(commits.contains(&"1".repeat(40)) && !commits.contains(&"2".repeat(40)));
    let files = ask(&server, "GET", &format!("{ROOT}/pulls/7/files?per_page=1"), "").1;
    assert!(files.contains("a.sql") && !files.contains("b.sql") && files.contains("page=2>; rel=\"next\""), "{files}");
}

#[test]
fn trees_are_walked_and_permissions_and_accounts_are_told() {
    let server = GitHubServer::start();
    let head = "2".repeat(40);
    let commits = vec![commit("1", "octocat", 1, "db/a.sql"), commit("2", "octocat", 2, "db/b.sql")];
    server.add_pull(Pull { number: 7, head: head.clone(), commits, ..Pull::default() });
    let root = ask(&server, "GET", &format!("{ROOT}/git/trees/{head}"), "").1;
    let (_, folder) = root.rsplit_once("\"sha\":\"").unwrap();
    let folder = ask(&server, "GET", &format!("{ROOT}/git/trees/{}", &folder[..40]), "").1;
    assert!(root.contains("\"db\"") && folder.contains("a.sql") && folder.contains("b.sql"), "{root}\n{folder}");
    let first = ask(&server, "GET", &format!("{ROOT}/git/trees/{}", "1".repeat(40)), "").1;
    assert!(first.contains("\"db\"") && first != root);
    assert_eq!(ask(&server, "GET", &format!("{ROOT}/git/trees/{}", "5".repeat(40)), "").0, 404);

    let permission = |login: &str| ask(&server, "GET", &format!("{ROOT}/collaborators/{login}/permission"), "").1;
    server.set_permission("guest", "read");
    assert!(permission("mona").contains("\"permission\":\"write\"") && permission("guest").contains("\"read\""));
    assert_eq!(ask(&server, "GET", "/user", "").0, 403);
    server.set_account("mona");
    assert_eq!(ask(&server, "GET", "/user", "").0, 200);
}

#[test]
fn comments_are_made_changed_and_refused() {
    let server = repository();
    assert_eq!(ask(&server, "POST", &format!("{ROOT}/issues/7/comments"), r#"{"body":"one"}"#).0, 201);
    assert_eq!(ask(&server, "PATCH", &format!("{ROOT}/issues/comments/9001"), r#"{"body":"two"}"#).0, 200);
    assert_eq!(server.comments()[0].body, "two");
    server.forbid_comments();
    assert_eq!(ask(&server, "POST", &format!("{ROOT}/issues/7/comments"), r#"{"body":"no"}"#).0, 403);
    assert!(ask(&server, "GET", &format!("{ROOT}/issues/7/comments"), "").1.contains("\"two\""));
    server.break_with(502);
    assert_eq!(ask(&server, "GET", &format!("{ROOT}/pulls/7"), "").0, 502);
}

fn violations_of(method: &str, path: &str, query: &[(&str, &str)], body: Option<Value>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("description.json");
    let description = json!({
        "paths": {"/repos/{owner}/comments": {
            "get": {"parameters": [{"$ref": "#/components/parameters/page"}]},
            "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {
                "type": "object", "properties": {"body": {"$ref": "#/components/schemas/text"}}, "required": ["body"]}}}}}}},
        "components": {"parameters": {"page": {"in": "query", "name": "page", "schema": {"type": "integer"}}}, "schemas": {"text": {"type": "string"}}}
    });
    std::fs::write(&file, description.to_string()).unwrap();
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let request = Request { method: method.to_owned(), path: path.to_owned(), query, headers: BTreeMap::new(), body };
    violations(&file, &[request])
}

#[test]
fn requests_are_held_against_a_description() {
    let path = "/repos/x/comments";
    assert_eq!(violations_of("GET", path, &[("page", "2")], None), [""; 0]);
    assert_eq!(violations_of("POST", path, &[], Some(json!({"body": "x"}))), [""; 0]);
    assert_eq!(violations_of("GET", "/nothing", &[], None), ["GET /nothing: no such operation"]);
    assert_eq!(
        violations_of("GET", path, &[("pages", "2")], None),
        ["GET /repos/x/comments: no query parameter pages"]
    );
    assert_eq!(
        violations_of("GET", path, &[("page", "x")], None),
        ["GET /repos/x/comments: page must be a whole number, not \"x\""]
    );
    assert_eq!(violations_of("POST", path, &[], None), ["POST /repos/x/comments: needs a body"]);
    assert_eq!(violations_of("POST", path, &[], Some(json!({"body": 1}))).len(), 1);
    assert_eq!(
        violations_of("POST", path, &[], Some(json!({"body": "x", "z": 1}))),
        ["POST /repos/x/comments: unknown field z"]
    );
}

#[test]
fn our_own_answers_fit_github_where_its_description_is_at_hand() {
    let Some(description) = std::env::var_os("OPS_GITHUB_OPENAPI") else { return };
    let server = repository();
    ask(&server, "GET", "/user", "");
    server.set_text("a.sql", &"1".repeat(40), "select 1;");
    let blob = trees::blob("a.sql", &"1".repeat(40));
    assert!(ask(&server, "GET", &format!("{ROOT}/git/blobs/{blob}?"), "").1.contains("\"c2VsZWN0IDE7\""));
    for path in [
        "git/trees/1111111111111111111111111111111111111111",
        "collaborators/mona/permission",
        "pulls/7",
        "pulls/7/files",
        "pulls/7/reviews",
        "pulls/7/commits",
        "commits",
        "issues/7/comments",
    ] {
        ask(&server, "GET", &format!("{ROOT}/{path}?"), "");
    }
    ask(&server, "POST", &format!("{ROOT}/issues/7/comments"), r#"{"body":"one"}"#);
    assert_eq!(violations(Path::new(&description), &server.requests()), [""; 0]);
}
