//! After a push to the trunk GitHub is asked who approved what came to the lockfiles.

use ops_testing::{Commit, Event, FakeRunner, GitHubServer, Outcome, Pull, Review, path_with_gh};

use crate::processes::{begin, end, watch};
use crate::story::{Story, gates};

const POLICY: &str = "[release.dependencies]\napprovals = 1\n";
const TOKEN: &str = "ghs_never_to_be_shown";

/// The trunk got a lockfile by the squash of pull request #7, which mona looked at so.
fn pushed(server: &GitHubServer, said: &str) -> Story {
    let story = Story::with(POLICY).file("yarn.lock", "# yarn lockfile v1\n").on_github();
    let before = story.repository.git(&["rev-parse", "HEAD"]);
    story.repository.write("yarn.lock", "# yarn lockfile v1\n\nms@2:\n");
    let after = story.repository.commit("Update");
    let (head, date) = ("1".repeat(40), "2027-01-01T00:00:00Z".to_owned());
    let author = "octocat".to_owned();
    let commit =
        Commit { sha: head.clone(), author: author.clone(), date: date.clone(), files: vec!["yarn.lock".to_owned()] };
    let review = Review { author: "mona".to_owned(), state: said.to_owned(), commit: head.clone(), submitted_at: date };
    let merged_as = Some(after.clone());
    server.add_pull(Pull { number: 7, author, head, merged_as, commits: vec![commit], reviews: vec![review] });
    let mut event = Event::push("refs/heads/main", &after);
    event.payload["before"] = before.into();
    let path = path_with_gh(story.repository.outside());
    let runner = FakeRunner::new(story.repository.path()).event(&event).env("GITHUB_API_URL", &server.url());
    Story { runner: runner.env("PATH", &path), ..story }
}

fn run(story: &Story) -> Outcome {
    story.run(&["--only", "updates"])
}

#[test]
fn an_approval_passes_and_nothing_else_does() {
    let server = GitHubServer::start();
    let outcome = run(&pushed(&server, "APPROVED").env("INPUT_GITHUB_TOKEN", TOKEN));
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.summary.contains("| updates | ✅ pass | 1 update of lockfiles, approved by mona |"), "{outcome}");
    assert!(server.requests().iter().all(|request| request.headers["authorization"] == format!("token {TOKEN}")));

    let server = GitHubServer::start();
    let outcome = run(&pushed(&server, "COMMENTED").env("INPUT_GITHUB_TOKEN", TOKEN));
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(outcome.annotations[0].file.as_deref(), Some("yarn.lock"));
}

#[test]
fn without_a_token_it_is_unproven_and_the_token_is_never_shown() {
    let server = GitHubServer::start();
    let story = pushed(&server, "APPROVED");
    let outcome = run(&story);
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(outcome.summary.contains("| updates | ⚠️ unproven | there is no token to ask GitHub with |"), "{outcome}");

    let story = story.policy("[gates.show]\nrun = [\"sh\", \"-c\", \"env; echo ghs_never_to_be_shown\"]\n");
    let outcome = story.env("INPUT_GITHUB_TOKEN", TOKEN).run(&["--only", "show"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let everything = outcome.everything();
    assert!(!everything.lines().any(|line| line.contains("INPUT_GITHUB_TOKEN")), "programs do not get it: {outcome}");
    assert!(!everything.lines().any(|line| line.contains(TOKEN) && !line.starts_with("::add-mask::")), "{outcome}");
    assert_eq!(outcome.masks, [TOKEN]);
}

#[test]
fn a_cancelled_run_does_not_wait_for_the_answer() {
    let story = pushed(&GitHubServer::start(), "APPROVED").env("INPUT_GITHUB_TOKEN", TOKEN);
    let script = "#!/bin/sh\nfor folder in \"${0%/*}\"/*/; do cd \"$folder\"; done; exec 9>alive; touch ready; exec sleep 3600\n";
    std::fs::write(story.repository.outside().join("gh"), script).unwrap();
    let made = std::process::Command::new("mkfifo").arg(story.repository.path().join("alive")).status().unwrap();
    assert!(made.success());
    let alive = watch(&story);
    let report = story.repository.outside().join("report.json");
    assert_eq!(end(begin(&story, &report), "-TERM").code(), Some(3));
    alive.join().unwrap();
    let report = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    let said = gates(&report);
    assert!(said.iter().any(|gate| gate == "updates unproven: the run was cancelled"), "{said:?}");
}
