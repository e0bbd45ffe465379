//! The beginning of every story: a small repository, its policy, and where the program runs.

use ops_testing::{FakeRunner, Outcome, TestDir};
use serde_json::Value;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_quality-gate");

/// A repository and a run.
pub(crate) struct Story {
    pub(crate) repository: TestDir,
    pub(crate) runner: FakeRunner,
}

impl Story {
    /// An empty folder, on a laptop.
    pub(crate) fn empty() -> Self {
        let repository = TestDir::new();
        let runner = FakeRunner::laptop(repository.path());
        Self { repository, runner }
    }

    /// A folder with this policy.
    pub(crate) fn with(policy: &str) -> Self {
        Self::empty().policy(policy)
    }

    /// Adds any file.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.repository.write(path, content);
        self
    }

    /// Writes the policy.
    pub(crate) fn policy(self, text: &str) -> Self {
        self.file("ops.toml", text)
    }

    /// Runs on a GitHub runner from now on, in a repository.
    pub(crate) fn on_github(self) -> Self {
        self.repository.git_init();
        Self { runner: FakeRunner::new(self.repository.path()), ..self }
    }

    /// Sets a variable of the run.
    pub(crate) fn env(self, name: &str, value: &str) -> Self {
        Self { runner: self.runner.env(name, value), ..self }
    }

    /// Runs the program with these words.
    pub(crate) fn run(&self, words: &[&str]) -> Outcome {
        self.runner.run(PROGRAM, words)
    }

    /// Runs the program and kills it after so many milliseconds, wherever it is then.
    pub(crate) fn killed_after(&self, words: &[&str], milliseconds: u64) {
        let mut program = std::process::Command::new(PROGRAM)
            .args(words)
            .current_dir(self.repository.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        program.kill().unwrap();
        program.wait().unwrap();
    }

    /// Runs the program, which must end with this code, and reads the report that it wrote.
    pub(crate) fn report(&self, words: &[&str], code: i32) -> Value {
        let (outcome, report) = self.runner.report(PROGRAM, words, self.repository.outside());
        assert_eq!(outcome.code, Some(code), "{outcome}");
        report
    }
}

/// `id verdict: summary` of each gate.
pub(crate) fn gates(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |gate: &Value| format!("{} {}: {}", text(&gate["id"]), text(&gate["verdict"]), text(&gate["summary"]));
    report["details"]["gates"].as_array().expect("gates").iter().map(line).collect()
}
