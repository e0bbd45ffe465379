//! A small GitHub: one repository with its history, pull requests, reviews and comments.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

type Files = BTreeMap<String, String>;

#[derive(Clone)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) author: String,
    pub(crate) committer: String,
    pub(crate) parent: Option<String>,
    files: Files,
}

pub(crate) struct PullRequest {
    pub(crate) number: u64,
    pub(crate) author: &'static str,
    pub(crate) state: &'static str,
    pub(crate) merged: bool,
    pub(crate) head: String,
    /// The commits that it proposes.
    pub(crate) commits: Vec<String>,
    /// The commit that merging it made.
    pub(crate) merge: Option<String>,
    pub(crate) reviews: Vec<Value>,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) commits: BTreeMap<String, Commit>,
    pub(crate) pull_requests: Vec<PullRequest>,
    pub(crate) comments: Vec<Value>,
    /// Logins with another permission than `write`.
    pub(crate) permissions: BTreeMap<&'static str, &'static str>,
    /// Whose token it is; a job's own cannot ask.
    pub(crate) account: Option<&'static str>,
    /// What files say they are in, where that is not base64.
    pub(crate) encoding: Option<&'static str>,
}

/// A full hash for a short name.
pub(crate) fn sha(name: &str) -> String {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    let hash = hasher.finish();
    format!("{hash:016x}{hash:016x}{:08x}", hash >> 32)
}

/// A login, as GitHub tells it. No account belongs to a name with a space in it.
fn account(login: &str) -> Value {
    match login {
        _ if login.contains(' ') => json!({}),
        _ if login.ends_with("[bot]") => json!({ "login": login, "type": "Bot" }),
        _ => json!({ "login": login, "type": "User" }),
    }
}

pub(crate) fn comment(id: u64, login: &str, body: &str) -> Value {
    json!({ "id": id, "user": account(login), "body": body })
}

impl World {
    /// A commit on `parent` that writes these files.
    pub(crate) fn commit(&mut self, name: &str, parent: Option<&str>, author: &str, files: &[(&str, &str)]) {
        self.commit_by(name, parent, author, author, files);
    }

    pub(crate) fn commit_by(
        &mut self,
        name: &str,
        parent: Option<&str>,
        author: &str,
        committer: &str,
        files: &[(&str, &str)],
    ) {
        let parent = parent.map(sha);
        let mut all = parent.as_ref().map(|parent| self.commits[parent].files.clone()).unwrap_or_default();
        all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        let sha = sha(name);
        let commit =
            Commit { sha: sha.clone(), author: author.to_owned(), committer: committer.to_owned(), parent, files: all };
        self.commits.insert(sha, commit);
    }

    /// Takes a path out of a commit made before.
    pub(crate) fn without(&mut self, name: &str, path: &str) {
        self.commits.get_mut(&sha(name)).unwrap().files.remove(path);
    }

    /// An open pull request of these commits, of which the last is the head.
    pub(crate) fn propose(&mut self, number: u64, author: &'static str, commits: &[&str]) {
        self.pull_requests.push(PullRequest {
            number,
            author,
            state: "open",
            merged: false,
            head: sha(commits.last().unwrap()),
            commits: commits.iter().map(|name| sha(name)).collect(),
            merge: None,
            reviews: Vec::new(),
        });
    }

    pub(crate) fn review(&mut self, number: u64, login: &str, state: &str, commit: &str) {
        let review = json!({ "user": account(login), "state": state, "commit_id": sha(commit) });
        self.pull_request(number).reviews.push(review);
    }

    /// Merged, by a commit of its own where a name is given.
    pub(crate) fn merge(&mut self, number: u64, commit: Option<&str>) {
        let request = self.pull_request(number);
        request.state = "closed";
        request.merged = true;
        request.merge = commit.map(sha);
    }

    pub(crate) fn pull_request(&mut self, number: u64) -> &mut PullRequest {
        self.pull_requests.iter_mut().find(|request| request.number == number).unwrap()
    }

    /// GitHub's answer to a request below `/repos/{owner}/{repo}`, or to `/user`: status, body, and whether it is a list.
    pub(crate) fn answer(
        &mut self,
        method: &str,
        path: &[&str],
        query: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let number = |text: &str| text.parse::<u64>().unwrap();
        match (method, path) {
            ("GET", ["user"]) => match self.account {
                Some(login) => (200, account(login)),
                None => (403, json!({ "message": "Resource not accessible by integration" })),
            },
            ("GET", ["commits"]) => (200, self.history(&query["path"], &query["sha"])),
            ("GET", ["commits", sha, "pulls"]) => (200, self.pulls_of(sha)),
            ("GET", ["pulls", n, "reviews"]) => (200, self.pull_request(number(n)).reviews.clone().into()),
            ("GET", ["pulls", n, "commits"]) => {
                let shas = self.pull_request(number(n)).commits.clone();
                (200, shas.iter().take(250).map(|sha| commit_json(&self.commits[sha])).collect())
            }
            ("GET", ["git", "trees", hash]) => self.tree(hash),
            ("GET", ["git", "blobs", hash]) => self.blob(hash),
            ("GET", ["collaborators", login, "permission"]) => {
                let permission = self.permissions.get(login).copied().unwrap_or("write");
                (200, json!({ "permission": permission, "role_name": permission, "user": account(login) }))
            }
            ("GET", ["issues", _, "comments"]) => (200, self.comments.clone().into()),
            ("POST", ["issues", _, "comments"]) => {
                let id = 1_000 + self.comments.len() as u64;
                let login = self.account.unwrap_or("github-actions[bot]");
                self.comments.push(comment(id, login, body.unwrap()["body"].as_str().unwrap()));
                (201, json!({ "id": id }))
            }
            ("PATCH", ["issues", "comments", id]) => {
                let id = number(id);
                let comment = self.comments.iter_mut().find(|comment| comment["id"] == id).unwrap();
                comment["body"] = body.unwrap()["body"].clone();
                (200, json!({ "id": id }))
            }
            _ => panic!("the stand-in does not answer {method} {path:?}"),
        }
    }

    /// The commits that changed a path, newest first; as `git log` does it for a straight history.
    fn history(&self, path: &str, start: &str) -> Value {
        let mut found = Vec::new();
        let mut next = self.commits.get(start);
        while let Some(commit) = next {
            let parent = commit.parent.as_ref().map(|sha| &self.commits[sha]);
            if commit.files.get(path) != parent.and_then(|parent| parent.files.get(path)) {
                found.push(commit_json(commit));
            }
            next = parent;
        }
        found.into()
    }

    fn pulls_of(&self, sha: &str) -> Value {
        self.pull_requests
            .iter()
            .filter(|request| {
                request.merge.as_deref() == Some(sha) || request.commits.iter().any(|commit| commit == sha)
            })
            .map(|request| {
                json!({
                    "number": request.number, "state": request.state, "user": account(request.author),
                    "merged_at": request.merged.then_some("2027-01-02T00:00:00Z"), "head": { "sha": request.head },
                })
            })
            .collect()
    }

    /// GitHub breaks base64 into lines.
    fn blob(&self, hash: &str) -> (u16, Value) {
        let text = self.commits.values().flat_map(|commit| commit.files.values()).find(|text| sha(text) == hash);
        let digits = data_encoding::BASE64.encode(text.unwrap().as_bytes());
        let lines: Vec<&str> = digits.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
        (200, json!({ "sha": hash, "encoding": self.encoding.unwrap_or("base64"), "content": lines.join("\n") }))
    }

    /// Trees are named by what they hold, so that equal folders of two commits are one.
    fn tree(&self, hash: &str) -> (u16, Value) {
        for commit in self.commits.values() {
            let root = entries(&commit.files);
            let mut trees = vec![(commit.sha.clone(), root)];
            while let Some((name, entries)) = trees.pop() {
                if name == hash {
                    let tree: Value = entries
                        .iter()
                        .map(|(part, (kind, sha, _))| json!({ "path": part, "mode": "", "type": kind, "sha": sha }))
                        .collect();
                    return (200, json!({ "sha": hash, "tree": tree, "truncated": false }));
                }
                trees.extend(
                    entries
                        .into_values()
                        .filter(|(kind, ..)| *kind == "tree")
                        .map(|(_, sha, files)| (sha, self::entries(&files))),
                );
            }
        }
        (404, json!({ "message": "Not Found" }))
    }
}

fn entries(files: &Files) -> BTreeMap<String, (&'static str, String, Files)> {
    let mut entries: BTreeMap<String, (&'static str, String, Files)> = BTreeMap::new();
    for (path, text) in files {
        match path.split_once('/') {
            None => {
                entries.insert(path.clone(), ("blob", sha(text), Files::new()));
            }
            Some((folder, rest)) => {
                let entry = entries.entry(folder.to_owned()).or_insert(("tree", String::new(), Files::new()));
                entry.2.insert(rest.to_owned(), text.clone());
            }
        }
    }
    for (kind, hash, files) in entries.values_mut() {
        if *kind == "tree" {
            *hash = sha(&format!("{files:?}"));
        }
    }
    entries
}

fn commit_json(commit: &Commit) -> Value {
    let signature = |name: &str| json!({ "name": name, "email": "", "date": "2027-01-01T12:00:00Z" });
    json!({
        "sha": commit.sha,
        "commit": { "author": signature(&commit.author), "committer": signature(&commit.committer) },
        "author": account(&commit.author),
        "committer": account(&commit.committer),
    })
}
