//! The beginning of every story: a repository with migrations, a database, and where the program runs.

use std::path::Path;
use std::process::Command;

use ops_testing::{Database, Event, FakeRunner, Outcome, Postgres, TestDir};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_guarded-migrate");

/// A repository with plain SQL migrations and an empty database, unless the test says otherwise.
pub(crate) struct Story {
    pub(crate) repository: TestDir,
    /// The database, where it is PostgreSQL's: dropped with the story.
    pub(crate) database: Option<Database>,
    pub(crate) url: String,
    pub(crate) environment: String,
    pub(crate) runner: FakeRunner,
}

impl Story {
    /// An empty PostgreSQL database, an empty repository, a laptop, the environment `development`.
    pub(crate) fn postgres() -> Self {
        let database = Postgres::shared().create_database();
        let url = database.url.clone();
        Self { database: Some(database), ..Self::at(url) }
    }

    /// The same with a SQLite file that does not exist yet.
    pub(crate) fn sqlite() -> Self {
        Self::at("file:./dev.db".to_owned())
    }

    /// The same with any URL.
    pub(crate) fn at(url: String) -> Self {
        let repository = TestDir::new();
        let runner = FakeRunner::laptop(repository.path()).env("DATABASE_URL", &url);
        Self { repository, database: None, url, environment: "development".to_owned(), runner }
    }

    /// Adds `migrations/<name>` with this SQL.
    pub(crate) fn migration(self, name: &str, sql: &str) -> Self {
        self.file(&format!("migrations/{name}"), sql)
    }

    /// Adds any file.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.repository.write(path, text);
        self
    }

    /// Writes the policy.
    pub(crate) fn policy(self, text: &str) -> Self {
        self.file("ops.toml", text)
    }

    /// Runs for another environment.
    pub(crate) fn environment(self, name: &str) -> Self {
        Self { environment: name.to_owned(), ..self }
    }

    /// Runs on a GitHub runner, on a push to main, with all that production asks for.
    pub(crate) fn production(self) -> Self {
        let runner = FakeRunner::new(self.repository.path()).envs([
            ("CONFIRM_PROD_MIGRATE", "YES"),
            ("NODE_ENV", "production"),
            ("DATABASE_URL", self.url.as_str()),
        ]);
        Self { runner, ..self.environment("production") }
    }

    /// Sets a variable of the run.
    pub(crate) fn env(self, name: &str, value: &str) -> Self {
        Self { runner: self.runner.env(name, value), ..self }
    }

    /// Unsets a variable of the run.
    pub(crate) fn without(self, name: &str) -> Self {
        Self { runner: self.runner.without(name), ..self }
    }

    /// Runs for this event.
    pub(crate) fn event(self, event: &Event) -> Self {
        Self { runner: self.runner.event(event), ..self }
    }

    /// Sets the marker of this story's environment.
    pub(crate) fn marked(self) -> Self {
        let outcome = self.run(&["marker", "set"]);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        self
    }

    /// Runs the program with these words and this story's environment, root and database.
    pub(crate) fn run(&self, words: &[&str]) -> Outcome {
        self.runner.run(PROGRAM, &self.words(words))
    }

    /// These words and this story's environment.
    pub(crate) fn words<'w>(&'w self, words: &[&'w str]) -> Vec<&'w str> {
        [words, &["--environment", &self.environment]].concat()
    }

    /// Runs the program and reads the report that it wrote.
    pub(crate) fn report(&self, words: &[&str]) -> (Outcome, serde_json::Value) {
        self.runner.report(PROGRAM, &self.words(words), self.repository.outside())
    }

    /// Runs the program, which fails after it began, and returns its report.
    pub(crate) fn refused_in_the_middle(&self, words: &[&str]) -> serde_json::Value {
        let (outcome, report) = self.report(words);
        assert_eq!(outcome.code, Some(1), "{outcome}");
        report
    }

    /// Runs `words`, which must be refused with this exit code and leave the database as it was. Returns the report.
    pub(crate) fn refused(&self, words: &[&str], code: i32) -> serde_json::Value {
        let before = self.content();
        let (outcome, report) = self.report(words);
        assert_eq!(outcome.code, Some(code), "{outcome}");
        assert_eq!(report["headline"], "refused, nothing was changed", "{outcome}");
        assert_eq!(self.content(), before, "a refusal changed the database: {outcome}");
        report
    }

    /// Runs `words`, which must pass, and returns the report.
    pub(crate) fn passed(&self, words: &[&str]) -> serde_json::Value {
        let (outcome, report) = self.report(words);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        report
    }

    /// All that the database holds: by pg_dump, or the bytes of the file.
    pub(crate) fn content(&self) -> String {
        if let Some(file) = self.url.strip_prefix("file:") {
            let bytes = std::fs::read(self.root().join(file)).unwrap_or_default();
            return bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        }
        let dump = Command::new(ops_testing::tool("pg_dump")).args(["-d", &self.url]).output().expect("pg_dump");
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        // Newer releases guard a dump with a random word.
        let text = String::from_utf8_lossy(&dump.stdout).into_owned();
        text.lines().filter(|line| !line.contains("restrict ")).collect::<Vec<_>>().join("\n")
    }

    /// How the guard names this story's database.
    pub(crate) fn place(&self) -> String {
        if let Some(file) = self.url.strip_prefix("file:") {
            return format!("file {}", self.root().join(file).canonicalize().expect("the file").display());
        }
        let facts = "select format('database %s of cluster %s', current_database(), system_identifier) from pg_control_system()";
        self.sql(facts)
    }

    /// Runs SQL in the database and returns what psql prints.
    pub(crate) fn sql(&self, sql: &str) -> String {
        ops_testing::psql(&self.url, sql)
    }

    /// The repository's folder.
    pub(crate) fn root(&self) -> &Path {
        self.repository.path()
    }
}

/// The check with this id in a report.
pub(crate) fn check<'r>(report: &'r serde_json::Value, id: &str) -> &'r serde_json::Value {
    let checks = report["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no check {id} in {report:#}"))
}

/// What a check says: its verdict and its summary, and on a second line the way out, where there is one.
pub(crate) fn said(report: &serde_json::Value, id: &str) -> String {
    let check = check(report, id);
    let [verdict, summary] = ["verdict", "summary"].map(|field| check[field].as_str().expect("a text"));
    match check["next"].as_str() {
        Some(next) => format!("{verdict}: {summary}\nnext: {next}"),
        None => format!("{verdict}: {summary}"),
    }
}

/// All that anybody sees of a step. The runner swallows the commands that tell it what to mask.
pub(crate) fn visible(outcome: &Outcome) -> String {
    let everything = outcome.everything();
    everything.lines().filter(|line| !line.starts_with("::add-mask::")).collect::<Vec<_>>().join("\n")
}
