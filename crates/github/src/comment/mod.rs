//! One comment of ours on a pull request, found again by a hidden marker, and updated instead of repeated.

mod body;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use crate::transport::{Question, WriteFailure};
use crate::{Client, GitHubError};

/// What became of the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upsert {
    /// There was none; now there is.
    Created,
    /// It said something else; now it says this.
    Updated,
    /// It said this already; nothing was written.
    Unchanged,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    user: Option<Account>,
}

/// Whose comments are ours.
enum Author {
    /// The account that the token belongs to.
    Account(String),
    /// A job's own token cannot ask who it is. It comments as a bot, so no person's comment is taken for ours.
    SomeBot,
}

impl Author {
    fn wrote(&self, comment: &Comment) -> bool {
        let Some(user) = &comment.user else {
            return false;
        };
        match self {
            Self::Account(login) => user.login.eq_ignore_ascii_case(login),
            Self::SomeBot => user.kind == "Bot" || user.login.ends_with("[bot]"),
        }
    }
}

impl Client {
    /// Makes the comment that starts with `marker` say `body`, on pull request number `pull_request`.
    ///
    /// `marker` is one HTML comment on one line (`<!-- ops-actions: plan -->`); it is put before the body. The oldest comment
    /// that starts with it and is ours is updated. A body that GitHub would refuse as too long (65,536 characters) is cut,
    /// and its last line says so. A write whose answer is lost is read back before it is sent a second and last time.
    ///
    /// # Errors
    /// [`GitHubError::Forbidden`] where the token may not comment, which is normal on a fork's pull request;
    /// [`GitHubError::Unclear`] where the answer stayed lost; [`GitHubError::Marker`]; the rest as everywhere.
    pub async fn upsert_comment(&self, pull_request: u64, marker: &str, body: &str) -> Result<Upsert, GitHubError> {
        let body = body::compose(marker, body)?;
        let author = self.own_account().await?;
        let place = Place { client: self, number: pull_request, marker, author };
        let found = place.find().await?;
        if found.as_ref().is_some_and(|comment| comment.says(&body)) {
            return Ok(Upsert::Unchanged);
        }
        let done = if found.is_some() { Upsert::Updated } else { Upsert::Created };
        place.put(found, &body).await?;
        Ok(done)
    }

    /// `GET /user` answers a person's token, and 403 (on some servers 404) a job's own.
    async fn own_account(&self) -> Result<Author, GitHubError> {
        let question = Question {
            asked: "ask whose token this is".to_owned(),
            address: "/user".to_owned(),
            permission: "pull-requests: write",
        };
        match self.transport.read::<Account>(&question, &[]).await {
            Ok(account) => Ok(Author::Account(account.login)),
            Err(GitHubError::Forbidden { status: 403 | 404, .. }) => Ok(Author::SomeBot),
            Err(error) => Err(error),
        }
    }
}

impl Comment {
    /// GitHub may hand line ends back in another form, which is no reason to write again.
    fn says(&self, body: &str) -> bool {
        let plain = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        self.body.as_deref().is_some_and(|said| plain(said) == plain(body))
    }
}

struct Place<'a> {
    client: &'a Client,
    number: u64,
    marker: &'a str,
    author: Author,
}

impl Place<'_> {
    async fn find(&self) -> Result<Option<Comment>, GitHubError> {
        let question = self.question(
            format!("list the comments of pull request #{}", self.number),
            &["issues", &self.number.to_string(), "comments"],
        );
        let comments: Vec<Comment> = self.client.transport.read_all(&question, &[]).await?;
        Ok(comments.into_iter().find(|comment| {
            self.author.wrote(comment)
                && comment.body.as_deref().is_some_and(|body| body.trim_start().starts_with(self.marker))
        }))
    }

    /// Writes, and where the answer is lost looks before it writes once more.
    async fn put(&self, mut found: Option<Comment>, body: &str) -> Result<(), GitHubError> {
        let mut again = true;
        loop {
            let (method, question) = self.target(found.as_ref());
            let request = format!("{method} {}", question.address);
            let sent = self.client.transport.write(method, &question, &json!({ "body": body })).await;
            let reason = match sent {
                Ok(()) => return Ok(()),
                Err(WriteFailure::Refused(error)) => return Err(error),
                Err(WriteFailure::Lost(reason)) => reason,
            };
            self.client.transport.pause().await;
            found = self.find().await?;
            if found.as_ref().is_some_and(|comment| comment.says(body)) {
                return Ok(());
            }
            if !again {
                return Err(GitHubError::Unclear { asked: question.asked, request, reason });
            }
            again = false;
        }
    }

    fn target(&self, found: Option<&Comment>) -> (Method, Question) {
        let number = self.number;
        match found {
            Some(comment) => (
                Method::PATCH,
                self.question(
                    format!("update our comment on pull request #{number}"),
                    &["issues", "comments", &comment.id.to_string()],
                ),
            ),
            None => (
                Method::POST,
                self.question(
                    format!("comment on pull request #{number}"),
                    &["issues", &number.to_string(), "comments"],
                ),
            ),
        }
    }

    fn question(&self, asked: String, parts: &[&str]) -> Question {
        Question { asked, address: self.client.repository.address(parts), permission: "pull-requests: write" }
    }
}
