//! What the actions ask of GitHub, behind two questions: who approved these files, and where does our comment stand.
//!
//! The crate speaks the REST API (version `2022-11-28`) of github.com and of GitHub Enterprise Server, goes through the
//! proxy that `HTTPS_PROXY` and `NO_PROXY` name, and trusts the machine's certificates besides the bundled ones. Who only
//! reads may leave that to GitHub's command line, and then carries no TLS.
//! It knows no domain: a path is a path, whatever the file holds.
//!
//! Two rules hold everywhere. What could not be asked is an error, never an empty answer. And a write whose answer was
//! lost is not sent again before the state was read back.

mod approvals;
mod comment;
mod error;
mod memo;
mod repository;
mod secret;
mod summary;
mod transport;

pub use approvals::FileApproval;
pub use comment::Upsert;
pub use error::GitHubError;
pub use secret::Secret;
pub use summary::Run;
pub use transport::{Answer, Carrier, Gh, Https, Timing};

use ops_core::inputs::Environment;
use repository::Repository;
use transport::Transport;

/// One repository on one GitHub, and what to ask it with.
pub struct Client<C = Https> {
    transport: Transport<C>,
    repository: Repository,
}

impl Client {
    /// A client for `repository` (`owner/name`, as `GITHUB_REPOSITORY` holds it) at `api_url` (as `GITHUB_API_URL` holds
    /// it: `https://api.github.com`, or `https://HOST/api/v3` on GitHub Enterprise Server).
    ///
    /// # Errors
    /// [`GitHubError::Address`], [`GitHubError::Repository`] or [`GitHubError::Token`] where a value cannot be used; nothing
    /// is asked yet. An `http://` address is taken for this machine only, since it would show the token to the network.
    pub fn new(api_url: &str, token: Option<Secret>, repository: &str) -> Result<Self, GitHubError> {
        Self::with_timing(api_url, token, repository, Timing::default())
    }

    /// As [`Client::new`], with other waiting times.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_timing(
        api_url: &str,
        token: Option<Secret>,
        repository: &str,
        timing: Timing,
    ) -> Result<Self, GitHubError> {
        Ok(Self {
            repository: Repository::parse(repository)?,
            transport: Transport::new(api_url, token.as_ref(), timing)?,
        })
    }
}

impl Client<Gh> {
    /// A client that asks through GitHub's command line, which only reads. `variables` are those of the run:
    /// `GITHUB_API_URL` says where GitHub is, and `PATH` where `gh` is.
    ///
    /// # Errors
    /// As [`Client::new`], and [`GitHubError::Program`] where there is no `gh`.
    pub fn through_gh(variables: &Environment, token: &Secret, repository: &str) -> Result<Self, GitHubError> {
        Ok(Self {
            repository: Repository::parse(repository)?,
            transport: Transport::through_gh(api_url(variables), token, variables)?,
        })
    }
}

/// Where a run's GitHub is.
fn api_url(variables: &Environment) -> &str {
    variables.get("GITHUB_API_URL").unwrap_or("https://api.github.com")
}
