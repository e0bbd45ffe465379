//! Production is reached by a CI runner from an allowed ref, and from nowhere else.

use ops_testing::{Event, FakeRunner};

use super::{ITEMS, ready};
use crate::story::{Story, said};

const COMMIT: &str = "1111111111111111111111111111111111111111";
const NEXT: &str = "run it from one of refs/tags/v*, refs/heads/main, or change environments.production.refs";

fn on_a_laptop(story: Story) -> Story {
    let runner = FakeRunner::laptop(story.root()).envs([
        ("CONFIRM_PROD_MIGRATE", "YES"),
        ("NODE_ENV", "production"),
        ("DATABASE_URL", story.url.as_str()),
    ]);
    Story { runner, ..story }
}

#[test]
fn a_laptop_is_refused_even_with_every_confirmation() {
    let report = on_a_laptop(ready()).refused(&["apply"], 1);
    assert_eq!(
        said(&report, "runner"),
        "fail: production is migrated by CI only, and this is not a CI runner\n\
         next: push the tag or start the workflow that applies migrations"
    );
    assert_eq!(
        said(&report, "ref"),
        format!("unproven: GITHUB_REF is not set; expected one of refs/tags/v*, refs/heads/main\nnext: {NEXT}")
    );
}

#[test]
fn a_laptop_may_migrate_its_own_database() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).marked();
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "runner"), "pass: development may be migrated from anywhere");
    assert_eq!(said(&report, "ref"), "pass: development takes every ref");
}

#[test]
fn another_ci_system_must_say_its_ref() {
    let story = on_a_laptop(ready()).env("CI", "true");
    let report = story.refused(&["apply"], 3);
    assert_eq!(said(&report, "runner"), "pass: a CI runner");
    assert!(said(&report, "ref").starts_with("unproven: GITHUB_REF is not set;"));
    story.env("GITHUB_REF", "refs/heads/main").passed(&["apply"]);
}

#[test]
fn a_release_tag_and_main_are_allowed() {
    for (reference, expected) in [
        ("refs/tags/v1.2.3", "pass: refs/tags/v1.2.3 is one of refs/tags/v*, refs/heads/main"),
        ("refs/heads/main", "pass: refs/heads/main is one of refs/tags/v*, refs/heads/main"),
    ] {
        let report = ready().event(&Event::push(reference, COMMIT)).passed(&["apply"]);
        assert_eq!(said(&report, "ref"), expected);
        assert_eq!(said(&report, "runner"), "pass: a GitHub Actions runner");
    }
}

#[test]
fn any_other_ref_is_refused() {
    for reference in ["refs/heads/topic", "refs/heads/main/topic", "refs/tags/w1", "refs/heads/v1"] {
        let report = ready().event(&Event::push(reference, COMMIT)).refused(&["apply"], 1);
        assert_eq!(
            said(&report, "ref"),
            format!("fail: {reference} is not one of refs/tags/v*, refs/heads/main\nnext: {NEXT}")
        );
    }
    let report = ready().event(&Event::pull_request(7, COMMIT, COMMIT)).refused(&["apply"], 1);
    assert!(said(&report, "ref").starts_with("fail: refs/pull/7/merge is not one of"));
}

#[test]
fn what_the_clock_or_a_person_starts_on_main_is_allowed_and_a_group_in_the_merge_queue_is_not() {
    let dispatch =
        Event::workflow_dispatch("refs/heads/main", COMMIT, &serde_json::json!({ "environment": "production" }));
    for event in [Event::schedule(COMMIT), dispatch] {
        let report = ready().event(&event).passed(&["apply"]);
        assert_eq!(report["commit"], COMMIT, "{}", event.name);
        assert_eq!(
            said(&report, "ref"),
            "pass: refs/heads/main is one of refs/tags/v*, refs/heads/main",
            "{}",
            event.name
        );
    }
    let report = ready().event(&Event::merge_group(COMMIT, COMMIT)).refused(&["apply"], 1);
    assert!(said(&report, "ref").starts_with("fail: refs/heads/gh-readonly-queue/main/pr-7-"), "{report:#}");
}

#[test]
fn the_policy_chooses_the_refs() {
    let story = ready().policy("[environments.production]\nrefs = [\"refs/heads/release/**\"]\n");
    let report = story.refused(&["apply"], 1);
    assert!(said(&report, "ref").starts_with("fail: refs/heads/main is not one of refs/heads/release/**\n"));
    story.event(&Event::push("refs/heads/release/2027/3", COMMIT)).passed(&["apply"]);
}
