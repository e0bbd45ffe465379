//! Who approved what.

use ops_github::{FileApproval, GitHubError};

use crate::stand_in::StandIn;
use crate::world::{World, sha};

const FILE: &str = "db/migrations/1.sql";

async fn ask(github: &StandIn, head: &str, paths: &[&str]) -> Result<Vec<FileApproval>, GitHubError> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    github.client().approvals(&sha(head), &paths).await
}

async fn approvers(world: World, head: &str) -> Vec<String> {
    let github = StandIn::github(world).await;
    ask(&github, head, &[FILE]).await.unwrap().remove(0).approvers
}

/// Ann proposes the file in pull request 7, whose head is `change`.
fn proposed() -> World {
    let mut world = World::default();
    world.commit("start", None, "ann", &[("README.md", "shop")]);
    world.commit("change", Some("start"), "ann", &[(FILE, "create table a()")]);
    world.propose(7, "ann", &["change"]);
    world
}

#[tokio::test]
async fn a_squash_merged_pull_request_was_approved() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit_by("squash", Some("start"), "ann", "web-flow", &[(FILE, "create table a()")]);
    world.merge(7, Some("squash"));
    let github = StandIn::github(world).await;
    assert_eq!(
        ask(&github, "squash", &[FILE]).await.unwrap(),
        [FileApproval {
            path: FILE.to_owned(),
            pull_request: Some(7),
            author: "ann".to_owned(),
            last_change_sha: sha("squash"),
            last_change_at: "2027-01-01T12:00:00Z".parse().unwrap(),
            approvers: vec!["bob".to_owned()],
        }]
    );
}

#[tokio::test]
async fn an_open_pull_request_was_approved_by_two() {
    let mut world = proposed();
    world.review(7, "dora", "APPROVED", "change");
    world.review(7, "bob", "APPROVED", "change");
    assert_eq!(approvers(world, "change").await, ["bob", "dora"]);
}

#[tokio::test]
async fn a_rebase_makes_its_committer_no_author() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit_by("rebased", Some("start"), "ann", "bob", &[(FILE, "create table a()")]);
    world.merge(7, Some("rebased"));
    assert_eq!(approvers(world, "rebased").await, ["bob"]);
}

#[tokio::test]
async fn an_approval_is_stale_once_the_file_changes_and_not_when_another_does() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit("other", Some("change"), "ann", &[("README.md", "the shop")]);
    world.pull_request(7).commits.push(sha("other"));
    world.pull_request(7).head = sha("other");
    assert_eq!(approvers(world, "other").await, ["bob"]);

    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit("again", Some("change"), "ann", &[(FILE, "drop table a")]);
    world.pull_request(7).commits.push(sha("again"));
    world.pull_request(7).head = sha("again");
    assert!(approvers(world, "again").await.is_empty());
}

#[tokio::test]
async fn an_approval_of_other_bytes_than_those_merged_is_none() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit("squash", Some("start"), "ann", &[(FILE, "create table b()")]);
    world.merge(7, Some("squash"));
    assert!(approvers(world, "squash").await.is_empty());
}

#[tokio::test]
async fn a_push_to_the_pull_request_after_the_judged_commit_ends_its_approval() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit("again", Some("change"), "ann", &[(FILE, "drop table a")]);
    world.pull_request(7).commits.push(sha("again"));
    world.pull_request(7).head = sha("again");
    assert!(approvers(world, "change").await.is_empty());
}

#[tokio::test]
async fn a_folder_that_was_a_file_when_it_was_reviewed_was_not_approved() {
    let mut world = proposed();
    world.commit("before", Some("start"), "ann", &[("db", "a file")]);
    world.review(7, "bob", "APPROVED", "before");
    assert!(approvers(world, "change").await.is_empty());
}

#[tokio::test]
async fn a_deleted_file_is_an_error_and_not_approved() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit("deleted", Some("change"), "ann", &[]);
    world.without("deleted", FILE);
    world.pull_request(7).commits.push(sha("deleted"));
    world.pull_request(7).head = sha("deleted");
    let github = StandIn::github(world).await;
    assert!(matches!(ask(&github, "deleted", &[FILE]).await, Err(GitHubError::NoFile { .. })));
}

#[tokio::test]
async fn who_wrote_the_merged_commit_is_no_approver() {
    let mut world = proposed();
    world.review(7, "Bob", "APPROVED", "change");
    world.commit("squash", Some("start"), "bob", &[(FILE, "create table a()")]);
    world.merge(7, Some("squash"));
    assert!(approvers(world, "squash").await.is_empty());
}

#[tokio::test]
async fn nobody_approves_their_own_change() {
    let mut world = proposed();
    world.review(7, "ann", "APPROVED", "change");
    assert!(approvers(world, "change").await.is_empty());
}

#[tokio::test]
async fn who_changed_the_file_in_the_pull_request_is_no_approver_and_who_changed_another_is() {
    let mut world = proposed();
    world.commit("early", Some("start"), "eve", &[(FILE, "create table old()")]);
    world.commit_by("bobs", Some("early"), "Bob", "cid", &[(FILE, "create table b()")]);
    world.commit("doras", Some("bobs"), "dora", &[("README.md", "the shop")]);
    world.commit("last", Some("doras"), "ann", &[(FILE, "create table c()")]);
    // Eve wrote the file before this pull request, so she may judge it now.
    world.propose(8, "ann", &["bobs", "doras", "last"]);
    for login in ["bob", "cid", "dora", "eve"] {
        world.review(8, login, "APPROVED", "last");
    }
    assert_eq!(approvers(world, "last").await, ["dora", "eve"]);
}

#[tokio::test]
async fn where_githubs_list_of_commits_may_be_cut_everyone_who_changed_the_file_is_an_author() {
    let mut world = proposed();
    let mut parent = "change".to_owned();
    let names: Vec<String> = (0..250).map(|n| format!("commit {n}")).collect();
    for name in &names {
        world.commit(name, Some(&parent), "ann", &[("README.md", name)]);
        parent.clone_from(name);
    }
    world.commit("bobs", Some(&parent), "bob", &[(FILE, "create table b()")]);
    let all: Vec<&str> = names.iter().map(String::as_str).chain(["bobs"]).collect();
    world.propose(8, "ann", &all);
    world.review(8, "bob", "APPROVED", "bobs");
    world.review(8, "cid", "APPROVED", "bobs");
    world.commit("squash", Some("start"), "ann", &[(FILE, "create table b()")]);
    world.merge(8, Some("squash"));
    assert_eq!(approvers(world, "squash").await, ["cid"]);
}

#[tokio::test]
async fn dismissed_reviews_and_bots_and_readers_do_not_count() {
    let mut world = proposed();
    world.review(7, "bob", "DISMISSED", "change");
    world.review(7, "renovate[bot]", "APPROVED", "change");
    world.review(7, "stranger", "APPROVED", "change");
    world.permissions.insert("stranger", "read");
    assert!(approvers(world, "change").await.is_empty());
}

#[tokio::test]
async fn two_files_of_two_pull_requests_are_told_apart() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    world.commit("second", Some("change"), "bob", &[("db/migrations/2.sql", "create table b()")]);
    world.propose(8, "bob", &["second"]);
    let github = StandIn::github(world).await;
    let told = ask(&github, "second", &["db/migrations/2.sql", FILE, FILE]).await.unwrap();
    let told: Vec<_> =
        told.iter().map(|file| (file.path.as_str(), file.pull_request, file.approvers.join(","))).collect();
    assert_eq!(told, [("db/migrations/2.sql", Some(8), String::new()), (FILE, Some(7), "bob".to_owned())]);
}

#[tokio::test]
async fn of_a_commits_two_pull_requests_the_one_with_an_approver_is_told() {
    let mut world = proposed();
    world.propose(8, "ann", &["change"]);
    world.merge(8, None);
    world.review(7, "bob", "APPROVED", "change");
    let github = StandIn::github(world).await;
    let told = ask(&github, "change", &[FILE]).await.unwrap().remove(0);
    assert_eq!((told.pull_request, told.approvers), (Some(7), vec!["bob".to_owned()]));
}

#[tokio::test]
async fn of_two_without_an_approver_the_merged_one_is_told_and_a_closed_one_never() {
    let mut world = proposed();
    world.propose(8, "ann", &["change"]);
    world.merge(8, None);
    world.propose(9, "ann", &["change"]);
    world.pull_request(9).state = "closed";
    world.review(9, "bob", "APPROVED", "change");
    let github = StandIn::github(world).await;
    let told = ask(&github, "change", &[FILE]).await.unwrap().remove(0);
    assert_eq!((told.pull_request, told.approvers), (Some(8), Vec::new()));
}

#[tokio::test]
async fn a_change_without_a_pull_request_has_none() {
    let mut world = proposed();
    world.pull_requests.clear();
    world.commit("pushed", Some("change"), "Ann Unknown", &[(FILE, "drop table a")]);
    let github = StandIn::github(world).await;
    let told = ask(&github, "pushed", &[FILE]).await.unwrap().remove(0);
    assert_eq!((told.pull_request, told.author.as_str(), told.approvers), (None, "Ann Unknown", Vec::new()));
}

#[tokio::test]
async fn reviews_beyond_the_first_pages_are_read() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    for _ in 0..200 {
        world.review(7, "bob", "COMMENTED", "change");
    }
    world.review(7, "bob", "CHANGES_REQUESTED", "change");
    world.review(7, "cid", "APPROVED", "change");
    assert_eq!(approvers(world, "change").await, ["cid"]);
}

#[tokio::test]
async fn an_enterprise_server_answers_below_its_base_path() {
    let mut world = proposed();
    world.review(7, "bob", "APPROVED", "change");
    let github = StandIn::at("/api/v3", world).await;
    let told = ask(&github, "change", &[FILE]).await.unwrap().remove(0);
    assert_eq!(told.approvers, ["bob"]);
}

#[tokio::test]
async fn a_path_may_hold_whatever_git_allows() {
    let path = "db/a b/#1?x=%2F&'ü\".sql";
    let mut world = proposed();
    world.commit("odd", Some("change"), "ann", &[(path, "create table b()")]);
    world.propose(8, "ann", &["odd"]);
    world.review(8, "bob", "APPROVED", "odd");
    let github = StandIn::github(world).await;
    assert_eq!(ask(&github, "odd", &[path]).await.unwrap().remove(0).approvers, ["bob"]);
}

#[tokio::test]
async fn many_files_of_one_pull_request_ask_about_it_once() {
    let names: Vec<String> = (0..40).map(|n| format!("db/migrations/{n}.sql")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
    let mut world = proposed();
    world.commit("many", Some("change"), "ann", &files);
    world.propose(8, "ann", &["many"]);
    world.review(8, "bob", "APPROVED", "many");
    let github = StandIn::github(world).await;
    let paths: Vec<&str> = names.iter().map(String::as_str).collect();
    let told = ask(&github, "many", &paths).await.unwrap();
    assert!(told.iter().all(|file| file.approvers == ["bob"]));
    assert_eq!(told.iter().map(|file| &file.path).collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
    for (on, times) in [
        ("GET /pulls?", 1),
        ("GET /reviews", 1),
        ("GET /pulls/8/commits", 1),
        ("GET /permission", 1),
        ("GET /git/trees", 3),
    ] {
        assert_eq!(github.count(on), times, "{on}");
    }
}
