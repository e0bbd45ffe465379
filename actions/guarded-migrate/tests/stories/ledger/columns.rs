//! What stands in the columns of a ledger, and files that no ledger will ever name.

use super::{DBMATE, DRIZZLE_ON_POSTGRES, PRISMA_ON_POSTGRES, SQLX, SUPABASE, Tool, sql};
use crate::story::Story;

fn applied(tool: &Tool) -> Story {
    let story = tool.lay(Story::postgres(), &[(1, sql(1)), (2, sql(2))]).marked();
    story.passed(&["apply"]);
    story
}

#[test]
fn supabase_keeps_each_statement() {
    let story = applied(&SUPABASE);
    let rows =
        story.sql("select version, name, statements::text from supabase_migrations.schema_migrations order by 1");
    assert_eq!(
        rows,
        "20260101000000|m|{\"create table items (id integer primary key)\",\"create index items_id on items (id)\"}\n\
         20260102000000|m|{\"create table goods (id integer primary key)\",\"create index goods_id on goods (id)\"}"
    );
}

#[test]
fn prisma_counts_one_step_and_keeps_the_sha_256_of_the_file() {
    let story = applied(&PRISMA_ON_POSTGRES);
    let rows = story.sql(
        "select migration_name, applied_steps_count, length(checksum), length(id), logs is null, rolled_back_at is null, \
         finished_at >= started_at from _prisma_migrations order by 1",
    );
    assert_eq!(rows, "20260101000000_m|1|64|36|t|t|t\n20260102000000_m|1|64|36|t|t|t");
}

#[test]
fn drizzle_keeps_the_hash_and_the_journals_time() {
    let story = applied(&DRIZZLE_ON_POSTGRES);
    let rows = story.sql("select id, length(hash), created_at from drizzle.__drizzle_migrations order by 1");
    assert_eq!(rows, "1|64|1767225600001\n2|64|1767225600002");
}

#[test]
fn sqlx_keeps_the_sha_384_of_the_up_script_alone() {
    let story = applied(&SQLX);
    let rows = story.sql(
        "select version, description, success, length(checksum), checksum = sha384(convert_to(\
         'create table items (id integer primary key);\ncreate index items_id on items (id);\n', 'UTF8')) \
         from _sqlx_migrations order by 1",
    );
    assert_eq!(rows, "1|m|t|48|t\n2|m|t|48|f");
}

#[test]
fn dbmate_keeps_versions_and_its_down_sections_never_run() {
    let story = applied(&DBMATE);
    assert_eq!(story.sql("select version from schema_migrations order by 1"), "1\n2");
    assert_eq!(story.sql("select count(*) from pg_class where relname in ('items', 'goods')"), "2");
}

#[test]
fn a_file_that_drizzles_journal_does_not_list_is_told_and_not_run() {
    let story = DRIZZLE_ON_POSTGRES.lay(Story::postgres(), &[(1, sql(1))]).file("drizzle/0002_m.sql", &sql(2)).marked();
    for verb in ["plan", "lint", "apply"] {
        let report = story.passed(&[verb]);
        let finding =
            report["findings"].as_array().unwrap().iter().find(|finding| finding["path"] == "drizzle/0002_m.sql");
        let finding = finding.unwrap_or_else(|| panic!("{report:#}"));
        assert_eq!(
            (finding["rule"].as_str(), finding["severity"].as_str()),
            (Some("migration/never-runs"), Some("warning"))
        );
        assert_eq!(finding["message"], "this file never runs: meta/_journal.json does not list it (drizzle)");
        assert_eq!(finding["help"], "let `drizzle-kit generate` list it, or move it away");
    }
    assert_eq!(story.sql("select count(*) from pg_class where relname in ('items', 'goods')"), "1");
}

#[test]
fn a_file_whose_name_supabase_passes_over_is_told_too() {
    let story =
        SUPABASE.lay(Story::postgres(), &[(1, sql(1))]).file("supabase/migrations/seed.sql", "select 1;").marked();
    let report = story.passed(&["plan"]);
    assert_eq!(report["findings"][0]["message"], "this file never runs: its name is not one of a migration (supabase)");
    assert_eq!(report["details"]["pending"], serde_json::json!(["20260101000000"]));
}
