//! The pull request's comment: one for each environment and verb, kept up to date.

use ops_core::{Finding, Report};
use ops_github::{Client, GitHubError, Run};

use crate::situation::Inputs;

fn run(inputs: &Inputs) -> Run<'_> {
    Run {
        variables: &inputs.variables,
        event: &inputs.event,
        token: inputs.github_token.as_deref(),
        redactor: &inputs.redactor,
    }
}

/// A client for this run's repository.
pub(crate) fn client(inputs: &Inputs, token: &str) -> Result<Client, GitHubError> {
    run(inputs).client(token)
}

/// Writes the summary to the pull request. Where that is not possible it returns a note: a comment is never worth a failure.
pub(crate) async fn publish(inputs: &Inputs, report: &Report) -> Option<Finding> {
    run(inputs).publish(report, &inputs.environment.name).await
}
