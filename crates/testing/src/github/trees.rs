//! Trees and blobs: what each commit holds, named by what it is.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use super::Pull;

/// A file's path and what its last change made of it.
type Files = BTreeMap<String, String>;

/// The entries of a commit's root or of a folder below it, one level.
pub(super) fn tree(pulls: &[Pull], hash: &str) -> Option<Value> {
    let mut left: Vec<(String, Files)> = snapshots(pulls);
    while let Some((name, files)) = left.pop() {
        let (blobs, folders) = split(&files);
        if name == hash {
            let blob = |(path, sha): (&String, &String)| entry(path, "100644", "blob", sha);
            let folder = |(path, files): (&String, &Files)| entry(path, "040000", "tree", &sha(&format!("{files:?}")));
            let entries: Value = blobs.iter().map(blob).chain(folders.iter().map(folder)).collect();
            return Some(json!({"sha": hash, "url": "https://api.github.com/", "tree": entries, "truncated": false}));
        }
        left.extend(folders.into_values().map(|files| (sha(&format!("{files:?}")), files)));
    }
    None
}

fn entry(path: &str, mode: &str, kind: &str, sha: &str) -> Value {
    json!({"path": path, "mode": mode, "type": kind, "sha": sha})
}

/// Every commit with all its files. The pull requests were made one after the other, each merged as its head was.
fn snapshots(pulls: &[Pull]) -> Vec<(String, Files)> {
    let (mut found, mut files) = (Vec::new(), Files::new());
    for pull in pulls {
        for commit in &pull.commits {
            files.extend(commit.files.iter().map(|path| (path.clone(), blob(path, &commit.sha))));
            found.push((commit.sha.clone(), files.clone()));
        }
        found.extend(pull.merged_as.iter().map(|merge| (merge.clone(), files.clone())));
    }
    found
}

fn split(files: &Files) -> (Files, BTreeMap<String, Files>) {
    let (mut blobs, mut folders) = (Files::new(), BTreeMap::<String, Files>::new());
    for (path, blob) in files {
        match path.split_once('/') {
            None => drop(blobs.insert(path.clone(), blob.clone())),
            Some((folder, rest)) => {
                folders.entry(folder.to_owned()).or_default().insert(rest.to_owned(), blob.clone());
            }
        }
    }
    (blobs, folders)
}

/// The name of what a commit made of a file.
pub(super) fn blob(path: &str, commit: &str) -> String {
    sha(&format!("{path} {commit}"))
}

/// Forty digits that stand for a text.
fn sha(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let hash = hasher.finish();
    format!("{hash:016x}{hash:016x}{:08x}", hash >> 32)
}
