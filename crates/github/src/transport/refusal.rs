//! What an answer other than a success means, and the way out of it.

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use super::{Answer, Question};
use crate::GitHubError;

/// GitHub's message, in characters; longer ones are cut.
const MAXIMUM_MESSAGE: usize = 200;

#[derive(Deserialize)]
struct Message {
    message: String,
}

/// The error that an answer stands for, which is neither a success nor a 5xx.
pub(super) fn of(question: &Question, request: String, authenticated: bool, answer: &Answer) -> GitHubError {
    let Answer { status, headers, body } = answer;
    let asked = question.asked.clone();
    let message = message(*status, body);
    let status = status.as_u16();
    if is_rate_limit(status, headers, &message) {
        return GitHubError::RateLimited { asked, request, status, retry_at: retry_at(headers) };
    }
    match status {
        401 | 403 | 404 => GitHubError::Forbidden {
            way_out: way_out(status, authenticated, question.permission),
            asked,
            request,
            status,
            message,
        },
        _ => GitHubError::Refused {
            asked,
            request,
            status,
            message,
            way_out: if (300..400).contains(&status) {
                "redirects are not followed: name the repository and the API's address as they are now"
            } else {
                "no permission changes that: read GitHub's message"
            },
        },
    }
}

/// Primary limit: `x-ratelimit-remaining: 0`. Secondary: `retry-after`, or only the message says so.
fn is_rate_limit(status: u16, headers: &HeaderMap, message: &str) -> bool {
    status == 429
        || status == 403
            && (header(headers, "x-ratelimit-remaining") == Some("0")
                || header(headers, "retry-after").is_some()
                || message.to_lowercase().contains("rate limit"))
}

/// `retry-after` is in seconds from now, `x-ratelimit-reset` in seconds since 1970 and means the hour's quota alone.
fn retry_at(headers: &HeaderMap) -> Option<Timestamp> {
    let number = |name| header(headers, name)?.parse::<i64>().ok();
    if let Some(seconds) = number("retry-after") {
        let now = Timestamp::now().as_second();
        return Timestamp::from_second(now.checked_add(seconds)?).ok();
    }
    if header(headers, "x-ratelimit-remaining") != Some("0") {
        return None;
    }
    Timestamp::from_second(number("x-ratelimit-reset")?).ok()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn message(status: StatusCode, body: &[u8]) -> String {
    let said = serde_json::from_slice::<Message>(body).map(|answer| answer.message);
    let text = said.unwrap_or_else(|_| status.canonical_reason().unwrap_or("no reason").to_owned());
    shown(&text)
}

/// A stranger's text as it may stand in an error.
pub(super) fn shown(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAXIMUM_MESSAGE).collect()
}

fn way_out(status: u16, authenticated: bool, permission: &str) -> String {
    if !authenticated {
        return format!("no token was given: pass `github-token` and give the job `permissions: {permission}`");
    }
    match status {
        401 => "the token is not valid here: pass `github-token` with a current one".to_owned(),
        404 => format!("check that it exists, and give the job `permissions: {permission}`"),
        _ if permission.ends_with("write") => {
            format!("give the job `permissions: {permission}` (a fork's pull request never has it)")
        }
        _ => format!("give the job `permissions: {permission}`"),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::of;
    use crate::transport::{Answer, Question};

    fn text(
        permission: &'static str,
        authenticated: bool,
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &str,
    ) -> String {
        let question = Question {
            asked: "list the reviews of pull request #7".to_owned(),
            address: "/repos/acme/shop/pulls/7/reviews".to_owned(),
            permission,
        };
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, headers, body: body.as_bytes().to_vec() };
        of(&question, format!("GET {}", question.address), authenticated, &answer).to_string()
    }

    #[test]
    fn a_missing_permission_is_named() {
        let body = r#"{"message":"Resource not accessible by integration"}"#;
        assert_eq!(
            text("pull-requests: read", true, 403, &[], body),
            "list the reviews of pull request #7: GitHub answered 403 (Resource not accessible by integration) to GET /repos/acme/shop/pulls/7/reviews; give the job `permissions: pull-requests: read`"
        );
        assert!(
            text("pull-requests: write", true, 403, &[], body)
                .ends_with("; give the job `permissions: pull-requests: write` (a fork's pull request never has it)")
        );
    }

    #[test]
    fn not_found_may_be_a_missing_permission_too() {
        assert!(text("pull-requests: read", true, 404, &[], "<html>").ends_with(
            "GitHub answered 404 (Not Found) to GET /repos/acme/shop/pulls/7/reviews; check that it exists, and give the job `permissions: pull-requests: read`"
        ));
    }

    #[test]
    fn no_token_and_a_wrong_token_are_told_apart() {
        assert!(text("pull-requests: read", false, 404, &[], "{}").ends_with(
            "; no token was given: pass `github-token` and give the job `permissions: pull-requests: read`"
        ));
        assert!(
            text("pull-requests: read", true, 401, &[], r#"{"message":"Bad credentials"}"#).ends_with(
                "401 (Bad credentials) to GET /repos/acme/shop/pulls/7/reviews; the token is not valid here: pass `github-token` with a current one"
            )
        );
    }

    #[test]
    fn the_hours_limit_says_when_it_ends() {
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1900000000")];
        assert_eq!(
            text("contents: read", true, 403, &headers, "{}"),
            "list the reviews of pull request #7: GitHub's rate limit is used up (403 to GET /repos/acme/shop/pulls/7/reviews); run again after 2030-03-17T17:46:40Z"
        );
    }

    #[test]
    fn the_secondary_limit_is_known_by_its_message_alone() {
        let body = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert!(text("contents: read", true, 403, &[], body).ends_with("; run again in some minutes"));
        assert!(text("contents: read", true, 429, &[], "{}").ends_with("; run again in some minutes"));
    }

    #[test]
    fn a_redirect_is_refused_and_so_is_a_body_that_github_will_not_take() {
        assert!(text("contents: read", true, 301, &[], r#"{"message":"Moved Permanently"}"#).ends_with(
            "301 (Moved Permanently) to GET /repos/acme/shop/pulls/7/reviews; redirects are not followed: name the repository and the API's address as they are now"
        ));
        assert!(
            text("contents: read", true, 422, &[], r#"{"message":"Validation Failed"}"#)
                .ends_with("; no permission changes that: read GitHub's message")
        );
    }

    #[test]
    fn control_characters_in_githubs_message_do_not_get_out() {
        let text = text("contents: read", true, 422, &[], "{\"message\":\"a\\n::error::b\"}");
        assert!(text.contains("422 (a ::error::b)"), "{text}");
    }
}
