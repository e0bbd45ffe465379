//! What the run was asked to do: flags, policy and environment, merged once.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ops_core::exit::Failure;
use ops_core::inputs::Environment;
use ops_core::output::Output;
use ops_core::policy::Policy;
use ops_core::redact::Redactor;
use ops_core::runner::Event;

use crate::cli::Verb;

/// Where known findings are kept unless the policy says otherwise.
const USUAL_BASELINE: &str = "ops-baseline.json";

/// What the run was asked to do.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    /// The repository's folder; every path of a result is relative to it.
    pub(crate) root: PathBuf,
    /// Leads from the repository to the root, with `/` at its end unless it is the repository itself.
    pub(crate) prefix: String,
    pub(crate) policy: Policy,
    /// The policy's path, relative to the root.
    pub(crate) policy_path: String,
    /// The environment that was named; it changes no proof and stands in the report.
    pub(crate) environment: Option<String>,
    /// The process's environment when it started.
    pub(crate) variables: Environment,
    pub(crate) event: Event,
    pub(crate) now: Timestamp,
    /// Only routes that could be another since this commit are judged.
    pub(crate) changed: Option<String>,
    /// The OpenAPI file, relative to the root.
    pub(crate) openapi: Option<String>,
    pub(crate) github_token: Option<String>,
    pub(crate) redactor: Redactor,
}

impl Inputs {
    /// Merges flags, policy and environment.
    pub(crate) fn resolve(verb: &Verb, environment: &Environment, output: &mut Output) -> Result<Self, Failure> {
        let common = verb.common();
        let policy = common.load_policy()?;
        let github_token = verb.github().and_then(|github| github.github_token.clone());
        if let Some(token) = &github_token {
            output.add_secret(token);
        }
        let comparison = verb.comparison();
        let path = common.policy_path();
        Ok(Self {
            root: common.root.clone(),
            prefix: common.prefix(environment),
            policy_path: path.strip_prefix(&common.root).unwrap_or(&path).to_string_lossy().into_owned(),
            environment: common.environment.clone(),
            variables: environment.clone(),
            event: Event::read(environment),
            now: Timestamp::now(),
            changed: comparison.and_then(|comparison| comparison.changed.clone()),
            openapi: comparison
                .and_then(|comparison| comparison.openapi.clone())
                .or_else(|| policy.routes.openapi.clone()),
            github_token,
            redactor: output.redactor(),
            policy,
        })
    }

    /// The day on which this run began, in UTC.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// The file of known findings, relative to the root.
    pub(crate) fn baseline(&self) -> &str {
        self.policy.routes.baseline.as_deref().unwrap_or(USUAL_BASELINE)
    }
}
