//! Peers agree: after our apply the real tool sees everything applied, after the tool's apply we do, and the ledgers are
//! the same, whoever wrote which row.

mod dbmate;
mod documented;
mod drizzle;
mod sqlx;
mod versions;

use std::process::Command;

use crate::story::Story;

/// A tool that applies migrations to the database of a story, the way its users start it.
struct Peer {
    /// Files of the history, path and content, in the order in which they are added.
    history: Vec<Vec<(String, String)>>,
    policy: &'static str,
    /// Makes a story with an empty database of this peer's engine.
    begin: fn() -> Story,
    /// Lets the tool apply what is pending and returns what it printed.
    apply: Box<dyn Fn(&Story) -> String>,
    /// Reads the ledger, one row a line, without what differs with the time.
    rows: fn(&Story) -> String,
    /// Reads the schema without the tables that are ours.
    schema: fn(&Story) -> String,
}

/// Who applies a migration.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Hand {
    Ours,
    Theirs,
}

impl Peer {
    /// Applies the history, each migration by the hand whose turn it is. That an apply of ours finds one migration to apply
    /// and the tool's apply adds one row shows that each understands what the other wrote.
    fn story(&self, turns: [Hand; 2]) -> Story {
        let mut story = (self.begin)().policy(self.policy).marked();
        for (step, files) in self.history.iter().enumerate() {
            for (path, content) in files {
                story = story.file(path, content);
            }
            match turns[step % 2] {
                Hand::Ours => {
                    let (outcome, report) = story.report(&["apply"]);
                    assert_eq!(outcome.code, Some(0), "{turns:?} step {step}: {outcome}");
                    assert_eq!(report["headline"], "1 migration applied", "{turns:?} step {step}: {outcome}");
                }
                Hand::Theirs => drop((self.apply)(&story)),
            }
            let rows = (self.rows)(&story);
            assert_eq!(rows.lines().count(), step + 1, "{turns:?} step {step}: {rows}");
        }
        story
    }

    /// Neither the tool nor we find anything left to do, and neither touches the ledger. Returns its rows.
    fn nothing_is_left(&self, story: &Story) -> String {
        let rows = (self.rows)(story);
        let printed = (self.apply)(story);
        assert_eq!((self.rows)(story), rows, "the tool applied something: {printed}");
        let (outcome, report) = story.report(&["apply"]);
        assert_eq!((outcome.code, report["headline"].as_str()), (Some(0), Some("nothing to apply")), "{outcome}");
        assert_eq!((self.rows)(story), rows, "{outcome}");
        let states = report["details"]["migrations"].as_array().unwrap();
        assert_eq!(states.len(), self.history.len(), "{states:#?}");
        assert!(states.iter().all(|migration| migration["state"] == "applied"), "{states:#?}");
        rows
    }

    /// The same history by us, by the tool, and by both in turn, leaves the same rows and the same schema.
    fn agrees(&self) {
        let mut left = Vec::new();
        for turns in [[Hand::Ours; 2], [Hand::Theirs; 2], [Hand::Ours, Hand::Theirs], [Hand::Theirs, Hand::Ours]] {
            let story = self.story(turns);
            left.push((turns, self.nothing_is_left(&story), (self.schema)(&story)));
        }
        let (_, rows, schema) = &left[0];
        for (turns, their_rows, their_schema) in &left[1..] {
            assert_eq!(their_rows, rows, "{turns:?}");
            assert_eq!(their_schema, schema, "{turns:?}");
        }
    }
}

/// A story on PostgreSQL whose URL is one that every tool takes: without TLS.
fn postgres() -> Story {
    let story = Story::postgres();
    let url = format!("{}?sslmode=disable", story.url);
    let runner = story.runner.env("DATABASE_URL", &url);
    Story { url, runner, ..story }
}

/// The schema of a PostgreSQL database by pg_dump, without our tables.
fn postgres_schema(story: &Story) -> String {
    let name = &story.database.as_ref().unwrap().name;
    let maintenance = ops_testing::Postgres::shared().url("postgres");
    ops_testing::psql(&maintenance, &format!("create database {name}_copy template {name}"));
    let copy = story.url.replace(&format!("/{name}?"), &format!("/{name}_copy?"));
    let forget = "set client_min_messages = error; drop schema if exists ops_actions cascade; drop table bk_env_marker";
    ops_testing::psql(&copy, forget);
    let schema = ops_testing::pg_dump_schema(&copy);
    ops_testing::psql(&maintenance, &format!("drop database {name}_copy"));
    schema
}

/// Runs SQL on the SQLite file `dev.db` by Python's own driver, a witness that is neither the tool's nor ours.
fn sqlite(story: &Story, sql: &str) -> String {
    let script = "import sqlite3, sys\n\
                  for row in sqlite3.connect('file:dev.db?mode=ro', uri=True).execute(sys.argv[1]):\n    \
                  print('|'.join(value.hex() if isinstance(value, bytes) else str(value) for value in row))";
    let output = Command::new("python3").args(["-c", script, sql]).current_dir(story.root()).output().expect("python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// The schema of `dev.db`, without our tables.
fn sqlite_schema(story: &Story) -> String {
    sqlite(
        story,
        "select type, name, tbl_name, replace(replace(lower(sql), ' if not exists', ''), '\"', '') from sqlite_schema \
         where tbl_name not like 'ops_actions%' and tbl_name not like 'bk_env%' and name <> 'sqlite_sequence' order by 1, 2",
    )
}

/// Runs a tool in a story's folder with its variables and this machine's path, and returns what it printed.
fn tool(story: &Story, program: &std::path::Path, words: &[&str]) -> String {
    let mut command = story.runner.command(program);
    let output = command.args(words).env("PATH", std::env::var_os("PATH").unwrap()).output().expect("the tool");
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{} {words:?}: {printed}", program.display());
    printed
}

/// A history of one file a step.
fn files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Vec<(String, String)>> {
    files.into_iter().map(|(path, content)| vec![(path.to_owned(), content.to_owned())]).collect()
}
