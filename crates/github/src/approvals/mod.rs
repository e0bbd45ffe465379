//! Who approved each file after it was last changed.
//!
//! GitHub itself is asked which pull request a commit belongs to, so squash, merge and rebase make no difference. An
//! approval counts where the bytes that were approved are the bytes at the pull request's head and at the commit that is
//! about to run. So neither a push after the review nor a change in the merge can slip through.
//!
//! A file that many changes edit at once, as a lockfile is, seldom stays byte by byte what was approved: a merge brings
//! together what several approved. There each line counts that a commit brought.

mod answers;
mod inquiry;
mod reviews;
mod trees;

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::{Carrier, Client, GitHubError};
use inquiry::{Inquiry, Needed};

/// Files asked about at the same time. GitHub slows down who asks for much at once.
const CONCURRENCY: usize = 6;

/// One file: the commit that last changed it, the pull request that brought it, and who approved it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileApproval {
    /// The path as it was asked for.
    pub path: String,
    /// The merged or open pull request that the last change belongs to. `None`: it was pushed without one.
    pub pull_request: Option<u64>,
    /// The login of who opened the pull request; without one, of who wrote the commit, or the name that the commit bears.
    pub author: String,
    /// The full hash of the commit that last changed the file.
    pub last_change_sha: String,
    /// When that commit was made (its committer's date).
    pub last_change_at: Timestamp,
    /// The logins of those whose approval covers the file as it is now, sorted. Empty: nobody.
    pub approvers: Vec<String>,
}

impl<C: Carrier> Client<C> {
    /// Tells for each of `paths` (from the repository's root, as they are in commit `head_sha`) who approved it. Answers
    /// in the order of `paths`, each once.
    ///
    /// An approver is a person with write access whose latest review approves and was not dismissed, who neither opened
    /// the pull request nor wrote or committed a change of this file in it, and who saw the file as it is in `head_sha`.
    /// Where the commit belongs to several pull requests, merged ones come first, and the first with an approver is told.
    /// A commit whose e-mail belongs to no GitHub account excludes nobody: GitHub does not know its author either.
    ///
    /// # Errors
    /// Whatever could not be asked: no answer is ever taken for "no approval", or for an approval.
    /// [`GitHubError::NoFile`] where `head_sha` does not hold a path, [`GitHubError::Commit`] where it is no full hash.
    pub async fn approvals(&self, head_sha: &str, paths: &[String]) -> Result<Vec<FileApproval>, GitHubError> {
        let mut seen = BTreeSet::new();
        let inquiry = Inquiry::new(self, full(head_sha)?, Needed::TheFile);
        let files: Vec<_> =
            paths.iter().filter(|path| seen.insert(path.as_str())).map(|path| inquiry.file(path)).collect();
        stream::iter(files).buffered(CONCURRENCY).try_collect().await
    }

    /// Tells who approved what `commit_sha` brought to the file at `path`: an approver as in [`Client::approvals`], except
    /// that the file which they saw needs to hold `lines`, whatever else a merge brought to it.
    ///
    /// # Errors
    /// As [`Client::approvals`].
    pub async fn approvals_of_lines(
        &self,
        commit_sha: &str,
        path: &str,
        lines: &BTreeSet<&[u8]>,
    ) -> Result<FileApproval, GitHubError> {
        Inquiry::new(self, full(commit_sha)?, Needed::Lines(lines)).file(path).await
    }
}

fn full(sha: &str) -> Result<&str, GitHubError> {
    let is_full = matches!(sha.len(), 40 | 64) && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_full { Ok(sha) } else { Err(GitHubError::Commit { value: sha.to_owned() }) }
}
