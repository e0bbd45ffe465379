//! A table that is no marker: each way in which it can be wrong, and the way out.

use super::{ITEMS, refusal};
use crate::story::{Story, said};

/// A production database in which somebody made this by hand.
fn by_hand(sql: &str) -> Story {
    let story = Story::postgres().migration("1_items.sql", ITEMS).production();
    story.sql(sql);
    story
}

#[test]
fn each_malformed_table_is_refused_with_what_is_wrong() {
    for (sql, reason) in [
        ("create table bk_env_marker (id int, env text)", "it is empty"),
        (
            "create table bk_env_marker (id int, env text); insert into bk_env_marker values (1, 'prod'), (2, 'dev')",
            "it holds more than one row",
        ),
        (
            "create table bk_env_marker (id int, env text); insert into bk_env_marker values (1, 'prod'), (1, 'prod')",
            "it holds more than one row",
        ),
        (
            "create table bk_env_marker (id int, env text); insert into bk_env_marker values (1, null)",
            "its env is null",
        ),
        (
            "create table bk_env_marker (id int, env text); insert into bk_env_marker values (2, 'prod')",
            "its row does not have id 1",
        ),
        (
            "create table bk_env_marker (id int, env text); insert into bk_env_marker values (null, 'prod')",
            "its row does not have id 1",
        ),
        (
            "create table bk_env_marker (name text, value text); insert into bk_env_marker values ('env', 'prod')",
            "it has no columns id and env, but name, value",
        ),
    ] {
        let story = by_hand(sql);
        assert_eq!(
            refusal(&story),
            format!(
                "fail: bk_env_marker in {} is not a marker: {reason}; expected one row with id 1 and env prod\n\
                 next: put it right by hand, then run guarded-migrate marker set --environment production",
                story.place()
            )
        );
        let report = story.refused(&["marker", "set"], 1);
        assert_eq!(
            said(&report, "marker"),
            format!(
                "fail: bk_env_marker in {} is not a marker: {reason}\n\
                 next: put it right by hand: one row with id 1 and env prod, or drop the table; then run it again",
                story.place()
            )
        );
    }
}

#[test]
fn a_table_made_by_hand_names_no_database() {
    let story = by_hand(
        "create table bk_env_marker (id int primary key, env text); insert into bk_env_marker values (1, 'prod')",
    );
    let place = story.place();
    assert_eq!(
        refusal(&story),
        format!(
            "fail: bk_env_marker says prod, but is not bound to a database, so it may be a copy: this is {place}\n\
             next: if the database is right, run guarded-migrate marker set --environment production"
        )
    );
    story.passed(&["marker", "set"]);
    story.passed(&["apply"]);
    assert_eq!(story.sql("select id, env, identity is not null from bk_env_marker"), "1|prod|t");
}

#[test]
fn a_row_that_is_put_right_is_a_marker_again() {
    let story = by_hand("create table bk_env_marker (id int, env text); insert into bk_env_marker values (2, 'prod')");
    story.refused(&["marker", "set"], 1);
    story.sql("update bk_env_marker set id = 1");
    story.passed(&["marker", "set"]);
    story.passed(&["apply"]);
}
