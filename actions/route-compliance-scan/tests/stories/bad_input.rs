//! What is wrong with what the program is given, each with its own words.

use crate::story::{GUARDED, POLICY, Story, check};

fn refused(story: &Story, words: &[&str]) -> String {
    let outcome = story.run(words);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    outcome.stderr
}

#[test]
fn a_guard_that_nothing_defines_is_a_wrong_policy_that_names_what_was_meant() {
    let story = Story::app().route("orders", GUARDED).policy(&POLICY.replace("withSession", "withSesion"));
    let said = refused(&story, &["scan"]);
    assert!(
        said.contains("ops.toml:2:11: no file defines or imports the guard `withSesion`; did you mean `withSession`?"),
        "{said}"
    );
}

#[test]
fn a_typo_in_the_policy_shows_the_nearest_key() {
    let said = refused(&Story::app().policy("[routes]\ngaurds = []\n"), &["scan"]);
    assert!(said.contains("ops.toml:2:1: unknown key `gaurds`, did you mean `guards`?"), "{said}");
}

#[test]
fn an_unknown_word_is_no_scan() {
    let said = refused(&Story::app(), &["scann"]);
    assert!(said.contains("unrecognized subcommand 'scann'") && said.contains("'scan'"), "{said}");
}

#[test]
fn a_root_that_is_no_folder_is_named() {
    let said = refused(&Story::app(), &["scan", "--root", "no/such"]);
    assert!(said.contains("the root no/such is not a folder; give one with --root"), "{said}");
}

#[test]
fn a_syntax_error_in_a_route_is_unproven_at_its_place() {
    let story = Story::app().route("orders", GUARDED).route("broken", "export const GET = withSession(async () => {\n");
    let report = story.report(&["scan"], 3);
    assert!(check(&report, "files").starts_with("unproven: app/api/broken/route.ts cannot be read"), "{report:#}");
    let finding =
        &report["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "route/unreadable").unwrap();
    assert_eq!(finding["path"], "app/api/broken/route.ts");
}

#[test]
fn a_baseline_of_another_shape_is_refused_at_its_line() {
    let story = Story::app().route("orders", GUARDED).file("ops-baseline.json", "{\n  \"schema\": 1\n}\n");
    let said = refused(&story, &["scan"]);
    assert!(said.contains("ops-baseline.json:3:1: missing key `findings`"), "{said}");
}

#[test]
fn a_file_with_an_unusual_name_cannot_speak_to_the_runner() {
    let story = Story::app().file("app/api/a::error::b/route.ts", crate::story::OPEN).on_github();
    let outcome = story.run(&["scan"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(!outcome.stdout.lines().any(|line| line.starts_with("::error::b")), "{outcome}");
}
