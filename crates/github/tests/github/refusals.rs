//! What cannot be asked is an error.

use std::collections::BTreeSet;

use ops_github::GitHubError;
use serde_json::json;

use crate::openapi::Description;
use crate::stand_in::{Fault, StandIn};
use crate::world::{World, sha};

const FILE: &str = "db/1.sql";

fn approved() -> World {
    let mut world = World::default();
    world.commit("change", None, "ann", &[(FILE, "create table a()")]);
    world.propose(7, "ann", &["change"]);
    world.review(7, "bob", "APPROVED", "change");
    world
}

async fn ask(github: &StandIn) -> Result<Vec<String>, GitHubError> {
    let mut told = github.client().approvals(&sha("change"), &[FILE.to_owned()]).await?;
    Ok(told.remove(0).approvers)
}

const QUESTIONS: [&str; 8] = [
    "GET /commits?path=db%2F1.sql&sha=HEAD&per_page=1",
    "GET /commits/HEAD/pulls",
    "GET /pulls/7/reviews",
    "GET /git/trees/HEAD",
    "GET /git/trees/",
    "GET /pulls/7/commits",
    "GET /commits?path=db%2F1.sql&sha=HEAD&per_page=100",
    "GET /collaborators/bob/permission",
];

#[tokio::test]
async fn whatever_question_is_refused_the_answer_is_an_error_and_shows_no_token() {
    for question in QUESTIONS {
        let on = question.replace("HEAD", &sha("change"));
        for status in [401, 403, 404, 409, 422, 429, 500, 502, 503] {
            let github = StandIn::github(approved()).await;
            github.fault(Fault::always(&on, status));
            let error = ask(&github).await.expect_err(&on);
            let fits = match status {
                401 | 403 | 404 => matches!(error, GitHubError::Forbidden { .. }),
                429 => matches!(error, GitHubError::RateLimited { .. }),
                500.. => matches!(error, GitHubError::Unavailable { attempts: 3, .. }),
                _ => matches!(error, GitHubError::Refused { .. }),
            };
            assert!(fits, "{on} {status}: {error}");
            assert!(!format!("{error} {error:?}").contains("ghs_"), "{error}");
        }
    }
}

#[tokio::test]
async fn an_outage_that_ends_is_waited_for() {
    for question in QUESTIONS {
        let github = StandIn::github(approved()).await;
        github.fault(Fault::once(&question.replace("HEAD", &sha("change")), 502));
        assert_eq!(ask(&github).await.unwrap(), ["bob"]);
    }
}

#[tokio::test]
async fn an_outage_that_lasts_is_told_with_the_number_of_attempts() {
    let github = StandIn::github(approved()).await;
    github.fault(Fault::always("GET /pulls/7/reviews", 503));
    assert_eq!(
        ask(&github).await.unwrap_err().to_string(),
        "list the reviews of pull request #7: GitHub answered 503 (GET /repos/acme/shop/pulls/7/reviews, 3 attempts); check githubstatus.com, the network and HTTPS_PROXY, then run again"
    );
}

#[tokio::test]
async fn a_used_up_rate_limit_says_when_to_come_back_and_is_not_asked_again() {
    let github = StandIn::github(approved()).await;
    github.fault(Fault {
        headers: vec![("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1900000000")],
        ..Fault::always("GET /pulls/7/reviews", 403)
    });
    assert_eq!(
        ask(&github).await.unwrap_err().to_string(),
        "list the reviews of pull request #7: GitHub's rate limit is used up (403 to GET /repos/acme/shop/pulls/7/reviews); run again after 2030-03-17T17:46:40Z"
    );
    assert_eq!(github.count("GET /reviews"), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let github = StandIn::github(approved()).await;
    github.fault(Fault {
        headers: vec![("location", "https://elsewhere.example/")],
        ..Fault::always("GET /pulls/7/reviews", 301)
    });
    assert!(matches!(ask(&github).await, Err(GitHubError::Refused { status: 301, .. })));
}

#[tokio::test]
async fn an_answer_that_is_not_githubs_is_an_error() {
    let github = StandIn::github(approved()).await;
    github.fault(Fault::always("GET /pulls/7/reviews", 200));
    let error = ask(&github).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "list the reviews of pull request #7: the answer to GET /repos/acme/shop/pulls/7/reviews is unusable: invalid type: map, expected a sequence at line 1 column 0; check that GITHUB_API_URL leads to GitHub's API and not to a proxy's or a login page"
    );
}

#[tokio::test]
async fn a_list_that_github_cut_is_an_error() {
    let github = StandIn::github(approved()).await;
    github.fault(Fault {
        body: json!({ "sha": "x", "tree": [], "truncated": true }),
        ..Fault::always("GET /git/trees/", 200)
    });
    let error = ask(&github).await.unwrap_err().to_string();
    assert!(error.contains(" is unusable: GitHub cut the list of a folder; "), "{error}");
}

#[tokio::test]
async fn a_list_without_an_end_is_an_error() {
    let github = StandIn::github(approved()).await;
    let review = json!({ "user": null, "state": "COMMENTED", "commit_id": null });
    github.fault(Fault { body: vec![review; 100].into(), ..Fault::always("GET /reviews", 200) });
    let error = ask(&github).await.unwrap_err().to_string();
    assert!(error.contains(" is unusable: the list goes on after 10000 items; "), "{error}");
    assert_eq!(github.count("GET /reviews"), 100);
}

#[tokio::test]
async fn an_answer_beyond_all_measure_is_not_read_to_its_end() {
    let github = StandIn::github(approved()).await;
    github.fault(Fault { body: "x".repeat(33 << 20).into(), ..Fault::always("GET /reviews", 200) });
    let error = ask(&github).await.unwrap_err().to_string();
    assert!(error.contains("#7: the answer is larger than 33554432 bytes ("), "{error}");
}

#[tokio::test]
async fn nobody_at_the_address_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let timing = ops_github::Timing { attempts: 1, ..ops_github::Timing::default() };
    let client = ops_github::Client::with_timing(&address, None, "acme/shop", timing).unwrap();
    let error = client.approvals(&sha("change"), &[FILE.to_owned()]).await.unwrap_err();
    assert!(
        matches!(&error, GitHubError::Unavailable { reason, .. } if reason.starts_with("no connection (")),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_the_commit_does_not_hold_is_an_error() {
    let github = StandIn::github(approved()).await;
    for path in ["db/2.sql", ""] {
        let error = github.client().approvals(&sha("change"), &[path.to_owned()]).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "find {path:?} in commit {}: no commit up to there holds it; commit and push the file, then run again",
                sha("change")
            )
        );
    }
}

#[tokio::test]
async fn a_commit_is_named_by_its_full_hash() {
    let client = ops_github::Client::new("https://api.github.com", None, "acme/shop").unwrap();
    for head in ["", "main", "abc1234", &"g".repeat(40)] {
        let whole = client.approvals(head, &[FILE.to_owned()]).await.unwrap_err();
        let lines = client.approvals_of_lines(head, FILE, &BTreeSet::new()).await.unwrap_err();
        let said = format!("use {head:?} as a commit: expected the full hash of 40 or 64 hexadecimal digits");
        assert_eq!([whole.to_string(), lines.to_string()], [said.clone(), said]);
    }
}

/// The stand-in could agree with us and not with GitHub; the published examples are GitHub's own.
#[tokio::test]
async fn githubs_published_examples_are_understood() {
    let Some(description) = Description::published() else {
        return;
    };
    let github = wiremock::MockServer::start().await;
    for (pattern, template) in [
        ("/Hello-World/commits$", "/repos/{owner}/{repo}/commits"),
        ("/[0-9a-f]{40}/pulls$", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls"),
        ("/reviews$", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"),
        ("/pulls/1347/commits$", "/repos/{owner}/{repo}/pulls/{pull_number}/commits"),
        ("/git/trees/[0-9a-f]{40}$", "/repos/{owner}/{repo}/git/trees/{tree_sha}"),
        ("/permission$", "/repos/{owner}/{repo}/collaborators/{username}/permission"),
        ("/issues/1/comments$", "/repos/{owner}/{repo}/issues/{issue_number}/comments"),
        ("/user$", "/user"),
    ] {
        let mut answer = description.example(template).clone();
        if pattern == "/reviews$" {
            // In the examples everybody is octocat, who would approve their own pull request.
            answer[0]["user"]["login"] = "hubot".into();
            answer[0]["commit_id"] = sha("reviewed").into();
        }
        wiremock::Mock::given(wiremock::matchers::method("GET"))
            .and(wiremock::matchers::path_regex(pattern))
            .respond_with(wiremock::ResponseTemplate::new(200).set_body_json(answer))
            .expect(1..)
            .mount(&github)
            .await;
    }
    let marker = "<!-- plan -->";
    let answer = wiremock::ResponseTemplate::new(201);
    wiremock::Mock::given(wiremock::matchers::method("POST")).respond_with(answer).expect(1).mount(&github).await;
    let client = ops_github::Client::new(&github.uri(), None, "octocat/Hello-World").unwrap();
    let file = ["file.rb".to_owned()];
    let told = client.approvals(&sha("change"), &file).await.unwrap().remove(0);
    assert_eq!(told.pull_request, Some(1347));
    assert_eq!(told.author, "octocat");
    assert_eq!(told.last_change_at.to_string(), "2011-04-14T16:00:49Z");
    assert_eq!(told.approvers, ["hubot"]);
    let done = client.upsert_comment(1, marker, "x").await.unwrap();
    assert_eq!(done, ops_github::Upsert::Created);
}
