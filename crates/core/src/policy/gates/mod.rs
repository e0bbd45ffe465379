//! `[gates]`: what must pass before a change is merged.

mod bundle;
mod conditions;
mod section;
#[cfg(test)]
mod tests;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bundle::{Bundle, BundleLimit};
pub use conditions::{CoverageGoals, Number, Paths, Percent};
pub(crate) use section::GatesSection;
pub use words::{CommandLine, Names};

use super::{Duration, Written};

/// The `[gates]` section.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gates {
    /// Whether the package's scripts become gates too. They do where no gate of the policy says what to run.
    pub discover: Option<bool>,
    /// Whether no further gate begins once one has failed.
    pub fail_fast: bool,
    /// How many gates run at once; as many as the machine has cores unless this says otherwise.
    pub parallel: Option<u16>,
    /// The file of known findings, relative to the root.
    pub baseline: Option<String>,
    /// The file of numbers that must not get worse, relative to the root.
    pub ratchet: Option<String>,
    /// What is said of each gate, in the file's order.
    pub gates: Vec<Gate>,
}

/// What the policy says of one gate: `[gates.<id>]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// Its name in every report.
    pub id: Written,
    /// The program and its arguments. Without it this is said of a gate that is built in or found.
    pub run: Option<CommandLine>,
    /// The gates that must pass before this one begins.
    pub needs: Option<Vec<Written>>,
    /// Where its reports are, relative to the root; what it prints where there is none.
    pub report: Paths,
    /// What its reports are written in; found by what stands in them unless this says otherwise.
    pub format: Option<Written>,
    /// How many warnings it may have.
    pub warnings: Option<u64>,
    /// How much of the code its tests must run.
    pub coverage: CoverageGoals,
    /// How large what it builds may be.
    pub bundle: Bundle,
    /// Its numbers that must not get worse.
    pub ratchet: Vec<Number>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// What a gate means that could not be judged.
    pub on_unproven: OnUnproven,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Variables that it gets although gates usually do not.
    pub pass: Names,
    /// Variables that it does not get.
    pub withhold: Names,
}

impl Gates {
    /// What is said of the gate with this id.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.id.text == id)
    }
}

/// What a gate means for the whole run when it could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnUnproven {
    /// The run is unproven, which is no pass.
    #[default]
    Unproven,
    /// The run fails.
    Fail,
    /// The run goes on without it, and says so.
    Pass,
}
