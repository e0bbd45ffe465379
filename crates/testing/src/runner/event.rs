//! The payloads of events and the variables that follow from them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::github::models::{repository, user};

/// What started a workflow.
#[derive(Clone, Debug)]
pub struct Event {
    /// The event's name, for example `pull_request`.
    pub name: String,
    /// The content of the file at `GITHUB_EVENT_PATH`.
    pub payload: Value,
    reference: String,
    commit: String,
    head_ref: String,
    base_ref: String,
}

impl Event {
    /// A push to a branch or a tag, given as `refs/heads/main` or `refs/tags/v1`.
    #[must_use]
    pub fn push(reference: &str, commit: &str) -> Self {
        let payload = json!({
            "ref": reference, "before": "0".repeat(40), "after": commit, "base_ref": null, "created": false, "deleted": false,
            "forced": false, "compare": "", "commits": [], "head_commit": {"id": commit, "message": "Change"},
            "pusher": {"name": "octocat"}, "repository": repository(), "sender": user("octocat"),
        });
        Self::new("push", payload, reference, commit)
    }

    /// A pull request to `main` from the branch `topic`; the job's commit is a merge commit that is neither head nor base.
    #[must_use]
    pub fn pull_request(number: u64, head: &str, base: &str) -> Self {
        Self::pull_request_from("octo-org/corner-shop", number, head, base)
    }

    /// A pull request from a fork.
    #[must_use]
    pub fn fork_pull_request(number: u64, head: &str, base: &str) -> Self {
        Self::pull_request_from("mona/corner-shop", number, head, base)
    }

    fn pull_request_from(head_repository: &str, number: u64, head: &str, base: &str) -> Self {
        let fork = head_repository != "octo-org/corner-shop";
        let payload = json!({
            "action": "synchronize", "number": number, "repository": repository(), "sender": user("octocat"),
            "pull_request": {
                "number": number, "state": "open", "draft": false, "title": "Topic", "user": user("octocat"),
                "head": {"ref": "topic", "sha": head, "repo": {"full_name": head_repository, "fork": fork}},
                "base": {"ref": "main", "sha": base, "repo": {"full_name": "octo-org/corner-shop", "fork": false}},
            },
        });
        let mut event = Self::new("pull_request", payload, &format!("refs/pull/{number}/merge"), &"3".repeat(40));
        event.head_ref = "topic".to_owned();
        event.base_ref = "main".to_owned();
        event
    }

    /// A dispatch by hand, or by the API, with these inputs.
    #[must_use]
    pub fn workflow_dispatch(reference: &str, commit: &str, inputs: &Value) -> Self {
        let payload = json!({
            "inputs": inputs, "ref": reference, "workflow": ".github/workflows/deploy.yml", "repository": repository(),
            "sender": user("octocat"),
        });
        Self::new("workflow_dispatch", payload, reference, commit)
    }

    /// The clock.
    #[must_use]
    pub fn schedule(commit: &str) -> Self {
        let payload =
            json!({"schedule": "0 4 * * *", "workflow": ".github/workflows/deploy.yml", "repository": repository()});
        Self::new("schedule", payload, "refs/heads/main", commit)
    }

    /// The merge queue's check of a group.
    #[must_use]
    pub fn merge_group(head: &str, base: &str) -> Self {
        let reference = format!("refs/heads/gh-readonly-queue/main/pr-7-{base}");
        let payload = json!({
            "action": "checks_requested", "repository": repository(), "sender": user("octocat"),
            "merge_group": {"head_sha": head, "head_ref": reference, "base_sha": base, "base_ref": "refs/heads/main", "head_commit": {"id": head}},
        });
        Self::new("merge_group", payload, &reference, head)
    }

    fn new(name: &str, payload: Value, reference: &str, commit: &str) -> Self {
        let (head_ref, base_ref) = (String::new(), String::new());
        Self {
            name: name.to_owned(),
            payload,
            reference: reference.to_owned(),
            commit: commit.to_owned(),
            head_ref,
            base_ref,
        }
    }

    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        let (kind, short) = match self.reference.split_once("refs/tags/") {
            Some((_, tag)) => ("tag", tag),
            None => ("branch", self.reference.trim_start_matches("refs/heads/").trim_start_matches("refs/pull/")),
        };
        [
            ("GITHUB_EVENT_NAME", self.name.as_str()),
            ("GITHUB_REF", &self.reference),
            ("GITHUB_REF_NAME", short),
            ("GITHUB_REF_TYPE", kind),
            ("GITHUB_SHA", &self.commit),
            ("GITHUB_HEAD_REF", &self.head_ref),
            ("GITHUB_BASE_REF", &self.base_ref),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}
