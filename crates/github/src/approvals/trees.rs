//! What a path holds in a commit, by the hash of its bytes, however large the file is.

use std::sync::Arc;

use data_encoding::BASE64;

use super::answers::{Blob, Tree};
use crate::memo::Memo;
use crate::transport::Question;
use crate::{Carrier, Client, GitHubError};

/// Trees by hash. They are walked level by level: a whole tree at once may be cut, and equal folders of two commits have
/// one hash, so that they are asked for once.
pub(super) struct Trees<'a, C> {
    client: &'a Client<C>,
    known: Memo<Tree>,
}

impl<'a, C: Carrier> Trees<'a, C> {
    pub(super) fn new(client: &'a Client<C>) -> Self {
        Self { client, known: Memo::new() }
    }

    /// The hash of the file at `path` in `commit`; `None` where there is no such file.
    pub(super) async fn blob(&self, commit: &str, path: &str) -> Result<Option<String>, GitHubError> {
        let mut hash = commit.to_owned();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let wanted = if parts.peek().is_some() { "tree" } else { "blob" };
            let tree = self.tree(&hash, commit).await?;
            let entry = tree.tree.iter().find(|entry| entry.path == part && entry.kind == wanted);
            let Some(entry) = entry else {
                return Ok(None);
            };
            hash.clone_from(&entry.sha);
        }
        Ok(Some(hash))
    }

    /// The bytes of the file that [`Trees::blob`] found in `commit`.
    pub(super) async fn bytes(&self, hash: &str, commit: &str) -> Result<Vec<u8>, GitHubError> {
        let question = Question {
            asked: format!("read a file of commit {commit}"),
            address: self.client.repository.address(&["git", "blobs", hash]),
            permission: "contents: read",
        };
        let blob: Blob = self.client.transport.read(&question, &[]).await?;
        let digits: Vec<u8> = blob.content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = BASE64.decode(&digits).ok().filter(|_| blob.encoding == "base64");
        bytes.ok_or_else(|| GitHubError::Unreadable {
            asked: question.asked.clone(),
            request: format!("GET {}", question.address),
            reason: "the file is not in base64".to_owned(),
        })
    }

    async fn tree(&self, hash: &str, commit: &str) -> Result<Arc<Tree>, GitHubError> {
        let question = Question {
            asked: format!("list the files of commit {commit}"),
            address: self.client.repository.address(&["git", "trees", hash]),
            permission: "contents: read",
        };
        self.known
            .get(hash, async {
                let tree: Tree = self.client.transport.read(&question, &[]).await?;
                if tree.truncated {
                    return Err(GitHubError::Unreadable {
                        asked: question.asked.clone(),
                        request: format!("GET {}", question.address),
                        reason: "GitHub cut the list of a folder".to_owned(),
                    });
                }
                Ok(tree)
            })
            .await
    }
}
