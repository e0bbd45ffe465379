//! The only place that prints or writes files. Everything passes the redactor first.

mod captured;
mod stranger;

use std::{
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
};

pub use captured::Captured;
pub use stranger::Stranger;

use crate::{
    inputs::Environment,
    redact::Redactor,
    runner::{Runner, commands, files},
};

/// To the line's beginning, and nothing on it: ECMA-48, erase in line.
const CLEAR: &str = "\r\u{1b}[2K";
/// The longest line of progress, in characters: a longer one would be broken, and only its last part cleared.
const PROGRESS: usize = 79;

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct OutputError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// Standard output, standard error, the report files and the runner's files.
pub struct Output {
    stdout: Box<dyn Write + Send>,
    stderr: Box<dyn Write + Send>,
    redactor: Redactor,
    runner: Runner,
    output_file: Option<PathBuf>,
    summary_file: Option<PathBuf>,
    /// Whether somebody looks at standard error while the program runs.
    is_watched: bool,
    /// Whether the last line on it is one that goes away again.
    has_progress: bool,
}

impl Output {
    /// The process's own streams, and the files that the environment names. Knows the environment's secrets.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        let mut output = Self::to(environment, Box::new(io::stdout()), Box::new(io::stderr()));
        output.is_watched = io::stderr().is_terminal() && output.runner == Runner::Local;
        output
    }

    /// The same, into memory: for tests.
    #[must_use]
    pub fn captured(environment: &Environment) -> (Self, Captured) {
        let captured = Captured::default();
        let output = Self::to(environment, Box::new(captured.stdout.clone()), Box::new(captured.stderr.clone()));
        (output, captured)
    }

    fn to(environment: &Environment, stdout: Box<dyn Write + Send>, stderr: Box<dyn Write + Send>) -> Self {
        Self {
            stdout,
            stderr,
            redactor: Redactor::from_environment(environment),
            runner: Runner::detect(environment),
            output_file: environment.get("GITHUB_OUTPUT").map(PathBuf::from),
            summary_file: environment.get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            is_watched: false,
            has_progress: false,
        }
    }

    /// Where this run is.
    #[must_use]
    pub fn runner(&self) -> Runner {
        self.runner
    }

    /// A handle on the secrets that this output hides.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        self.redactor.clone()
    }

    /// Hides a secret from now on, here and, on GitHub, in whatever else the job prints.
    pub fn add_secret(&mut self, secret: &str) {
        self.redactor.add(secret);
        if self.runner == Runner::GitHub {
            for line in commands::masks(secret) {
                // The runner swallows this line; redacted, it would hide nothing.
                let _ = writeln!(self.stdout, "{line}");
            }
        }
    }

    /// Prints text as it is, with a line break at its end unless it is empty: for data that another program reads.
    pub fn print(&mut self, text: &str) {
        self.clear_progress();
        let text = self.redactor.redact(text);
        // Nobody is left to be told that standard output is closed.
        let _ = write_line(&mut self.stdout, &text);
    }

    /// Prints text for people. On GitHub no line of it becomes a command.
    pub fn say(&mut self, text: &str) {
        self.clear_progress();
        let text = self.for_people(text);
        let _ = write_line(&mut self.stdout, &text);
    }

    /// Prints text for people on standard error. On GitHub no line of it becomes a command.
    pub fn complain(&mut self, text: &str) {
        self.clear_progress();
        let text = self.for_people(text);
        let _ = write_line(&mut self.stderr, &text);
    }

    /// Shows one line on a terminal, until anything else is printed. Nowhere else, where it would only fill a log.
    pub fn progress(&mut self, line: &str) {
        if self.is_watched {
            let line = self.redactor.redact(line);
            let line: String = line.chars().filter(|character| !character.is_control()).take(PROGRESS).collect();
            let _ = write!(self.stderr, "{CLEAR}{line}").and_then(|()| self.stderr.flush());
            self.has_progress = true;
        }
    }

    fn clear_progress(&mut self) {
        if std::mem::take(&mut self.has_progress) {
            let _ = write!(self.stderr, "{CLEAR}").and_then(|()| self.stderr.flush());
        }
    }

    /// Prints what another program or a stranger wrote, as it is. On GitHub the runner is told not to listen meanwhile.
    pub fn untrusted(&mut self, text: &str) {
        let redacted = self.redactor.redact(text).into_owned();
        match commands::token() {
            Ok(token) if self.runner == Runner::GitHub => self.print(&commands::untrusted(&redacted, &token)),
            _ => self.say(&redacted),
        }
    }

    /// For the lines of another program, one by one, until it is dropped: on standard error, and on GitHub, where the runner
    /// does not listen meanwhile, on standard output.
    pub fn stranger(&mut self) -> Stranger<'_> {
        Stranger { output: self, token: None }
    }

    /// Prints a title and, below it, what another program wrote: folded on GitHub, where the runner does not listen meanwhile, and
    /// on standard error elsewhere, indented and only where it `matters`.
    pub fn section(&mut self, title: &str, untrusted: &str, matters: bool) {
        let title = title.lines().next().unwrap_or_default();
        if self.runner == Runner::GitHub {
            let title = self.redactor.redact(title).into_owned();
            if untrusted.is_empty() {
                self.say(&title);
            } else {
                self.print(&commands::group(&title));
                self.untrusted(untrusted);
                self.print(commands::END_GROUP);
            }
            return;
        }
        self.complain(title);
        if matters || self.runner.is_ci() {
            let lines: String = untrusted.lines().map(|line| format!("  {line}\n")).collect();
            self.complain(&lines);
        }
    }

    fn for_people(&self, text: &str) -> String {
        let text = self.redactor.redact(text);
        if self.runner == Runner::GitHub { commands::safe_lines(&text) } else { text.into_owned() }
    }

    /// Sets an output of the step, where the runner has a file for them.
    ///
    /// # Errors
    /// If the file cannot be written or there is no randomness for the delimiter.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), OutputError> {
        let Some(path) = self.output_file.clone() else { return Ok(()) };
        let token = commands::token().map_err(|source| OutputError { path: path.clone(), source })?;
        let value = self.redactor.redact(value);
        append(&path, &files::output(name, &value, &token))
    }

    /// Whether the runner has a file for the job's summary.
    #[must_use]
    pub fn has_summary(&self) -> bool {
        self.summary_file.is_some()
    }

    /// Adds to the job's summary, where the runner has a file for it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn summarize(&mut self, markdown: &str) -> Result<(), OutputError> {
        let Some(path) = self.summary_file.clone() else { return Ok(()) };
        append(&path, &self.redactor.redact(markdown))
    }

    /// Writes a file as a whole or not at all, and the folders above it.
    ///
    /// # Errors
    /// If the folder or the file cannot be written.
    pub fn write_file(&mut self, path: &Path, text: &str) -> Result<(), OutputError> {
        let text = self.redactor.redact(text);
        replace(path, text.as_bytes()).map_err(|source| OutputError { path: path.to_owned(), source })
    }
}

fn write_line(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    if !text.is_empty() && !text.ends_with('\n') {
        stream.write_all(b"\n")?;
    }
    stream.flush()
}

fn append(path: &Path, text: &str) -> Result<(), OutputError> {
    let write = || {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        // One call, so that a step that writes at the same time does not get between.
        file.write_all(text.as_bytes())
    };
    write().map_err(|source| OutputError { path: path.to_owned(), source })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let name = path.file_name().ok_or_else(|| io::Error::other("this is not the name of a file"))?;
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}", commands::token()?));
    let temporary = folder.join(temporary_name);
    let written = std::fs::File::create_new(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        // Already failing: what is left behind is only a hidden file.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests;
