//! The parts we read of GitHub's answers (REST API 2022-11-28).

use jiff::Timestamp;
use serde::Deserialize;

/// A person, a bot or an organization. GitHub sends `{}` where a commit's e-mail belongs to no account, and `null` where
/// the account is gone.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Account {
    #[serde(default)]
    pub(super) login: String,
    #[serde(default, rename = "type")]
    pub(super) kind: String,
}

/// An item of `GET /repos/{owner}/{repo}/commits` and of `…/pulls/{number}/commits`.
#[derive(Debug, Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) commit: CommitText,
    pub(super) author: Option<Account>,
    pub(super) committer: Option<Account>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CommitText {
    pub(super) author: Option<Signature>,
    pub(super) committer: Option<Signature>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Signature {
    pub(super) name: Option<String>,
    pub(super) date: Option<Timestamp>,
}

/// An item of `…/commits/{sha}/pulls`.
#[derive(Debug, Deserialize)]
pub(super) struct PullRequest {
    pub(super) number: u64,
    pub(super) state: String,
    pub(super) merged_at: Option<Timestamp>,
    pub(super) user: Option<Account>,
    pub(super) head: Head,
}

#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) sha: String,
}

/// An item of `…/pulls/{number}/reviews`, which come oldest first.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Review {
    pub(super) user: Option<Account>,
    pub(super) state: String,
    /// `null` where the commit is gone from GitHub.
    pub(super) commit_id: Option<String>,
}

/// `…/git/trees/{sha}`, one level.
#[derive(Debug, Deserialize)]
pub(super) struct Tree {
    pub(super) tree: Vec<Entry>,
    pub(super) truncated: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) sha: String,
}

/// `…/git/blobs/{sha}`.
#[derive(Debug, Deserialize)]
pub(super) struct Blob {
    /// In base64, in lines.
    pub(super) content: String,
    /// `base64`
    pub(super) encoding: String,
}

/// `…/collaborators/{username}/permission`.
#[derive(Debug, Deserialize)]
pub(super) struct Permission {
    /// `admin`, `write` (also for the role maintain), `read` (also for triage) or `none`.
    pub(super) permission: String,
}

impl Account {
    /// Anything but a person: apps, organizations, accounts made by an import.
    pub(super) fn is_person(&self) -> bool {
        self.kind == "User" && !self.login.is_empty() && !self.login.ends_with("[bot]")
    }
}
