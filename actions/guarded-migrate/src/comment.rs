//! The pull request's comment: one for each environment and verb, kept up to date.

use std::time::Duration;

use ops_core::{Finding, Report};
use ops_github::{Client, GitHubError, Run};

use crate::situation::Inputs;
use crate::stop::Stop;

/// When a run that was asked to stop gives the comment up: it ends within 5 s, whatever GitHub does.
const GIVEN_UP: Duration = Duration::from_secs(4);

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
pub(crate) async fn publish(inputs: &Inputs, report: &Report, mut stop: Stop) -> Option<Finding> {
    let given_up = async {
        stop.asked_for(GIVEN_UP).await;
        "the run was asked to stop before GitHub answered".to_owned()
    };
    run(inputs).publish_unless(given_up, report, &inputs.environment.name).await
}
