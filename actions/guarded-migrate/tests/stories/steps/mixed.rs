//! Files that hold statements for inside and for outside a transaction, and files with transactions of their own.

use crate::story::{Story, check};

const MIXED: &str = "create table items (id int);\ncreate index concurrently items_id on items (id);\n";

#[test]
fn a_mixed_file_is_split_and_the_plan_says_so() {
    let story = Story::postgres().migration("1_items.sql", MIXED).marked();
    let report = story.passed(&["plan"]);
    assert_eq!(
        check(&report, "statements")["summary"],
        "2 statements in 1 file; 1 run in steps, because they hold what a transaction forbids (migrations.mixed = \"split\")"
    );
    story.passed(&["apply"]);
    assert_eq!(story.sql("select indisvalid from pg_index where indexrelid = 'items_id'::regclass"), "t");
}

#[test]
fn a_mixed_file_is_refused_where_the_policy_says_so() {
    let story = Story::postgres().migration("1_items.sql", MIXED).policy("[migrations]\nmixed = \"refuse\"\n").marked();
    let report = story.refused(&["apply"], 1);
    let statements = check(&report, "statements");
    assert_eq!(
        statements["summary"],
        "migrations/1_items.sql:2:1: `create index concurrently items_id on items (id)` runs outside a transaction, and other \
         statements of this file inside one"
    );
}

#[test]
fn transactions_of_the_file_itself_are_kept_and_each_stands_alone() {
    let file = |last: &str| {
        format!(
            "begin;\ncreate table first (id int);\ninsert into first values (1);\ncommit;\nbegin;\ncreate table second (id int);\n{last};\ncommit;\n"
        )
    };
    let story = Story::postgres().migration("1_two.sql", &file("select 1 / 0")).marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        check(&report, "apply")["summary"],
        "1 was refused at migrations/1_two.sql:7:1: division by zero [22012]; its first step is committed, and the next run goes \
         on after it"
    );
    assert_eq!(story.sql("select to_regclass('first') is null, to_regclass('second') is null"), "f|t");
    let story = story.migration("1_two.sql", &file("insert into second values (2)"));
    story.passed(&["apply"]);
    assert_eq!(story.sql("select (select count(*) from first), (select count(*) from second)"), "1|1");
}

#[test]
fn what_a_migration_sets_does_not_reach_our_own_writes() {
    let story = Story::postgres()
        .migration("1_role.sql", "create role nobody_here;\ncreate schema other;")
        .migration(
            "2_set.sql",
            "set role nobody_here;\nset search_path to other;\nset standard_conforming_strings to off;",
        )
        .migration("3_items.sql", "create table items (id int);")
        .marked();
    let (outcome, _) = story.report(&["apply"]);
    story.sql("drop role nobody_here");
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(story.sql("select to_regclass('public.items') is null"), "f");
}
