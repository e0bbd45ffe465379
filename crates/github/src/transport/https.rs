//! Questions and writes over HTTPS, from this very process.

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, Url};
use serde_json::Value;

use super::{ACCEPTED, Answer, Carrier, MAXIMUM_ANSWER, Timing, VERSION, is_this_machine, tls};
use crate::{GitHubError, Secret};

/// A client of HTTPS. It goes through the proxy that `HTTPS_PROXY` and `NO_PROXY` name.
pub struct Https {
    http: reqwest::Client,
    timing: Timing,
}

impl Https {
    pub(super) fn new(url: &Url, token: Option<&Secret>, timing: Timing) -> Result<Self, GitHubError> {
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
        if is_this_machine(url) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| GitHubError::Setup { reason: with_causes(&error) })?;
        Ok(Self { http, timing })
    }

    /// One request, one answer; the error says what came instead, without the address.
    pub(super) async fn send(&self, method: Method, url: &str, body: Option<&Value>) -> Result<Answer, String> {
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(|error| self.lost(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.bytes(response).await?;
        Ok(Answer { status, headers, body })
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

impl Carrier for Https {
    async fn get(&self, url: &str) -> Result<Answer, String> {
        self.send(Method::GET, url, None).await
    }
}

fn headers(token: Option<&Secret>) -> Result<HeaderMap, GitHubError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    headers.insert(HeaderName::from_static("x-github-api-version"), HeaderValue::from_static(VERSION));
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
