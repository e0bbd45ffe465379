//! A fake GitHub runner: the files, the variables and the event of a job, and its own reading of what a program printed.

mod commands;
mod event;
mod files;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub use commands::{Annotation, Level, WorkflowCommand};
pub use event::Event;
use serde_json::Value;
use tempfile::TempDir;

/// A job on a runner, in which programs are started as steps. Nothing of the host's environment reaches them.
#[derive(Debug)]
pub struct FakeRunner {
    files: TempDir,
    workspace: PathBuf,
    environment: BTreeMap<String, String>,
}

/// What a step left behind.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The exit code; none where a signal ended the program.
    pub code: Option<i32>,
    /// Standard output, as text.
    pub stdout: String,
    /// Standard error, as text.
    pub stderr: String,
    /// What was written to `GITHUB_OUTPUT`, as the runner reads it.
    pub outputs: BTreeMap<String, String>,
    /// What was written to `GITHUB_ENV`, as the runner reads it.
    pub environment: BTreeMap<String, String>,
    /// What was written to `GITHUB_STEP_SUMMARY`.
    pub summary: String,
    /// Every workflow command that the runner would obey, in both streams and both forms, in order.
    pub commands: Vec<WorkflowCommand>,
    /// The `error`, `warning` and `notice` commands among them, as the runner shows them.
    pub annotations: Vec<Annotation>,
    /// Every value masked by `add-mask`.
    pub masks: Vec<String>,
}

impl FakeRunner {
    /// A job on `push` to `main` whose workspace is this folder.
    #[must_use]
    pub fn new(workspace: &Path) -> Self {
        let files = tempfile::Builder::new().prefix("ops-runner-").tempdir().expect("a temporary folder");
        for name in ["output", "env", "path", "state", "summary"] {
            std::fs::write(files.path().join(name), "").expect("a file of the runner");
        }
        std::fs::create_dir_all(files.path().join("temp")).expect("the runner's temporary folder");
        let file = |name: &str| files.path().join(name).display().to_string();
        let mut environment = BTreeMap::new();
        for (name, value) in [
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "octocat"),
            ("GITHUB_ACTOR_ID", "583231"),
            ("GITHUB_API_URL", "https://api.github.com"),
            ("GITHUB_JOB", "migrate"),
            ("GITHUB_REPOSITORY", "octo-org/corner-shop"),
            ("GITHUB_REPOSITORY_ID", "1296269"),
            ("GITHUB_REPOSITORY_OWNER", "octo-org"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_RUN_ID", "4211"),
            ("GITHUB_RUN_NUMBER", "7"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_TRIGGERING_ACTOR", "octocat"),
            ("GITHUB_WORKFLOW", "deploy"),
            ("GITHUB_WORKFLOW_REF", "octo-org/corner-shop/.github/workflows/deploy.yml@refs/heads/main"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("RUNNER_ARCH", "X64"),
            ("RUNNER_ENVIRONMENT", "github-hosted"),
            ("RUNNER_NAME", "fake"),
            ("RUNNER_OS", "Linux"),
        ] {
            environment.insert(name.to_owned(), value.to_owned());
        }
        for (name, path) in [
            ("GITHUB_ENV", "env"),
            ("GITHUB_OUTPUT", "output"),
            ("GITHUB_PATH", "path"),
            ("GITHUB_STATE", "state"),
            ("GITHUB_STEP_SUMMARY", "summary"),
            ("HOME", "temp"),
            ("RUNNER_TEMP", "temp"),
        ] {
            environment.insert(name.to_owned(), file(path));
        }
        environment.insert("GITHUB_WORKSPACE".to_owned(), workspace.display().to_string());
        let runner = Self { files, workspace: workspace.to_owned(), environment };
        runner.event(&Event::push("refs/heads/main", &"1".repeat(40)))
    }

    /// A laptop: no variable of a runner is set.
    #[must_use]
    pub fn laptop(workspace: &Path) -> Self {
        let mut runner = Self::new(workspace);
        runner.environment.retain(|name, _| ["HOME", "PATH"].contains(&name.as_str()));
        runner
    }

    /// Sets the event that started the job: its payload file and the variables that follow from it.
    #[must_use]
    pub fn event(mut self, event: &Event) -> Self {
        let path = self.files.path().join("event.json");
        std::fs::write(&path, event.payload.to_string()).expect("the event's payload");
        self.environment.insert("GITHUB_EVENT_PATH".to_owned(), path.display().to_string());
        self.environment.extend(event.environment());
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets many variables.
    #[must_use]
    pub fn envs<'a>(mut self, all: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        for (name, value) in all {
            self = self.env(name, value);
        }
        self
    }

    /// Sets the variable of an action's input, as our action.yml files do: `plan-digest` is `INPUT_PLAN_DIGEST`.
    #[must_use]
    pub fn input(self, name: &str, value: &str) -> Self {
        let variable = format!("INPUT_{}", name.to_uppercase().replace('-', "_"));
        self.env(&variable, value)
    }

    /// Removes a variable.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// The step as a command that can be spawned, signalled and given to [`FakeRunner::outcome`].
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment).current_dir(&self.workspace);
        command
    }

    /// Runs a program as a step, with fresh files, to its end.
    pub fn run<Argument: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, arguments: &[Argument]) -> Outcome {
        for name in ["output", "env", "path", "state", "summary"] {
            std::fs::write(self.files.path().join(name), "").expect("a file of the runner");
        }
        let output = self
            .command(program)
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the program starts");
        self.outcome(&output)
    }

    /// Runs a program of ours with these words and `--report`, and reads the report that it wrote into the folder `outside`.
    ///
    /// # Panics
    /// When it wrote none.
    #[must_use]
    pub fn report(&self, program: impl AsRef<OsStr>, words: &[&str], outside: &Path) -> (Outcome, Value) {
        let path = outside.join("report.json");
        let path_text = path.display().to_string();
        let outcome = self.run(program, &[words, &["--report", &path_text]].concat());
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}: {outcome}"));
        (outcome, serde_json::from_str(&text).expect("a report"))
    }

    /// Reads what a step left behind.
    ///
    /// # Panics
    /// When a file that it wrote would fail the step on the real runner.
    #[must_use]
    pub fn outcome(&self, output: &Output) -> Outcome {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        // The two streams are separate pipes, and one state machine reads both: which is first is chance.
        let commands = workflow_commands(&format!(
            "{stdout}
{stderr}"
        ));
        let read = |name: &str| std::fs::read_to_string(self.files.path().join(name)).unwrap_or_default();
        let pairs =
            |name: &str| files::pairs(&read(name)).unwrap_or_else(|error| panic!("the runner refuses {name}: {error}"));
        Outcome {
            code: output.status.code(),
            annotations: commands.iter().filter_map(Annotation::of).collect(),
            masks: commands
                .iter()
                .filter(|command| command.name == "add-mask")
                .map(|command| command.data.clone())
                .collect(),
            commands,
            stdout,
            stderr,
            outputs: pairs("output"),
            environment: pairs("env"),
            summary: read("summary"),
        }
    }
}

/// The commands that the runner would obey in what a step printed. As .NET does, it ends a line at a carriage return too.
#[must_use]
pub fn workflow_commands(printed: &str) -> Vec<WorkflowCommand> {
    commands::read(printed.split(['\n', '\r']))
}

impl Outcome {
    /// All that a reader could see of the step: both streams, the summary, outputs and variables.
    #[must_use]
    pub fn everything(&self) -> String {
        format!("{}\n{}\n{}\n{:?}\n{:?}", self.stdout, self.stderr, self.summary, self.outputs, self.environment)
    }

    /// The annotations of this level.
    #[must_use]
    pub fn of_level(&self, level: Level) -> Vec<&Annotation> {
        self.annotations.iter().filter(|annotation| annotation.level == level).collect()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "exit code {:?}", self.code)?;
        writeln!(formatter, "--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr)?;
        writeln!(formatter, "--- summary\n{}\n--- outputs\n{:#?}", self.summary, self.outputs)
    }
}

#[cfg(test)]
mod tests;
