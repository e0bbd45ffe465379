//! The same in Prisma's own ledger: the rows that Prisma's commands would find.

use super::{building, end_the_build, snapshot};
use crate::running::until_alone;
use crate::story::{Story, check, said};

const FIRST: &str = "prisma/migrations/20270101000000_items/migration.sql";
const SECOND: &str = "prisma/migrations/20270102000000_more/migration.sql";
const ROWS: &str = "select string_agg(format('%s %s %s %s %s', migration_name, case when finished_at is null then 'open' else 'finished' end, \
                    case when rolled_back_at is null then 'standing' else 'rolled-back' end, applied_steps_count, coalesce(logs, '-')), \
                    E'\\n' order by started_at) from _prisma_migrations where migration_name like '20270102%'";

fn prisma(second: &str) -> Story {
    Story::postgres()
        .file("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n")
        .file(FIRST, "create table items (id int);\n")
        .file(SECOND, second)
        .marked()
}

#[test]
fn a_failed_migration_is_an_open_row_with_its_logs_and_then_a_finished_one() {
    let story = prisma("create index concurrently items_id on items (id);\ninsert into nowhere values (1);\n");
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(story.sql(ROWS), "20270102000000_more open standing 0 relation \"nowhere\" does not exist");

    let story =
        story.file(SECOND, "create index concurrently items_id on items (id);\ninsert into items values (1);\n");
    story.passed(&["apply"]);
    assert_eq!(
        story.sql(ROWS),
        "20270102000000_more open rolled-back 0 relation \"nowhere\" does not exist\n20270102000000_more finished standing 1 -"
    );
}

#[test]
fn a_killed_migration_is_an_open_row_until_the_next_run_finishes_it() {
    let story = prisma("create index concurrently items_id on items (id);\n");
    let other = snapshot(&story);
    assert!(building(&story).kill());
    end_the_build(&story);
    until_alone(&story);
    other.end();
    assert_eq!(story.sql(ROWS), "20270102000000_more open standing 0 -");
    story.passed(&["apply"]);
    assert_eq!(story.sql(ROWS), "20270102000000_more open rolled-back 0 -\n20270102000000_more finished standing 1 -");
}

/// `prisma migrate resolve --rolled-back` knows nothing of our progress: whoever says so has undone the steps.
#[test]
fn what_prisma_itself_marks_as_rolled_back_starts_from_its_first_step() {
    let story = prisma(
        "create table first (id int);\ncreate index concurrently items_id on items (id);\ninsert into nowhere values (1);\n",
    );
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    story.sql("drop table first; drop index items_id; update _prisma_migrations set rolled_back_at = now() where finished_at is null");
    let story = story.file(SECOND, "create table first (id int);\ncreate index concurrently items_id on items (id);\n");
    let report = story.passed(&["apply"]);
    assert_eq!(check(&report, "ledger")["summary"], "1 applied, 1 pending");
    assert_eq!(story.sql("select to_regclass('first') is null or to_regclass('items_id') is null"), "f");
}

#[test]
fn what_prisma_itself_marks_as_applied_is_not_half_done_any_more() {
    let story = prisma(
        "create table first (id int);\ncreate index concurrently items_id on items (id);\ninsert into nowhere values (1);\n",
    );
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    story.sql("update _prisma_migrations set finished_at = now() where finished_at is null");
    let report = story.passed(&["status"]);
    assert_eq!(check(&report, "ledger")["summary"], "2 applied, 0 pending");
}

/// The steps of our try were undone and that try was settled; what failed since is Prisma's own, and proves no step.
#[test]
fn a_failed_row_that_prisma_wrote_since_is_not_taken_for_ours() {
    let broken = "create table first (id int);\ncreate index concurrently items_id on items (id);\ninsert into nowhere values (1);\n";
    let story = prisma(broken);
    let (outcome, _) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let report = story.passed(&["status"]);
    assert!(said(&report, "ledger").ends_with("; 20270102000000_more was interrupted and will be finished"));

    story.sql(
        "drop table first; drop index items_id; update _prisma_migrations set rolled_back_at = now() where finished_at is null; \
         insert into _prisma_migrations (id, checksum, migration_name, started_at, applied_steps_count) \
         select gen_random_uuid()::text, checksum, migration_name, now(), 0 from _prisma_migrations where finished_at is null",
    );
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "ledger"),
        "fail: failed earlier: 20270102000000_more\n\
         next: look at what 20270102000000_more left behind, then run guarded-migrate resolve --migration 20270102000000_more \
         --as rolled-back or guarded-migrate resolve --migration 20270102000000_more --as applied"
    );
    story.passed(&["resolve", "--migration", "20270102000000_more", "--as", "rolled-back"]);
    let story = story.file(SECOND, "create table first (id int);\ncreate index concurrently items_id on items (id);\n");
    story.passed(&["apply"]);
    assert_eq!(story.sql("select to_regclass('first') is null or to_regclass('items_id') is null"), "f");
}
