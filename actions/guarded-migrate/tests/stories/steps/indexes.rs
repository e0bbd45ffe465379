//! `CREATE INDEX CONCURRENTLY`: broken off in the middle, refused, or there before.

use super::{building, end_the_build, index, indexed, snapshot};
use crate::running::until_alone;
use crate::story::{Story, check, said};

#[test]
fn a_build_that_outlives_its_killed_run_is_counted_and_not_repeated() {
    let story = indexed();
    let other = snapshot(&story);
    assert!(building(&story).kill());
    let (number, _) = index(&story);
    let report = story.passed(&["status"]);
    assert_eq!(check(&report, "ledger")["summary"], "1 applied, 0 pending; 2 was interrupted and will be finished");
    // The server has not noticed that nobody listens; it ends the build as soon as it may.
    other.end();
    let report = story.passed(&["apply"]);
    assert_eq!(report["headline"], "1 migration applied");
    assert_eq!(index(&story), (number, true));
    assert_eq!(story.sql("select count(*) from ops_actions.progress"), "0");
}

#[test]
fn a_broken_build_of_a_killed_run_is_dropped_and_built_anew() {
    let story = indexed();
    let other = snapshot(&story);
    assert!(building(&story).kill());
    end_the_build(&story);
    until_alone(&story);
    other.end();
    let (number, valid) = index(&story);
    assert!(!valid);
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "indexes-after"), "pass: no invalid index was left");
    let (anew, valid) = index(&story);
    assert!(valid && anew != number);
}

#[test]
fn a_build_whose_session_is_ended_is_built_anew_by_the_same_run() {
    let story = indexed();
    let other = snapshot(&story);
    let run = building(&story);
    let (number, _) = index(&story);
    end_the_build(&story);
    other.end();
    let (outcome, report) = run.end();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(said(&report, "apply"), "pass: 2 of 2 applied");
    let (anew, valid) = index(&story);
    assert!(valid && anew != number);
}

#[test]
fn a_unique_index_over_duplicates_is_refused_and_named_and_built_once_they_are_gone() {
    let story = Story::postgres()
        .migration("1_items.sql", "create table items (id int);\ninsert into items values (1), (1);")
        .migration("2_index.sql", "\n-- one row for each\n  create unique index concurrently items_id on items (id);")
        .marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(
        said(&report, "apply"),
        "fail: 2 was refused at migrations/2_index.sql:3:3: could not create unique index \"items_id\" \
         [23505]; nothing of it is left in the database but the broken index \"items_id\", which the next run drops \
         before it builds it again\n\
         next: put the file right and run apply again"
    );
    assert_eq!(
        said(&report, "indexes-after"),
        "fail: an index build did not finish: public.items_id is invalid\n\
         next: run apply again where it stopped at that build: it drops the index and builds it again; otherwise drop index \
         concurrently public.items_id, and build it again"
    );
    story.sql("delete from items where ctid = (select min(ctid) from items)");
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "indexes-after"), "pass: no invalid index was left");
    assert!(index(&story).1);
}

#[test]
fn somebody_elses_index_of_that_name_is_never_taken_for_the_migrations_own() {
    let story = Story::postgres().migration("1_items.sql", "create table items (id int);").marked();
    story.passed(&["apply"]);
    story.sql("create index items_id on items (id)");
    let story = story.migration("2_index.sql", "create index concurrently items_id on items (id);");
    for _ in 0..2 {
        let (outcome, report) = story.report(&["apply"]);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        let summary = check(&report, "apply")["summary"].as_str().expect("a summary");
        assert_eq!(
            summary,
            "2 was refused at migrations/2_index.sql:1:1: relation \"items_id\" already exists [42P07]; nothing of it is left in \
             the database"
        );
    }
}

#[test]
fn an_invalid_index_that_if_not_exists_passes_over_is_refused() {
    let story = Story::postgres()
        .migration("1_items.sql", "create table items (id int);\ninsert into items values (1), (1);")
        .marked();
    story.passed(&["apply"]);
    let built = ops_testing::try_psql(&story.url, "create unique index concurrently items_id on items (id)");
    assert!(built.is_err());
    let story = story.migration("2_index.sql", "create index concurrently if not exists items_id on items (id);");
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let summary = check(&report, "apply")["summary"].as_str().expect("a summary");
    assert!(
        summary.contains(
            "the index \"items_id\" is there, but invalid: a build of it did not finish (drop index concurrently \"items_id\", so \
             that it can be built) [55000]"
        ),
        "{summary}"
    );
    story.sql("drop index items_id");
    story.passed(&["apply"]);
    assert!(index(&story).1);
}

#[test]
fn an_index_that_was_invalid_before_is_named_even_where_all_went_well() {
    let story = Story::postgres().migration("1_items.sql", "create table items (id int);").marked();
    story.passed(&["apply"]);
    story.sql("insert into items values (1), (1)");
    let built = ops_testing::try_psql(&story.url, "create unique index concurrently items_id on items (id)");
    assert!(built.is_err());
    let story = story.migration("2_other.sql", "create table other (id int);");
    let report = story.passed(&["apply"]);
    assert_eq!(
        said(&report, "indexes-after"),
        "pass: no invalid index was left by this run, but public.items_id was there before"
    );
}
