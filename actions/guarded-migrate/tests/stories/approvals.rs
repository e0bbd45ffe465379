//! Production asks GitHub who looked at the files that are about to run.

use ops_testing::{Commit, Event, GitHubServer, Pull, Review};

use crate::story::{Story, said, visible};

const FILE: &str = "migrations/1_items.sql";
const TOKEN: &str = "ghs_never_to_be_shown";
const ASK: &str = "next: give the job the permissions contents: read and pull-requests: read";

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn commit(digit: char, path: &str) -> Commit {
    let (author, date) = ("octocat".to_owned(), format!("2027-01-0{digit}T00:00:00Z"));
    Commit { sha: sha(digit), author, date, files: vec![path.to_owned()] }
}

fn review(author: &str, state: &str, digit: char) -> Review {
    let submitted_at = "2027-01-08T00:00:00Z".to_owned();
    Review { author: author.to_owned(), state: state.to_owned(), commit: sha(digit), submitted_at }
}

/// Pull request #7 of octocat, merged as 9999…, whose commits are these.
fn pull(commits: Vec<Commit>, reviews: Vec<Review>) -> Pull {
    let head = commits.last().expect("a commit").sha.clone();
    Pull { number: 7, author: "octocat".to_owned(), head, merged_as: Some(sha('9')), commits, reviews }
}

fn reviewed(reviews: Vec<Review>) -> Pull {
    pull(vec![commit('1', FILE)], reviews)
}

/// Production on the commit that merged the pull request, with one approval asked for.
fn story(server: &GitHubServer, pull: Pull) -> Story {
    server.add_pull(pull);
    let story = Story::sqlite().policy("[environments.production]\napprovals = 1\n");
    let story = story.file(FILE, "create table items (id int primary key);").production().marked();
    story
        .event(&Event::push("refs/heads/main", &sha('9')))
        .env("GITHUB_API_URL", &server.url())
        .env("INPUT_GITHUB_TOKEN", TOKEN)
}

/// What the check says; every request to GitHub must be one that GitHub describes.
fn answer(story: &Story, server: &GitHubServer, code: i32) -> String {
    let report = if code == 0 { story.passed(&["apply"]) } else { story.refused(&["apply"], code) };
    described(server);
    said(&report, "approvals")
}

fn described(server: &GitHubServer) {
    let Some(description) = std::env::var_os("OPS_GITHUB_OPENAPI") else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "OPS_GITHUB_OPENAPI is not set; scripts/test sets it");
        eprintln!("SKIPPED: OPS_GITHUB_OPENAPI is not set; scripts/test sets it");
        return;
    };
    assert_eq!(ops_testing::violations(description.as_ref(), &server.requests()), [""; 0]);
}

fn lacking(next: &str) -> String {
    format!("fail: not approved after the last change: {FILE} (0 of 1)\nnext: {next}")
}

const BY_ANOTHER: &str = "have pull request #7 approved by someone other than octocat";

#[test]
fn an_approval_by_someone_else_passes() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(vec![review("mona", "APPROVED", '1')]));
    assert_eq!(answer(&story, &server, 0), "pass: 1 pending file with 1 approval after the last change");
    assert!(server.requests().iter().all(|request| request.headers["authorization"].ends_with(TOKEN)));
}

#[test]
fn nothing_is_asked_where_the_policy_asks_for_none() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(Vec::new())).policy("");
    assert_eq!(answer(&story, &server, 0), "pass: production asks for none");
    assert!(server.requests().is_empty());
}

#[test]
fn without_a_review_it_is_refused() {
    let server = GitHubServer::start();
    assert_eq!(answer(&story(&server, reviewed(Vec::new())), &server, 1), lacking(BY_ANOTHER));
}

#[test]
fn ones_own_approval_does_not_count() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(vec![review("octocat", "APPROVED", '1')]));
    assert_eq!(answer(&story, &server, 1), lacking(BY_ANOTHER));
}

#[test]
fn an_approval_before_the_last_change_does_not_count() {
    let server = GitHubServer::start();
    let commits = vec![commit('1', FILE), commit('2', FILE)];
    let story = story(&server, pull(commits, vec![review("mona", "APPROVED", '1')]));
    assert_eq!(answer(&story, &server, 1), lacking(BY_ANOTHER));
}

#[test]
fn a_change_of_another_file_takes_no_approval_back() {
    let server = GitHubServer::start();
    let commits = vec![commit('1', FILE), commit('2', "README.md")];
    let story = story(&server, pull(commits, vec![review("mona", "APPROVED", '1')]));
    answer(&story, &server, 0);
}

#[test]
fn an_approval_that_was_taken_back_does_not_count() {
    let server = GitHubServer::start();
    let reviews = vec![review("mona", "APPROVED", '1'), review("mona", "CHANGES_REQUESTED", '1')];
    let story = story(&server, reviewed(reviews));
    assert_eq!(answer(&story, &server, 1), lacking(BY_ANOTHER));
}

#[test]
fn who_may_not_write_approves_nothing() {
    let server = GitHubServer::start();
    server.set_permission("mona", "read");
    let story = story(&server, reviewed(vec![review("mona", "APPROVED", '1')]));
    assert_eq!(answer(&story, &server, 1), lacking(BY_ANOTHER));
}

#[test]
fn two_approvals_are_two_people() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(vec![review("mona", "APPROVED", '1')]));
    let story = story.policy("[environments.production]\napprovals = 2\n");
    assert_eq!(
        answer(&story, &server, 1),
        format!("fail: not approved after the last change: {FILE} (1 of 2)\nnext: {BY_ANOTHER}")
    );
}

#[test]
fn what_was_pushed_without_a_pull_request_is_refused() {
    let server = GitHubServer::start();
    let story = story(&server, Pull { number: 0, ..reviewed(Vec::new()) });
    let next = format!("bring {FILE} in by a pull request: its last change came without one");
    assert_eq!(answer(&story, &server, 1), lacking(&next));
}

#[test]
fn the_root_may_be_a_folder_of_the_repository() {
    let server = GitHubServer::start();
    let file = "apps/shop/migrations/1_items.sql";
    let story = story(&server, pull(vec![commit('1', file)], vec![review("mona", "APPROVED", '1')]));
    let story = story.file(file, "create table items (id int primary key);");
    let policy = "[environments.production]\napprovals = 1\n";
    let story = story.file("apps/shop/ops.toml", policy).env("INPUT_ROOT", "apps/shop").marked();
    answer(&story, &server, 0);
}

#[test]
fn without_a_token_nothing_is_proven() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(vec![review("mona", "APPROVED", '1')])).without("INPUT_GITHUB_TOKEN");
    assert_eq!(
        answer(&story, &server, 3),
        "unproven: there is no token to ask GitHub with\n\
         next: give the input github-token, with the permissions contents: read and pull-requests: read"
    );
}

#[test]
fn a_github_that_refuses_proves_nothing() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(vec![review("mona", "APPROVED", '1')]));
    server.break_with(403);
    let answer = answer(&story, &server, 3);
    assert!(answer.starts_with("unproven: ") && answer.ends_with(ASK) && answer.contains("403"), "{answer}");
}

#[test]
fn the_token_is_never_shown() {
    let server = GitHubServer::start();
    let story = story(&server, reviewed(Vec::new()));
    let outcome = story.run(&["apply"]);
    assert!(!visible(&outcome).contains(TOKEN), "{outcome}");
    assert!(outcome.masks.iter().any(|mask| mask == TOKEN));
}
