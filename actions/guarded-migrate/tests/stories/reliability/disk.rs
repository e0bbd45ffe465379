//! A disk that is full: a real ENOSPC from the kernel, for both engines.

use std::os::unix::fs::symlink;

use ops_testing::Postgres;

use crate::story::{PROGRAM, Story, check, said};

/// The table's file becomes `/dev/full`, where every write meets ENOSPC; the server's data stay writable for all else.
#[test]
fn a_full_disk_under_postgres_leaves_nothing_and_the_next_run_completes() {
    let server = Postgres::configure().start();
    let database = server.create_database();
    let story =
        Story::at(database.url.clone()).migration("1_big.sql", "create table big (id int, text text);").marked();
    story.passed(&["apply"]);
    let path = story.sql("checkpoint; select pg_relation_filepath('big')");
    let file = server.folder().join("data").join(path);
    assert_eq!(std::fs::metadata(&file).expect("the table's file").len(), 0);
    std::fs::remove_file(&file).expect("the file goes");
    symlink("/dev/full", &file).expect("the full disk");

    let story = story.migration("2_fill.sql", "create table other (id int);\ninsert into big select 1, 'x';");
    let (outcome, report) = story.report(&["apply"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let apply = said(&report, "apply");
    assert!(apply.starts_with("fail: 2 was refused at migrations/2_fill.sql:2:1: could not extend file "), "{apply}");
    assert!(apply.contains("No space left on device"), "{apply}");
    assert!(apply.contains("[53100]; nothing of it is left in the database"), "{apply}");
    assert!(apply.ends_with("next: free disk space on the database's server, and run apply again"), "{apply}");
    assert_eq!(story.sql("select to_regclass('other') is null"), "t");

    std::fs::remove_file(&file).expect("the full disk goes");
    let owner = std::fs::metadata(file.parent().expect("a folder")).expect("the folder");
    std::fs::write(&file, "").expect("space again");
    std::os::unix::fs::chown(&file, Some(std::os::unix::fs::MetadataExt::uid(&owner)), None).expect("the server's own");
    let report = story.passed(&["apply"]);
    assert_eq!(check(&report, "ledger")["summary"], "1 applied, 1 pending");
    assert_eq!(story.sql("select count(*) from big"), "1");
}

/// A small file system of its own, which needs a mount namespace: by root, or by a user whom the kernel lets have one.
#[test]
fn a_full_disk_under_sqlite_leaves_nothing_and_the_next_run_completes() {
    let rows = "insert into big select randomblob(1000) from (with recursive n(i) as (select 1 union all select i + 1 from n \
                where i < 2000) select i from n);";
    let story = Story::at("file:./data/dev.db".to_owned())
        .migration("1_big.sql", "create table big (bytes blob);")
        .migration("2_fill.sql", &format!("create table other (id int);\n{rows}"))
        .file("data/keep", "");
    let outside = story.repository.outside();
    let script = r#"
        set -e
        mount -t tmpfs -o size=512k none data
        run() { "$program" "$@" --environment development --report "$outside/$name.json" >"$outside/$name.txt" 2>&1; }
        name=marker; run marker set
        name=full; code=0; run apply || code=$?; echo "$code" >"$outside/full.code"
        name=status; run status
        mount -o remount,size=64m data
        name=roomy; run apply
        touch "$outside/done"
    "#;
    let output = story
        .runner
        .command("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", script])
        .env("program", PROGRAM)
        .env("outside", outside)
        .output()
        .expect("unshare, of util-linux");
    let error = String::from_utf8_lossy(&output.stderr);
    let read = |name: &str| std::fs::read_to_string(outside.join(name)).unwrap_or_default();
    assert!(
        outside.join("marker.txt").exists(),
        "THE FULL DISK WAS NOT TESTED: this machine lets nobody mount a small file system (unshare --mount: {error})"
    );
    assert!(outside.join("done").exists(), "{error}{}{}{}", read("full.txt"), read("status.txt"), read("roomy.txt"));
    assert_eq!(read("full.code"), "1\n", "{}", read("full.txt"));
    let report = |name: &str| -> serde_json::Value { serde_json::from_str(&read(name)).expect("a report") };
    assert_eq!(
        said(&report("full.json"), "apply"),
        "fail: 2 was refused at migrations/2_fill.sql:1:1: database or disk is full [13]; nothing of it is left in the database\n\
         next: free disk space on the database's server, and run apply again"
    );
    assert_eq!(check(&report("status.json"), "ledger")["summary"], "1 applied, 1 pending");
    assert_eq!(report("roomy.json")["headline"], "1 migration applied");
}
