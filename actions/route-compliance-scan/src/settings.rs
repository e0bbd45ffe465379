//! What the run was asked to do: flags, policy and environment, merged once.

use std::path::PathBuf;

use jiff::Timestamp;
use ops_core::exit::Failure;
use ops_core::inputs::Environment;
use ops_core::output::Output;
use ops_core::policy::Policy;
use ops_core::runner::Event;

use crate::cli::Verb;

/// What the run was asked to do.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// The repository's folder; every path of a result is relative to it.
    pub(crate) root: PathBuf,
    pub(crate) policy: Policy,
    /// The environment that was named; it changes no proof and stands in the report.
    pub(crate) environment: Option<String>,
    pub(crate) event: Event,
    pub(crate) now: Timestamp,
}

impl Inputs {
    /// Merges flags, policy and environment.
    pub(crate) fn resolve(verb: &Verb, environment: &Environment, output: &mut Output) -> Result<Self, Failure> {
        let common = verb.common();
        let policy = common.load_policy()?;
        if let Some(token) = verb.github().and_then(|github| github.github_token.as_deref()) {
            output.add_secret(token);
        }
        Ok(Self {
            root: common.root.clone(),
            environment: common.environment.clone(),
            event: Event::read(environment),
            now: Timestamp::now(),
            policy,
        })
    }
}
