//! A marker that came with a copy says nothing about the copy.

use std::process::Command;

use ops_testing::{Database, Postgres};

use super::{ITEMS, refusal};
use crate::story::Story;

const NEXT: &str = "next: point DATABASE_URL at the right database, or, if this copy took its place, \
                    run guarded-migrate marker set --environment production";

fn production() -> Story {
    Story::postgres().migration("1_items.sql", ITEMS).production().marked()
}

/// The story goes on with the copy: refused until somebody says that the copy is meant.
fn goes_on(story: Story, copy: Database) {
    let original = story.database;
    let url = copy.url.clone();
    let story =
        Story { database: Some(copy), url: url.clone(), ..Story { database: None, ..story } }.env("DATABASE_URL", &url);
    let refused = refusal(&story);
    let place = story.place();
    assert_eq!(
        refused,
        format!("fail: bk_env_marker says prod, but it was copied here from another database: this is {place}\n{NEXT}")
    );
    story.passed(&["marker", "set"]);
    story.passed(&["apply"]);
    drop(original);
}

#[test]
fn a_dump_that_was_restored_is_a_copy() {
    let story = production();
    let copy = Postgres::shared().create_database();
    ops_testing::psql(&copy.url, &story.content());
    goes_on(story, copy);
}

#[test]
fn a_database_made_from_a_template_is_a_copy() {
    let story = production();
    let name = &story.database.as_ref().unwrap().name;
    let copy = Postgres::shared().create_database();
    ops_testing::psql(
        &Postgres::shared().url("postgres"),
        &format!("drop database \"{0}\";\ncreate database \"{0}\" template \"{name}\"", copy.name),
    );
    goes_on(story, copy);
}

#[test]
fn a_dump_of_the_same_name_on_another_server_is_a_copy() {
    let story = production();
    let name = story.database.as_ref().unwrap().name.clone();
    let other = Postgres::configure().fresh_identity().start();
    let copy = other.create_database_named(&name);
    ops_testing::psql(&copy.url, &story.content());
    goes_on(story, copy);
}

#[test]
fn a_file_that_was_copied_is_a_copy() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).production().marked();
    let copied = Command::new("cp").args(["dev.db", "copy.db"]).current_dir(story.root()).status().unwrap();
    assert!(copied.success());
    let story = Story { url: "file:./copy.db".to_owned(), ..story }.env("DATABASE_URL", "file:./copy.db");
    let place = story.place();
    assert_eq!(
        refusal(&story),
        format!("fail: bk_env_marker says prod, but it was copied here from another database: this is {place}\n{NEXT}")
    );
    story.passed(&["marker", "set"]);
    story.passed(&["apply"]);
}
