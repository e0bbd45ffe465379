//! What the run was asked to do: flags, policy and environment, merged once.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ops_core::Verdict;
use ops_core::exit::Failure;
use ops_core::git::Git;
use ops_core::inputs::Environment;
use ops_core::policy::Policy;
use ops_core::runner::{Event, Runner};

use crate::cli::Verb;
use crate::outcome::Outcome;
use crate::situation::{Facts, NO_BASE, NO_REPOSITORY, Situation};

/// Where known findings are kept unless the policy says otherwise.
const USUAL_BASELINE: &str = "ops-baseline.json";
/// Where the numbers are kept that must not get worse, unless the policy says otherwise.
const USUAL_RATCHET: &str = "ops-ratchet.json";

/// What the run was asked to do.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    /// The repository's folder; every path of a result is relative to it.
    pub(crate) root: PathBuf,
    pub(crate) policy: Policy,
    /// The environment that was named; it stands in the report.
    pub(crate) environment: Option<String>,
    /// The process's environment when it started.
    pub(crate) variables: Environment,
    pub(crate) event: Event,
    /// The token to ask GitHub with.
    github_token: Option<String>,
    pub(crate) now: Timestamp,
    /// git in the root; none where this is no repository.
    git: Option<Git>,
    /// The commit that the change began from, or why it is not known.
    base: Result<String, String>,
}

impl Inputs {
    /// Merges flags, policy and environment.
    pub(crate) fn resolve(verb: &Verb, environment: &Environment) -> Result<Self, Failure> {
        let common = verb.common();
        let policy = if verb.looks_into_logs() { common.load_given_policy()? } else { common.load_policy()? };
        let event = Event::read(environment);
        let git = Git::at(&common.root);
        let is_repository = git.text(&["rev-parse", "--git-dir"]);
        let base = match (verb.base(), &event.base) {
            _ if is_repository.is_err() => Err("this is no git repository".to_owned()),
            (Some(given), _) => git.merge_base(given),
            (None, Some(known)) => git.merge_base(known),
            (None, None) => Err(NO_BASE.to_owned()),
        };
        Ok(Self {
            root: common.root.clone(),
            environment: common.environment.clone(),
            variables: environment.clone(),
            event,
            github_token: verb.github_token().map(str::to_owned),
            now: Timestamp::now(),
            git: is_repository.is_ok().then_some(git),
            base,
            policy,
        })
    }

    /// What every built-in gate may look at.
    pub(crate) fn situation(&self) -> Situation<'_> {
        Situation {
            root: &self.root,
            policy: &self.policy,
            variables: &self.variables,
            event: &self.event,
            github_token: self.github_token.as_deref(),
            git: self.git.as_ref(),
            base: self.base.as_deref().map_err(String::as_str),
            today: self.today(),
            stop: None,
            facts: Facts::default(),
        }
    }

    /// Whether a built-in gate could not be judged only because it asks what nobody can know here: git, in a plain folder, or the
    /// change, where nothing says that there is one. A pull request, a merge queue and a base that was given do say it.
    pub(crate) fn is_beside_the_point(&self, outcome: &Outcome) -> bool {
        let is_change = self.event.pull_request.is_some()
            || matches!(self.event.name.as_str(), "pull_request_target" | "merge_group");
        outcome.verdict == Verdict::Unproven
            && ((outcome.summary == NO_REPOSITORY && self.is_plain_folder())
                || (outcome.summary.ends_with(NO_BASE) && !is_change))
    }

    /// Whether this is somebody's own folder, without a repository around it. Then gates that ask git have nothing to look at; on
    /// a CI runner a repository is missing, and they are unproven.
    fn is_plain_folder(&self) -> bool {
        let Some(root) = self.root.canonicalize().ok() else { return false };
        let is_inside = root.ancestors().any(|folder| folder.join(".git").exists());
        self.git.is_none() && !is_inside && !Runner::detect(&self.variables).is_ci()
    }

    /// The day on which this run began, in UTC.
    pub(crate) fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }

    /// The file of known findings, relative to the root.
    pub(crate) fn baseline(&self) -> &str {
        self.policy.gates.baseline.as_deref().unwrap_or(USUAL_BASELINE)
    }

    /// The file of numbers that must not get worse, relative to the root.
    pub(crate) fn ratchet(&self) -> &str {
        self.policy.gates.ratchet.as_deref().unwrap_or(USUAL_RATCHET)
    }
}
