//! The first minute: a proposal, and then a green run.

use crate::story::{GUARDED, OPEN, Story, findings};

fn fresh() -> Story {
    let story = Story::app().route("orders", GUARDED).route("old", OPEN);
    std::fs::remove_file(story.repository.path().join("ops.toml")).unwrap();
    story
}

#[test]
fn it_proposes_and_writes_nothing_unless_told() {
    let story = fresh();
    let outcome = story.run(&["init"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.contains("withSession\", # 1 route"), "{outcome}");
    assert!(!story.repository.path().join("ops.toml").exists());
}

#[test]
fn what_it_writes_makes_the_first_run_green() {
    let story = fresh();
    story.report(&["init", "--write"], 0);
    let report = story.report(&["scan"], 0);
    let waived = findings(&report);
    assert!(waived.contains(&"waived route/unguarded: baseline".to_owned()), "{waived:?}");
}

#[test]
fn a_policy_with_a_section_of_its_own_is_left_alone() {
    let story = fresh().policy("[routes]\nguards = []\n");
    let report = story.report(&["init", "--write"], 1);
    assert_eq!(report["checks"][0]["summary"], "ops.toml has a section [routes] already, so nothing was written");
    assert_eq!(story.repository.read("ops.toml"), "[routes]\nguards = []\n");
}

#[test]
fn without_routes_there_is_nothing_to_propose() {
    assert_eq!(Story::app().policy("").report(&["init"], 3)["headline"], "nothing to propose");
}
