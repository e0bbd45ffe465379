//! GitHub's objects, with every field that its published description requires of those we return.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::{Comment, Commit, Pull, Review};

const ROOT: &str = "https://api.github.com/repos/octo-org/corner-shop";

/// A number that stands for a text, the same in every run.
fn id(text: &str) -> u64 {
    text.bytes().fold(7, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007)
}

pub(crate) fn user(login: &str) -> Value {
    let url = format!("https://api.github.com/users/{login}");
    json!({
        "login": login, "id": id(login), "node_id": format!("U_{login}"), "avatar_url": "https://avatars.githubusercontent.com/u/1",
        "gravatar_id": "", "url": url, "html_url": format!("https://github.com/{login}"), "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"), "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"), "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"), "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"), "type": if login.ends_with("[bot]") { "Bot" } else { "User" }, "site_admin": false,
    })
}

pub(crate) fn repository() -> Value {
    json!({
        "id": 1_296_269, "node_id": "R_1", "name": "corner-shop", "full_name": "octo-org/corner-shop", "private": true, "fork": false,
        "owner": user("octo-org"), "html_url": "https://github.com/octo-org/corner-shop", "url": ROOT, "default_branch": "main",
    })
}

pub(super) fn pull(pull: &Pull) -> Value {
    let url = format!("{ROOT}/pulls/{}", pull.number);
    let page = format!("https://github.com/octo-org/corner-shop/pull/{}", pull.number);
    let merged = pull.merged_as.is_some();
    json!({
        "id": 1000 + pull.number, "node_id": "PR_1", "number": pull.number, "url": url, "html_url": page, "state": if merged { "closed" } else { "open" },
        "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"), "issue_url": format!("{ROOT}/issues/{}", pull.number),
        "commits_url": format!("{url}/commits"), "review_comments_url": format!("{url}/comments"),
        "review_comment_url": format!("{ROOT}/pulls/comments{{/number}}"), "comments_url": format!("{ROOT}/issues/{}/comments", pull.number),
        "statuses_url": format!("{ROOT}/statuses/{}", pull.head), "locked": false, "title": "Topic", "body": null, "labels": [], "draft": false,
        "user": user(&pull.author), "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-02T00:00:00Z",
        "closed_at": merged.then_some("2026-01-03T00:00:00Z"), "merged_at": merged.then_some("2026-01-03T00:00:00Z"),
        "merge_commit_sha": pull.merged_as, "assignee": null, "assignees": [], "requested_reviewers": [], "requested_teams": [],
        "milestone": null, "author_association": "MEMBER", "auto_merge": null, "merged": merged,
        "head": {"label": "octo-org:topic", "ref": "topic", "sha": pull.head, "user": user("octo-org"), "repo": null},
        "base": {"label": "octo-org:main", "ref": "main", "sha": "b".repeat(40), "user": user("octo-org"), "repo": null},
    })
}

pub(super) fn review(number: u64, index: usize, review: &Review) -> Value {
    let page = format!("https://github.com/octo-org/corner-shop/pull/{number}#pullrequestreview-{index}");
    json!({
        "id": 5000 + index, "node_id": "PRR_1", "user": user(&review.author), "body": "", "state": review.state, "html_url": page,
        "pull_request_url": format!("{ROOT}/pulls/{number}"), "submitted_at": review.submitted_at, "commit_id": review.commit,
        "author_association": "MEMBER", "_links": {"html": {"href": page}, "pull_request": {"href": format!("{ROOT}/pulls/{number}")}},
    })
}

pub(super) fn file(path: &str) -> Value {
    json!({
        "sha": "c".repeat(40), "filename": path, "status": "added", "additions": 1, "deletions": 0, "changes": 1,
        "blob_url": format!("https://github.com/octo-org/corner-shop/blob/main/{path}"),
        "raw_url": format!("https://github.com/octo-org/corner-shop/raw/main/{path}"), "contents_url": format!("{ROOT}/contents/{path}"),
    })
}

pub(super) fn commit(commit: &Commit) -> Value {
    let signature = json!({"name": commit.author, "email": format!("{}@users.noreply.github.com", commit.author), "date": commit.date});
    let url = format!("{ROOT}/commits/{}", commit.sha);
    json!({
        "sha": commit.sha, "node_id": "C_1", "url": url, "html_url": format!("https://github.com/octo-org/corner-shop/commit/{}", commit.sha),
        "comments_url": format!("{url}/comments"), "parents": [], "author": user(&commit.author), "committer": user(&commit.author),
        "commit": {
            "author": signature, "committer": signature, "message": "Change", "comment_count": 0, "url": url,
            "tree": {"sha": "d".repeat(40), "url": format!("{ROOT}/git/trees/{}", "d".repeat(40))},
            "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null},
        },
        "files": commit.files.iter().map(|path| file(path)).collect::<Vec<_>>(),
    })
}

pub(super) fn blob(sha: &str, text: &str) -> Value {
    json!({
        "sha": sha, "node_id": "B_1", "url": format!("{ROOT}/git/blobs/{sha}"), "size": text.len(), "encoding": "base64",
        "content": BASE64.encode(text.as_bytes()),
    })
}

pub(super) fn comment(comment: &Comment) -> Value {
    let issue = format!("{ROOT}/issues/{}", comment.number);
    let page = format!("https://github.com/octo-org/corner-shop/pull/{}#issuecomment-{}", comment.number, comment.id);
    json!({
        "id": comment.id, "node_id": format!("IC_{}", comment.id), "url": format!("{ROOT}/issues/comments/{}", comment.id), "html_url": page,
        "issue_url": issue, "body": comment.body, "user": user(&comment.author), "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z", "author_association": "NONE",
    })
}
