//! The marker: which environment a database says it is, and whether it is that database that says so.

mod copies;
mod malformed;
mod set;

use crate::story::{Story, check, said};

const ITEMS: &str = "create table items (id int primary key);";

/// What the marker's check says of an apply that it refuses.
fn refusal(story: &Story) -> String {
    said(&story.refused(&["apply"], 1), "marker")
}

#[test]
fn a_database_without_a_marker_is_refused_with_the_command_that_sets_it() {
    let story = Story::postgres().migration("1_items.sql", ITEMS);
    let place = story.place();
    assert_eq!(
        refusal(&story),
        format!(
            "fail: there is no table bk_env_marker in {place}, so nothing says which environment this is; expected dev\n\
             next: if the database is right, run guarded-migrate marker set --environment development"
        )
    );
    let story = story.marked();
    let report = story.passed(&["apply"]);
    assert_eq!(said(&report, "marker"), format!("pass: bk_env_marker says dev, and belongs to {place}"));
}

#[test]
fn the_wrong_database_is_refused_and_both_ways_out_are_told() {
    let story = Story::postgres().migration("1_items.sql", ITEMS).marked().production();
    let place = story.place();
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "marker"),
        format!(
            "fail: bk_env_marker says dev; expected prod. DATABASE_URL points at {place}\n\
             next: point DATABASE_URL at the right database, or, if the database is right, \
             run guarded-migrate marker set --environment production --replace dev"
        )
    );
    // It is told first, before whatever else is wrong.
    assert_eq!(report["explanation"], format!("bk_env_marker says dev; expected prod. DATABASE_URL points at {place}"));
    story.passed(&["marker", "set", "--replace", "dev"]);
    story.passed(&["apply"]);
}

#[test]
fn production_is_no_place_for_a_developers_migrations() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).production().marked();
    let story = Story { environment: "development".to_owned(), ..story };
    assert_eq!(
        refusal(&story),
        format!(
            "fail: bk_env_marker says prod; expected dev. DATABASE_URL points at {}\n\
             next: point DATABASE_URL at the right database, or, if the database is right, \
             run guarded-migrate marker set --environment development --replace prod",
            story.place()
        )
    );
}

#[test]
fn the_policy_chooses_table_and_word() {
    let policy = "[database]\nmarker_table = \"ops.environment\"\n[environments.production]\nmarker = \"live\"\n";
    let story = Story::postgres().migration("1_items.sql", ITEMS).policy(policy).production();
    story.sql("create schema ops");
    let place = story.place();
    assert!(refusal(&story).starts_with(&format!("fail: there is no table ops.environment in {place},")));
    let story = story.marked();
    assert_eq!(story.sql("select id, env from ops.environment"), "1|live");
    assert_eq!(
        said(&story.passed(&["apply"]), "marker"),
        format!("pass: ops.environment says live, and belongs to {place}")
    );
}

#[test]
fn neons_branch_is_part_of_what_a_database_is() {
    let story = Story::postgres().migration("1_items.sql", ITEMS).production();
    let name = story.database.as_ref().unwrap().name.clone();
    // As Neon's own servers set them.
    let branch = |id: &str| {
        story.sql(&format!(
            "alter database {name} set neon.project_id = 'quiet-sun-1'; alter database {name} set neon.branch_id = '{id}'"
        ))
    };
    branch("br-main-1");
    story.passed(&["marker", "set"]);
    assert_eq!(story.sql("select identity from bk_env_marker"), format!("neon:quiet-sun-1/br-main-1/{name}"));
    // A branch has all that its parent has, the marker too.
    branch("br-cool-mode-2");
    assert_eq!(
        refusal(&story),
        format!(
            "fail: bk_env_marker says prod, but it was copied here from another database: this is database {name} of \
             Neon branch br-cool-mode-2\n\
             next: point DATABASE_URL at the right database, or, if this copy took its place, \
             run guarded-migrate marker set --environment production"
        )
    );
    branch("br-main-1");
    let report = story.passed(&["apply"]);
    assert_eq!(
        said(&report, "marker"),
        format!("pass: bk_env_marker says prod, and belongs to database {name} of Neon branch br-main-1")
    );
}

#[test]
fn a_server_that_hides_its_identity_proves_nothing() {
    let story = Story::postgres().migration("1_items.sql", ITEMS).production().marked();
    let name = story.database.as_ref().unwrap().name.clone();
    let role = format!("role_of_{name}");
    story.sql(&format!(
        "create role {role} login; grant select on bk_env_marker to {role}; grant create on database {name} to {role}; \
         grant create on schema public to {role}; revoke execute on function pg_control_system() from public"
    ));
    let url = story.url.replace("postgres@", &format!("{role}@"));
    let report = story.env("DATABASE_URL", &url).refused(&["apply"], 3);
    assert_eq!(
        said(&report, "marker"),
        format!(
            "unproven: bk_env_marker says prod, but {name} shows no identity that a copy would not share\n\
             next: grant the role execute on function pg_control_system()"
        )
    );
}

#[test]
fn a_database_has_one_marker_whatever_schema_its_url_names() {
    let mut story = Story::postgres().migration("1_items.sql", "create table items (id int);").marked();
    let url = format!("{}?schema=my%2Dshop", story.url);
    story = story.env("DATABASE_URL", &url);
    let report = story.passed(&["apply"]);
    assert_eq!(check(&report, "marker-after")["verdict"], "pass");
    assert_eq!(story.sql("select to_regclass('\"my-shop\".items') is not null"), "t");
    story.passed(&["marker", "show"]);
}

#[test]
fn prismas_tables_go_to_public_whatever_the_search_path_of_the_role() {
    let story = Story::postgres()
        .file("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n")
        .file("prisma/migrations/20270331120000_items/migration.sql", "create table items (id int);");
    let name = story.database.as_ref().unwrap().name.clone();
    story.sql(&format!("create schema app; alter database \"{name}\" set search_path = app, public"));
    let story = story.marked();
    story.passed(&["apply"]);
    assert_eq!(story.sql("select to_regclass('public.items') is not null, to_regclass('app.items') is null"), "t|t");
}

#[test]
fn what_was_rolled_back_proves_no_bytes() {
    let story = Story::postgres()
        .policy("[migrations]\nlayout = \"dbmate\"\ndirectory = \"db\"\n")
        .file("db/1_items.sql", "-- migrate:up\ncreate table items (id int);\n-- migrate:down\n")
        .marked();
    story.passed(&["apply"]);
    let edited = story.file("db/1_items.sql", "-- migrate:up\ncreate table things (id int);\n-- migrate:down\n");
    edited.passed(&["resolve", "--migration", "1", "--as", "rolled-back"]);
    edited.sql("insert into schema_migrations values ('1')");
    let rows = "select count(*) from ops_actions.audit where event = 'rolled-back' and digest is null";
    assert_eq!(edited.sql(rows), "1");
}
