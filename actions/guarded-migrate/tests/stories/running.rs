//! A run that is watched, signalled or killed while it is at work; and other sessions that stand in its way.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ops_database::{Connection, DatabaseUrl, Open};
use ops_testing::{Outcome, Postgres, Proxy, Rule, tool};

use crate::story::{PROGRAM, Story};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run of the program that has not ended yet.
pub(crate) struct Running<'s> {
    story: &'s Story,
    child: Child,
    report: PathBuf,
}

impl<'s> Running<'s> {
    /// Starts the program with these words.
    pub(crate) fn start(story: &'s Story, words: &[&str]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let report = story.repository.outside().join(format!("report-{number}.json"));
        let child = (story.runner.command(PROGRAM))
            .args(words)
            .args(["--environment", &story.environment, "--report"])
            .arg(&report)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self { story, child, report }
    }

    /// Sends a signal: `INT`, `TERM`, `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    /// Ends it as a machine that loses its power does. Whether it was still at work.
    pub(crate) fn kill(mut self) -> bool {
        let was_running = self.child.try_wait().expect("its state").is_none();
        self.child.kill().expect("SIGKILL");
        self.child.wait_with_output().expect("its end");
        was_running
    }

    /// Waits for its end.
    pub(crate) fn end(self) -> (Outcome, serde_json::Value) {
        let outcome = self.story.runner.outcome(&self.child.wait_with_output().expect("its end"));
        let text = std::fs::read_to_string(&self.report).unwrap_or_else(|error| panic!("{error}: {outcome}"));
        (outcome, serde_json::from_str(&text).expect("a report"))
    }

    /// Waits for its end, which must come within this time.
    pub(crate) fn end_within(self, limit: Duration) -> (Outcome, serde_json::Value) {
        let began = Instant::now();
        let ended = self.end();
        assert!(began.elapsed() < limit, "it took {:?}: {}", began.elapsed(), ended.0);
        ended
    }
}

/// A session of somebody else, by psql.
pub(crate) struct Session {
    child: Child,
    input: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Session {
    /// Opens it and runs this SQL in it; what that locks stays locked until `run` or `end`.
    pub(crate) fn open(url: &str, sql: &str) -> Self {
        let mut child = Command::new(tool("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url])
            .env("PGAPPNAME", "somebody else")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql");
        let input = child.stdin.take().expect("its input");
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        let mut session = Self { child, input, answers };
        session.run(sql);
        session
    }

    /// Runs SQL to its end.
    pub(crate) fn run(&mut self, sql: &str) {
        writeln!(self.input, "{sql};\n\\echo done").expect("psql listens");
        let mut line = String::new();
        while line != "done\n" {
            line.clear();
            assert!(self.answers.read_line(&mut line).expect("psql answers") > 0, "psql ended on {sql}");
        }
    }

    /// Ends it, and with it all that it held.
    pub(crate) fn end(mut self) {
        self.run("rollback");
        drop(self.input);
        self.child.wait().expect("psql ends");
    }
}

/// One value, by a session of its own.
pub(crate) fn value(story: &Story, sql: &str) -> String {
    if !story.url.starts_with("file:") {
        return story.sql(sql);
    }
    let url = DatabaseUrl::parse(&story.url, story.root()).expect("a URL");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut connection = Connection::open(&url, Open::Existing).await.expect("the database");
        let value = connection.value(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await;
        value.unwrap_or_default()
    })
}

/// Waits until this query says this.
pub(crate) fn until(story: &Story, sql: &str, expected: &str) {
    let began = Instant::now();
    loop {
        let found = value(story, sql);
        if found == expected {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{sql} says {found:?}, not {expected:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until all sessions of killed runs have ended.
pub(crate) fn until_alone(story: &Story) {
    if story.database.is_some() {
        until(
            story,
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() \
             and application_name <> 'somebody else'",
            "0",
        );
    }
}

/// The same story with a proxy between its runs and the database; its own questions go past it.
pub(crate) fn through_proxy(story: Story, rule: Rule) -> (Story, Proxy) {
    let target = Postgres::shared().port();
    let proxy = Proxy::start(target, rule);
    let url = proxy.url(&story.url, target);
    (story.env("DATABASE_URL", &url), proxy)
}
