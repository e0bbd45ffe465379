//! The pull request's comment: one for each environment and verb, kept up to date.

use ops_core::fingerprint::of_content;
use ops_core::report::summary;
use ops_core::{Finding, Place, Report, Severity};
use ops_github::{Client, GitHubError, Secret};

use crate::situation::Inputs;

/// A client for this run's repository.
pub(crate) fn client(inputs: &Inputs, token: String) -> Result<Client, GitHubError> {
    let api = inputs.variables.get("GITHUB_API_URL").unwrap_or("https://api.github.com");
    Client::new(api, Some(Secret::new(token)), &inputs.event.repository)
}

/// Writes the summary to the pull request. Where that is not possible it returns a note: a comment is never worth a failure.
pub(crate) async fn publish(inputs: &Inputs, report: &Report) -> Option<Finding> {
    let reason = match (inputs.event.pull_request, &inputs.github_token) {
        (None, _) => return None,
        (Some(_), None) => "there is no token: give the input github-token".to_owned(),
        (Some(number), Some(token)) => match upsert(inputs, report, number, token).await {
            Ok(()) => return None,
            Err(error) => error.to_string(),
        },
    };
    let message = format!("the pull request has no comment from this run: {reason}");
    Some(Finding {
        rule: "github/comment".into(),
        severity: Severity::Note,
        fingerprint: of_content(&["github/comment", &message]),
        message,
        help: "give the job the permission pull-requests: write, or leave comment away".to_owned(),
        place: Place::file("ops.toml"),
        waived_by: None,
    })
}

async fn upsert(inputs: &Inputs, report: &Report, number: u64, token: &str) -> Result<(), GitHubError> {
    let marker = format!("<!-- ops-actions {} {} {} -->", report.action, report.command, inputs.environment.name);
    let body = inputs.redactor.redact(&summary::render(report)).into_owned();
    client(inputs, token.to_owned())?.upsert_comment(number, &marker, &body).await?;
    Ok(())
}
