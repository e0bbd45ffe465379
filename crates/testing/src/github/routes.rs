//! What the server answers to which path.

use serde_json::{Value, json};

use super::{Comment, Request, State, models, trees};

/// Who our own token belongs to.
const OURSELVES: &str = "github-actions[bot]";

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) link: Option<String>,
}

impl Reply {
    fn new(status: u16, body: Value) -> Self {
        Self { status, body, link: None }
    }

    fn refused(status: u16, message: &str) -> Self {
        Self::new(
            status,
            json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string()}),
        )
    }
}

pub(super) fn add_comment(state: &mut State, number: u64, author: &str, body: &str) -> u64 {
    let id = 9001 + state.comments.len() as u64;
    state.comments.push(Comment { id, number, author: author.to_owned(), body: body.to_owned() });
    id
}

pub(super) fn reply(state: &mut State, request: &Request, port: u16) -> Reply {
    if let Some(status) = state.broken {
        return Reply::refused(status, "Broken by the test");
    }
    let missing = || Reply::refused(404, "Not Found");
    if request.path == "/user" {
        let forbidden = || Reply::refused(403, "Resource not accessible by integration");
        return state.account.as_deref().map_or_else(forbidden, |login| Reply::new(200, models::user(login)));
    }
    let Some(path) = request.path.strip_prefix("/repos/octo-org/corner-shop/") else { return missing() };
    let parts: Vec<&str> = path.split('/').collect();
    let found = match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["pulls", number, rest @ ..]) => pull(state, number, rest),
        ("GET", ["commits"]) => Some(commits(state, request)),
        ("GET", ["commits", sha]) => {
            let all = state.pulls.iter().flat_map(|pull| &pull.commits);
            all.into_iter().find(|commit| commit.sha == *sha).map(models::commit)
        }
        ("GET", ["commits", sha, "pulls"]) => {
            let has = |pull: &&super::Pull| {
                let ends = [pull.merged_as.as_deref(), Some(&pull.head)].contains(&Some(*sha));
                pull.number != 0 && (ends || pull.commits.iter().any(|commit| commit.sha == *sha))
            };
            Some(state.pulls.iter().filter(has).map(models::pull).collect())
        }
        ("GET", ["git", "trees", hash]) => trees::tree(&state.pulls, hash),
        ("GET", ["git", "blobs", hash]) => state.texts.get(*hash).map(|text| models::blob(hash, text)),
        ("GET", ["collaborators", login, "permission"]) => {
            let permission = state.permissions.get(*login).map_or("write", String::as_str);
            Some(json!({"permission": permission, "role_name": permission, "user": models::user(login)}))
        }
        ("GET", ["issues", number, "comments"]) => {
            let number: u64 = number.parse().unwrap_or_default();
            Some(state.comments.iter().filter(|comment| comment.number == number).map(models::comment).collect())
        }
        ("POST" | "PATCH", ["issues", ..]) if state.comments_forbidden => {
            return Reply::refused(403, "Resource not accessible by integration");
        }
        ("POST", ["issues", number, "comments"]) => {
            let Some(body) = text_of(request) else { return Reply::refused(422, "Validation Failed") };
            let author = state.account.clone().unwrap_or_else(|| OURSELVES.to_owned());
            let id = add_comment(state, number.parse().unwrap_or_default(), &author, &body);
            let made = state.comments.iter().find(|comment| comment.id == id).map(models::comment);
            return made.map_or_else(missing, |made| Reply::new(201, made));
        }
        ("PATCH", ["issues", "comments", id]) => {
            let Some(body) = text_of(request) else { return Reply::refused(422, "Validation Failed") };
            let comment = state.comments.iter_mut().find(|comment| comment.id.to_string() == *id);
            comment.map(|comment| {
                comment.body = body;
                models::comment(comment)
            })
        }
        _ => None,
    };
    found.map_or_else(missing, |body| page(body, request, port))
}

fn text_of(request: &Request) -> Option<String> {
    request.body.as_ref()?.get("body")?.as_str().map(str::to_owned)
}

fn pull(state: &State, number: &str, rest: &[&str]) -> Option<Value> {
    let pull = state.pulls.iter().find(|pull| pull.number.to_string() == number)?;
    match rest {
        [] => Some(models::pull(pull)),
        ["reviews"] => Some(
            pull.reviews.iter().enumerate().map(|(index, review)| models::review(pull.number, index, review)).collect(),
        ),
        ["commits"] => Some(pull.commits.iter().map(models::commit).collect()),
        ["files"] => {
            let mut paths: Vec<&str> =
                pull.commits.iter().flat_map(|commit| &commit.files).map(String::as_str).collect();
            paths.sort_unstable();
            paths.dedup();
            Some(paths.into_iter().map(models::file).collect())
        }
        _ => None,
    }
}

/// Newest first, as GitHub does; of what is after the commit that is asked for, none.
fn commits(state: &State, request: &Request) -> Value {
    let asked = |wanted: &str| request.query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let (wanted, start) = (asked("path"), asked("sha"));
    let mut all = Vec::new();
    for pull in &state.pulls {
        let last = pull.commits.iter().position(|commit| start == Some(&commit.sha));
        all.extend(pull.commits.iter().take(last.map_or(usize::MAX, |last| last + 1)));
        if last.is_some() || (start.is_some() && start == pull.merged_as.as_deref()) {
            break;
        }
    }
    all.retain(|commit| wanted.is_none_or(|path| commit.files.iter().any(|file| file == path)));
    all.sort_by(|left, right| right.date.cmp(&left.date));
    all.into_iter().map(models::commit).collect()
}

fn page(body: Value, request: &Request, port: u16) -> Reply {
    let Value::Array(items) = body else { return Reply::new(200, body) };
    let number = |name: &str, default: usize| {
        let given = request.query.iter().find(|(key, _)| key == name);
        given.and_then(|(_, value)| value.parse().ok()).unwrap_or(default)
    };
    let (size, page) = (number("per_page", 30).clamp(1, 100), number("page", 1).max(1));
    let more = items.len() > size * page;
    let link = more.then(|| {
        let others: String = request
            .query
            .iter()
            .filter(|(name, _)| name != "page")
            .map(|(name, value)| format!("{name}={value}&"))
            .collect();
        format!("<http://127.0.0.1:{port}{}?{others}page={}>; rel=\"next\"", request.path, page + 1)
    });
    let items: Value = items.into_iter().skip(size * (page - 1)).take(size).collect();
    Reply { status: 200, body: items, link }
}
