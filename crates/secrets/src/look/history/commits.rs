//! The commits that the references reach, parents before their children.

use std::sync::{Mutex, PoisonError};

use gix::{ObjectId, oid};
use rustc_hash::{FxHashMap, FxHashSet};

use super::absent::Absent;
use super::cache::Known;
use crate::objects::{Chosen, Kind};

/// A commit as its object tells it. Others are told by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) tree: u32,
    pub(super) parents: Vec<u32>,
    /// When it was committed. In seconds since 1970.
    pub(super) time: i64,
}

/// The commits that are reached, and what is reached and not there.
#[derive(Debug, Default)]
pub(super) struct Commits {
    /// Each with its tree, parents before their children; of two that neither comes before, the older one first.
    pub(super) order: Vec<(u32, u32)>,
    /// Those in which the history begins here, each with its tree, in the order of their names.
    pub(super) first: Vec<(ObjectId, ObjectId)>,
    /// Names that a commit or a reference tells and that no commit here has.
    pub(super) missing: Vec<ObjectId>,
    /// Commits that cannot be read.
    pub(super) broken: Vec<u32>,
    /// What was not known before.
    pub(super) read: FxHashMap<u32, Commit>,
}

/// Reads the object of a commit: `tree NAME`, `parent NAME` for each, then the author, then the committer with the time. `place`
/// tells the places of the others.
fn parse(content: &[u8], place: &dyn Fn(&oid) -> u32) -> Option<Commit> {
    let mut lines = content.split(|byte| *byte == b'\n');
    let tree = place(&name(lines.next()?, b"tree ")?);
    let mut parents = Vec::new();
    let mut time = 0;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(parent) = name(line, b"parent ") {
            parents.push(place(&parent));
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            // `Name <address> SECONDS ZONE`; the name may hold anything.
            let mut words = committer.rsplit(|byte| *byte == b' ').skip(1);
            time = words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse().ok()).unwrap_or_default();
            break;
        }
    }
    Some(Commit { tree, parents, time })
}

/// The tree of the commit with this content.
pub(super) fn tree(content: &[u8]) -> Option<ObjectId> {
    name(content.split(|byte| *byte == b'\n').next()?, b"tree ")
}

fn name(line: &[u8], key: &[u8]) -> Option<ObjectId> {
    line.strip_prefix(key).and_then(|name| ObjectId::from_hex(name).ok())
}

/// Follows the commits from what the references name. The parents of `shallow` commits are not expected.
pub(super) fn reached(
    chosen: &Chosen<'_>,
    known: &Known,
    absent: &Absent,
    references: &[String],
    shallow: &[String],
) -> Commits {
    let table = chosen.listed().table();
    let read: Mutex<FxHashMap<u32, Commit>> = Mutex::default();
    let broken = chosen.visit(Kind::Commit, &|place, content| {
        if let Some(commit) = parse(content, &|id| table.find(id).unwrap_or_else(|| absent.place(id))) {
            read.lock().unwrap_or_else(PoisonError::into_inner).insert(place, commit);
        }
    });
    let read = read.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut commits = Commits { broken, ..Commits::default() };
    let commit = |place: u32| known.commit(place).or_else(|| read.get(&place));
    let places = |names: &[String]| -> Vec<u32> {
        let ids = names.iter().filter_map(|name| ObjectId::from_hex(name.as_bytes()).ok());
        ids.map(|id| table.find(&id).unwrap_or_else(|| absent.place(&id))).collect()
    };
    let ends: FxHashSet<u32> = places(shallow).into_iter().collect();
    let parents = |place: u32| {
        let parents = commit(place).filter(|_| !ends.contains(&place)).map(|commit| commit.parents.as_slice());
        parents.unwrap_or_default()
    };
    let mut missing: Vec<u32> = Vec::new();
    let mut pending = Vec::new();
    for place in places(references) {
        if commit(place).is_some() {
            pending.push(place);
        } else if table.id(place).is_none() {
            missing.push(place);
        }
        // Else it names a tag, a folder or a content.
    }
    let mut opened: FxHashSet<u32> = FxHashSet::default();
    // The latest time of a commit and all before it, and how many lie on the longest way to it.
    let mut ranks: FxHashMap<u32, (i64, u32)> = FxHashMap::default();
    while let Some(place) = pending.last().copied() {
        if opened.insert(place) {
            for parent in parents(place) {
                match commit(*parent) {
                    Some(_) if opened.contains(parent) => {}
                    Some(_) => pending.push(*parent),
                    None => missing.push(*parent),
                }
            }
            continue;
        }
        pending.pop();
        let own = (commit(place).map(|commit| commit.time).unwrap_or_default(), 0);
        let before = parents(place).iter().filter_map(|parent| ranks.get(parent));
        let rank = before.fold(own, |(time, depth), (other, way)| (time.max(*other), depth.max(way + 1)));
        ranks.insert(place, rank);
    }
    let mut order: Vec<((i64, u32), u32)> = ranks.iter().map(|(place, rank)| (*rank, *place)).collect();
    order.sort_unstable();
    commits.order = order.into_iter().filter_map(|(_, place)| Some((place, commit(place)?.tree))).collect();
    let id = |place: u32| table.id(place).copied().or_else(|| absent.id(place));
    let first =
        commits.order.iter().filter(|(place, _)| parents(*place).iter().all(|parent| commit(*parent).is_none()));
    commits.first = first.filter_map(|(place, tree)| Some((id(*place)?, id(*tree)?))).collect();
    commits.first.sort_unstable();
    commits.missing = missing.into_iter().filter_map(id).collect();
    commits.missing.sort_unstable();
    commits.missing.dedup();
    commits.read = read;
    commits
}

#[cfg(test)]
mod tests {
    use super::{parse, tree};

    #[test]
    fn a_commit_is_read() {
        let (one, two) = ("01".repeat(20), "02".repeat(20));
        let text = format!(
            "tree {one}\nparent {two}\nparent {one}\nauthor A <a@b> 5 +0000\ncommitter B 7 8 <b@c> 1700000000 +0100\ngpgsig x\n\ntree x"
        );
        let first_byte = |id: &gix::oid| u32::from(id.as_bytes()[0]);
        let commit = parse(text.as_bytes(), &first_byte).unwrap();
        assert_eq!((commit.tree, &commit.parents[..], commit.time), (1, &[2, 1][..], 1_700_000_000));
        assert_eq!(tree(text.as_bytes()).unwrap().to_string(), one);
        for text in [&b"tree 01\n"[..], b""] {
            assert_eq!((parse(text, &first_byte), tree(text)), (None, None));
        }
    }
}
