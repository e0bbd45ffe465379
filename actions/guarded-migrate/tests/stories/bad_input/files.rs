//! Folders and files that cannot be migrations.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;

use super::complaint;
use crate::story::{Story, check, said};

const ITEMS: &str = "create table items (id integer primary key);";

const PLACES: &str = "looked for `prisma/migrations`, `supabase/migrations`, `drizzle`, `drizzle/migrations`, `src/drizzle`, \
                      `src/db/migrations`, `db/migrations`, `migrations`, here and in `apps/*` and `packages/*`";

#[test]
fn a_repository_without_migrations_names_where_they_were_looked_for() {
    assert_eq!(
        complaint(&Story::sqlite(), &["plan"]),
        format!("no migrations found: {PLACES}; set `layout` and `directory` under `[migrations]` in ops.toml")
    );
}

#[test]
fn an_empty_folder_is_no_pass() {
    let story = Story::sqlite().migration("README.md", "None yet.");
    assert_eq!(
        complaint(&story, &["lint"]),
        format!(
            "no migrations found: {PLACES}, and nothing that looks like one is in `migrations`; set `layout` and `directory` \
             under `[migrations]` in ops.toml"
        )
    );
    let named = story.policy("[migrations]\nlayout = \"plain\"\ndirectory = \"migrations\"\n");
    assert_eq!(
        complaint(&named, &["lint"]),
        "migrations: the folder holds no plain migration; add one, or set `directory` under `[migrations]` in ops.toml"
    );
}

#[test]
fn a_folder_that_is_not_there_or_is_a_file_is_named() {
    let story = Story::sqlite().file("sql", "select 1;");
    let out = "set `directory` under `[migrations]` in ops.toml to the folder of migrations";
    assert_eq!(
        complaint(&story, &["plan", "--directory", "db/sql"]),
        format!("db/sql: the folder does not exist; {out}")
    );
    assert_eq!(complaint(&story, &["plan", "--directory", "sql"]), format!("sql: is a file; {out}"));
    assert_eq!(complaint(&story, &["plan", "--root", "sql"]), "the root sql is not a folder; give one with --root");
}

/// The tests may run as an administrator, who reads everything; so the program runs as nobody.
#[test]
fn a_folder_that_may_not_be_read_is_named() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS);
    let permit = |folder: &std::path::Path, mode| {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).expect("the permissions");
    };
    permit(story.repository.outside(), 0o755);
    permit(&story.root().join("migrations"), 0o700);
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", crate::story::PROGRAM, "lint"];
    let outcome = story.runner.run("setpriv", &nobody);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert_eq!(
        outcome.stderr.trim_end(),
        "error: migrations: cannot be read: permission denied; check that it is there and that this user may read it"
    );
}

#[test]
fn a_folder_outside_of_the_repository_is_refused_also_by_a_link() {
    let story = Story::sqlite();
    let refusal = "leads out of the repository; migrations are read only from files inside it";
    assert_eq!(complaint(&story, &["plan", "--directory", "../sql"]), format!("../sql: {refusal}"));
    assert_eq!(complaint(&story, &["plan", "--directory", "/etc"]), format!("/etc: {refusal}"));

    let story = story.migration("1_items.sql", ITEMS);
    let secret = story.repository.outside().join("secret.sql");
    std::fs::write(&secret, "select 'secret';").expect("the file");
    std::os::unix::fs::symlink(&secret, story.root().join("migrations/2_secret.sql")).expect("the link");
    assert_eq!(complaint(&story, &["plan"]), format!("migrations/2_secret.sql: {refusal}"));
}

#[test]
fn two_files_with_one_version_are_both_named() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).migration("01_orders.sql", ITEMS);
    assert_eq!(
        complaint(&story, &["plan"]),
        "migrations/01_orders.sql: has the version 1, as has `migrations/1_items.sql`; give one of them a version of its own"
    );
}

#[test]
fn bytes_that_are_no_text_are_named_with_line_and_byte() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS);
    story.repository.write("migrations/2_names.sql", b"-- names\ninsert into items values ('J\xf8rgen');");
    story.repository.write("migrations/3_wide.sql", b"\xff\xfes\0e\0l\0");
    assert_eq!(
        complaint(&story, &["plan"]),
        "migrations/2_names.sql:2: is not UTF-8: the first invalid byte is byte 37; save the file as UTF-8\n\
         migrations/3_wide.sql:1: is not UTF-8: the first invalid byte is byte 0; save the file as UTF-8"
    );
}

#[test]
fn a_migration_of_50_megabytes_is_refused_before_it_is_read() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS);
    let bulk = std::fs::File::create(story.root().join("migrations/2_bulk.sql")).expect("the file");
    bulk.set_len(50_000_000).expect("its length");
    assert_eq!(
        complaint(&story, &["apply"]),
        "migrations/2_bulk.sql: is 50.0 MB; the limit is 16 MiB: move bulk data out of the migration and load it with a seed \
         script or `COPY`"
    );
}

#[test]
fn a_migration_just_under_the_limit_is_applied() {
    let line = format!("insert into items (note) values ('{}');\n", "x".repeat(15_000));
    let bulk = line.repeat(16 * 1024 * 1024 / line.len());
    let story = Story::sqlite()
        .migration("1_items.sql", "create table items (id integer primary key, note text);")
        .migration("2_bulk.sql", &bulk)
        .marked();
    let report = story.passed(&["apply"]);
    assert_eq!(report["details"]["applied"], serde_json::json!(["1", "2"]));
}

#[test]
fn a_name_with_a_line_break_cannot_forge_a_line_of_the_log() {
    let story = Story::sqlite().production();
    story.repository.write("migrations/1_a\n::error::forged.sql", ITEMS);
    let outcome = story.run(&["plan"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(
        outcome.stderr.contains(
            "error: migrations/1_a\\n::error::forged.sql: the name holds a control character, which would forge lines in \
             logs; rename it"
        ),
        "{outcome}"
    );
    assert!(outcome.annotations.iter().all(|annotation| annotation.message != "forged.sql"), "{outcome}");
    assert_eq!(outcome.annotations.len(), 1, "{outcome}");
    assert_eq!(outcome.outputs.get("verdict").map(String::as_str), Some("fail"));
}

#[test]
fn a_name_that_is_a_workflow_command_stays_a_name() {
    let name = "1_::error::forged ##[error]legacy.sql";
    let story =
        Story::sqlite().migration(name, "create table items (id integer); drop table items;").production().marked();
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(report["details"]["migrations"][0]["path"], format!("migrations/{name}"));
    let forged = |text: &str| text.starts_with("forged") || text.starts_with("legacy");
    assert!(!outcome.annotations.iter().any(|annotation| forged(&annotation.message)), "{outcome}");
    assert!(!outcome.commands.iter().any(|command| command.legacy), "{outcome}");
}

#[test]
fn a_name_that_is_not_utf_8_is_refused() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS);
    let name = std::ffi::OsStr::from_bytes(b"2_\xff.sql");
    std::fs::write(story.root().join("migrations").join(name), ITEMS).expect("the file");
    assert_eq!(complaint(&story, &["plan"]), "migrations/2_\u{fffd}.sql: the name is not UTF-8; rename it");
}

#[test]
fn a_name_that_the_layout_cannot_read_is_refused() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).migration("orders.sql", ITEMS);
    assert_eq!(
        complaint(&story, &["plan"]),
        "migrations/orders.sql: the name does not follow `<digits>_<name>.sql` or `V<digits>__<name>.sql`; rename it, or move \
         it out of the folder"
    );
}

#[test]
fn several_folders_of_migrations_are_all_named_with_the_lines_for_the_policy() {
    let story = Story::sqlite()
        .migration("1_items.sql", ITEMS)
        .file("apps/shop/prisma/migrations/20260105090000_init/migration.sql", ITEMS);
    assert_eq!(
        complaint(&story, &["plan"]),
        "found several folders of migrations: prisma in `apps/shop/prisma/migrations`, plain in `migrations`; say which in \
         ops.toml, by one of these:\n\n\
         [migrations]\nlayout = \"prisma\"\ndirectory = \"apps/shop/prisma/migrations\"\n\n\
         [migrations]\nlayout = \"plain\"\ndirectory = \"migrations\""
    );
    let named = story.policy("[migrations]\nlayout = \"plain\"\ndirectory = \"migrations\"\n").marked();
    assert_eq!(named.passed(&["plan"])["details"]["pending"], serde_json::json!(["1"]));
}

#[test]
fn files_for_another_engine_are_refused_before_the_database_is_asked() {
    let story = Story::sqlite()
        .file("prisma/migrations/20260105090000_init/migration.sql", ITEMS)
        .file("prisma/migrations/migration_lock.toml", "provider = \"sqlite\"\n")
        .env("DATABASE_URL", "postgres://owner:hunter2@127.0.0.1:1/shop");
    let refusal = "prisma/migrations: the migrations are for SQLite, and the database is PostgreSQL; point the URL at a SQLite database";
    for words in [&["plan"][..], &["apply"], &["status"], &["resolve", "--migration", "x", "--as", "applied"]] {
        assert_eq!(complaint(&story, words), refusal);
    }
    let other = story.file("prisma/migrations/migration_lock.toml", "# made by a tool\nprovider = \"mysql\"\n");
    assert_eq!(
        complaint(&other, &["plan"]),
        "prisma/migrations/migration_lock.toml:2: names the engine `mysql`; supported are PostgreSQL and SQLite"
    );
}

#[test]
fn a_file_that_was_renamed_after_it_was_applied_is_missing_and_new_at_once() {
    let story = Story::sqlite().migration("1_items.sql", ITEMS).marked();
    story.passed(&["apply"]);
    let migrations = story.root().join("migrations");
    // The version is what the ledger knows: another description is no other migration.
    std::fs::rename(migrations.join("1_items.sql"), migrations.join("1_goods.sql")).expect("the rename");
    assert_eq!(said(&story.passed(&["plan"]), "ledger"), "pass: 1 applied, 0 pending");

    std::fs::rename(migrations.join("1_goods.sql"), migrations.join("2_goods.sql")).expect("the rename");
    let report = story.refused(&["apply"], 1);
    assert_eq!(
        said(&report, "ledger"),
        "fail: applied, but the file is gone: 1\n\
         next: bring the file back from git, or forget it with guarded-migrate resolve --migration 1 --as rolled-back"
    );
    assert_eq!(check(&report, "ledger")["verdict"], "fail");
}
