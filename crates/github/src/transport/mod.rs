//! Questions and writes over HTTP: reads are asked again, writes never are.

mod gh;
mod https;
mod refusal;
mod timing;
mod tls;

use ops_core::inputs::Environment;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::repository::encode;
use crate::{GitHubError, Secret};

pub use gh::Gh;
pub use https::Https;
pub use timing::Timing;

/// GitHub's largest page.
const PAGE: usize = 100;
/// 10,000 items; a list that goes on after that is not ours to judge.
const MAXIMUM_PAGES: usize = 100;
/// No answer that we ask for comes near; a larger one is not GitHub's.
const MAXIMUM_ANSWER: usize = 32 * 1024 * 1024;

/// One thing to ask GitHub: what for, where, and which permission it takes.
pub(crate) struct Question {
    /// A fragment that reads well after "failed to".
    pub(crate) asked: String,
    /// The address below the API's base, encoded.
    pub(crate) address: String,
    /// As a workflow writes it: `contents: read`.
    pub(crate) permission: &'static str,
}

/// Why a write did not come back with a success.
pub(crate) enum WriteFailure {
    /// GitHub said no: nothing was written.
    Refused(GitHubError),
    /// It may have been written: the request went out, and no usable answer came. Holds what came instead.
    Lost(String),
}

/// The form of every answer.
const ACCEPTED: &str = "application/vnd.github+json";
/// The version of the REST API.
const VERSION: &str = "2022-11-28";

/// What brings a question to GitHub and an answer back.
pub trait Carrier: Send + Sync {
    /// Asks once for what is at `url`. The error says what came instead of an answer, without the address.
    fn get(&self, url: &str) -> impl Future<Output = Result<Answer, String>> + Send;
}

/// An answer, whatever it says.
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A [`Carrier`] and where it brings questions to.
pub(crate) struct Transport<C> {
    carrier: C,
    base: String,
    authenticated: bool,
    timing: Timing,
}

impl Transport<Https> {
    pub(crate) fn new(api_url: &str, token: Option<&Secret>, timing: Timing) -> Result<Self, GitHubError> {
        let url = api_address(api_url)?;
        let carrier = Https::new(&url, token, timing)?;
        Ok(Self { carrier, base: base(&url), authenticated: token.is_some(), timing })
    }

    /// Sends one write, once.
    pub(crate) async fn write(&self, method: Method, question: &Question, body: &Value) -> Result<(), WriteFailure> {
        let request = format!("{method} {}", question.address);
        let url = self.url(question, &[]);
        match self.carrier.send(method, &url, Some(body)).await {
            Err(lost) => Err(WriteFailure::Lost(lost)),
            Ok(answer) if answer.status.is_server_error() => {
                Err(WriteFailure::Lost(format!("GitHub answered {}", answer.status.as_u16())))
            }
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(WriteFailure::Refused(refusal::of(question, request, self.authenticated, &answer))),
        }
    }
}

impl Transport<Gh> {
    pub(crate) fn through_gh(api_url: &str, token: &Secret, variables: &Environment) -> Result<Self, GitHubError> {
        let url = api_address(api_url)?;
        let timing = Timing::default();
        Ok(Self { carrier: Gh::new(token, variables, timing)?, base: base(&url), authenticated: true, timing })
    }
}

impl<C: Carrier> Transport<C> {
    /// Asks for one thing.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        question: &Question,
        query: &[(&str, &str)],
    ) -> Result<T, GitHubError> {
        let request = format!("GET {}", question.address);
        let url = self.url(question, query);
        let mut attempts = 0;
        let answer = loop {
            attempts += 1;
            let reason = match self.carrier.get(&url).await {
                Ok(answer) if !answer.status.is_server_error() => break answer,
                Ok(answer) => format!("GitHub answered {}", answer.status.as_u16()),
                Err(lost) => lost,
            };
            let Some(delay) = self.timing.delay_after(attempts) else {
                return Err(GitHubError::Unavailable { asked: question.asked.clone(), request, reason, attempts });
            };
            tokio::time::sleep(delay).await;
        };
        if answer.status != StatusCode::OK {
            return Err(refusal::of(question, request, self.authenticated, &answer));
        }
        serde_json::from_slice(&answer.body).map_err(|error| GitHubError::Unreadable {
            asked: question.asked.clone(),
            request,
            reason: error.to_string(),
        })
    }

    /// Asks for every page of a list.
    pub(crate) async fn read_all<T: DeserializeOwned>(
        &self,
        question: &Question,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, GitHubError> {
        let mut all = Vec::new();
        for page in 1..=MAXIMUM_PAGES {
            let (size, number) = (PAGE.to_string(), page.to_string());
            let mut paged = query.to_vec();
            paged.push(("per_page", &size));
            paged.push(("page", &number));
            let items: Vec<T> = self.read(question, &paged).await?;
            let last = items.len() < PAGE;
            all.extend(items);
            if last {
                return Ok(all);
            }
        }
        Err(GitHubError::Unreadable {
            asked: question.asked.clone(),
            request: format!("GET {}", question.address),
            reason: format!("the list goes on after {} items", PAGE * MAXIMUM_PAGES),
        })
    }
}

impl<C> Transport<C> {
    /// How long to wait before a state is read back.
    pub(crate) async fn pause(&self) {
        tokio::time::sleep(self.timing.retry).await;
    }

    fn url(&self, question: &Question, query: &[(&str, &str)]) -> String {
        let mut url = format!("{}{}", self.base, question.address);
        let mut separator = '?';
        for (name, value) in query {
            url.push(separator);
            url.push_str(name);
            url.push('=');
            url.push_str(&encode(value));
            separator = '&';
        }
        url
    }
}

fn base(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn api_address(value: &str) -> Result<Url, GitHubError> {
    let refuse = |reason| GitHubError::Address {
        // Whatever stands before an `@` may be a password.
        value: value.rsplit_once('@').map_or(value, |(_, rest)| rest).to_owned(),
        reason,
    };
    let url = Url::parse(value).map_err(|_| refuse("it is not an absolute address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it holds a user name or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it holds a `?` or a `#`"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_this_machine(&url) => Ok(url),
        "http" => Err(refuse("`http://` would show the token to the network")),
        _ => Err(refuse("it does not start with `https://`")),
    }
}

fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Timing, Transport};
    use crate::Secret;

    fn refusal(address: &str, token: Option<&str>) -> Option<String> {
        Transport::new(address, token.map(Secret::new).as_ref(), Timing::default()).err().map(|error| error.to_string())
    }

    #[test]
    fn github_and_an_enterprise_server_and_this_machine_are_taken() {
        for address in ["https://api.github.com", "https://ghe.example/api/v3/", "http://127.0.0.1:1", "http://[::1]:1"]
        {
            assert_eq!(refusal(address, Some("t")), None, "{address}");
        }
    }

    #[test]
    fn other_addresses_are_refused_and_a_password_is_not_repeated() {
        let form = "expected `https://api.github.com`, or `https://HOST/api/v3` on GitHub Enterprise Server, as GITHUB_API_URL holds it";
        for (address, shown, reason) in [
            ("", "", "it is not an absolute address"),
            ("api.github.com", "api.github.com", "it is not an absolute address"),
            ("ftp://ghe.example", "ftp://ghe.example", "it does not start with `https://`"),
            ("http://ghe.example", "http://ghe.example", "`http://` would show the token to the network"),
            ("https://u:hunter2@ghe.example", "ghe.example", "it holds a user name or a password"),
            ("https://ghe.example?x", "https://ghe.example?x", "it holds a `?` or a `#`"),
        ] {
            assert_eq!(
                refusal(address, None).unwrap(),
                format!("use {shown:?} as the address of GitHub's API: {reason}; {form}")
            );
        }
    }

    #[test]
    fn a_token_that_no_header_may_hold_is_refused_without_showing_it() {
        let text = "use the GitHub token: it is empty or holds a line break or another character that no HTTP header may; set it again without";
        assert_eq!(refusal("https://api.github.com", Some("ghs_a\nb")).unwrap(), text);
        assert_eq!(refusal("https://api.github.com", Some("")).unwrap(), text);
    }
}
