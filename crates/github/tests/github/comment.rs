//! One comment of ours on a pull request.

use ops_github::{GitHubError, Upsert};
use serde_json::Value;

use crate::cut;
use crate::stand_in::{Fault, StandIn};
use crate::world::{World, comment};

const MARKER: &str = "<!-- ops-actions: plan -->";
const POST: &str = "POST /repos/acme/shop/issues/7/comments";

async fn say(github: &StandIn, body: &str) -> Result<Upsert, GitHubError> {
    github.client().upsert_comment(7, MARKER, body).await
}

fn with(comments: Vec<Value>) -> World {
    World { comments, ..World::default() }
}

fn bodies(github: &StandIn) -> Vec<String> {
    github.comments().iter().map(|comment| comment["body"].as_str().unwrap().to_owned()).collect()
}

fn ours(body: &str) -> String {
    format!("{MARKER}\n{body}")
}

#[tokio::test]
async fn it_is_created_then_left_alone_then_updated() {
    let github = StandIn::github(World::default()).await;
    assert_eq!(say(&github, "one").await.unwrap(), Upsert::Created);
    assert_eq!(say(&github, "one").await.unwrap(), Upsert::Unchanged);
    assert_eq!(say(&github, "two").await.unwrap(), Upsert::Updated);
    assert_eq!(bodies(&github), [ours("two")]);
    assert_eq!((github.count("POST /"), github.count("PATCH /")), (1, 1));
}

#[tokio::test]
async fn line_ends_in_another_form_are_no_change() {
    let world = with(vec![comment(1, "github-actions[bot]", &format!("{MARKER}\r\none\r\ntwo"))]);
    let github = StandIn::github(world).await;
    assert_eq!(say(&github, "one\ntwo\n").await.unwrap(), Upsert::Unchanged);
}

#[tokio::test]
async fn a_persons_comment_with_our_marker_is_not_ours() {
    let github = StandIn::github(with(vec![comment(1, "mallory", &ours("trust me"))])).await;
    assert_eq!(say(&github, "one").await.unwrap(), Upsert::Created);
    assert_eq!(bodies(&github), [ours("trust me"), ours("one")]);
}

#[tokio::test]
async fn a_persons_token_updates_that_persons_comment_alone() {
    let mut world = with(vec![comment(1, "github-actions[bot]", &ours("a")), comment(2, "Ops", &ours("b"))]);
    world.account = Some("ops");
    let github = StandIn::github(world).await;
    assert_eq!(say(&github, "c").await.unwrap(), Upsert::Updated);
    assert_eq!(bodies(&github), [ours("a"), ours("c")]);
}

#[tokio::test]
async fn our_comment_is_found_behind_two_hundred_others_and_another_markers_is_not_taken() {
    let mut comments: Vec<Value> = (1..=220).map(|id| comment(id, "bob", "looks good")).collect();
    comments.push(comment(221, "github-actions[bot]", "<!-- ops-actions: drift -->\nx"));
    comments.push(comment(222, "github-actions[bot]", &format!("> {MARKER}\nquoted")));
    comments.push(comment(223, "github-actions[bot]", &ours("old")));
    let github = StandIn::github(with(comments)).await;
    assert_eq!(say(&github, "new").await.unwrap(), Upsert::Updated);
    assert_eq!(bodies(&github).last(), Some(&ours("new")));
}

#[tokio::test]
async fn without_permission_it_says_which_one_and_does_not_try_again() {
    for status in [403, 404] {
        let github = StandIn::github(World::default()).await;
        github.fault(Fault::always(POST, status));
        let error = say(&github, "one").await.unwrap_err();
        let way_out = if status == 403 {
            "give the job `permissions: pull-requests: write` (a fork's pull request never has it)"
        } else {
            "check that it exists, and give the job `permissions: pull-requests: write`"
        };
        assert!(matches!(error, GitHubError::Forbidden { .. }));
        assert_eq!(
            error.to_string(),
            format!("comment on pull request #7: GitHub answered {status} (as the test wants it) to {POST}; {way_out}")
        );
        assert_eq!(github.count("POST /"), 1);
    }
}

#[tokio::test]
async fn a_body_that_github_refuses_is_sent_once() {
    let github = StandIn::github(World::default()).await;
    github.fault(Fault::always(POST, 422));
    assert!(matches!(say(&github, "one").await, Err(GitHubError::Refused { status: 422, .. })));
    assert_eq!(github.count("POST /"), 1);
}

#[tokio::test]
async fn a_connection_cut_after_the_comment_was_made_makes_no_second_one() {
    let github = StandIn::github(World::default()).await;
    let address = cut::after_the_first_post(github.address()).await;
    let client = github.client_through(&address);
    assert_eq!(client.upsert_comment(7, MARKER, "one").await.unwrap(), Upsert::Created);
    assert_eq!(bodies(&github), [ours("one")]);
    assert_eq!(github.count("POST /"), 1);
}

#[tokio::test]
async fn an_unclear_answer_is_read_back_whether_the_write_was_carried_out_or_not() {
    for (carried_out, posts) in [(true, 1), (false, 2)] {
        let github = StandIn::github(World::default()).await;
        github.fault(Fault { carried_out, ..Fault::once(POST, 502) });
        assert_eq!(say(&github, "one").await.unwrap(), Upsert::Created);
        assert_eq!(bodies(&github), [ours("one")]);
        assert_eq!(github.count("POST /"), posts);
    }
}

#[tokio::test]
async fn an_update_whose_answer_was_lost_is_read_back() {
    let github = StandIn::github(with(vec![comment(1, "github-actions[bot]", &ours("old"))])).await;
    github.fault(Fault { carried_out: true, ..Fault::once("PATCH /comments/1", 500) });
    assert_eq!(say(&github, "new").await.unwrap(), Upsert::Updated);
    assert_eq!(github.count("PATCH /"), 1);
}

#[tokio::test]
async fn a_write_that_stays_unclear_is_given_up_after_the_second() {
    let github = StandIn::github(World::default()).await;
    github.fault(Fault::always(POST, 503));
    assert_eq!(
        say(&github, "one").await.unwrap_err().to_string(),
        format!(
            "comment on pull request #7: GitHub answered 503 ({POST}), and reading back did not find it done; look at the pull request, then run again"
        )
    );
    assert_eq!(github.count("POST /"), 2);
}

#[tokio::test]
async fn where_reading_back_fails_nothing_is_sent_again() {
    let github = StandIn::github(World::default()).await;
    github.fault(Fault::always(POST, 502));
    github.fault(Fault { spare: 1, ..Fault::always("GET /comments", 500) });
    assert!(matches!(say(&github, "one").await, Err(GitHubError::Unavailable { .. })));
    assert_eq!(github.count("POST /"), 1);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_cut_and_still_unchanged_the_second_time() {
    let github = StandIn::github(World::default()).await;
    let body = "alter table a add column b int;\n".repeat(5_000);
    assert_eq!(say(&github, &body).await.unwrap(), Upsert::Created);
    assert!(bodies(&github)[0].chars().count() < 65_536);
    assert_eq!(say(&github, &body).await.unwrap(), Upsert::Unchanged);
}
