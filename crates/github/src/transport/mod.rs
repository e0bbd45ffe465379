//! Questions and writes over HTTPS: reads are asked again, writes never are.

mod refusal;
mod timing;
mod tls;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::repository::encode;
use crate::{GitHubError, Secret};

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

pub(crate) struct Transport {
    http: reqwest::Client,
    base: String,
    authenticated: bool,
    timing: Timing,
}

impl Transport {
    pub(crate) fn new(api_url: &str, token: Option<&Secret>, timing: Timing) -> Result<Self, GitHubError> {
        let url = api_address(api_url)?;
        let local = is_this_machine(&url);
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("ops-actions/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(token)?)
            .connect_timeout(timing.connect)
            .timeout(timing.answer)
            .referer(false)
            // A followed redirect would turn a POST into a GET, and could carry the token to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tls_backend_preconfigured(tls::configuration(url.scheme() == "https")?);
        if local {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| GitHubError::Setup { reason: with_causes(&error) })?;
        Ok(Self { http, base: url.as_str().trim_end_matches('/').to_owned(), authenticated: token.is_some(), timing })
    }

    /// Asks for one thing.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        question: &Question,
        query: &[(&str, &str)],
    ) -> Result<T, GitHubError> {
        let request = format!("GET {}", question.address);
        let url = self.url(question, query);
        let mut attempts = 0;
        let (status, headers, bytes) = loop {
            attempts += 1;
            let reason = match self.send(Method::GET, &url, None).await {
                Ok(answer) if !answer.0.is_server_error() => break answer,
                Ok((status, ..)) => format!("GitHub answered {}", status.as_u16()),
                Err(lost) => lost,
            };
            let Some(delay) = self.timing.delay_after(attempts) else {
                return Err(GitHubError::Unavailable { asked: question.asked.clone(), request, reason, attempts });
            };
            tokio::time::sleep(delay).await;
        };
        if status != StatusCode::OK {
            return Err(refusal::of(question, request, self.authenticated, status, &headers, &bytes));
        }
        serde_json::from_slice(&bytes).map_err(|error| GitHubError::Unreadable {
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

    /// Sends one write, once.
    pub(crate) async fn write(&self, method: Method, question: &Question, body: &Value) -> Result<(), WriteFailure> {
        let request = format!("{method} {}", question.address);
        let url = self.url(question, &[]);
        match self.send(method, &url, Some(body)).await {
            Err(lost) => Err(WriteFailure::Lost(lost)),
            Ok((status, ..)) if status.is_server_error() => {
                Err(WriteFailure::Lost(format!("GitHub answered {}", status.as_u16())))
            }
            Ok((status, ..)) if status.is_success() => Ok(()),
            Ok((status, headers, bytes)) => {
                Err(WriteFailure::Refused(refusal::of(question, request, self.authenticated, status, &headers, &bytes)))
            }
        }
    }

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

    /// One request, one answer; the error says what came instead, without the address.
    async fn send(
        &self,
        method: Method,
        url: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), String> {
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(|error| self.lost(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = self.bytes(response).await?;
        Ok((status, headers, bytes))
    }

    async fn bytes(&self, mut response: Response) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.lost(error))? {
            if bytes.len() + chunk.len() > MAXIMUM_ANSWER {
                return Err(format!("the answer is larger than {MAXIMUM_ANSWER} bytes"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn lost(&self, error: reqwest::Error) -> String {
        if error.is_connect() {
            format!("no connection ({})", with_causes(&error.without_url()))
        } else if error.is_timeout() {
            format!("no answer within {:?}", self.timing.answer)
        } else {
            format!("the answer was lost ({})", with_causes(&error.without_url()))
        }
    }
}

fn headers(token: Option<&Secret>) -> Result<HeaderMap, GitHubError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
    headers.insert(HeaderName::from_static("x-github-api-version"), HeaderValue::from_static("2022-11-28"));
    if let Some(token) = token {
        if token.expose().is_empty() {
            return Err(GitHubError::Token);
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map_err(|_| GitHubError::Token)?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
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

/// The error and its causes: the cause is what tells ("certificate has expired"), the error alone is not.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
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
