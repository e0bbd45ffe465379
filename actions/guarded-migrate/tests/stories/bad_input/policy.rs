//! Policies that cannot be meant.

use ops_testing::Level;

use super::complaint;
use crate::story::Story;

fn story(policy: &str) -> Story {
    Story::sqlite().migration("1_items.sql", "create table items (id integer);").policy(policy)
}

#[test]
fn an_empty_policy_works() {
    assert_eq!(story("").marked().passed(&["apply"])["headline"], "1 migration applied");
}

#[test]
fn a_mistyped_key_is_shown_with_line_column_caret_and_the_nearest_key() {
    let story = story("[environments.production]\nmarkr = \"prod\"\n");
    assert_eq!(
        complaint(&story, &["plan"]),
        "ops.toml:2:1: unknown key `markr`, did you mean `marker`?\n2 | markr = \"prod\"\n  | ^^^^^"
    );
    let story = story.production();
    let outcome = story.run(&["plan"]);
    let annotation = outcome.of_level(Level::Error)[0];
    assert_eq!((annotation.file.as_deref(), annotation.line, annotation.column), (Some("ops.toml"), Some(2), Some(1)));
    assert_eq!(outcome.outputs.get("verdict").map(String::as_str), Some("fail"), "{outcome}");
    assert!(outcome.summary.contains("unknown key"), "{outcome}");
}

#[test]
fn a_value_of_the_wrong_kind_is_shown_at_its_place() {
    assert_eq!(
        complaint(&story("[migrations]\nlayout = \"prizma\"\n"), &["plan"]),
        "ops.toml:2:10: unknown value `prizma`, did you mean `prisma`?\n2 | layout = \"prizma\"\n  |          ^^^^^^^^"
    );
    assert_eq!(
        complaint(&story("[migrations]\nretries = \"five\"\n"), &["plan"]),
        "ops.toml:2:11: expected an integer of 0 or more, found a string\n2 | retries = \"five\"\n  |           ^^^^^^"
    );
}

#[test]
fn a_policy_that_was_asked_for_must_be_there() {
    assert_eq!(
        complaint(&story(""), &["plan", "--policy", "config/ops.toml"]),
        "the policy config/ops.toml is not there; write the file, or leave --policy away"
    );
}

#[test]
fn a_waiver_without_an_end_is_refused() {
    let waiver =
        "[[waivers]]\nrule = \"migration/locks-table\"\npath = \"**\"\nowner = \"@platform\"\nreason = \"small\"\n";
    let text = complaint(&story(waiver), &["plan"]);
    assert!(text.starts_with("ops.toml:1:1: missing key `expires`\n1 | [[waivers]]\n"), "{text}");
}
