//! What the CI runner says to a step, and how a step speaks to it.
//!
//! The protocol is GitHub's: workflow commands on standard output, and files whose paths stand in `GITHUB_*` variables.

pub mod commands;
pub mod event;
pub mod files;

pub use event::Event;

use crate::inputs::Environment;

/// Where the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// A step of a GitHub workflow.
    GitHub,
    /// Another CI system.
    OtherCi,
    /// Somebody's own machine.
    Local,
}

impl Runner {
    /// Found by `GITHUB_ACTIONS`, which GitHub sets to `true`, and by `CI`, which nearly all other systems set.
    #[must_use]
    pub fn detect(environment: &Environment) -> Self {
        if environment.get("GITHUB_ACTIONS") == Some("true") {
            return Self::GitHub;
        }
        match environment.get("CI") {
            None | Some("false" | "0") => Self::Local,
            Some(_) => Self::OtherCi,
        }
    }

    /// Whether this is a CI runner and not somebody's own machine.
    #[must_use]
    pub fn is_ci(self) -> bool {
        self != Self::Local
    }
}

#[cfg(test)]
mod tests {
    use super::Runner;
    use crate::inputs::Environment;

    #[test]
    fn a_runner_is_told_from_a_laptop() {
        let detect = |pairs: &[(&str, &str)]| Runner::detect(&Environment::from_pairs(pairs.iter().copied()));
        assert_eq!(detect(&[("GITHUB_ACTIONS", "true"), ("CI", "true")]), Runner::GitHub);
        assert_eq!(detect(&[("CI", "1")]), Runner::OtherCi);
        assert_eq!(detect(&[]), Runner::Local);
        assert_eq!(detect(&[("CI", "false")]), Runner::Local);
        assert_eq!(detect(&[("GITHUB_ACTIONS", "false")]), Runner::Local);
    }
}
