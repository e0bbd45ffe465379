//! One comment on the pull request, kept up to date; and a fork's pull request, which may do nothing but read.

use ops_testing::{Event, GitHubServer, Level};

use super::{ITEMS, settled};
use crate::story::{Story, visible};

const TOKEN: &str = "ghs_never_to_be_shown";

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn on_a_pull_request(story: Story, server: &GitHubServer) -> Story {
    let event = Event::pull_request(7, &sha('2'), &sha('b'));
    story
        .event(&event)
        .env("GITHUB_API_URL", &server.url())
        .env("INPUT_GITHUB_TOKEN", TOKEN)
        .env("INPUT_COMMENT", "true")
}

#[test]
fn the_comment_is_made_once_and_then_updated() {
    let server = GitHubServer::start();
    server.add_comment(7, "mona", "Looks good");
    let story = on_a_pull_request(settled().migration("2_more.sql", "create table more (id int);"), &server);
    let first = story.run(&["plan"]);
    assert_eq!(first.code, Some(0), "{first}");
    let ours = || -> Vec<String> {
        let comments = server.comments().into_iter();
        comments.filter(|comment| comment.author == "github-actions[bot]").map(|comment| comment.body).collect()
    };
    let [body] = &ours()[..] else { panic!("{:?}", ours()) };
    assert!(body.starts_with("<!-- ops-actions guarded-migrate plan production -->"), "{body}");
    assert!(body.contains("### ✅ guarded-migrate · production · 1 migration to apply"), "{body}");

    let story = story.migration("3_last.sql", "create table last (id int);");
    assert_eq!(story.run(&["plan"]).code, Some(0));
    let [body] = &ours()[..] else { panic!("{:?}", ours()) };
    assert!(body.contains("2 migrations to apply"), "{body}");
    assert_eq!(server.comments()[0].body, "Looks good");
    if let Some(description) = std::env::var_os("OPS_GITHUB_OPENAPI") {
        assert_eq!(ops_testing::violations(description.as_ref(), &server.requests()), [""; 0]);
    }
}

#[test]
fn without_permission_there_is_a_note_and_the_same_exit_code() {
    let server = GitHubServer::start();
    server.forbid_comments();
    let story = on_a_pull_request(settled().migration("2_more.sql", "create table more (id int);"), &server);
    let outcome = story.run(&["plan"]);
    assert_eq!((outcome.code, outcome.outputs["verdict"].as_str()), (Some(0), "pass"), "{outcome}");
    let notices: Vec<_> = outcome
        .of_level(Level::Notice)
        .into_iter()
        .filter(|notice| notice.title.as_deref() == Some("github/comment"))
        .collect();
    let [notice] = &notices[..] else { panic!("{outcome}") };
    assert!(notice.message.starts_with("the pull request has no comment from this run: "), "{}", notice.message);
    assert!(notice.message.ends_with("give the job the permission pull-requests: write, or leave comment away"));
    assert!(!visible(&outcome).contains(TOKEN), "{outcome}");

    let refused = story.migration("2_more.sql", "drop table items;").run(&["plan"]);
    assert_eq!(refused.code, Some(1), "{refused}");
}

#[test]
fn without_a_token_the_note_names_it() {
    let server = GitHubServer::start();
    let story = on_a_pull_request(settled(), &server).without("INPUT_GITHUB_TOKEN");
    let outcome = story.run(&["plan"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let notices = outcome.of_level(Level::Notice).into_iter();
    let notices: Vec<_> = notices.filter(|notice| notice.title.as_deref() == Some("github/comment")).collect();
    let [notice] = &notices[..] else { panic!("{outcome}") };
    assert_eq!(
        notice.message,
        "the pull request has no comment from this run: there is no token\n\
         give the token as the input github-token, or outside of an action as the variable INPUT_GITHUB_TOKEN; or leave \
         comment away"
    );
    assert!(server.requests().is_empty());
}

#[test]
fn without_a_pull_request_there_is_nobody_to_tell() {
    let server = GitHubServer::start();
    let story = on_a_pull_request(settled(), &server).event(&Event::push("refs/heads/main", &sha('1')));
    assert_eq!(story.run(&["plan"]).code, Some(0));
    assert!(server.requests().is_empty());
}

#[test]
fn a_forks_pull_request_is_linted_without_a_database_and_without_a_secret() {
    let server = GitHubServer::start();
    server.forbid_comments();
    let story = Story::sqlite().migration("1_items.sql", ITEMS).production();
    let base = story.repository.git_init();
    let story = story.migration("2_drop.sql", "select 1;\ndrop table items;");
    let head = story.repository.commit("Drop");
    let story = on_a_pull_request(story, &server).event(&Event::fork_pull_request(7, &head, &base));
    let story = story.without("DATABASE_URL").without("CONFIRM_PROD_MIGRATE").without("NODE_ENV");
    let outcome = story.run(&["lint"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.summary.contains("1 files added, none that was merged before is altered"), "{}", outcome.summary);
    let lines: Vec<_> =
        outcome.annotations.iter().filter_map(|annotation| annotation.file.as_deref().zip(annotation.line)).collect();
    assert!(lines.contains(&("migrations/2_drop.sql", 2)), "{lines:?}");
    assert!(lines.iter().all(|(file, _)| *file != "migrations/1_items.sql"), "{lines:?}");

    let story = story.migration("2_drop.sql", "create table more (id int primary key);");
    story.repository.commit("Create instead");
    let outcome = story.run(&["lint"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
}
