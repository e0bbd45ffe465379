//! A stand-in for api.github.com: pull requests, reviews, commits and comments of `octo-org/corner-shop`.

pub(crate) mod models;
#[cfg(feature = "contract")]
mod openapi;
mod routes;
mod trees;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

#[cfg(feature = "contract")]
pub use openapi::violations;
use serde_json::Value;

/// A commit of the repository.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The full hash.
    pub sha: String,
    /// The login of who wrote it.
    pub author: String,
    /// When, in RFC 3339.
    pub date: String,
    /// The files that it touched.
    pub files: Vec<String>,
}

/// A review of a pull request.
#[derive(Clone, Debug)]
pub struct Review {
    /// The login of the reviewer.
    pub author: String,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED` or `DISMISSED`.
    pub state: String,
    /// The head commit that was reviewed.
    pub commit: String,
    /// When, in RFC 3339.
    pub submitted_at: String,
}

/// A pull request.
#[derive(Clone, Debug, Default)]
pub struct Pull {
    /// Its number; 0 stands for commits that were pushed without one.
    pub number: u64,
    /// The login of who opened it.
    pub author: String,
    /// The last commit of its branch.
    pub head: String,
    /// The commit by which it was merged, if it was.
    pub merged_as: Option<String>,
    /// Its commits, oldest first.
    pub commits: Vec<Commit>,
    /// Its reviews, oldest first.
    pub reviews: Vec<Review>,
}

/// A comment of a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment's id.
    pub id: u64,
    /// The number of the pull request.
    pub number: u64,
    /// The login of who wrote it.
    pub author: String,
    /// The Markdown text.
    pub body: String,
}

/// A request that the server got.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query, percent-encoded as it came.
    pub path: String,
    /// The query's pairs, decoded.
    pub query: Vec<(String, String)>,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The JSON body, if there was one.
    pub body: Option<Value>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pulls: Vec<Pull>,
    comments: Vec<Comment>,
    texts: BTreeMap<String, String>,
    requests: Vec<Request>,
    permissions: BTreeMap<String, String>,
    account: Option<String>,
    comments_forbidden: bool,
    broken: Option<u16>,
}

/// The server, on 127.0.0.1 until it is dropped. Every request is kept; see `violations`.
pub struct GitHubServer {
    port: u16,
    server: Arc<tiny_http::Server>,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
}

impl GitHubServer {
    /// Starts an empty repository.
    #[must_use]
    pub fn start() -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").expect("a free port"));
        let port = server.server_addr().to_ip().expect("the server's address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let (ours, shared) = (Arc::clone(&server), Arc::clone(&state));
        let thread = std::thread::spawn(move || {
            for request in ours.incoming_requests() {
                answer(request, &shared, port);
            }
        });
        Self { port, server, state, thread: Some(thread) }
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The base URL, for `GITHUB_API_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Adds a pull request.
    pub fn add_pull(&self, pull: Pull) {
        self.state().pulls.push(pull);
    }

    /// Adds a comment as someone else's, and returns its id.
    pub fn add_comment(&self, number: u64, author: &str, body: &str) -> u64 {
        routes::add_comment(&mut self.state(), number, author, body)
    }

    /// Makes this what a commit made of a file; of others only the names are known.
    pub fn set_text(&self, path: &str, commit: &str, text: &str) {
        self.state().texts.insert(trees::blob(path, commit), text.to_owned());
    }

    /// Gives a person another permission than `write`: `admin`, `read` or `none`.
    pub fn set_permission(&self, login: &str, permission: &str) {
        self.state().permissions.insert(login.to_owned(), permission.to_owned());
    }

    /// Makes the token this person's. Otherwise it is a job's own, which may not ask whose it is.
    pub fn set_account(&self, login: &str) {
        self.state().account = Some(login.to_owned());
    }

    /// Answers every write of a comment with 403, as GitHub does for a fork's read-only token.
    pub fn forbid_comments(&self) {
        self.state().comments_forbidden = true;
    }

    /// Answers every request with this status from now on.
    pub fn break_with(&self, status: u16) {
        self.state().broken = Some(status);
    }

    /// The comments there are.
    #[must_use]
    pub fn comments(&self) -> Vec<Comment> {
        self.state().comments.clone()
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("the server's state")
    }
}

/// Puts a stand-in for GitHub's command line into `folder`, which asks a server on this machine, and returns a `PATH` in which it is
/// the first.
#[must_use]
pub fn path_with_gh(folder: &Path) -> String {
    let program = folder.join("gh");
    std::fs::write(&program, include_str!("gh.sh")).expect("the stand-in");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
    format!("{}:{}", folder.display(), std::env::var("PATH").expect("where programs are"))
}

impl Drop for GitHubServer {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut request: tiny_http::Request, state: &Mutex<State>, port: u16) {
    let mut body = String::new();
    let _ = request.as_reader().read_to_string(&mut body);
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let kept = Request {
        method: request.method().to_string(),
        path: path.to_owned(),
        query: query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect(),
        headers: request
            .headers()
            .iter()
            .map(|header| (header.field.as_str().as_str().to_lowercase(), header.value.to_string()))
            .collect(),
        body: serde_json::from_str(&body).ok(),
    };
    let mut guard = state.lock().expect("the server's state");
    guard.requests.push(kept.clone());
    let reply = routes::reply(&mut guard, &kept, port);
    drop(guard);
    let mut response = tiny_http::Response::from_string(reply.body.to_string()).with_status_code(reply.status);
    for (name, value) in [("Content-Type", Some("application/json; charset=utf-8".to_owned())), ("Link", reply.link)] {
        let header = value.and_then(|value| tiny_http::Header::from_bytes(name, value).ok());
        if let Some(header) = header {
            response.add_header(header);
        }
    }
    let _ = request.respond(response);
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
