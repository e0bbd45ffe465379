//! What a push brought to the lockfiles, commit by commit.

use std::collections::{BTreeMap, BTreeSet};

use crate::built_in::lockfile::is_lockfile;
use crate::situation::Situation;

/// One lockfile in one commit of the trunk.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Update {
    /// The full hash.
    pub(super) commit: String,
    /// From the repository's root.
    pub(super) path: String,
    /// From the root that is judged.
    pub(super) place: String,
    /// The lines that the commit brought and that are still there at the push's end.
    pub(super) lines: BTreeSet<Vec<u8>>,
}

/// A file that a commit left behind: what it was before, if anything, and what it is.
struct Written<'g> {
    commit: &'g str,
    path: &'g str,
    before: Option<&'g str>,
    after: Option<&'g str>,
}

/// What the push brought, the newest first. Lockfiles that are not there any more are left out.
pub(super) fn updates(situation: &Situation<'_>) -> Result<Vec<Update>, String> {
    let (git, base) = (situation.git()?, situation.base?);
    let prefix = git.text(&["rev-parse", "--show-prefix"])?;
    let prefix = prefix.trim_end_matches('\n');
    let range = format!("{base}..HEAD");
    // A merge counts as what it brought to the trunk.
    let told = git.text(&[
        "log",
        "--first-parent",
        "-m",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--no-show-signature",
        "--format=%H",
        "-z",
        &range,
        "--",
        ".",
    ])?;
    let mut last: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut kept = Vec::new();
    for written in written(&told).into_iter().filter(|written| is_lockfile(written.path)) {
        let last = *last.entry(written.path).or_insert(written.after);
        if let (Some(last), Some(after)) = (last, written.after) {
            kept.push((written, after, last));
        }
    }
    let mut updates = Vec::new();
    for (Written { commit, path, before, .. }, after, last) in kept {
        let objects: Vec<&str> = before.into_iter().chain([after, last]).collect();
        let mut texts = git.contents(&objects)?.into_iter().rev();
        let (last, after, before) = (texts.next(), texts.next(), texts.next());
        let mut lines = lines(after);
        lines.retain({
            let (last, before) = (self::lines(last), self::lines(before));
            move |line| last.contains(line) && !before.contains(line)
        });
        let place = path.strip_prefix(prefix).unwrap_or(path).to_owned();
        updates.push(Update { commit: commit.to_owned(), path: path.to_owned(), place, lines });
    }
    Ok(updates)
}

fn lines(text: Option<Vec<u8>>) -> BTreeSet<Vec<u8>> {
    text.iter().flat_map(|text| text.split(|byte| *byte == b'\n')).map(<[u8]>::to_vec).collect()
}

/// What `git log --raw -z --format=%H` prints.
fn written(told: &str) -> Vec<Written<'_>> {
    let (mut words, mut commit, mut found) = (told.split('\0'), "", Vec::new());
    while let Some(word) = words.next() {
        let word = word.trim_start_matches('\n');
        if let Some(about) = word.strip_prefix(':') {
            // The mode before and after, and the object before and after; all zeros where there is none.
            let mut objects = about
                .split(' ')
                .skip(2)
                .map(|object| Some(object).filter(|object| object.contains(|digit| digit != '0')));
            let (before, after) = (objects.next().flatten(), objects.next().flatten());
            if let Some(path) = words.next() {
                found.push(Written { commit, path, before, after });
            }
        } else if !word.is_empty() {
            commit = word;
        }
    }
    found
}
