//! The beginning of every story: a repository with migrations, a database, and where the program runs.

use std::path::Path;

use ops_testing::{Database, FakeRunner, Outcome, Postgres, TestDir};

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
        let runner = FakeRunner::new(self.repository.path())
            .envs([("CONFIRM_PROD_MIGRATE", "YES"), ("NODE_ENV", "production"), ("DATABASE_URL", self.url.as_str())]);
        Self { runner, ..self.environment("production") }
    }

    /// Sets a variable of the run.
    pub(crate) fn env(self, name: &str, value: &str) -> Self {
        Self { runner: self.runner.env(name, value), ..self }
    }

    /// Sets the marker of this story's environment.
    pub(crate) fn marked(self) -> Self {
        let outcome = self.run(&["marker", "set"]);
        assert_eq!(outcome.code, Some(0), "{outcome}");
        self
    }

    /// Runs the program with these words and this story's environment, root and database.
    pub(crate) fn run(&self, words: &[&str]) -> Outcome {
        let environment = self.environment.as_str();
        let mut all = words.to_vec();
        all.extend(["--environment", environment]);
        self.runner.run(PROGRAM, &all)
    }

    /// Runs the program and reads the report that it wrote.
    pub(crate) fn report(&self, words: &[&str]) -> (Outcome, serde_json::Value) {
        let path = self.repository.outside().join("report.json");
        let path_text = path.display().to_string();
        let mut all = words.to_vec();
        all.extend(["--report", &path_text]);
        let outcome = self.run(&all);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}: {outcome}"));
        (outcome, serde_json::from_str(&text).expect("a report"))
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
