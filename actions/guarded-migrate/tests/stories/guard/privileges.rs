//! What the role lacks is found before anything is done, with the grants that help.

use super::{ITEMS, settled_on_postgres};
use crate::story::{Story, said};

/// A story whose program comes as a role that may do little, and that role.
fn as_a_role(story: Story) -> (Story, String) {
    let role = format!("role_of_{}", story.database.as_ref().unwrap().name);
    story.sql(&format!(
        "create role {role} login; grant select on bk_env_marker to {role}; revoke create on schema public from public"
    ));
    let url = story.url.replace("postgres@", &format!("{role}@"));
    (story.env("DATABASE_URL", &url), role)
}

fn ready() -> (Story, String) {
    as_a_role(Story::postgres().migration("1_items.sql", ITEMS).production().marked())
}

/// Runs as an administrator what the refusal told to run.
fn follow(story: &Story, answer: &str) {
    let (_, grants) =
        answer.split_once("next: as an administrator: ").unwrap_or_else(|| panic!("no grants in {answer}"));
    story.sql(grants);
}

#[test]
fn a_role_that_may_not_create_is_refused_with_the_grants_that_help() {
    let (story, role) = ready();
    let answer = said(&story.refused(&["apply"], 1), "privileges");
    assert_eq!(
        answer,
        format!(
            "fail: role {role} may not create in schema public, may not create the schema ops_actions for the audit trail\n\
             next: as an administrator: grant create on schema public to {role}; create schema ops_actions authorization {role}"
        )
    );
    follow(&story, &answer);
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "privileges"), format!("pass: role {role} may do what the plan needs"));
}

#[test]
fn a_bookkeeping_schema_of_another_role_is_refused() {
    let (story, role) =
        as_a_role(settled_on_postgres().migration("2_more.sql", "create table more (id int primary key);"));
    story.sql(&format!("grant create on schema public to {role}"));
    let answer = said(&story.refused(&["apply"], 1), "connection");
    assert_eq!(
        answer,
        "fail: permission denied for schema ops_actions\n\
         next: grant the role what it lacks, or connect as the owner of the tables"
    );
}

#[test]
fn bookkeeping_that_may_only_be_read_is_refused_with_the_grants_that_help() {
    let more = "create table more (id int primary key);";
    let (story, role) = as_a_role(settled_on_postgres().migration("2_more.sql", more));
    story.sql(&format!(
        "grant create on schema public to {role}; grant usage on schema ops_actions to {role}; \
         grant select on all tables in schema ops_actions to {role}"
    ));
    let answer = said(&story.refused(&["apply"], 1), "privileges");
    assert_eq!(
        answer,
        format!(
            "fail: role {role} may not write in the schema ops_actions\n\
             next: as an administrator: grant usage, create on schema ops_actions to {role}; \
             grant select, insert, update, delete on all tables in schema ops_actions to {role}"
        )
    );
    follow(&story, &answer);
    story.passed(&["apply"]);
}

#[test]
fn a_table_of_another_role_is_refused() {
    let story = Story::postgres()
        .migration("1_items.sql", ITEMS)
        .migration("2_more.sql", "alter table items add column name text;");
    let (story, role) = as_a_role(story.production().marked());
    story.sql(&format!(
        "{ITEMS} grant create on schema public to {role}; create schema ops_actions authorization {role}"
    ));
    story.passed(&["resolve", "--migration", "1", "--as", "applied"]);
    let answer = said(&story.refused(&["apply"], 1), "privileges");
    assert_eq!(
        answer,
        format!(
            "fail: role {role} does not own items\n\
             next: as an administrator: alter table items owner to {role}"
        )
    );
    follow(&story, &answer);
    story.passed(&["apply"]);
}

#[test]
fn a_ledger_of_another_role_that_needs_more_columns_is_refused() {
    let story = Story::postgres()
        .file("supabase/config.toml", "")
        .file("supabase/migrations/20260101000001_items.sql", ITEMS)
        .file("supabase/migrations/20260101000002_more.sql", "create table more (id int primary key);");
    let (story, role) = as_a_role(story.production().marked());
    story.sql(&format!(
        "{ITEMS} create schema supabase_migrations; \
         create table supabase_migrations.schema_migrations (version text not null primary key); \
         insert into supabase_migrations.schema_migrations values ('20260101000001'); \
         grant usage on schema supabase_migrations to {role}; \
         grant select on supabase_migrations.schema_migrations to {role}; \
         grant create on schema public to {role}; create schema ops_actions authorization {role}"
    ));
    let answer = said(&story.refused(&["apply"], 1), "privileges");
    assert_eq!(
        answer,
        format!(
            "fail: role {role} may not write into supabase_migrations.schema_migrations, does not own \
             supabase_migrations.schema_migrations\n\
             next: as an administrator: grant select, insert, update, delete on supabase_migrations.schema_migrations to {role}; \
             alter table supabase_migrations.schema_migrations owner to {role}"
        )
    );
    follow(&story, &answer);
    story.passed(&["apply"]);
}

#[test]
fn a_role_that_may_not_read_the_marker_is_told_so() {
    let (story, role) = ready();
    story.sql(&format!("revoke select on bk_env_marker from {role}"));
    assert_eq!(
        said(&story.refused(&["apply"], 1), "connection"),
        "fail: permission denied for table bk_env_marker\n\
         next: grant the role what it lacks, or connect as the owner of the tables"
    );
}

#[test]
fn nothing_is_asked_of_the_role_where_nothing_is_pending() {
    let (story, role) = as_a_role(settled_on_postgres());
    story.sql(&format!(
        "grant usage on schema ops_actions to {role}; grant select on all tables in schema ops_actions to {role}"
    ));
    assert_eq!(said(&story.passed(&["apply"]), "privileges"), "pass: nothing is pending, so nothing is needed");
}
