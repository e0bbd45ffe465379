//! The only place that prints or writes files. Everything passes the redactor first.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    inputs::Environment,
    redact::Redactor,
    runner::{Runner, commands, files},
};

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
}

impl Output {
    /// The process's own streams, and the files that the environment names. Knows the environment's secrets.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        Self::to(environment, Box::new(io::stdout()), Box::new(io::stderr()))
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

    /// Prints text as it is, with a line break at its end: for data that another program reads.
    pub fn print(&mut self, text: &str) {
        let text = self.redactor.redact(text);
        // Nobody is left to be told that standard output is closed.
        let _ = write_line(&mut self.stdout, &text);
    }

    /// Prints text for people. On GitHub no line of it becomes a command.
    pub fn say(&mut self, text: &str) {
        let text = self.for_people(text);
        let _ = write_line(&mut self.stdout, &text);
    }

    /// Prints text for people on standard error. On GitHub no line of it becomes a command.
    pub fn complain(&mut self, text: &str) {
        let text = self.for_people(text);
        let _ = write_line(&mut self.stderr, &text);
    }

    /// Prints what another program or a stranger wrote, as it is. On GitHub the runner is told not to listen meanwhile.
    pub fn untrusted(&mut self, text: &str) {
        let redacted = self.redactor.redact(text).into_owned();
        match commands::token() {
            Ok(token) if self.runner == Runner::GitHub => self.print(&commands::untrusted(&redacted, &token)),
            _ => self.say(&redacted),
        }
    }

    /// For the lines of another program, one by one, until it is dropped. On GitHub the runner does not listen meanwhile.
    pub fn stranger(&mut self) -> Stranger<'_> {
        Stranger { output: self, token: None }
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
    if !text.ends_with('\n') {
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

/// The lines of another program: see [`Output::stranger`].
pub struct Stranger<'a> {
    output: &'a mut Output,
    /// What ends the runner's pause, once there is one.
    token: Option<String>,
}

impl Stranger<'_> {
    /// Prints one line, and gives it back as it was printed: redacted.
    pub fn say(&mut self, line: &str) -> String {
        let redacted = self.output.redactor.redact(line).into_owned();
        if self.output.runner == Runner::GitHub && self.token.is_none() {
            self.token = commands::token().ok();
            if let Some(token) = &self.token {
                let _ = write_line(&mut self.output.stdout, &format!("::stop-commands::{token}"));
            }
        }
        match self.token {
            Some(_) => {
                let _ = write_line(&mut self.output.stdout, &commands::defused(&redacted));
            }
            // No pause, be it for lack of randomness: every line is made harmless.
            None => self.output.say(&redacted),
        }
        redacted
    }
}

impl Drop for Stranger<'_> {
    fn drop(&mut self) {
        if let Some(token) = &self.token {
            let _ = write_line(&mut self.output.stdout, &format!("::{token}::"));
        }
    }
}

/// What an [`Output`] of [`Output::captured`] printed.
#[derive(Clone, Default)]
pub struct Captured {
    stdout: Memory,
    stderr: Memory,
}

impl Captured {
    /// Standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Output;
    use crate::inputs::Environment;

    fn on_github(pairs: &[(&'static str, &str)]) -> Environment {
        Environment::from_pairs(pairs.iter().copied().chain([("GITHUB_ACTIONS", "true")]))
    }

    #[test]
    fn secrets_reach_no_stream_and_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let environment = on_github(&[
            ("DATABASE_URL", "postgres://app:hunter22@db/prod"),
            ("GITHUB_OUTPUT", file("output").to_str().unwrap()),
            ("GITHUB_STEP_SUMMARY", file("summary").to_str().unwrap()),
        ]);
        let (mut output, captured) = Output::captured(&environment);
        output.print("a hunter22");
        output.say("b hunter22");
        output.complain("c hunter22");
        output.untrusted("d hunter22");
        output.set("name", "e hunter22").unwrap();
        output.summarize("f hunter22").unwrap();
        output.write_file(&file("new/folder/report.json"), "g hunter22").unwrap();
        let everything = [captured.stdout(), captured.stderr()]
            .into_iter()
            .chain(
                ["output", "summary", "new/folder/report.json"]
                    .map(|name| std::fs::read_to_string(file(name)).unwrap()),
            )
            .collect::<String>();
        assert!(!everything.contains("hunter22"));
        for letter in ["a ***", "b ***", "c ***", "d ***", "e ***", "f ***", "g ***"] {
            assert!(everything.contains(letter), "{letter} is missing in {everything}");
        }
    }

    #[test]
    fn a_secret_is_masked_on_github_and_never_printed_elsewhere() {
        let (mut output, captured) = Output::captured(&on_github(&[]));
        output.add_secret("first line\nsecond line");
        output.say("the second line");
        assert_eq!(
            captured.stdout(),
            "::add-mask::first line%0Asecond line\n::add-mask::first line\n::add-mask::second line\nthe ***\n"
        );
        let (mut output, captured) = Output::captured(&Environment::default());
        output.add_secret("first line");
        output.say("the first line");
        assert_eq!(captured.stdout(), "the ***\n");
    }

    #[test]
    fn what_people_read_gives_the_runner_no_orders() {
        let (mut output, captured) = Output::captured(&on_github(&[]));
        output.say("::error::x");
        output.complain("y ##[error]z");
        assert_eq!((captured.stdout().as_str(), captured.stderr().as_str()), (": :error::x\n", "y ## [error]z\n"));
    }

    #[test]
    fn a_strangers_text_stands_between_tokens_that_change() {
        let lines = || {
            let (mut output, captured) = Output::captured(&on_github(&[]));
            output.untrusted("::error::x\n");
            captured.stdout().lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let (first, second) = (lines(), lines());
        let token = first[0].strip_prefix("::stop-commands::").unwrap();
        assert_eq!(first[1..], ["::error::x".to_owned(), format!("::{token}::")]);
        assert_ne!(first[0], second[0]);
    }

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let (mut output, _) = Output::captured(&Environment::default());
        output.write_file(&path, "a long first text").unwrap();
        output.write_file(&path, "second").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        let (mut output, _) = Output::captured(&Environment::default());
        let path = folder.path().join("file/report.json");
        let error = output.write_file(&path, "text").unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot write {}: ", path.display())), "{error}");
    }

    #[test]
    fn without_the_runners_files_outputs_and_summary_go_nowhere() {
        let (mut output, captured) = Output::captured(&Environment::default());
        output.set("name", "value").unwrap();
        output.summarize("text").unwrap();
        assert_eq!(captured.stdout(), "");
    }
}
