//! What made the workflow run: GitHub's variables and the payload of the event.

use serde_json::Value;

use crate::inputs::Environment;

/// What made the workflow run. A called workflow (`workflow_call`) has its caller's event.
///
/// Any field that the runner did not give is empty or `None`; on somebody's own machine all are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// `push`, `pull_request`, `workflow_dispatch`, `schedule`, `merge_group`, …
    pub name: String,
    /// The commit that is judged: the pull request's head and not the merge that GitHub tries out, the merge queue's
    /// head, or the commit that was pushed.
    pub sha: Option<String>,
    /// The commit to compare with: the pull request's base, the merge queue's base, or what was there before a push.
    pub base: Option<String>,
    /// The reference, in full: `refs/heads/main`, `refs/tags/v1.0.0`, `refs/pull/3/merge`.
    pub reference: String,
    /// `owner/name`.
    pub repository: String,
    /// The pull request's number.
    pub pull_request: Option<u64>,
    /// The login of whoever started this run, or ran it again.
    pub actor: String,
    /// The run's page, on GitHub Enterprise Server too.
    pub run_url: Option<String>,
    /// The run's number.
    pub run_id: Option<u64>,
    /// 1 for the first attempt.
    pub run_attempt: Option<u64>,
    /// Whether the pull request comes from another repository, or from one that is gone.
    pub from_fork: bool,
}

impl Event {
    /// Reads the variables, and the payload at `GITHUB_EVENT_PATH` where there is one. A payload that cannot be read
    /// counts as an empty one: what it would have said stays unknown.
    #[must_use]
    pub fn read(environment: &Environment) -> Self {
        let payload = environment
            .get("GITHUB_EVENT_PATH")
            .and_then(|path| std::fs::read(path).ok())
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or(Value::Null);
        Self::from_payload(environment, &payload)
    }

    /// Reads the variables and a payload of any shape.
    #[must_use]
    pub fn from_payload(environment: &Environment, payload: &Value) -> Self {
        let variable = |name: &str| environment.get(name).unwrap_or_default().to_owned();
        let number = |name: &str| environment.get(name).and_then(|text| text.parse().ok());
        let at = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str).and_then(commit);

        let name = variable("GITHUB_EVENT_NAME");
        let repository = match variable("GITHUB_REPOSITORY") {
            empty if empty.is_empty() => {
                payload.pointer("/repository/full_name").and_then(Value::as_str).unwrap_or_default().to_owned()
            }
            repository => repository,
        };
        let started_on = environment.get("GITHUB_SHA").and_then(commit);
        let pull_request = payload.pointer("/pull_request").filter(|request| request.is_object());
        let (sha, base) = if pull_request.is_some() {
            (at("/pull_request/head/sha"), at("/pull_request/base/sha"))
        } else if name == "merge_group" {
            (at("/merge_group/head_sha").or(started_on), at("/merge_group/base_sha"))
        } else if name == "push" {
            // `after` of an annotated tag is the tag object, which is no commit.
            (started_on.or_else(|| at("/head_commit/id")).or_else(|| at("/after")), at("/before"))
        } else {
            (started_on, None)
        };

        let run_id = number("GITHUB_RUN_ID");
        let run_attempt = number("GITHUB_RUN_ATTEMPT");
        let server = environment.get("GITHUB_SERVER_URL").unwrap_or("https://github.com").trim_end_matches('/');
        let run_url = run_id.filter(|_| !repository.is_empty()).map(|id: u64| {
            let attempt = run_attempt.map(|attempt: u64| format!("/attempts/{attempt}")).unwrap_or_default();
            format!("{server}/{repository}/actions/runs/{id}{attempt}")
        });
        let from_fork = pull_request.is_some_and(|request| {
            let owner = |side: &str| request.pointer(side).and_then(Value::as_str);
            let head = owner("/head/repo/full_name");
            head.is_none() || head != owner("/base/repo/full_name").or(Some(&repository))
        });
        let actor = environment.get("GITHUB_TRIGGERING_ACTOR").or_else(|| environment.get("GITHUB_ACTOR"));
        Self {
            sha,
            base,
            reference: variable("GITHUB_REF"),
            pull_request: pull_request
                .and_then(|request| request.get("number").or_else(|| payload.get("number")).and_then(Value::as_u64)),
            actor: actor.unwrap_or_default().to_owned(),
            run_url,
            run_id,
            run_attempt,
            from_fork,
            repository,
            name,
        }
    }
}

/// A full commit id that is not all zeros, as GitHub writes "no commit".
fn commit(text: &str) -> Option<String> {
    let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_id && text.bytes().any(|byte| byte != b'0')).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::Event;
    use crate::inputs::Environment;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    const C: &str = "cccccccccccccccccccccccccccccccccccccccc";
    const NONE: &str = "0000000000000000000000000000000000000000";

    fn event(name: &str, payload: &Value) -> Event {
        let environment = Environment::from_pairs([
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_SHA", C),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_REPOSITORY", "shop/web"),
            ("GITHUB_ACTOR", "ada"),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_SERVER_URL", "https://git.example.com/"),
        ]);
        Event::from_payload(&environment, payload)
    }

    fn commits(event: &Event) -> (Option<&str>, Option<&str>) {
        (event.sha.as_deref(), event.base.as_deref())
    }

    #[test]
    fn a_pull_request_is_judged_by_its_head_and_not_by_the_trial_merge() {
        let payload = json!({ "number": 7, "pull_request": {
            "number": 7,
            "head": { "sha": A, "repo": { "full_name": "shop/web" } },
            "base": { "sha": B, "repo": { "full_name": "shop/web" } },
        }});
        let event = event("pull_request", &payload);
        assert_eq!(commits(&event), (Some(A), Some(B)));
        assert_eq!((event.pull_request, event.from_fork), (Some(7), false));
    }

    #[test]
    fn a_pull_request_of_another_repository_or_of_none_is_from_a_fork() {
        let from = |head: Value| {
            let payload = json!({ "pull_request": { "head": { "repo": head }, "base": { "repo": { "full_name": "shop/web" } } } });
            event("pull_request", &payload).from_fork
        };
        assert!(from(json!({ "full_name": "stranger/web" })));
        assert!(from(Value::Null));
        assert!(!from(json!({ "full_name": "shop/web" })));
    }

    #[test]
    fn a_push_compares_with_what_was_there_before() {
        assert_eq!(commits(&event("push", &json!({ "before": A, "after": B }))), (Some(C), Some(A)));
        assert_eq!(commits(&event("push", &json!({ "before": NONE }))), (Some(C), None));
    }

    #[test]
    fn a_merge_queue_names_its_own_commits() {
        let payload = json!({ "action": "checks_requested", "merge_group": { "head_sha": A, "base_sha": B } });
        assert_eq!(commits(&event("merge_group", &payload)), (Some(A), Some(B)));
    }

    #[test]
    fn dispatched_and_scheduled_runs_have_nothing_to_compare_with() {
        assert_eq!(commits(&event("workflow_dispatch", &json!({ "inputs": {} }))), (Some(C), None));
        assert_eq!(commits(&event("schedule", &json!({ "schedule": "0 4 * * *" }))), (Some(C), None));
    }

    #[test]
    fn a_called_workflow_has_its_callers_event() {
        // With `workflow_call` the runner names the caller's event and hands its payload on; the inputs stand beside it.
        let payload = json!({ "inputs": { "environment": "production" }, "number": 7, "pull_request": {
            "number": 7, "head": { "sha": A, "repo": { "full_name": "shop/web" } },
            "base": { "sha": B, "repo": { "full_name": "shop/web" } },
        }});
        let called = event("pull_request", &payload);
        assert_eq!((commits(&called), called.pull_request), ((Some(A), Some(B)), Some(7)));
        // A runner that named it by the call itself would leave the commit that was pushed, and nothing to compare with.
        assert_eq!(commits(&event("workflow_call", &json!({ "before": A, "after": B }))), (Some(C), None));
    }

    #[test]
    fn the_run_is_found_on_its_own_server() {
        let event = event("push", &Value::Null);
        assert_eq!(event.run_url.as_deref(), Some("https://git.example.com/shop/web/actions/runs/42/attempts/2"));
        assert_eq!((event.run_id, event.run_attempt, event.actor.as_str()), (Some(42), Some(2), "ada"));
    }

    #[test]
    fn on_a_laptop_everything_is_unknown() {
        assert_eq!(Event::read(&Environment::default()), Event::default());
    }

    #[test]
    fn the_payload_is_read_from_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("event.json");
        std::fs::write(&path, json!({ "before": A }).to_string()).unwrap();
        let environment =
            Environment::from_pairs([("GITHUB_EVENT_NAME", "push"), ("GITHUB_EVENT_PATH", path.to_str().unwrap())]);
        assert_eq!(Event::read(&environment).base.as_deref(), Some(A));
        std::fs::write(&path, "not JSON").unwrap();
        assert_eq!(Event::read(&environment).base, None);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let keys = prop::sample::select(vec![
            "pull_request",
            "head",
            "base",
            "repo",
            "sha",
            "full_name",
            "number",
            "merge_group",
            "before",
        ]);
        let leaf =
            prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), "[0a-z/]{0,40}".prop_map(Value::from)];
        leaf.prop_recursive(5, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((keys.clone(), inner), 0..6).prop_map(|pairs| Value::Object(
                    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
                )),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_payload_gives_an_event(payload in any_json(), name in "(push|pull_request|merge_group|x)") {
            let event = event(&name, &payload);
            prop_assert!(event.sha.is_none_or(|sha| sha.len() == 40 || sha.len() == 64));
        }
    }
}
