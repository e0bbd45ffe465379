//! Which gates there are: those of the policy, those found in the repository, and those built in.

mod collect;
mod package;
mod scripts;
mod select;

use std::path::PathBuf;
use std::time::Duration;

use ops_core::policy::{CommandLine, Names, OnUnproven};

use crate::built_in::BuiltIn;
use crate::cli::Selection;
use crate::settings::Inputs;

/// What stands for all built-in gates together in `--only`, `--skip`, a shard and the matrix.
pub(crate) const BUILT_IN: &str = "built-in";
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
        if matches!(self.work, Work::BuiltIn(_)) { BUILT_IN } else { &self.id }
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
    Command(Command),
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
