//! Who approved the lines that a commit brought, whatever a merge brought beside them.

use std::collections::BTreeSet;

use ops_github::{FileApproval, GitHubError};

use crate::stand_in::StandIn;
use crate::world::{World, sha};

const FILE: &str = "apps/web/pnpm-lock.yaml";

async fn ask(github: &StandIn, commit: &str, lines: &[&str]) -> Result<FileApproval, GitHubError> {
    let lines: BTreeSet<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    github.client().approvals_of_lines(&sha(commit), FILE, &lines).await
}

async fn approvers(world: World, commit: &str, lines: &[&str]) -> Vec<String> {
    ask(&StandIn::github(world).await, commit, lines).await.unwrap().approvers
}

/// Renovate proposes zod 4 in pull request 7, and Bob approves it. Meanwhile the trunk gets ms 3, so that the merge is neither's file.
fn merged() -> World {
    let mut world = World::default();
    world.commit("start", None, "ann", &[(FILE, "ms 2\nreact 19\nzod 3\n")]);
    world.commit("zod", Some("start"), "renovate[bot]", &[(FILE, "ms 2\nreact 19\nzod 4\n")]);
    world.propose(7, "renovate[bot]", &["zod"]);
    world.review(7, "bob", "APPROVED", "zod");
    world.commit("trunk", Some("start"), "ann", &[(FILE, "ms 3\nreact 19\nzod 3\n")]);
    world.commit_by("squash", Some("trunk"), "renovate[bot]", "web-flow", &[(FILE, "ms 3\nreact 19\nzod 4\n")]);
    world.merge(7, Some("squash"));
    world
}

#[tokio::test]
async fn what_was_approved_stays_approved_beside_what_the_trunk_got_meanwhile() {
    let github = StandIn::github(merged()).await;
    let told = ask(&github, "squash", &["zod 4"]).await.unwrap();
    assert_eq!((told.pull_request, told.approvers), (Some(7), vec!["bob".to_owned()]));
    // The file as a whole is none that anybody saw.
    let whole = github.client().approvals(&sha("squash"), &[FILE.to_owned()]).await.unwrap().remove(0);
    assert!(whole.approvers.is_empty());
}

#[tokio::test]
async fn an_approval_before_the_branch_was_brought_up_to_date_still_counts() {
    let mut world = merged();
    world.commit("updated", Some("zod"), "renovate[bot]", &[(FILE, "ms 3\nreact 19\nzod 4\n")]);
    world.pull_request(7).commits.push(sha("updated"));
    world.pull_request(7).head = sha("updated");
    assert_eq!(approvers(world, "squash", &["zod 4"]).await, ["bob"]);
}

#[tokio::test]
async fn a_line_that_came_after_the_approval_or_in_the_merge_was_not_approved() {
    assert!(approvers(merged(), "squash", &["zod 4", "evil 1"]).await.is_empty());
    let mut world = merged();
    world.commit("again", Some("zod"), "renovate[bot]", &[(FILE, "ms 2\nreact 19\nzod 5\n")]);
    world.pull_request(7).commits.push(sha("again"));
    world.pull_request(7).head = sha("again");
    world.commit("squash", Some("trunk"), "renovate[bot]", &[(FILE, "ms 3\nreact 19\nzod 5\n")]);
    assert!(approvers(world, "squash", &["zod 5"]).await.is_empty());
}

#[tokio::test]
async fn a_part_of_a_line_is_not_the_line() {
    assert!(approvers(merged(), "squash", &["zod"]).await.is_empty());
}

#[tokio::test]
async fn lines_that_only_went_need_an_approval_too() {
    assert_eq!(approvers(merged(), "squash", &[]).await, ["bob"]);
    let mut world = merged();
    world.pull_request(7).reviews.clear();
    assert!(approvers(world, "squash", &[]).await.is_empty());
}

#[tokio::test]
async fn who_changed_the_file_or_opened_the_pull_request_is_no_approver() {
    let mut world = merged();
    world.pull_request(7).author = "bob";
    assert!(approvers(world, "squash", &["zod 4"]).await.is_empty());
    let mut world = merged();
    world.commit("zod", Some("start"), "bob", &[(FILE, "ms 2\nreact 19\nzod 4\n")]);
    assert!(approvers(world, "squash", &["zod 4"]).await.is_empty());
}

#[tokio::test]
async fn what_was_pushed_without_a_pull_request_has_no_approver() {
    let told = ask(&StandIn::github(merged()).await, "trunk", &["ms 3"]).await.unwrap();
    assert_eq!((told.pull_request, told.approvers), (None, Vec::new()));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_an_error_and_not_unapproved() {
    for encoding in ["utf-8", "none"] {
        let mut world = merged();
        world.encoding = Some(encoding);
        let error = ask(&StandIn::github(world).await, "squash", &["zod 4"]).await.unwrap_err();
        let said = format!("read a file of commit {}: the answer to GET ", sha("zod"));
        assert!(error.to_string().starts_with(&said), "{error}");
        assert!(error.to_string().contains("is unusable: the file is not in base64"), "{error}");
    }
}
