//! How a run ends: the exit codes, and what is written last.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | pass |
//! | 1 | fail, or the program could not finish what it began |
//! | 2 | the input or the policy is wrong; nothing was done |
//! | 3 | unproven: a question could not be answered |

use std::{
    cell::OnceCell,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{
    PolicyError, Report, Verdict,
    inputs::{Common, Environment, Format},
    output::{Output, OutputError},
    report::{annotations, json, sarif, summary, terminal},
    runner::{Runner, commands},
};

/// Why a run ended without a report.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A flag, an input or a variable is wrong. Nothing was done.
    #[error("{0}")]
    Input(String),
    /// The policy is wrong. Nothing was done.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The program could not finish what it began.
    #[error("{0}")]
    Unexpected(String),
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        Self::Unexpected(error.to_string())
    }
}

impl Failure {
    /// The code that the process exits with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) | Self::Policy(_) => 2,
            Self::Unexpected(_) => 1,
        }
    }
}

/// Ends a run that has no report: says why on standard error and, on GitHub, at the policy's line. The output `verdict`
/// becomes `fail`, so that a workflow which reads it never sees an empty one.
pub fn fail(failure: &Failure, common: Option<&Common>, environment: &Environment, output: &mut Output) -> ExitCode {
    output.complain(&format!("error: {failure}"));
    if output.runner() == Runner::GitHub {
        output.print(&annotation(failure, common, environment, output));
    }
    // The run fails as it is; a second failure would hide the first.
    let _ = output.set("verdict", Verdict::Fail.word());
    let _ = output.summarize(&format!("### ❌ {}\n", failure_title(failure)));
    ExitCode::from(failure.exit_code())
}

fn failure_title(failure: &Failure) -> String {
    let text = failure.to_string();
    let line = text.lines().next().unwrap_or_default();
    crate::report::escaped(line)
}

fn annotation(failure: &Failure, common: Option<&Common>, environment: &Environment, output: &Output) -> String {
    // Redacted before it is escaped, since an escaped secret is hard to find.
    let message = output.redactor().redact(&failure.to_string()).into_owned();
    let Failure::Policy(error) = failure else {
        return commands::command("error", &[], &message);
    };
    // A policy outside of the root has the path that it was given with.
    let is_inside = Path::new(error.path()).is_relative() && !error.path().starts_with("..");
    let prefix = common.filter(|_| is_inside).map(|common| common.prefix(environment)).unwrap_or_default();
    let file = format!("{prefix}{}", error.path());
    let line = error.line().map(|line| line.to_string()).unwrap_or_default();
    let column = error.column().map(|column| column.to_string()).unwrap_or_default();
    commands::command("error", &[("file", &file), ("line", &line), ("col", &column)], &message)
}

/// Ends a run with its report: writes the files, sets the outputs, adds the summary, prints, and gives the exit code.
///
/// The files are those that `common` names; on GitHub the others go to `$RUNNER_TEMP/<action>/`. The outputs are
/// `verdict`, `report`, `sarif`, `summary` and the action's `own`. A file that cannot be written turns a pass into a
/// failure: a verdict that nobody can read is none.
pub fn finish(
    report: Report,
    own: &[(&str, &str)],
    common: &Common,
    environment: &Environment,
    output: &mut Output,
) -> ExitCode {
    let report = report.redacted(&output.redactor());
    let prefix = common.prefix(environment);
    let texts = Texts::new(&report, &common.root, &prefix);
    let code = match write(&texts, own, common, environment, output) {
        Ok(()) => report.verdict.exit_code(),
        Err(error) => {
            output.complain(&format!("error: {error}"));
            report.verdict.exit_code().max(1)
        }
    };
    match common.format_for(output.runner()) {
        Format::Text => output.say(&terminal::render(&report)),
        Format::Github => {
            output.say(&terminal::render(&report));
            output.print(&annotations::render(&report, &prefix));
        }
        Format::Json => output.print(texts.json()),
        Format::Sarif => output.print(texts.sarif()),
        Format::Markdown => output.say(texts.summary()),
    }
    // The process ends soon, and to give back each text of a long report takes as long as to write it.
    std::mem::forget(texts);
    std::mem::forget(report);
    ExitCode::from(code)
}

/// The report in the formats that are written to files, each rendered when it is first asked for: most runs want one.
struct Texts<'a> {
    report: &'a Report,
    root: &'a Path,
    prefix: &'a str,
    json: OnceCell<String>,
    sarif: OnceCell<String>,
    summary: OnceCell<String>,
}

impl<'a> Texts<'a> {
    fn new(report: &'a Report, root: &'a Path, prefix: &'a str) -> Self {
        Self { report, root, prefix, json: OnceCell::new(), sarif: OnceCell::new(), summary: OnceCell::new() }
    }

    fn json(&self) -> &str {
        self.json.get_or_init(|| json::render(self.report))
    }

    fn sarif(&self) -> &str {
        self.sarif.get_or_init(|| sarif::render(self.report, self.prefix, &|path| read_within(self.root, path)))
    }

    fn summary(&self) -> &str {
        self.summary.get_or_init(|| summary::render(self.report))
    }
}

fn write(
    texts: &Texts<'_>,
    own: &[(&str, &str)],
    common: &Common,
    environment: &Environment,
    output: &mut Output,
) -> Result<(), OutputError> {
    let usual_folder = match output.runner() {
        Runner::GitHub => environment.get("RUNNER_TEMP").map(|folder| Path::new(folder).join(texts.report.action)),
        Runner::OtherCi | Runner::Local => None,
    };
    let usual = |name: &str| usual_folder.as_ref().map(|folder| folder.join(name));
    type Text<'t> = &'t dyn Fn() -> &'t str;
    let files: [(&str, Option<PathBuf>, Text<'_>); 3] = [
        ("report", common.report.clone().or_else(|| usual("report.json")), &|| texts.json()),
        ("sarif", common.sarif.clone().or_else(|| usual("results.sarif")), &|| texts.sarif()),
        ("summary", common.summary.clone().or_else(|| usual("summary.md")), &|| texts.summary()),
    ];
    // The verdict first: whatever fails below, a workflow can read it.
    output.set("verdict", texts.report.verdict.word())?;
    for (name, value) in own {
        output.set(name, value)?;
    }
    for (name, path, text) in files {
        let Some(path) = path else { continue };
        output.write_file(&path, text())?;
        output.set(name, &path.to_string_lossy())?;
    }
    if output.has_summary() {
        output.summarize(texts.summary())?;
    }
    Ok(())
}

/// The text of a file under the root; none for a path that leaves it.
fn read_within(root: &Path, path: &str) -> Option<String> {
    let is_inside = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let bytes = is_inside.then(|| std::fs::read(root.join(path)).ok()).flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests;
