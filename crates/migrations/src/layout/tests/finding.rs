use super::*;

#[test]
fn each_layout_is_recognised_where_its_tool_puts_it() {
    for (files, layout, directory) in [
        (vec![("prisma/migrations/1_a/migration.sql", "")], Layout::Prisma, "prisma/migrations"),
        (vec![("migrations/migration_lock.toml", "provider = \"sqlite\"")], Layout::Prisma, "migrations"),
        (vec![("supabase/migrations/1_a.sql", "")], Layout::Supabase, "supabase/migrations"),
        (vec![("drizzle/meta/_journal.json", JOURNAL)], Layout::Drizzle, "drizzle"),
        (
            vec![("drizzle/20250101000000_a/migration.sql", ""), ("drizzle/20250101000000_a/snapshot.json", "")],
            Layout::Drizzle,
            "drizzle",
        ),
        (vec![("db/migrations/1_a.sql", "-- migrate:up\n-- migrate:down\n")], Layout::Dbmate, "db/migrations"),
        (vec![("migrations/1_a.up.sql", ""), ("migrations/1_a.down.sql", "")], Layout::Sqlx, "migrations"),
        (vec![("migrations/1_a.sql", ""), ("Cargo.toml", "sqlx = \"0.9\"")], Layout::Sqlx, "migrations"),
        (vec![("migrations/1_a.sql", "")], Layout::Plain, "migrations"),
        (vec![("migrations/V1__a.sql", "")], Layout::Plain, "migrations"),
        (
            vec![("packages/prisma/migrations/migration_lock.toml", "provider = \"postgresql\"")],
            Layout::Prisma,
            "packages/prisma/migrations",
        ),
        (vec![("apps/web/prisma/migrations/1_a/migration.sql", "")], Layout::Prisma, "apps/web/prisma/migrations"),
    ] {
        let found = found(&files).unwrap();
        assert_eq!((found.layout, found.directory.as_str()), (layout, directory), "{files:?}");
    }
}

#[test]
fn the_engine_is_read_from_the_tools_own_files() {
    let lock = |provider| ("prisma/migrations/migration_lock.toml", provider);
    assert_eq!(found(&[lock("# x\nprovider = \"postgresql\"\n")]).unwrap().dialect_hint, Some(Dialect::Postgres));
    assert_eq!(found(&[lock("provider = \"sqlite\"")]).unwrap().dialect_hint, Some(Dialect::Sqlite));
    assert_eq!(found(&[("drizzle/meta/_journal.json", JOURNAL)]).unwrap().dialect_hint, Some(Dialect::Postgres));
}

#[test]
fn the_folder_of_drizzle_is_read_from_its_configuration() {
    let config = "export default defineConfig({\n  out: './src/database/sql',\n  dialect: 'postgresql',\n})";
    let found = found(&[("drizzle.config.ts", config), ("src/database/sql/meta/_journal.json", JOURNAL)]).unwrap();
    assert_eq!((found.layout, found.directory.as_str()), (Layout::Drizzle, "src/database/sql"));
}

#[test]
fn drizzle_folders_are_told_from_the_journal() {
    let files = [("drizzle/20250101000000_a/migration.sql", ""), ("drizzle.config.ts", "out: \"drizzle\"")];
    assert!(found(&files).unwrap().drizzle_folders);
    assert!(!found(&[("drizzle/meta/_journal.json", JOURNAL)]).unwrap().drizzle_folders);
}

#[test]
fn several_folders_are_named_with_the_lines_for_the_policy() {
    let files = [("prisma/migrations/1_a/migration.sql", ""), ("supabase/migrations/1_a.sql", "")];
    assert_eq!(
        found(&files).unwrap_err(),
        "found several folders of migrations: prisma in `prisma/migrations`, supabase in `supabase/migrations`; say which in \
         ops.toml, by one of these:\n\n[migrations]\nlayout = \"prisma\"\ndirectory = \"prisma/migrations\"\n\n[migrations]\n\
         layout = \"supabase\"\ndirectory = \"supabase/migrations\""
    );
    let root = TestDir::of(&files);
    let wanted = detect(root.path(), Some(Layout::Supabase), None).unwrap();
    assert_eq!(wanted.directory, "supabase/migrations");
    let named = detect(root.path(), None, Some("./prisma/migrations/")).unwrap();
    assert_eq!((named.layout, named.directory.as_str()), (Layout::Prisma, "prisma/migrations"));
}

#[test]
fn nothing_found_names_what_was_looked_for() {
    assert_eq!(
        found(&[("README.md", "")]).unwrap_err(),
        "no migrations found: looked for `prisma/migrations`, `supabase/migrations`, `drizzle`, `drizzle/migrations`, \
         `src/drizzle`, `src/db/migrations`, `db/migrations`, `migrations`, here and in `apps/*` and `packages/*`; set \
         `layout` and `directory` under `[migrations]` in ops.toml"
    );
}

#[test]
fn a_named_folder_must_be_there_and_inside_and_known() {
    let root = TestDir::of(&[("notes/a.txt", "")]);
    let text = |directory| detect(root.path(), None, Some(directory)).unwrap_err().to_string();
    assert_eq!(
        text("sql"),
        "sql: the folder does not exist; set `directory` under `[migrations]` in ops.toml to the folder of migrations"
    );
    assert_eq!(text("../sql"), "../sql: leads out of the repository; migrations are read only from files inside it");
    assert_eq!(
        text("notes"),
        "notes: holds no migrations of a known layout; set `layout` under `[migrations]` in ops.toml to one of prisma, \
         supabase, drizzle, dbmate, sqlx, plain"
    );
}

#[test]
fn numbered_files_are_whatever_the_policy_says() {
    let root = TestDir::of(&[("sql/1_a.sql", "")]);
    for layout in [Layout::Plain, Layout::Sqlx, Layout::Supabase] {
        assert_eq!(detect(root.path(), Some(layout), Some("sql")).unwrap().layout, layout);
    }
}

#[test]
fn a_database_of_another_engine_is_refused() {
    let found = found(&[("prisma/migrations/migration_lock.toml", "provider = \"sqlite\"")]).unwrap();
    assert!(found.check_dialect(Dialect::Sqlite).is_ok());
    assert_eq!(
        found.check_dialect(Dialect::Postgres).unwrap_err().to_string(),
        "prisma/migrations: the migrations are for SQLite, and the database is PostgreSQL; point the URL at a SQLite database"
    );
}

#[test]
fn drizzle_files_without_their_journal_are_not_taken_for_plain_sql() {
    let config = ("drizzle.config.ts", "export default { out: './sql' }");
    for files in
        [vec![("drizzle/0000_a.sql", "select 1")], vec![config, ("src/x.ts", ""), ("sql/0000_a.sql", "select 1")]]
    {
        let root = TestDir::of(&files);
        let found = detect(root.path(), None, None).unwrap();
        assert_eq!((found.layout, found.drizzle_folders), (Layout::Drizzle, false), "{files:?}");
        assert_eq!(read(root.path(), &found).unwrap_err()[0].problem, LayoutProblem::NoJournal);
    }
}
