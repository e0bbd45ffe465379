//! Gates that need no program: one gate, one file.

use crate::outcome::Outcome;
use crate::situation::Situation;

/// A gate that needs no program.
pub(crate) struct BuiltIn {
    /// Its name in the policy and in every report.
    pub(crate) id: &'static str,
    /// What it asks, in a few words.
    pub(crate) title: &'static str,
    pub(crate) check: fn(&Situation<'_>) -> Outcome,
}

/// Every one, in the order of the report.
pub(crate) const ALL: &[BuiltIn] = &[];
