//! For tests: a repository in a temporary folder, and what a gate says of it.

use jiff::civil::{Date, date};
use ops_core::{Environment, Event, Policy, Severity, git::Git};
use ops_testing::TestDir;

use super::BuiltIn;
use crate::outcome::Outcome;
use crate::situation::{Facts, Situation};

/// A repository with one commit, the base of the change.
pub(super) struct Repository {
    pub(super) folder: TestDir,
    pub(super) base: Result<String, String>,
    pub(super) event: Event,
    pub(super) token: Option<&'static str>,
    pub(super) today: Date,
    policy: Policy,
    variables: Environment,
}

impl Repository {
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let folder = TestDir::new();
        for (path, text) in files {
            folder.write(path, text);
        }
        let base = Ok(folder.git_init());
        let (policy, event) = (Policy::default(), Event::default());
        Self { folder, base, event, token: None, today: date(2026, 11, 21), policy, variables: Environment::default() }
    }

    pub(super) fn policy(mut self, text: &str) -> Self {
        self.policy = Policy::parse("ops.toml", text).unwrap();
        self
    }

    pub(super) fn variables(mut self, pairs: &[(&str, &str)]) -> Self {
        self.variables = Environment::from_pairs(pairs.iter().copied());
        self
    }

    /// Writes files and commits them as the change.
    pub(super) fn change(self, subject: &str, files: &[(&str, &str)]) -> Self {
        for (path, text) in files {
            self.folder.write(path, text);
        }
        self.folder.commit(subject);
        self
    }

    pub(super) fn asks(&self, gate: &BuiltIn) -> Option<Outcome> {
        let git = Git::at(self.folder.path());
        (gate.check)(&Situation {
            root: self.folder.path(),
            policy: &self.policy,
            variables: &self.variables,
            event: &self.event,
            github_token: self.token,
            git: Some(&git),
            base: self.base.as_deref().map_err(String::as_str),
            today: self.today,
            stop: None,
            facts: Facts::default(),
        })
    }

    /// The outcome's verdict and summary.
    pub(super) fn verdict(&self, gate: &BuiltIn) -> String {
        self.asks(gate).map_or_else(|| "not asked".to_owned(), |one| format!("{}: {}", one.verdict.word(), one.summary))
    }

    /// Each finding in one line: severity, rule, place, message.
    pub(super) fn finds(&self, gate: &BuiltIn) -> Vec<String> {
        let findings = self.asks(gate).map(|outcome| outcome.findings).unwrap_or_default();
        let told = findings.iter().map(|one| {
            let severity = match one.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            };
            format!("{severity} {} {}:{}: {}", one.rule, one.place.path, one.place.start_line, one.message)
        });
        told.collect()
    }
}
