//! Old findings are known, and only new ones fail.

use crate::story::{OPEN, Story, findings};

#[test]
fn after_a_baseline_only_new_findings_fail() {
    let story = Story::app().route("old", OPEN);
    story.report(&["scan"], 1);
    let report = story.report(&["baseline"], 0);
    assert_eq!(
        report["checks"][0]["summary"],
        "ops-baseline.json knows 1 finding, 0 before; 1 without an owner: write `owner`, `reason` and `expires` there"
    );
    let report = story.report(&["scan"], 0);
    assert_eq!(findings(&report), ["waived route/unguarded: baseline"]);
    let story = story.route("new", OPEN);
    let report = story.report(&["scan"], 1);
    assert_eq!(findings(&report), ["route/unguarded: GET /api/new has no guard", "waived route/unguarded: baseline"]);
}

#[test]
fn what_is_mended_is_a_note_until_the_baseline_is_written_anew() {
    let story = Story::app().route("old", OPEN);
    story.report(&["baseline"], 0);
    let story = story.route("old", crate::story::GUARDED);
    let report = story.report(&["scan"], 0);
    assert_eq!(
        findings(&report),
        ["policy/gone-baseline: 1 entry of the baseline is gone: route/unguarded in app/api/old/route.ts"]
    );
    let report = story.report(&["baseline"], 0);
    assert_eq!(report["checks"][0]["summary"], "ops-baseline.json knows 0 findings, 1 before");
    assert_eq!(findings(&story.report(&["scan"], 0)), Vec::<String>::new());
}

#[test]
fn the_file_has_the_same_bytes_twice_and_keeps_what_people_wrote() {
    let story = Story::app().route("b", OPEN).route("a", OPEN);
    story.report(&["baseline"], 0);
    let first = story.repository.read("ops-baseline.json");
    assert!(first.find("app/api/a/").unwrap() < first.find("app/api/b/").unwrap(), "{first}");
    story.report(&["baseline"], 0);
    assert_eq!(story.repository.read("ops-baseline.json"), first);
    let with_owner = first.replacen("\"fingerprint\"", "\"owner\": \"@shop\",\n      \"fingerprint\"", 1);
    let story = story.file("ops-baseline.json", with_owner);
    story.report(&["baseline"], 0);
    assert!(story.repository.read("ops-baseline.json").contains("\"owner\": \"@shop\""));
}

#[test]
fn without_routes_or_guards_nothing_is_written() {
    for story in [Story::app(), Story::app().route("a", OPEN).policy("")] {
        let report = story.report(&["baseline"], 3);
        assert_eq!(report["headline"], "nothing was written");
        assert!(!story.repository.path().join("ops-baseline.json").exists());
    }
}

#[test]
fn a_folder_that_takes_no_file_leaves_the_old_baseline() {
    let story =
        Story::app().route("a", OPEN).policy(&format!("{}baseline = \"ops.toml/b.json\"\n", crate::story::POLICY));
    let outcome = story.run(&["baseline"]);
    assert!(outcome.code == Some(1) || outcome.code == Some(2), "{outcome}");
    assert!(outcome.stderr.contains("ops.toml/b.json"), "{outcome}");
}
