//! The answer to a check, and to a whole run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a check or a run concluded.
///
/// Ordered from best to worst, so that the verdict of several checks is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The question was answered, and the answer is good.
    Pass,
    /// The question could not be answered. Nobody may act on it.
    Unproven,
    /// The question was answered, and the answer is bad.
    Fail,
}

impl Verdict {
    /// The worst of several verdicts. No verdict at all proves nothing.
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Unproven)
    }

    /// The exit code of a run with this verdict. Code 2, wrong input, is not a verdict: see [`crate::exit`].
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Unproven => 3,
        }
    }

    /// The word that stands in reports and outputs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unproven => "unproven",
            Self::Fail => "fail",
        }
    }

    /// The sign before the word, for people who scan a table.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Pass => "✅",
            Self::Unproven => "⚠️",
            Self::Fail => "❌",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, Fail, Pass, Unproven};

    #[test]
    fn nothing_checked_is_unproven() {
        assert_eq!(Verdict::worst([]), Unproven);
    }

    #[test]
    fn one_bad_answer_outweighs_many_good_ones() {
        assert_eq!(Verdict::worst([Pass, Fail, Unproven]), Fail);
        assert_eq!(Verdict::worst([Pass, Unproven]), Unproven);
        assert_eq!(Verdict::worst([Pass, Pass]), Pass);
    }

    #[test]
    fn exit_codes_are_the_contract() {
        assert_eq!([Pass, Fail, Unproven].map(Verdict::exit_code), [0, 1, 3]);
    }
}
