//! What can go wrong between us and GitHub. Each text is a fragment that reads well after "failed to".

use jiff::Timestamp;
use thiserror::Error;

/// Why GitHub did not give what was asked. No variant ever holds the token.
///
/// `asked` says what for ("list the reviews of pull request #7"), `request` is the method and the path without the host.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GitHubError {
    /// The API's address cannot be used. `value` is shown without user name and password.
    #[error(
        "use {value:?} as the address of GitHub's API: {reason}; expected `https://api.github.com`, or `https://HOST/api/v3` on GitHub Enterprise Server, as GITHUB_API_URL holds it"
    )]
    Address {
        /// What was given.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The repository's name is not `owner/name`.
    #[error("use {value:?} as a repository: expected `owner/name`, as GITHUB_REPOSITORY holds it")]
    Repository {
        /// What was given.
        value: String,
    },
    /// The token holds characters that no header may.
    #[error(
        "use the GitHub token: it is empty or holds a line break or another character that no HTTP header may; set it again without"
    )]
    Token,
    /// A commit was not given by its full hash, and a shorter or empty one may mean another commit.
    #[error("use {value:?} as a commit: expected the full hash of 40 or 64 hexadecimal digits")]
    Commit {
        /// What was given.
        value: String,
    },
    /// The marker of our comment is not one hidden HTML comment on one line.
    #[error(
        "use {value:?} as the marker of a comment: expected one HTML comment on one line, like `<!-- ops-actions: plan -->`"
    )]
    Marker {
        /// What was given.
        value: String,
    },
    /// The HTTP client could not be made.
    #[error("set up HTTPS: {reason}")]
    Setup {
        /// The library's word on it.
        reason: String,
    },
    /// GitHub's command line cannot be run.
    #[error(
        "run GitHub's command line `gh`: {reason}; GitHub's runners carry it, a container or a runner of one's own needs it installed"
    )]
    Program {
        /// What is missing.
        reason: String,
    },
    /// 401, 403 or 404: the token may not, or may not see that it may. The caller may turn it into a note.
    #[error("{asked}: GitHub answered {status} ({message}) to {request}; {way_out}")]
    Forbidden {
        /// What for.
        asked: String,
        /// Method and path.
        request: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's own word, cleaned and cut.
        message: String,
        /// Which permission or setting helps.
        way_out: String,
    },
    /// Too many requests: of this hour's, or too many at once.
    #[error("{asked}: GitHub's rate limit is used up ({status} to {request}); run again {}", when(retry_at.as_ref()))]
    RateLimited {
        /// What for.
        asked: String,
        /// Method and path.
        request: String,
        /// The HTTP status, 403 or 429.
        status: u16,
        /// When GitHub will answer again, where it said so.
        retry_at: Option<Timestamp>,
    },
    /// No usable answer, though it was asked several times: no connection, no answer in time, or a 5xx.
    #[error(
        "{asked}: {reason} ({request}, {attempts} attempts); check githubstatus.com, the network and HTTPS_PROXY, then run again"
    )]
    Unavailable {
        /// What for.
        asked: String,
        /// Method and path.
        request: String,
        /// What came instead of an answer.
        reason: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// A refusal that no permission changes, like 410 or 422, or a redirect that is not followed.
    #[error("{asked}: GitHub answered {status} ({message}) to {request}; {way_out}")]
    Refused {
        /// What for.
        asked: String,
        /// Method and path.
        request: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's own word, cleaned and cut.
        message: String,
        /// What helps.
        way_out: &'static str,
    },
    /// The answer is not what GitHub documents, is cut, or is too large.
    #[error(
        "{asked}: the answer to {request} is unusable: {reason}; check that GITHUB_API_URL leads to GitHub's API and not to a proxy's or a login page"
    )]
    Unreadable {
        /// What for.
        asked: String,
        /// Method and path.
        request: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A write whose answer was lost, and reading back did not find it done.
    #[error(
        "{asked}: {reason} ({request}), and reading back did not find it done; look at the pull request, then run again"
    )]
    Unclear {
        /// What for.
        asked: String,
        /// Method and path.
        request: String,
        /// What came instead of an answer.
        reason: String,
    },
    /// The file is not in the commit, so nobody can have approved it.
    #[error(
        "find {path:?} in commit {commit}: no commit up to there holds it; commit and push the file, then run again"
    )]
    NoFile {
        /// The path as it was given.
        path: String,
        /// The commit that was asked about.
        commit: String,
    },
}

fn when(retry_at: Option<&Timestamp>) -> String {
    retry_at.map_or_else(|| "in some minutes".to_owned(), |at| format!("after {at}"))
}
