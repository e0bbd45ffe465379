//! On a pull request: one comment, kept up to date, and never worth a failure.

use ops_testing::{Event, GitHubServer, Pull};

use crate::story::{GUARDED, Story, findings};

fn pull_request(server: &GitHubServer) -> Story {
    let (story, base) = Story::app().route("orders", GUARDED).committed();
    let (story, head) = story.route("invoices", GUARDED).committed();
    server.add_pull(Pull { number: 7, author: "dev".to_owned(), head: head.clone(), ..Pull::default() });
    story.on_github().event(&Event::pull_request(7, &head, &base)).env("GITHUB_API_URL", &server.url())
}

#[test]
fn the_pull_request_has_one_comment_that_is_kept_up_to_date() {
    let server = GitHubServer::start();
    let story = pull_request(&server).env("INPUT_GITHUB_TOKEN", "ghs_story");
    story.report(&["scan", "--comment"], 0);
    let story = story.route("more", GUARDED);
    story.report(&["scan", "--comment"], 0);
    let comments = server.comments();
    assert_eq!(comments.len(), 1, "{comments:?}");
    let body = &comments[0].body;
    assert!(body.contains("### ✅ route-compliance-scan · 3 routes, nothing in the way"), "{body}");
    assert!(body.contains("2 routes added since"), "{body}");
}

#[test]
fn without_permission_there_is_a_note_and_no_failure() {
    let server = GitHubServer::start();
    server.forbid_comments();
    let report = pull_request(&server).env("INPUT_GITHUB_TOKEN", "ghs_story").report(&["scan", "--comment"], 0);
    assert!(
        findings(&report)[0].starts_with("github/comment: the pull request has no comment from this run: "),
        "{report:#}"
    );
}

#[test]
fn the_token_is_shown_nowhere() {
    let server = GitHubServer::start();
    let story = pull_request(&server).env("INPUT_GITHUB_TOKEN", "ghs_verysecretindeed").env("INPUT_COMMENT", "true");
    let outcome = story.run(&["scan"]);
    let visible: Vec<String> =
        outcome.everything().lines().filter(|line| !line.starts_with("::add-mask::")).map(str::to_owned).collect();
    assert!(!visible.join("\n").contains("ghs_verysecretindeed"), "{outcome}");
}
