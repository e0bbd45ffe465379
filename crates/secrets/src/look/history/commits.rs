//! The commits that the references reach, parents before their children.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use rustc_hash::FxHashMap;

use crate::objects::{Kind, Listed};

/// A commit as its object tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// When it was committed. In seconds since 1970.
    pub(super) time: i64,
}

/// The commits that are reached, and what is reached and not there.
#[derive(Debug, Default)]
pub(super) struct Commits {
    /// Each with its tree, parents before their children; of two that could come first the older one.
    pub(super) order: Vec<(ObjectId, ObjectId)>,
    /// Those in which the history begins here, each with its tree, in the order of their names.
    pub(super) first: Vec<(ObjectId, ObjectId)>,
    /// Names that a commit or a reference tells and that no object here has.
    pub(super) missing: Vec<ObjectId>,
    /// References that name a tree or a file instead of a commit.
    pub(super) others: Vec<ObjectId>,
    /// Commits that cannot be read.
    pub(super) broken: Vec<u32>,
}

/// Reads the object of a commit: `tree NAME`, `parent NAME` for each, then the author, then the committer with the time.
pub(super) fn parse(content: &[u8]) -> Option<Commit> {
    let mut lines = content.split(|byte| *byte == b'\n');
    let name = |line: &[u8], key: &[u8]| line.strip_prefix(key).and_then(|name| ObjectId::from_hex(name).ok());
    let tree = name(lines.next()?, b"tree ")?;
    let mut parents = Vec::new();
    let mut time = 0;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(parent) = name(line, b"parent ") {
            parents.push(parent);
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            // `Name <address> SECONDS ZONE`; the name may hold anything.
            let mut words = committer.rsplit(|byte| *byte == b' ').skip(1);
            time = words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse().ok()).unwrap_or_default();
            break;
        }
    }
    Some(Commit { tree, parents, time })
}

/// Follows the commits from what the references name. The parents of `shallow` commits are not expected.
pub(super) fn reached(listed: &Listed<'_>, references: &[String], shallow: &[String]) -> Commits {
    let known: Mutex<FxHashMap<ObjectId, Commit>> = Mutex::default();
    let broken = listed.visit(Kind::Commit, &|_| true, &|place, content| {
        if let (Some(id), Some(commit)) = (listed.table().id(place), parse(content)) {
            known.lock().unwrap_or_else(PoisonError::into_inner).insert(*id, commit);
        }
    });
    let mut known = known.into_inner().unwrap_or_else(PoisonError::into_inner);
    for id in shallow.iter().filter_map(|id| ObjectId::from_hex(id.as_bytes()).ok()) {
        if let Some(commit) = known.get_mut(&id) {
            commit.parents.clear();
        }
    }
    let mut commits = Commits { broken, ..Commits::default() };
    let mut pending = Vec::new();
    for id in references.iter().filter_map(|name| ObjectId::from_hex(name.as_bytes()).ok()) {
        if known.contains_key(&id) {
            pending.push(id);
        } else if listed.table().find(&id).is_none() {
            commits.missing.push(id);
        } else {
            commits.others.push(id);
        }
    }
    let mut children: FxHashMap<ObjectId, Vec<ObjectId>> = FxHashMap::default();
    let mut waits: FxHashMap<ObjectId, usize> = FxHashMap::default();
    while let Some(id) = pending.pop() {
        if waits.contains_key(&id) {
            continue;
        }
        let parents: &[ObjectId] = known.get(&id).map(|commit| commit.parents.as_slice()).unwrap_or_default();
        let mut here = 0;
        for parent in parents {
            if known.contains_key(parent) {
                here += 1;
                children.entry(*parent).or_default().push(id);
                pending.push(*parent);
            } else {
                commits.missing.push(*parent);
            }
        }
        waits.insert(id, here);
    }
    let first = waits.iter().filter(|(_, waits)| **waits == 0);
    commits.first = first.filter_map(|(id, _)| Some((*id, known.get(id)?.tree))).collect();
    commits.first.sort_unstable();
    let head = |id: ObjectId| Reverse((known.get(&id).map(|commit| commit.time).unwrap_or_default(), id));
    let mut ready: BinaryHeap<_> = commits.first.iter().map(|(id, _)| head(*id)).collect();
    while let Some(Reverse((_, id))) = ready.pop() {
        if let Some(commit) = known.get(&id) {
            commits.order.push((id, commit.tree));
        }
        for child in children.remove(&id).unwrap_or_default() {
            if let Some(waits) = waits.get_mut(&child) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(head(child));
                }
            }
        }
    }
    commits.missing.sort_unstable();
    commits.missing.dedup();
    commits
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_commit_is_read() {
        let one = "0123456789012345678901234567890123456789";
        let text = format!(
            "tree {one}\nparent {one}\nparent {one}\nauthor A <a@b> 5 +0000\ncommitter B 7 8 <b@c> 1700000000 +0100\ngpgsig x\n\ntree x"
        );
        let commit = parse(text.as_bytes()).unwrap();
        assert_eq!((commit.parents.len(), commit.time, commit.tree.to_string().as_str()), (2, 1_700_000_000, one));
        assert_eq!(parse(b"tree 01\n"), None);
        assert_eq!(parse(b""), None);
    }
}
