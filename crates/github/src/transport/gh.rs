//! Questions through GitHub's own command line, by which a program that asks little needs no TLS of its own.
//!
//! `gh api` takes a whole address, and with `--include` prints the status line, the headers, an empty line and the body:
//! <https://cli.github.com/manual/gh_api>. It also ends with 1 where GitHub refuses.

use std::path::PathBuf;
use std::time::Duration;

use ops_core::inputs::Environment;
use ops_core::process::{self, End};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tempfile::TempDir;

use super::{ACCEPTED, Answer, Carrier, MAXIMUM_ANSWER, Timing, VERSION, refusal};
use crate::{GitHubError, Secret};

/// What `gh` gets of the run's variables: the proxy, the machine's certificates, and where programs are.
const PASSED: &[&str] = &[
    "PATH",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// GitHub's command line, `gh`. GitHub's runners carry it.
pub struct Gh {
    program: String,
    /// Its home, where no file tells it to ask elsewhere: a relative one would be looked for in the repository.
    home: TempDir,
    environment: Environment,
    limit: Duration,
}

impl Gh {
    pub(super) fn new(token: &Secret, variables: &Environment, timing: Timing) -> Result<Self, GitHubError> {
        if token.expose().is_empty() || token.expose().contains(|letter: char| letter.is_control()) {
            return Err(GitHubError::Token);
        }
        let path = variables.get("PATH").unwrap_or_default();
        let program =
            find(path).ok_or_else(|| GitHubError::Program { reason: "there is no `gh` in PATH".to_owned() })?;
        let home = tempfile::tempdir().map_err(|error| GitHubError::Program { reason: error.to_string() })?;
        let place = home.path().to_string_lossy().into_owned();
        let passed = PASSED.iter().filter_map(|name| Some((*name, variables.get(name)?)));
        let set = [
            // The one is for github.com and ghe.com, the other for GitHub Enterprise Server; neither goes to another host.
            ("GH_TOKEN", token.expose()),
            ("GH_ENTERPRISE_TOKEN", token.expose()),
            ("GH_NO_UPDATE_NOTIFIER", "1"),
            ("HOME", &place),
        ];
        let environment = Environment::from_pairs(passed.chain(set));
        Ok(Self { program: program.to_string_lossy().into_owned(), home, environment, limit: timing.answer })
    }
}

/// Where the program is. A relative place is left out, since the repository could put a program there.
fn find(path: &str) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|place| place.is_absolute())
        .map(|place| place.join("gh"))
        .find(|file| file.is_file())
}

impl Carrier for Gh {
    async fn get(&self, url: &str) -> Result<Answer, String> {
        let header = |name, value| ["--header".to_owned(), format!("{name}: {value}")];
        let arguments: Vec<String> = [self.program.as_str(), "api", "--include", "--method", "GET"]
            .map(str::to_owned)
            .into_iter()
            .chain(header("Accept", ACCEPTED))
            .chain(header("X-GitHub-Api-Version", VERSION))
            .chain([url.to_owned()])
            .collect();
        let never = std::future::pending();
        let told = process::gather(&arguments, self.home.path(), &self.environment, self.limit, MAXIMUM_ANSWER, never);
        let told = told.await.map_err(|error| error.to_string())?;
        if told.end == End::TimedOut {
            return Err(format!("no answer within {:?}", self.limit));
        }
        let printed =
            told.standard_output.ok_or_else(|| format!("the answer is larger than {MAXIMUM_ANSWER} bytes"))?;
        match read(&printed) {
            Some(answer) if told.end == End::Code(0) || !answer.status.is_success() => Ok(answer),
            Some(_) => Err(format!("the answer was lost (`gh` {})", ended(told.end))),
            None => Err(format!("`gh` {} ({})", ended(told.end), refusal::shown(&told.shown))),
        }
    }
}

fn ended(end: End) -> String {
    match end {
        End::Code(code) => format!("ended with {code}"),
        End::Signal(signal) => format!("was ended by signal {signal}"),
        End::TimedOut | End::Cancelled => "was ended".to_owned(),
    }
}

/// What `gh api --include` printed.
fn read(printed: &[u8]) -> Option<Answer> {
    const END: &[u8] = b"\n\r\n";
    let end = printed.windows(END.len()).position(|bytes| bytes == END)?;
    let (head, body) = printed.split_at_checked(end)?;
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    let mut first = lines.next()?.split(' ');
    first.next().filter(|protocol| protocol.starts_with("HTTP/"))?;
    let status = StatusCode::from_bytes(first.next()?.as_bytes()).ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        headers.append(name.parse::<reqwest::header::HeaderName>().ok()?, value.trim().parse().ok()?);
    }
    Some(Answer { status, headers, body: body.get(END.len()..)?.to_vec() })
}

#[cfg(test)]
mod tests;
