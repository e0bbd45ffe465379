use std::fs;

use tempfile::TempDir;

use super::*;
use crate::migration::TransactionMode;

/// A repository with these files.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn found(files: &[(&str, &str)]) -> Result<Found, String> {
    detect(repository(files).path(), None, None).map_err(|error| error.to_string())
}

fn folder(layout: Layout, directory: &str) -> Found {
    Found { layout, dialect_hint: None, directory: directory.to_owned(), drizzle_folders: false }
}

fn ids(layout: Layout, directory: &str, files: &[(&str, &str)]) -> Vec<String> {
    let migrations = read(repository(files).path(), &folder(layout, directory)).unwrap();
    migrations.into_iter().map(|migration| migration.id).collect()
}

fn refusals(layout: Layout, directory: &str, files: &[(&str, &str)]) -> Vec<String> {
    let errors = read(repository(files).path(), &folder(layout, directory)).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

const JOURNAL: &str = r#"{"version":"7","dialect":"postgresql","entries":[
  {"idx":0,"version":"7","when":1700000000000,"tag":"0000_first","breakpoints":true},
  {"idx":1,"version":"7","when":1700000001000,"tag":"0001_second","breakpoints":true}]}"#;

mod finding {
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
        let root = repository(&files);
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
        let root = repository(&[("notes/a.txt", "")]);
        let text = |directory| detect(root.path(), None, Some(directory)).unwrap_err().to_string();
        assert_eq!(
            text("sql"),
            "sql: the folder does not exist; set `directory` under `[migrations]` in ops.toml to the folder of migrations"
        );
        assert_eq!(
            text("../sql"),
            "../sql: leads out of the repository; migrations are read only from files inside it"
        );
        assert_eq!(
            text("notes"),
            "notes: holds no migrations of a known layout; set `layout` under `[migrations]` in ops.toml to one of prisma, \
             supabase, drizzle, dbmate, sqlx, plain"
        );
    }

    #[test]
    fn numbered_files_are_whatever_the_policy_says() {
        let root = repository(&[("sql/1_a.sql", "")]);
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
}

mod reading {
    use super::*;

    #[test]
    fn prisma_takes_every_folder_by_name() {
        let files = [
            ("m/20240102000000_b/migration.sql", "select 2"),
            ("m/0_init/migration.sql", "select 1"),
            ("m/migration_lock.toml", "provider = \"postgresql\""),
        ];
        assert_eq!(ids(Layout::Prisma, "m", &files), ["0_init", "20240102000000_b"]);
        let migrations = read(repository(&files).path(), &folder(Layout::Prisma, "m")).unwrap();
        let last = &migrations[1];
        assert_eq!((last.name.as_str(), last.path.as_str()), ("b", "m/20240102000000_b/migration.sql"));
        assert_eq!(last.sql(), "select 2");
    }

    #[test]
    fn prisma_hashes_the_file_with_its_byte_order_mark() {
        let files = [("m/1_a/migration.sql", "\u{feff}hello")];
        let migrations = read(repository(&files).path(), &folder(Layout::Prisma, "m")).unwrap();
        assert_eq!(migrations[0].source, "\u{feff}hello");
        let without =
            read(repository(&[("m/1_a/migration.sql", "hello")]).path(), &folder(Layout::Prisma, "m")).unwrap();
        assert_eq!(without[0].checksum, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assert_ne!(migrations[0].checksum, without[0].checksum);
    }

    #[test]
    fn supabase_passes_over_other_names_and_the_old_first_file() {
        let files = [
            ("m/20200101000000_init.sql", ""),
            ("m/20230101000000_a b.sql", ""),
            ("m/20230102000000_.sql", ""),
            ("m/seed.sql", ""),
            ("m/1_folder/x.sql", ""),
        ];
        // The folder comes first by name, so the old first file is not the first entry and counts.
        assert_eq!(ids(Layout::Supabase, "m", &files).len(), 3);
        assert_eq!(ids(Layout::Supabase, "m", &files[..4]), ["20230101000000", "20230102000000"]);
    }

    #[test]
    fn drizzle_follows_its_journal() {
        let files = [
            ("d/meta/_journal.json", JOURNAL),
            ("d/0000_first.sql", "select 1"),
            ("d/0001_second.sql", "select 2;--> statement-breakpoint\nselect 3"),
            ("d/0002_stray.sql", "select 4"),
        ];
        let migrations = read(repository(&files).path(), &folder(Layout::Drizzle, "d")).unwrap();
        let told: Vec<_> = migrations.iter().map(|m| (m.id.as_str(), m.name.as_str(), m.created_at_millis)).collect();
        assert_eq!(
            told,
            [("0000_first", "first", Some(1_700_000_000_000)), ("0001_second", "second", Some(1_700_000_001_000))]
        );
    }

    #[test]
    fn drizzle_folders_carry_their_moment_in_their_name() {
        let root = repository(&[("d/20250102030405_a/migration.sql", "select 1"), ("d/other/note.txt", "")]);
        let found = Found { drizzle_folders: true, ..folder(Layout::Drizzle, "d") };
        let migrations = read(root.path(), &found).unwrap();
        assert_eq!(migrations.len(), 1);
        assert_eq!(migrations[0].created_at_millis, Some(1_735_787_045_000));
        let bad = repository(&[("d/20251302030405_a/migration.sql", "select 1")]);
        assert_eq!(
            read(bad.path(), &found).unwrap_err()[0].to_string(),
            "d/20251302030405_a: the name does not follow `<yyyymmddhhmmss>_<name>`; rename it, or move it out of the folder"
        );
    }

    #[test]
    fn dbmate_runs_the_up_section() {
        let files = [
            ("m/2_b.sql", "-- migrate:up transaction:false\nselect 1;\n-- migrate:down\nselect 2;\n"),
            ("m/x.sql", ""),
        ];
        let migrations = read(repository(&files).path(), &folder(Layout::Dbmate, "m")).unwrap();
        let only = &migrations[0];
        assert_eq!((only.id.as_str(), only.name.as_str(), only.transaction), ("2", "b", TransactionMode::Outside));
        assert_eq!(only.sql(), "-- migrate:up transaction:false\nselect 1;\n");
        assert_eq!(only.down.as_deref(), Some("-- migrate:down\nselect 2;\n"));
    }

    #[test]
    fn sqlx_sorts_by_number_and_pairs_its_files() {
        let files = [
            ("m/10_ten_things.up.sql", "-- no-transaction\nvacuum"),
            ("m/10_ten_things.down.sql", "select 2"),
            ("m/9_nine.sql", " -- no-transaction"),
            ("m/README.sql", ""),
        ];
        let migrations = read(repository(&files).path(), &folder(Layout::Sqlx, "m")).unwrap();
        let told: Vec<_> = migrations.iter().map(|m| (m.id.as_str(), m.name.as_str(), m.transaction)).collect();
        assert_eq!(told, [("9", "nine", TransactionMode::Inside), ("10", "ten things", TransactionMode::Outside)]);
        assert_eq!(migrations[1].down.as_deref(), Some("select 2"));
        assert_eq!(migrations[1].checksum.len(), 96);
    }

    #[test]
    fn plain_sorts_by_number() {
        let files = [("m/10_a.sql", ""), ("m/002_b.sql", ""), ("m/V1__c.sql", "-- no-transaction")];
        assert_eq!(ids(Layout::Plain, "m", &files), ["1", "2", "10"]);
    }

    #[test]
    fn paths_may_hold_spaces_and_quotes() {
        let files = [("my \"own\" 'sql'/1_it's ::error:: here.sql", "select 1")];
        let migrations = read(repository(&files).path(), &folder(Layout::Plain, "my \"own\" 'sql'")).unwrap();
        assert_eq!(migrations[0].name, "it's ::error:: here");
    }
}

mod refusing {
    use super::*;

    #[test]
    fn an_empty_folder_is_refused() {
        assert_eq!(
            refusals(Layout::Plain, "m", &[("m/README.md", "")]),
            ["m: the folder holds no plain migration; add one, or set `directory` under `[migrations]` in ops.toml"]
        );
    }

    #[test]
    fn a_version_may_stand_once() {
        assert_eq!(
            refusals(Layout::Plain, "m", &[("m/01_a.sql", ""), ("m/1_b.sql", "")]),
            ["m/1_b.sql: has the version 1, as has `m/01_a.sql`; give one of them a version of its own"]
        );
        for layout in [Layout::Supabase, Layout::Sqlx] {
            assert_eq!(refusals(layout, "m", &[("m/1_a.sql", ""), ("m/1_b.sql", "")]).len(), 1, "{layout}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named_with_their_line() {
        let root = repository(&[]);
        fs::create_dir(root.path().join("m")).unwrap();
        fs::write(root.path().join("m/1_a.sql"), b"select 1;\nselect '\xff'").unwrap();
        fs::write(root.path().join("m/2_b.sql"), b"s\0").unwrap();
        let errors = read(root.path(), &folder(Layout::Plain, "m")).unwrap_err();
        assert_eq!(
            errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "m/1_a.sql:2: is not UTF-8: the first invalid byte is byte 18; save the file as UTF-8",
                "m/2_b.sql:1: holds a NUL byte at byte 1; remove it, or save the file as UTF-8 (it may be UTF-16)",
            ]
        );
    }

    #[test]
    fn a_file_of_50_megabytes_is_too_large() {
        let root = repository(&[("m/1_a.sql", "")]);
        fs::File::options().write(true).open(root.path().join("m/1_a.sql")).unwrap().set_len(50_000_000).unwrap();
        assert_eq!(
            read(root.path(), &folder(Layout::Plain, "m")).unwrap_err()[0].to_string(),
            "m/1_a.sql: is 50.0 MB; the limit is 16 MiB: move bulk data out of the migration and load it with a seed script or \
             `COPY`"
        );
    }

    #[test]
    fn a_name_with_a_line_break_is_refused_on_one_line() {
        assert_eq!(
            refusals(Layout::Plain, "m", &[("m/1_a\n::error::b.sql", "")]),
            ["m/1_a\\n::error::b.sql: the name holds a control character, which would forge lines in logs; rename it"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf_8_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let root = repository(&[("m/1_a.sql", "")]);
        let name = std::ffi::OsStr::from_bytes(b"2_\xff.sql");
        fs::write(root.path().join("m").join(name), "").unwrap();
        assert_eq!(
            read(root.path(), &folder(Layout::Plain, "m")).unwrap_err()[0].to_string(),
            "m/2_\u{fffd}.sql: the name is not UTF-8; rename it"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_repository_is_refused() {
        let outside = repository(&[("secret.sql", "select 1")]);
        let root = repository(&[("m/1_a.sql", "select 1")]);
        std::os::unix::fs::symlink(outside.path().join("secret.sql"), root.path().join("m/2_b.sql")).unwrap();
        std::os::unix::fs::symlink(root.path().join("m/1_a.sql"), root.path().join("m/3_c.sql")).unwrap();
        let errors = read(root.path(), &folder(Layout::Plain, "m")).unwrap_err();
        assert_eq!(
            errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["m/2_b.sql: leads out of the repository; migrations are read only from files inside it"]
        );
        std::os::unix::fs::symlink(outside.path(), root.path().join("n")).unwrap();
        assert!(read(root.path(), &folder(Layout::Plain, "n")).is_err());
    }

    #[test]
    fn names_that_a_layout_cannot_read_are_named() {
        assert_eq!(
            refusals(Layout::Plain, "m", &[("m/1_a.sql", ""), ("m/views.sql", "")]),
            [
                "m/views.sql: the name does not follow `<digits>_<name>.sql` or `V<digits>__<name>.sql`; rename it, or move it out \
                 of the folder"
            ]
        );
        assert_eq!(
            refusals(Layout::Sqlx, "m", &[("m/1x_a.sql", "")]),
            [
                "m/1x_a.sql: the name does not follow `<integer>_<description>.sql`; rename it, or move it out of the folder"
            ]
        );
    }

    #[test]
    fn a_prisma_folder_without_script_is_named() {
        assert_eq!(
            refusals(Layout::Prisma, "m", &[("m/1_a/notes.md", "")]),
            [
                "m/1_a: the folder has no `migration.sql`; restore the file, or delete the folder if it was never applied"
            ]
        );
    }

    #[test]
    fn a_prisma_lock_file_must_name_a_supported_engine() {
        let script = ("m/1_a/migration.sql", "select 1");
        assert_eq!(
            refusals(Layout::Prisma, "m", &[script, ("m/migration_lock.toml", "# x\nprovider = \"mysql\"\n")]),
            ["m/migration_lock.toml:2: names the engine `mysql`; supported are PostgreSQL and SQLite"]
        );
        assert_eq!(
            refusals(Layout::Prisma, "m", &[script, ("m/migration_lock.toml", "<<<<<<< HEAD\n")]),
            ["m/migration_lock.toml: has no line `provider = \"…\"`; restore the file from version control"]
        );
    }

    #[test]
    fn dbmate_problems_stand_at_their_line() {
        assert_eq!(
            refusals(
                Layout::Dbmate,
                "m",
                &[
                    ("m/1_a.sql", "select 1;\n"),
                    ("m/2_b.sql", "\n-- migrate:up\n"),
                    ("m/3_c.sql", "\n-- migrate:down\n-- migrate:up\n"),
                    ("m/4_d.sql", "\n\nselect 1;\n-- migrate:up\n-- migrate:down\n"),
                    ("m/5_e.sql", "-- migrate:up\n-- migrate:down\n-- migrate:up\n-- migrate:down\n"),
                ]
            ),
            [
                "m/1_a.sql:1: has no `-- migrate:up` line; dbmate needs one, and a `-- migrate:down` line after it",
                "m/2_b.sql:2: has no `-- migrate:down` line; dbmate needs one after `-- migrate:up`, even if nothing follows it",
                "m/3_c.sql:2: has `-- migrate:down` before `-- migrate:up`; dbmate wants them the other way round",
                "m/4_d.sql:3: has a statement before `-- migrate:up`, which dbmate refuses; move it below that line",
                "m/5_e.sql:3: has a second `-- migrate:up` or `-- migrate:down`; dbmate records the version once for each pair, so \
                 the second fails: split the file",
            ]
        );
    }

    #[test]
    fn drizzle_journals_are_checked() {
        let first = ("d/0000_first.sql", "select 1");
        let journal = |text| ("d/meta/_journal.json", text);
        for (files, expected) in [
            (
                vec![first],
                "d/meta/_journal.json: is missing; Drizzle applies only what its journal lists: restore it, or run \
                 `drizzle-kit generate`",
            ),
            (
                vec![first, journal("{\n  \"entries\": 1\n}")],
                "d/meta/_journal.json:2: is not a Drizzle journal: invalid type: integer `1`, expected a sequence; restore it from \
                 version control",
            ),
            (
                vec![first, journal("{\n<<<<<<< HEAD")],
                "d/meta/_journal.json:2: is not a Drizzle journal: key must be a string; restore it from version control",
            ),
            (
                vec![first, journal(JOURNAL)],
                "d/0001_second.sql: is listed in the journal and missing; restore it, or run `drizzle-kit drop` for a migration \
                 never applied",
            ),
            (
                vec![first, journal(r#"{"dialect":"mysql","entries":[]}"#)],
                "d/meta/_journal.json: names the engine `mysql`; supported are PostgreSQL and SQLite",
            ),
            (
                vec![journal(r#"{"entries":[{"when":1,"tag":"../x"}]}"#)],
                "d/../x.sql: the name does not follow `<digits>_<name>` in the journal; rename it, or move it out of the folder",
            ),
            (
                vec![
                    ("d/a.sql", "select 1;\nselect 2;--> statement-breakpoint select 3"),
                    journal(r#"{"entries":[{"when":1,"tag":"a"}]}"#),
                ],
                "d/a.sql:2: has text after `--> statement-breakpoint` on its line; move it to the next line",
            ),
            (
                vec![first, ("d/1_b/migration.sql", ""), journal(r#"{"entries":[{"when":1,"tag":"0000_first"}]}"#)],
                "d: holds both a journal (Drizzle 0.x) and migration folders (Drizzle 1.0); run `drizzle-kit up` to finish the change",
            ),
        ] {
            assert_eq!(refusals(Layout::Drizzle, "d", &files), [expected]);
        }
    }

    #[test]
    fn sqlx_checksums_that_leave_characters_out_are_refused() {
        let files = [("m/1_a.sql", ""), ("sqlx.toml", "[migrate]\nignored-chars = [\"\\r\"]\n")];
        assert_eq!(
            refusals(Layout::Sqlx, "m", &files),
            ["sqlx.toml:2: sets `ignored-chars`, which changes every checksum and is not supported; remove it"]
        );
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let files = [("m/1_a.sql", "a"), ("m/01_b.sql", "b"), ("m/views.sql", "")];
        assert_eq!(refusals(Layout::Plain, "m", &files).len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_read_is_named() {
        use std::os::unix::fs::PermissionsExt;
        let root = repository(&[("m/1_a.sql", "a")]);
        fs::set_permissions(root.path().join("m/1_a.sql"), fs::Permissions::from_mode(0o000)).unwrap();
        // An administrator reads everything.
        if fs::read(root.path().join("m/1_a.sql")).is_err() {
            assert_eq!(
                read(root.path(), &folder(Layout::Plain, "m")).unwrap_err()[0].to_string(),
                "m/1_a.sql: cannot be read: permission denied; check that it is there and that this user may read it"
            );
        }
        assert!(read(root.path(), &folder(Layout::Plain, "absent")).is_err());
    }
}
