//! The command line. An input `x` of action.yml is the flag `--x` and the variable `INPUT_X`.

use clap::{Args, Parser, Subcommand};
use ops_core::inputs::Common;
use ops_core::program::ActionArguments;

/// Proves of every route that its guard runs before its handler, and prints the proof.
///
/// Without a command it scans.
///
/// Exit codes: 0 pass, 1 fail, 2 the input or the policy is wrong (nothing was done), 3 unproven.
#[derive(Debug, Parser)]
#[command(name = "route-compliance-scan", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Proves every route, and judges what it found by the policy. This is what runs without a command.
    Scan(Scan),
    /// Lists every route with its proof and its headers, and compares the list with an OpenAPI file. Judges no guard.
    Inventory(Inventory),
    /// Shows how one route is guarded, hop by hop.
    Explain(Explain),
    /// Looks at the repository and proposes a policy for it. Writes nothing unless it is told to.
    Init(Init),
    /// Writes the findings of today into the baseline, so that only new ones fail.
    Baseline(Baseline),
}

#[derive(Debug, Args)]
pub(crate) struct Comparison {
    /// Judges only routes whose proof could have changed since this commit, and tells what became of each; those that nothing of it reaches are counted, and not proven. Without it all are judged. Example: --changed origin/main
    #[arg(long, value_name = "REVISION")]
    pub(crate) changed: Option<String>,
    /// The OpenAPI file that lists every route, relative to the root; the policy's routes.openapi unless given. Example: --openapi docs/openapi.yaml
    #[arg(long, value_name = "FILE")]
    pub(crate) openapi: Option<String>,
    /// Where the list of routes is written, as JSON or, where the name ends in .md, as a Markdown table. Example: --inventory out/routes.md
    #[arg(long, value_name = "FILE")]
    pub(crate) inventory: Option<std::path::PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct GitHub {
    /// Keeps one comment on the pull request up to date with the summary. Example: --comment
    #[arg(long)]
    pub(crate) comment: bool,
    /// The token for the comment. Give it as INPUT_GITHUB_TOKEN, never on a command line. Example: --github-token ghs_…
    #[arg(long, value_name = "TOKEN")]
    pub(crate) github_token: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) comparison: Comparison,
    #[command(flatten)]
    pub(crate) github: GitHub,
}

#[derive(Debug, Args)]
pub(crate) struct Inventory {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) comparison: Comparison,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The route's path, as the list of routes shows it: /api/links/[id], or an address that it serves.
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// The method; all of the route's unless given.
    #[arg(value_name = "METHOD")]
    pub(crate) method: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Writes the proposal to the policy file, and the baseline beside it; only where the policy has no [routes] yet. Example: --write
    #[arg(long)]
    pub(crate) write: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Baseline {
    #[command(flatten)]
    pub(crate) common: Common,
}

impl ActionArguments for Arguments {
    const USUAL: Option<&'static str> = Some("scan");

    fn common(&self) -> &Common {
        self.verb.common()
    }
}

impl Verb {
    /// What all verbs share.
    pub(crate) fn common(&self) -> &Common {
        match self {
            Self::Scan(flags) => &flags.common,
            Self::Inventory(flags) => &flags.common,
            Self::Explain(flags) => &flags.common,
            Self::Init(flags) => &flags.common,
            Self::Baseline(flags) => &flags.common,
        }
    }

    /// The name that stands in the report.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Scan(_) => "scan",
            Self::Inventory(_) => "inventory",
            Self::Explain(_) => "explain",
            Self::Init(_) => "init",
            Self::Baseline(_) => "baseline",
        }
    }

    pub(crate) fn comparison(&self) -> Option<&Comparison> {
        match self {
            Self::Scan(flags) => Some(&flags.comparison),
            Self::Inventory(flags) => Some(&flags.comparison),
            _ => None,
        }
    }

    pub(crate) fn github(&self) -> Option<&GitHub> {
        match self {
            Self::Scan(flags) => Some(&flags.github),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_flags_are_the_inputs_of_the_action() {
        ops_testing::assert_is_the_command_line_of(super::Arguments::command(), include_str!("../action.yml"));
    }
}
