use ops_testing::{Commit, GitHubServer, Pull, Review, TestDir, path_with_gh};

use super::GATE;
use crate::built_in::testing::Repository;

const LOCKFILE: &str = "apps/web/pnpm-lock.yaml";
const ASKS: &str = "[release.dependencies]\napprovals = 1\n";

/// A repository whose trunk got a change of a lockfile by one push, as GitHub knows it.
struct Shop {
    server: GitHubServer,
    _programs: TestDir,
    repository: Repository,
}

impl Shop {
    fn pushed(policy: &str) -> Self {
        let server = GitHubServer::start();
        let before = [(LOCKFILE, "ms 2\nzod 3\n"), ("README.md", "a shop")];
        let programs = TestDir::new();
        let variables = [("GITHUB_API_URL", server.url()), ("PATH", path_with_gh(programs.outside()))];
        let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
        let repository = Repository::with(&before).policy(policy).variables(&variables);
        let mut repository = repository.change("Update", &[(LOCKFILE, "ms 2\nzod 4\n")]);
        repository.token = Some("ghs_never_to_be_shown");
        let event = &mut repository.event;
        (event.name, event.reference) = ("push".to_owned(), "refs/heads/main".to_owned());
        event.repository = "octo-org/corner-shop".to_owned();
        Self { server, _programs: programs, repository }
    }

    fn head(&self) -> String {
        self.repository.folder.git(&["rev-parse", "HEAD"])
    }

    /// The commit is the squash of pull request #7, which octocat opened and these approved.
    fn approved_by(self, approvers: &[&str]) -> Self {
        self.server.add_pull(Pull { merged_as: Some(self.head()), ..approved(7, &"1".repeat(40), approvers) });
        self
    }

    fn says(&self) -> String {
        let told = self.repository.verdict(&GATE);
        if let Some(description) = std::env::var_os("OPS_GITHUB_OPENAPI") {
            assert_eq!(ops_testing::violations(description.as_ref(), &self.server.requests()), [""; 0]);
        }
        told
    }
}

fn proposed(number: u64, head: &str) -> Pull {
    let commit = Commit {
        sha: head.to_owned(),
        author: "octocat".to_owned(),
        // What was pushed without one came last.
        date: format!("2027-01-{:02}T00:00:00Z", if number == 0 { 9 } else { number }),
        files: vec![LOCKFILE.to_owned()],
    };
    Pull { number, author: "octocat".to_owned(), head: head.to_owned(), commits: vec![commit], ..Pull::default() }
}

fn approved(number: u64, head: &str, approvers: &[&str]) -> Pull {
    let review = |author: &&str| Review {
        author: (*author).to_owned(),
        state: "APPROVED".to_owned(),
        commit: head.to_owned(),
        submitted_at: "2027-01-08T00:00:00Z".to_owned(),
    };
    Pull { reviews: approvers.iter().map(review).collect(), ..proposed(number, head) }
}

#[test]
fn an_update_that_somebody_else_approved_passes() {
    let shop = Shop::pushed(ASKS).approved_by(&["mona"]);
    assert_eq!(shop.says(), "pass: 1 update of lockfiles, approved by mona");
}

#[test]
fn an_update_that_nobody_else_approved_fails() {
    for approvers in [&[][..], &["octocat"]] {
        let shop = Shop::pushed(ASKS).approved_by(approvers);
        let short = shop.head()[..7].to_owned();
        let said = format!("what {short} brought by pull request #7 has 0 of 1 approval");
        assert_eq!(shop.says(), format!("fail: {LOCKFILE}: {said}"));
        assert_eq!(shop.repository.finds(&GATE), [format!("error dependency/unreviewed-update {LOCKFILE}:1: {said}")]);
        assert_eq!(
            shop.repository.asks(&GATE).unwrap().next.unwrap(),
            "Have somebody other than octocat look at it and approve pull request #7, then run this again; or revert it."
        );
    }
}

#[test]
fn two_approvals_are_two_people() {
    let two = "[release.dependencies]\napprovals = 2\n";
    let shop = Shop::pushed(two).approved_by(&["mona"]);
    assert!(shop.says().ends_with(" brought by pull request #7 has 1 of 2 approvals"), "{}", shop.says());
    let shop = Shop::pushed(two).approved_by(&["mona", "hubot"]);
    assert_eq!(shop.says(), "pass: 1 update of lockfiles, approved by hubot and mona");
}

#[test]
fn an_update_that_was_pushed_without_a_pull_request_fails() {
    let shop = Shop::pushed(ASKS);
    shop.server.add_pull(proposed(0, &shop.head()));
    let short = shop.head()[..7].to_owned();
    assert_eq!(
        shop.says(),
        format!("fail: {LOCKFILE}: what {short} brought came without a pull request, from octocat")
    );
    assert_eq!(
        shop.repository.asks(&GATE).unwrap().next.unwrap(),
        "Revert it, and bring it in by a pull request; a ruleset of the trunk can require that."
    );
}

#[test]
fn every_commit_of_the_push_is_asked_about() {
    let mut shop = Shop::pushed(ASKS).approved_by(&["mona"]);
    shop.repository = shop.repository.change("Sneak", &[(LOCKFILE, "ms 3\nzod 4\n")]);
    shop.server.add_pull(proposed(0, &shop.head()));
    shop.repository = shop.repository.change("Tell", &[("README.md", "the shop")]);
    assert!(shop.says().ends_with(" brought came without a pull request, from octocat"), "{}", shop.says());
}

/// The trunk got `zod 4`. Mona approved pull request #7 when its lockfile was this; then it got what the trunk had meanwhile.
fn seen(lockfile: &str) -> Shop {
    let shop = Shop::pushed(ASKS);
    let mut pull = approved(7, &"1".repeat(40), &["mona"]);
    pull.head = "2".repeat(40);
    pull.commits.extend(proposed(7, &pull.head).commits);
    shop.server.add_pull(Pull { merged_as: Some(shop.head()), ..pull });
    shop.server.set_text(LOCKFILE, &"1".repeat(40), lockfile);
    shop
}

#[test]
fn what_came_is_what_somebody_saw() {
    assert_eq!(seen("ms 1\nzod 4\n").says(), "pass: 1 update of lockfiles, approved by mona");
    assert!(seen("ms 2\nzod 3.9\n").says().ends_with(" brought by pull request #7 has 0 of 1 approval"));
}

#[test]
fn what_another_commit_of_the_push_took_away_need_not_have_been_seen() {
    let mut shop = seen("ms 2\nzod 3.9\n");
    shop.repository = shop.repository.change("More", &[(LOCKFILE, "ms 2\nzod 5\n")]);
    shop.server.add_pull(Pull { merged_as: Some(shop.head()), ..approved(8, &"3".repeat(40), &["hubot"]) });
    assert_eq!(shop.says(), "pass: 2 updates of lockfiles, approved by hubot and mona");
}

#[test]
fn a_push_elsewhere_or_of_something_else_or_where_nobody_asks_for_it_is_not_asked() {
    let not_asked = |shop: &Shop| {
        assert_eq!(shop.says(), "not asked");
        assert!(shop.server.requests().is_empty());
    };
    not_asked(&Shop::pushed(""));
    not_asked(&Shop::pushed("[release]\ntrunk = \"trunk\"\n[release.dependencies]\napprovals = 1\n"));
    for (name, reference) in [
        ("push", "refs/heads/fix/main"),
        ("push", "refs/tags/main"),
        ("pull_request", "refs/pull/7/merge"),
        ("merge_group", "refs/heads/gh-readonly-queue/main/pr-7"),
        ("workflow_dispatch", "refs/heads/main"),
    ] {
        let mut shop = Shop::pushed(ASKS);
        (shop.repository.event.name, shop.repository.event.reference) = (name.to_owned(), reference.to_owned());
        not_asked(&shop);
    }
    for path in ["README.md", "tests/fixtures/yarn.lock"] {
        let mut shop = Shop::pushed(ASKS);
        shop.repository.base = Ok(shop.head());
        shop.repository = shop.repository.change("Tell", &[(path, "the shop")]);
        not_asked(&shop);
    }
}

#[test]
fn what_cannot_be_asked_is_unproven_and_says_what_to_do() {
    let mut shop = Shop::pushed(ASKS).approved_by(&["mona"]);
    shop.repository.token = None;
    assert_eq!(shop.says(), "unproven: there is no token to ask GitHub with");
    assert_eq!(shop.repository.asks(&GATE).unwrap().next.as_deref(), Some(super::NEXT));

    let shop = Shop::pushed(ASKS).approved_by(&["mona"]);
    shop.server.break_with(403);
    let told = shop.says();
    assert!(told.starts_with("unproven: find the commit that last changed ") && told.contains("403"), "{told}");
    assert!(!told.contains("ghs_"), "{told}");
    assert_eq!(shop.repository.asks(&GATE).unwrap().next.as_deref(), Some(super::AGAIN));

    let shop = Shop::pushed(ASKS).approved_by(&["mona"]);
    let bare = shop.repository.variables(&[("PATH", "")]);
    assert_eq!(
        bare.verdict(&GATE),
        "unproven: run GitHub's command line `gh`: there is no `gh` in PATH; GitHub's runners carry it, a container or a runner of one's own needs it installed"
    );
    assert_eq!(bare.asks(&GATE).unwrap().next.as_deref(), Some(super::AGAIN));

    let mut shop = Shop::pushed(ASKS).approved_by(&["mona"]);
    for reason in [crate::situation::NO_BASE, "the commit 0123 is not in this clone"] {
        shop.repository.base = Err(reason.to_owned());
        assert_eq!(shop.says(), format!("unproven: {reason}, so what came to the lockfiles cannot be told"));
        assert_eq!(shop.repository.asks(&GATE).unwrap().next.as_deref(), Some(super::change::NEXT));
    }
    assert!(shop.server.requests().is_empty());
}
