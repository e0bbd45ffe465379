//! The command line. An input `x` of action.yml is the flag `--x` and the variable `INPUT_X`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ops_core::inputs::Common;
use ops_core::program::ActionArguments;

use crate::secrets::Mode;

/// Runs every gate of a repository and gives one verdict: pass, fail, or unproven where a gate could not be judged.
///
/// Without a command it runs them.
///
/// Exit codes: 0 pass, 1 fail, 2 the input or the policy is wrong (nothing was done), 3 unproven.
#[derive(Debug, Parser)]
#[command(name = "quality-gate", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Runs the gates, and judges each. This is what runs without a command.
    Run(Run),
    /// Lists the gates, and gives them as a matrix for a workflow's strategy. Runs nothing.
    List(List),
    /// Runs the gates, and writes the findings of today into the baseline, so that only new ones fail.
    Baseline(Baseline),
    /// Looks for secrets alone: in the files, in every commit of a change, in the whole history, or in logs.
    Secrets(Secrets),
}

#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Asks only this gate and those that it needs; may be given several times. Example: --only lint
    #[arg(long, value_name = "GATE")]
    pub(crate) only: Vec<String>,
    /// Does not run this gate, which is unproven then; may be given several times. Example: --skip e2e
    #[arg(long, value_name = "GATE")]
    pub(crate) skip: Vec<String>,
    /// Asks only one part of the gates, and what they need: the number of the part and how many there are. Example: --shard 1/3
    #[arg(long, value_name = "PART/PARTS")]
    pub(crate) shard: Option<Shard>,
    /// The commit that the change began from; the event's unless given. Example: --base origin/main
    #[arg(long, value_name = "REVISION")]
    pub(crate) base: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Where the gates are written as JUnit's XML, one case each. Example: --junit out/gates.xml
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// The file that remembers earlier runs, to which this one is added: how long gates take, and which are flaky.
    /// Example: --history .cache/gates.jsonl
    #[arg(long, value_name = "FILE")]
    pub(crate) history: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) github: GitHub,
}

#[derive(Debug, Args)]
pub(crate) struct GitHub {
    /// The token to ask for approvals with. Give it as INPUT_GITHUB_TOKEN, never on a command line. Example: --github-token ghs_…
    #[arg(long, value_name = "TOKEN")]
    pub(crate) github_token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

#[derive(Debug, Args)]
pub(crate) struct Baseline {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) github: GitHub,
}

#[derive(Debug, Args)]
pub(crate) struct Secrets {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Where secrets are looked for; the range where a base is known, else the tree. Example: --mode history
    #[arg(long, value_enum, value_name = "MODE")]
    pub(crate) mode: Option<Mode>,
    /// The commit that the change began from; the event's unless given. Example: --base origin/main
    #[arg(long, value_name = "REVISION")]
    pub(crate) base: Option<String>,
    /// The folder in which is kept what is known of the history; no secret is in it. Example: --cache .cache/secrets
    #[arg(long, value_name = "FOLDER")]
    pub(crate) cache: Option<PathBuf>,
}

/// One part of several, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    pub(crate) part: usize,
    pub(crate) parts: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
        match numbers {
            Some((part, parts)) if 1 <= part && part <= parts => Ok(Self { part, parts }),
            _ => Err("write the number of the part and how many there are, as in 1/3".to_owned()),
        }
    }
}

impl ActionArguments for Arguments {
    const USUAL: Option<&'static str> = Some("run");

    fn common(&self) -> &Common {
        self.verb.common()
    }
}

impl Verb {
    /// What all verbs share.
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Run(flags) => &flags.common,
            Self::List(flags) => &flags.common,
            Self::Baseline(flags) => &flags.common,
            Self::Secrets(flags) => &flags.common,
        }
    }

    /// The name that stands in the report.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::List(_) => "list",
            Self::Baseline(_) => "baseline",
            Self::Secrets(_) => "secrets",
        }
    }

    /// Whether what lies in the root was written by whatever ran, and not by the repository's owners.
    pub(crate) fn looks_into_logs(&self) -> bool {
        matches!(self, Self::Secrets(Secrets { mode: Some(Mode::Logs), .. }))
    }

    /// The token to ask GitHub with.
    pub(crate) fn github_token(&self) -> Option<&str> {
        match self {
            Self::Run(Run { github, .. }) | Self::Baseline(Baseline { github, .. }) => github.github_token.as_deref(),
            Self::List(_) | Self::Secrets(_) => None,
        }
    }

    /// The commit that was given to compare with.
    pub(crate) fn base(&self) -> Option<&str> {
        let base = match self {
            Self::Run(flags) => &flags.selection.base,
            Self::List(flags) => &flags.selection.base,
            Self::Baseline(flags) => &flags.selection.base,
            Self::Secrets(flags) => &flags.base,
        };
        base.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Shard;

    #[test]
    fn the_flags_are_the_inputs_of_the_action() {
        ops_testing::assert_is_the_command_line_of(super::Arguments::command(), include_str!("../action.yml"));
    }

    #[test]
    fn a_shard_is_one_of_several() {
        assert_eq!("2/3".parse(), Ok(Shard { part: 2, parts: 3 }));
        for text in ["0/3", "4/3", "1", "a/b", "", "1/0"] {
            let error = text.parse::<Shard>().unwrap_err();
            assert_eq!(error, "write the number of the part and how many there are, as in 1/3");
        }
    }
}
