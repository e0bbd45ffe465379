//! A run's summary as the comment of its pull request.

use ops_core::fingerprint::of_content;
use ops_core::inputs::Environment;
use ops_core::redact::Redactor;
use ops_core::report::summary;
use ops_core::runner::Event;
use ops_core::{Finding, Place, Report, Severity};

use crate::{Client, GitHubError, Secret};

const WITHOUT_TOKEN: &str = "give the token as the input github-token, or outside of an action as the variable INPUT_GITHUB_TOKEN; \
                             or leave comment away";
const WITHOUT_ANSWER: &str = "run the same command again";
const WITHOUT_PERMISSION: &str = "give the job the permission pull-requests: write, or leave comment away";

/// The run that a summary is from.
#[derive(Debug)]
pub struct Run<'r> {
    /// The process's environment when it started: `GITHUB_API_URL` says where GitHub is.
    pub variables: &'r Environment,
    /// What made it run: the pull request and the repository.
    pub event: &'r Event,
    /// The token to comment with.
    pub token: Option<&'r str>,
    /// Knows the secrets that no comment may hold.
    pub redactor: &'r Redactor,
}

impl Run<'_> {
    /// A client for this run's repository.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn client(&self, token: &str) -> Result<Client, GitHubError> {
        Client::new(crate::api_url(self.variables), Some(Secret::new(token)), &self.event.repository)
    }

    /// Keeps one comment on the pull request up to date with the report's summary: one for each action, command and
    /// `scope`. Where that is not possible it returns a note, since a comment is never worth a failure.
    pub async fn publish(&self, report: &Report, scope: &str) -> Option<Finding> {
        self.publish_unless(std::future::pending(), report, scope).await
    }

    /// The same, unless `given_up` is ready before GitHub has answered: the note then gives its words for the reason.
    pub async fn publish_unless(
        &self,
        given_up: impl Future<Output = String>,
        report: &Report,
        scope: &str,
    ) -> Option<Finding> {
        let (reason, help) = match (self.event.pull_request, self.token) {
            (None, _) => return None,
            (Some(_), None) => ("there is no token".to_owned(), WITHOUT_TOKEN),
            (Some(number), Some(token)) => tokio::select! {
                ended = self.upsert(report, scope, number, token) => match ended {
                    Ok(()) => return None,
                    Err(error) => (error.to_string(), WITHOUT_PERMISSION),
                },
                reason = given_up => (reason, WITHOUT_ANSWER),
            },
        };
        let message = format!("the pull request has no comment from this run: {reason}");
        Some(Finding {
            rule: "github/comment".into(),
            severity: Severity::Note,
            fingerprint: of_content(&["github/comment", &message]),
            message,
            help: help.to_owned(),
            place: Place::file("ops.toml"),
            waived_by: None,
        })
    }

    async fn upsert(&self, report: &Report, scope: &str, number: u64, token: &str) -> Result<(), GitHubError> {
        let marker = format!("<!-- ops-actions {} {} {scope} -->", report.action, report.command);
        let body = self.redactor.redact(&summary::render(report)).into_owned();
        self.client(token)?.upsert_comment(number, &marker, &body).await?;
        Ok(())
    }
}
