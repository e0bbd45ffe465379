use super::*;

#[test]
fn prisma_takes_every_folder_by_name() {
    let files = [
        ("m/20240102000000_b/migration.sql", "select 2"),
        ("m/0_init/migration.sql", "select 1"),
        ("m/migration_lock.toml", "provider = \"postgresql\""),
    ];
    assert_eq!(ids(Layout::Prisma, "m", &files), ["0_init", "20240102000000_b"]);
    let migrations = read(TestDir::of(&files).path(), &folder(Layout::Prisma, "m")).unwrap();
    let last = &migrations[1];
    assert_eq!((last.name.as_str(), last.path.as_str()), ("b", "m/20240102000000_b/migration.sql"));
    assert_eq!(last.sql(), "select 2");
}

#[test]
fn prisma_hashes_the_file_with_its_byte_order_mark() {
    let files = [("m/1_a/migration.sql", "\u{feff}hello")];
    let migrations = read(TestDir::of(&files).path(), &folder(Layout::Prisma, "m")).unwrap();
    assert_eq!(migrations[0].source, "\u{feff}hello");
    let without = read(TestDir::of(&[("m/1_a/migration.sql", "hello")]).path(), &folder(Layout::Prisma, "m")).unwrap();
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
    let migrations = read(TestDir::of(&files).path(), &folder(Layout::Drizzle, "d")).unwrap();
    let told: Vec<_> = migrations.iter().map(|m| (m.id.as_str(), m.name.as_str(), m.created_at_millis)).collect();
    assert_eq!(
        told,
        [("0000_first", "first", Some(1_700_000_000_000)), ("0001_second", "second", Some(1_700_000_001_000))]
    );
}

#[test]
fn drizzle_folders_carry_their_moment_in_their_name() {
    let root = TestDir::of(&[("d/20250102030405_a/migration.sql", "select 1"), ("d/other/note.txt", "")]);
    let found = Found { drizzle_folders: true, ..folder(Layout::Drizzle, "d") };
    let migrations = read(root.path(), &found).unwrap();
    assert_eq!(migrations.len(), 1);
    assert_eq!(migrations[0].created_at_millis, Some(1_735_787_045_000));
    let bad = TestDir::of(&[("d/20251302030405_a/migration.sql", "select 1")]);
    assert_eq!(
        read(bad.path(), &found).unwrap_err()[0].to_string(),
        "d/20251302030405_a: the name does not follow `<yyyymmddhhmmss>_<name>`; rename it, or move it out of the folder"
    );
}

#[test]
fn dbmate_runs_the_up_section() {
    let files =
        [("m/2_b.sql", "-- migrate:up transaction:false\nselect 1;\n-- migrate:down\nselect 2;\n"), ("m/x.sql", "")];
    let migrations = read(TestDir::of(&files).path(), &folder(Layout::Dbmate, "m")).unwrap();
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
    let migrations = read(TestDir::of(&files).path(), &folder(Layout::Sqlx, "m")).unwrap();
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
    let migrations = read(TestDir::of(&files).path(), &folder(Layout::Plain, "my \"own\" 'sql'")).unwrap();
    assert_eq!(migrations[0].name, "it's ::error:: here");
}

#[test]
fn files_that_never_run_are_told() {
    let passed = |layout, files: &[(&str, &str)]| {
        let root = TestDir::of(files);
        let found = folder(layout, "m");
        passed_over(root.path(), &found, &read(root.path(), &found).unwrap()).unwrap()
    };
    let journal = r#"{"entries":[{"when":1,"tag":"0000_first"}]}"#;
    let drizzle = [("m/0000_first.sql", ""), ("m/0001_second.sql", ""), ("m/meta/_journal.json", journal)];
    assert_eq!(passed(Layout::Drizzle, &drizzle), ["m/0001_second.sql"]);
    let supabase = [("m/1_a.sql", ""), ("m/seed.sql", ""), ("m/notes.md", "")];
    assert_eq!(passed(Layout::Supabase, &supabase), ["m/seed.sql"]);
    let sqlx = [("m/1_a.up.sql", ""), ("m/1_a.down.sql", "")];
    assert_eq!(passed(Layout::Sqlx, &sqlx), [""; 0]);
    let prisma = [("m/1_a/migration.sql", ""), ("m/1_a/down.sql", ""), ("m/loose.sql", "")];
    assert_eq!(passed(Layout::Prisma, &prisma), ["m/loose.sql"]);
}
