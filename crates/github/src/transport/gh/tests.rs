use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use ops_core::inputs::Environment;
use proptest::prelude::*;
use tempfile::TempDir;

use super::super::{Answer, Carrier, Timing};
use super::{Gh, read};
use crate::{Client, Secret};

const URL: &str = "https://api.github.com/repos/acme/shop/commits?path=a%20b&per_page=1";

/// A `gh` that is this script.
fn program(script: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gh");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn variables(folder: &TempDir) -> Environment {
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    Environment::from_pairs([("PATH", path.as_str()), ("NO_PROXY", "ghe.acme.io"), ("NPM_TOKEN", "npm_secret")])
}

async fn ask(script: &str) -> Result<Answer, String> {
    let folder = program(script);
    let timing = Timing { answer: Duration::from_millis(500), ..Timing::default() };
    Gh::new(&Secret::new("ghs_abc"), &variables(&folder), timing).unwrap().get(URL).await
}

async fn lost(script: &str) -> String {
    ask(script).await.err().unwrap()
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

#[tokio::test]
async fn it_is_told_one_address_and_gets_the_token_as_a_variable_alone() {
    let answer = ask(r#"printf 'HTTP/2.0 200 OK\nEtag: "1"\r\n\r\n'; printf '%s\n' "$@" --; pwd; env"#).await.unwrap();
    let (told, rest) = text(&answer).split_once("--\n").unwrap();
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "api",
            "--include",
            "--method",
            "GET",
            "--header",
            "Accept: application/vnd.github+json",
            "--header",
            "X-GitHub-Api-Version: 2022-11-28",
            URL,
        ]
    );
    let (home, variables) = rest.split_once('\n').unwrap();
    for variable in ["GH_TOKEN=ghs_abc", "GH_ENTERPRISE_TOKEN=ghs_abc", "NO_PROXY=ghe.acme.io", &format!("HOME={home}")]
    {
        assert!(variables.lines().any(|line| line == variable), "{variable}: {variables}");
    }
    assert!(!variables.contains("npm_secret"), "{variables}");
    assert_eq!((answer.status.as_u16(), answer.headers["etag"].to_str().unwrap()), (200, "\"1\""));
}

#[tokio::test]
async fn a_refusal_is_an_answer_though_it_ends_with_1() {
    let script =
        r#"printf 'HTTP/2.0 404 Not Found\nX-A: b\r\n\r\n{"message":"No"}'; echo 'gh: No (HTTP 404)' >&2; exit 1"#;
    let answer = ask(script).await.unwrap();
    assert_eq!((answer.status.as_u16(), text(&answer)), (404, r#"{"message":"No"}"#));
}

#[tokio::test]
async fn what_is_no_whole_answer_is_lost() {
    assert_eq!(
        lost(r"printf 'HTTP/2.0 200 OK\nX-A: b\r\n\r\n[{'; echo 'unexpected EOF' >&2; exit 1").await,
        "the answer was lost (`gh` ended with 1)"
    );
    assert_eq!(
        lost(r"printf 'connection refused\n::error::x\n' >&2; exit 1").await,
        "`gh` ended with 1 (connection refused ::error::x)"
    );
    assert_eq!(lost("echo '[]'").await, "`gh` ended with 0 ([])");
    assert_eq!(lost("kill -KILL $$").await, "`gh` was ended by signal 9 ()");
    assert_eq!(lost("sleep 3600").await, "no answer within 500ms");
}

#[test]
fn a_machine_without_it_says_what_to_do() {
    let there = TempDir::new().unwrap();
    std::fs::create_dir(there.path().join("gh")).unwrap();
    // As a repository could lead to a program of its own.
    let program = program("exit 1");
    let up = "../".repeat(std::env::current_dir().unwrap().components().count());
    let relative = format!("{up}{}", program.path().strip_prefix("/").unwrap().display());
    assert!(std::path::Path::new(&relative).join("gh").is_file());
    for path in ["", &relative, &there.path().display().to_string()] {
        let variables = Environment::from_pairs([("PATH", path)]);
        let error = Client::through_gh(&variables, &Secret::new("ghs_abc"), "acme/shop").err().unwrap();
        assert_eq!(
            error.to_string(),
            "run GitHub's command line `gh`: there is no `gh` in PATH; GitHub's runners carry it, a container or a runner of one's own needs it installed"
        );
    }
}

#[test]
fn a_token_that_is_none_is_refused() {
    let folder = program("exit 1");
    for token in ["", "ghs_a\nb", "ghs_a\0"] {
        let error = Client::through_gh(&variables(&folder), &Secret::new(token), "acme/shop").err().unwrap();
        assert!(error.to_string().starts_with("use the GitHub token: "), "{error}");
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(
        status in 200_u16..600, names in prop::collection::btree_set("[a-z][a-z-]{0,9}", 0..4), value in "[!-~]([ -~]{0,20}[!-~])?",
        body in prop::collection::vec(any::<u8>(), 0..60)
    ) {
        let mut printed = format!("HTTP/2.0 {status} Some Reason\n").into_bytes();
        names.iter().for_each(|name| printed.extend_from_slice(format!("{name}: {value}\r\n").as_bytes()));
        printed.extend_from_slice(b"\r\n");
        printed.extend_from_slice(&body);
        let answer = read(&printed).unwrap();
        prop_assert_eq!((answer.status.as_u16(), &answer.body), (status, &body));
        prop_assert_eq!(answer.headers.len(), names.len());
        prop_assert!(names.iter().all(|name| answer.headers[name] == value.as_str()));
    }

    #[test]
    fn anything_is_read_or_not(printed in prop::collection::vec(any::<u8>(), 0..80)) {
        let printed = [b"HTTP/2.0 ".as_slice(), &printed].concat();
        if let Some(answer) = read(&printed) {
            prop_assert!(printed.ends_with(&answer.body));
        }
    }
}
