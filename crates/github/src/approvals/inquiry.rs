//! The questions behind an approval, each asked once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::FileApproval;
use super::answers::{Account, Commit, Permission, PullRequest, Review};
use super::reviews::{Approval, standing};
use super::trees::Trees;
use crate::memo::Memo;
use crate::transport::Question;
use crate::{Carrier, Client, GitHubError};

/// GitHub lists no more commits of a pull request than this.
const LISTED_COMMITS: usize = 250;
/// The login that GitHub shows for accounts that are gone.
const GHOST: &str = "ghost";

/// What somebody must have seen to have approved it.
pub(super) enum Needed<'a> {
    /// The file, byte by byte, as it is in the commit and at the pull request's head.
    TheFile,
    /// These lines of it.
    Lines(&'a BTreeSet<&'a [u8]>),
}

pub(super) struct Inquiry<'a, C> {
    client: &'a Client<C>,
    head: &'a str,
    needed: Needed<'a>,
    trees: Trees<'a, C>,
    pull_requests: Memo<Vec<PullRequest>>,
    reviews: Memo<Vec<Review>>,
    commits: Memo<Vec<Commit>>,
    writers: Memo<bool>,
}

impl<'a, C: Carrier> Inquiry<'a, C> {
    pub(super) fn new(client: &'a Client<C>, head: &'a str, needed: Needed<'a>) -> Self {
        Self {
            client,
            head,
            needed,
            trees: Trees::new(client),
            pull_requests: Memo::new(),
            reviews: Memo::new(),
            commits: Memo::new(),
            writers: Memo::new(),
        }
    }

    pub(super) async fn file(&self, path: &str) -> Result<FileApproval, GitHubError> {
        let change = self.last_change(path).await?;
        let candidates = self.pull_requests(&change.sha).await?;
        let mut told = None;
        for pull_request in candidates.iter() {
            let approvers = self.approvers(path, &change, pull_request).await?;
            let found = !approvers.is_empty();
            if found || told.is_none() {
                told = Some((pull_request, approvers));
            }
            if found {
                break;
            }
        }
        let (pull_request, author, approvers) = match told {
            Some((request, approvers)) => (Some(request.number), opener(request), approvers),
            None => (None, writer(&change), Vec::new()),
        };
        Ok(FileApproval {
            path: path.to_owned(),
            pull_request,
            author,
            last_change_at: self.date(&change)?,
            last_change_sha: change.sha,
            approvers,
        })
    }

    async fn approvers(
        &self,
        path: &str,
        change: &Commit,
        pull_request: &PullRequest,
    ) -> Result<Vec<String>, GitHubError> {
        let reviews = self.reviews(pull_request.number).await?;
        let approvals = standing(&reviews, &opener(pull_request));
        if approvals.is_empty() {
            return Ok(Vec::new());
        }
        let covering = self.covering(path, approvals, pull_request).await?;
        if covering.is_empty() {
            return Ok(Vec::new());
        }
        let authors = self.authors(path, change, pull_request).await?;
        let mut approvers = Vec::new();
        for approval in covering {
            if !authors.contains(&approval.login.to_lowercase()) && self.may_write(&approval.login).await? {
                approvers.push(approval.login);
            }
        }
        approvers.sort_unstable();
        Ok(approvers)
    }

    /// Those whose file had all that is needed.
    async fn covering(
        &self,
        path: &str,
        approvals: Vec<Approval>,
        pull_request: &PullRequest,
    ) -> Result<Vec<Approval>, GitHubError> {
        let Some(file) = self.trees.blob(self.head, path).await? else {
            return Err(self.no_file(path));
        };
        let mut covering = Vec::new();
        if matches!(self.needed, Needed::TheFile)
            && self.trees.blob(&pull_request.head.sha, path).await?.as_ref() != Some(&file)
        {
            return Ok(covering);
        }
        for approval in approvals {
            let covers = match (self.trees.blob(&approval.commit, path).await?, &self.needed) {
                (Some(seen), _) if seen == file => true,
                (Some(seen), Needed::Lines(lines)) => {
                    let bytes = self.trees.bytes(&seen, &approval.commit).await?;
                    let seen: BTreeSet<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
                    lines.is_subset(&seen)
                }
                _ => false,
            };
            if covers {
                covering.push(approval);
            }
        }
        Ok(covering)
    }

    async fn last_change(&self, path: &str) -> Result<Commit, GitHubError> {
        // GitHub would answer with the newest commit of all.
        if path.is_empty() {
            return Err(self.no_file(path));
        }
        let question =
            self.question(format!("find the commit that last changed {path:?}"), &["commits"], "contents: read");
        let query = [("path", path), ("sha", self.head), ("per_page", "1")];
        let commits: Vec<Commit> = self.client.transport.read(&question, &query).await?;
        commits.into_iter().next().ok_or_else(|| self.no_file(path))
    }

    /// The merged and the open pull requests of a commit, the merged ones first, the newer ones first among their like.
    async fn pull_requests(&self, commit: &str) -> Result<Arc<Vec<PullRequest>>, GitHubError> {
        let question = self.question(
            format!("find the pull request of commit {commit}"),
            &["commits", commit, "pulls"],
            "pull-requests: read",
        );
        self.pull_requests
            .get(commit, async {
                let mut found: Vec<PullRequest> = self.client.transport.read_all(&question, &[]).await?;
                found.retain(|request| request.merged_at.is_some() || request.state == "open");
                found.sort_by_key(|request| (request.merged_at.is_none(), std::cmp::Reverse(request.number)));
                Ok(found)
            })
            .await
    }

    async fn reviews(&self, number: u64) -> Result<Arc<Vec<Review>>, GitHubError> {
        let number = number.to_string();
        let question = self.question(
            format!("list the reviews of pull request #{number}"),
            &["pulls", &number, "reviews"],
            "pull-requests: read",
        );
        let ask = self.client.transport.read_all(&question, &[]);
        self.reviews.get(&number, ask).await
    }

    /// The logins, in lower case, of all who changed the file in the pull request.
    async fn authors(
        &self,
        path: &str,
        change: &Commit,
        pull_request: &PullRequest,
    ) -> Result<BTreeSet<String>, GitHubError> {
        let number = pull_request.number.to_string();
        let question = self.question(
            format!("list the commits of pull request #{number}"),
            &["pulls", &number, "commits"],
            "pull-requests: read",
        );
        let ask = self.client.transport.read_all::<Commit>(&question, &[]);
        let listed = self.commits.get(&number, ask).await?;
        // Where GitHub's list may be cut, every commit that ever changed the file counts as the pull request's.
        let complete = listed.len() < LISTED_COMMITS;
        let members: BTreeSet<&str> = listed.iter().map(|commit| commit.sha.as_str()).collect();

        let head = pull_request.head.sha.as_str();
        let question = self.question(
            format!("list the commits of pull request #{number} that changed {path:?}"),
            &["commits"],
            "contents: read",
        );
        let query = [("path", path), ("sha", head)];
        let touching: Vec<Commit> = self.client.transport.read_all(&question, &query).await?;
        let mut authors: BTreeSet<String> = touching
            .iter()
            .filter(|commit| !complete || members.contains(commit.sha.as_str()))
            .flat_map(|commit| [login(commit.author.as_ref()), login(commit.committer.as_ref())])
            .flatten()
            .collect();
        // The commit that a squash or a rebase made has the author, but its committer only merged.
        authors.extend(login(change.author.as_ref()));
        Ok(authors)
    }

    /// Anyone may approve a public repository's pull request; GitHub too counts only those who may write.
    async fn may_write(&self, login: &str) -> Result<bool, GitHubError> {
        let question = self.question(
            format!("ask whether {login} may write to {}", self.client.repository.full_name()),
            &["collaborators", login, "permission"],
            "contents: read",
        );
        let ask = async {
            let answer: Permission = self.client.transport.read(&question, &[]).await?;
            Ok(matches!(answer.permission.as_str(), "admin" | "write" | "maintain"))
        };
        Ok(*self.writers.get(&login.to_lowercase(), ask).await?)
    }

    fn question(&self, asked: String, parts: &[&str], permission: &'static str) -> Question {
        Question { asked, address: self.client.repository.address(parts), permission }
    }

    fn no_file(&self, path: &str) -> GitHubError {
        GitHubError::NoFile { path: path.to_owned(), commit: self.head.to_owned() }
    }

    fn date(&self, change: &Commit) -> Result<jiff::Timestamp, GitHubError> {
        let signatures = [&change.commit.committer, &change.commit.author];
        signatures.into_iter().find_map(|signature| signature.as_ref()?.date).ok_or_else(|| GitHubError::Unreadable {
            asked: format!("tell when commit {} was made", change.sha),
            request: format!("GET {}", self.client.repository.address(&["commits"])),
            reason: "the commit bears no date".to_owned(),
        })
    }
}

fn login(account: Option<&Account>) -> Option<String> {
    let login = account?.login.to_lowercase();
    (!login.is_empty()).then_some(login)
}

fn opener(pull_request: &PullRequest) -> String {
    pull_request.user.as_ref().map_or_else(|| GHOST.to_owned(), |user| user.login.clone())
}

fn writer(commit: &Commit) -> String {
    let account = commit.author.as_ref().map(|account| account.login.clone());
    let name = || commit.commit.author.as_ref()?.name.clone();
    account.filter(|login| !login.is_empty()).or_else(name).unwrap_or_else(|| GHOST.to_owned())
}
