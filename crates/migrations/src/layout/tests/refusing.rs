use std::fs;

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
    let root = TestDir::of(&[]);
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
    let root = TestDir::of(&[("m/1_a.sql", "")]);
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
    let root = TestDir::of(&[("m/1_a.sql", "")]);
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
    let outside = TestDir::of(&[("secret.sql", "select 1")]);
    let root = TestDir::of(&[("m/1_a.sql", "select 1")]);
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
        ["m/1x_a.sql: the name does not follow `<integer>_<description>.sql`; rename it, or move it out of the folder"]
    );
}

#[test]
fn a_prisma_folder_without_script_is_named() {
    assert_eq!(
        refusals(Layout::Prisma, "m", &[("m/1_a/notes.md", "")]),
        ["m/1_a: the folder has no `migration.sql`; restore the file, or delete the folder if it was never applied"]
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
    let root = TestDir::of(&[("m/1_a.sql", "a")]);
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
