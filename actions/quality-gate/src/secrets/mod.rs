//! Secrets: what the policy says of them, what a look for them comes to, and what of it stands in the report.

mod settings;
mod told;

use std::path::Path;

use ops_core::Environment;
use ops_core::policy::Secrets;
use ops_secrets::look::{self, Gap, Looked};

use settings::search;
pub(crate) use told::outcome;

/// Where secrets are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// The files of the work tree.
    Tree,
    /// Every commit since the base.
    Range,
    /// Every commit that a branch or a tag reaches.
    History,
    /// Every file of a folder of logs.
    Logs,
}

/// What is asked for.
pub(crate) struct Question<'q> {
    pub(crate) root: &'q Path,
    pub(crate) policy: &'q Secrets,
    pub(crate) variables: &'q Environment,
    pub(crate) now: jiff::Timestamp,
    /// Where; the range where a base is known and something was committed since, else the tree.
    pub(crate) mode: Option<Mode>,
    /// The commit that the change began from, or why it is not known.
    pub(crate) base: Result<&'q str, &'q str>,
    /// The folder of what earlier runs know of the history.
    pub(crate) cache: Option<&'q Path>,
}

/// Looks for secrets, and tells where, what was found and what could not be looked at.
///
/// # Errors
/// If a rule, an expression or a file of the team's cannot be used.
pub(crate) fn look(question: &Question<'_>) -> Result<(Mode, Looked), String> {
    let (search, unkeyed) = search(question)?;
    let tree = || (Mode::Tree, look::tree(&search, question.root, &question.policy.bundles));
    let (mode, mut looked) = match (question.mode, question.base) {
        (Some(Mode::Tree), _) | (None, Err(_)) => tree(),
        (Some(Mode::Logs), _) => (Mode::Logs, look::logs(&search, question.root)),
        (Some(Mode::History), _) => (Mode::History, look::history(&search, question.root, question.cache)),
        (Some(Mode::Range), Err(reason)) => (Mode::Range, Looked { gaps: vec![no_base(reason)], ..Looked::default() }),
        (mode, Ok(base)) => match look::range(&search, question.root, base) {
            // Nothing was committed yet: then what is there is all that can be looked at.
            Looked { commits: 0, gaps, .. } if mode.is_none() && gaps.is_empty() => tree(),
            looked => (Mode::Range, looked),
        },
    };
    looked.gaps.extend(unkeyed);
    Ok((mode, looked))
}

fn no_base(reason: &str) -> Gap {
    let next = if reason.contains("--base") {
        "name the commit that the change began from: --base origin/main"
    } else {
        "fetch the whole history: `fetch-depth: 0` in actions/checkout, or `git fetch --unshallow`"
    };
    Gap { what: reason.to_owned(), next: next.to_owned() }
}
