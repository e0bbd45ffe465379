//! Which gates there are: those of the policy, those found in the repository, and those built in.

mod collect;
mod listed;
mod package;
mod scripts;
mod select;

use std::path::PathBuf;
use std::time::Duration;

use ops_core::policy::{Bundle, CommandLine, CoverageGoals, Names, Number, OnUnproven};
use ops_formats::Format;

pub(crate) use self::scripts::script_asked_for;
use crate::built_in::BuiltIn;
use crate::cli::Selection;
use crate::commands::{Reports, Tool};
use crate::settings::Inputs;

/// What stands for all built-in gates together in `--only`, `--skip`, a shard and the matrix.
pub(crate) const BUILT_IN: &str = "built-in";
/// The gate that asks the registry for vulnerable packages.
const AUDIT: &str = "audit";
/// How long a gate may take unless the policy says otherwise.
pub(crate) const USUAL_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// One gate of this run.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) id: String,
    /// The gates that must pass before this one begins.
    pub(crate) needs: Vec<String>,
    pub(crate) work: Work,
    pub(crate) timeout: Duration,
    pub(crate) on_unproven: OnUnproven,
}

impl Gate {
    /// Its own name, or the one of all built-in gates.
    pub(crate) fn unit(&self) -> &str {
        if self.is_built_in() { BUILT_IN } else { &self.id }
    }

    pub(crate) fn is_built_in(&self) -> bool {
        matches!(self.work, Work::BuiltIn(_))
    }

    /// Whether this name is its own, or that of all built-in gates.
    fn is_called(&self, name: &str) -> bool {
        name == self.id || name == self.unit()
    }
}

/// The names of [`Gate::unit`], each once.
pub(crate) fn units(gates: &[Gate]) -> Vec<&str> {
    let mut units: Vec<&str> = Vec::new();
    for unit in gates.iter().map(Gate::unit) {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    units
}

/// What a gate does.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Runs a program.
    Command(Box<Command>),
    /// Asks what this program knows itself.
    BuiltIn(&'static BuiltIn),
    /// Nothing, since it cannot: why, and what would help.
    Impossible { reason: String, next: String },
    /// Nothing, since it was told so.
    Skipped,
}

/// A program to run.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) line: CommandLine,
    /// Where.
    pub(crate) folder: PathBuf,
    /// Variables that it gets although gates usually do not.
    pub(crate) pass: Names,
    /// Variables that it does not get.
    pub(crate) withhold: Names,
    pub(crate) reports: Reports,
    /// What the reports are written in, where the policy says it.
    pub(crate) format: Option<Format>,
    /// The tool behind it that can be told to write a report.
    pub(crate) told: Option<ToldTool>,
    /// What would make it show that, where it is known.
    pub(crate) advice: Option<String>,
    /// What must be shown besides a good end.
    pub(crate) proof: Proof,
    pub(crate) conditions: Conditions,
    /// The file that it must leave as it is.
    pub(crate) lockfile: Option<PathBuf>,
}

/// A tool that gets further arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ToldTool {
    pub(crate) tool: Tool,
    /// Whether the arguments come after a `--`.
    pub(crate) separator: bool,
}

/// What a gate must show besides a good end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Nothing: its end says enough, or the policy does not ask for more.
    End,
    /// How many tests ran.
    Tests,
    /// How many files were looked at.
    Files,
}

/// What the policy asks of a gate besides.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Conditions {
    /// How many warnings it may have.
    pub(crate) warnings: Option<u64>,
    pub(crate) coverage: CoverageGoals,
    /// How large what it builds may be.
    pub(crate) bundle: Bundle,
    /// Its numbers that must not get worse.
    pub(crate) ratchet: Vec<Number>,
}

impl Command {
    /// A program of which nothing more is said.
    fn new(line: CommandLine, folder: PathBuf) -> Self {
        Self {
            line,
            folder,
            pass: Names::default(),
            withhold: Names::default(),
            reports: Reports::Printed,
            format: None,
            told: None,
            advice: None,
            proof: Proof::End,
            conditions: Conditions::default(),
            lockfile: None,
        }
    }
}

/// The gates of this run.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// In the order in which they are told, after what they need.
    pub(crate) gates: Vec<Gate>,
    /// Those that the command line leaves out, by their [`Gate::unit`].
    pub(crate) left_out: Vec<String>,
    /// The gates that were found and that the policy does not take.
    pub(crate) not_taken: Vec<String>,
    /// The built-in gates whose place a gate of the policy takes.
    pub(crate) replaced: Vec<String>,
}

/// The gates that the command line asks for.
///
/// # Errors
/// If the policy or the command line names a gate that is not there, gates need each other in a circle, or the repository's package
/// manager is not clear.
pub(crate) fn asked(inputs: &Inputs, selection: &Selection) -> Result<Asked, ops_core::Failure> {
    let collected = collect::collect(inputs)?;
    select::select(collected, selection)
}
