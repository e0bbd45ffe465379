//! Which folder holds what: where the contents stand that matter, and whether all is there.

use std::collections::BTreeMap;
use std::hash::Hasher as _;
use std::sync::{Mutex, PoisonError};

use gix::{ObjectId, oid};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::objects::{Kind, Listed};

/// What a folder's entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    pub(super) kind: EntryKind,
    pub(super) name: &'t [u8],
    pub(super) id: &'t oid,
}

/// The kinds of entries that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    Folder,
    File,
    /// A submodule: its commit is in another repository.
    Submodule,
}

/// The entries of a folder's object: mode, a blank, the name, NUL, 20 bytes. None at the end if it is no such object.
pub(super) fn entries(mut rest: &[u8]) -> impl Iterator<Item = Option<Entry<'_>>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = entry(rest);
        rest = entry.as_ref().map(|(_, rest)| *rest).unwrap_or_default();
        Some(entry.map(|(entry, _)| entry))
    })
}

fn entry(rest: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let (mode, rest) = rest.split_at_checked(memchr::memchr(b' ', rest)?)?;
    let (name, rest) = rest.get(1..)?.split_at_checked(memchr::memchr(0, rest.get(1..)?)?)?;
    let (id, rest) = rest.get(1..)?.split_at_checked(20)?;
    let kind = match mode {
        b"40000" | b"040000" => EntryKind::Folder,
        b"160000" => EntryKind::Submodule,
        _ => EntryKind::File,
    };
    Some((Entry { kind, name, id: oid::try_from_bytes(id).ok()? }, rest))
}

/// The folders that were read, by their places in the table of objects. Names are told by their hash.
#[derive(Default)]
pub(super) struct Folders {
    /// Each with the folders in it.
    inner: FxHashMap<u32, Vec<(u32, u32)>>,
    /// What each holds that is looked for, or that is missing.
    holds: FxHashMap<u32, Vec<(ObjectId, u32)>>,
    /// Those that cannot be read.
    pub(super) broken: Vec<u32>,
}

/// Where a thing stands: the commit that brought it there, and its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) commit: ObjectId,
    pub(super) path: Vec<u8>,
}

fn hash(name: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(name);
    let [.., a, b, c, d] = (hasher.finish() >> 16).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// The hash of the path that leads from a path with this hash to an entry.
fn below(path: u64, name: u32) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(path);
    hasher.write_u32(name);
    hasher.finish()
}

impl Folders {
    /// Reads every folder. `sought` are contents of which it is asked where they stand, by their places in the table of objects.
    pub(super) fn read(listed: &Listed<'_>, sought: &FxHashSet<u32>) -> Self {
        let folders = Mutex::new(Self::default());
        let broken = listed.visit(Kind::Tree, &|_| true, &|place, content| {
            let (mut inner, mut holds, mut is_broken) = (Vec::new(), Vec::new(), false);
            for entry in entries(content) {
                let Some(entry) = entry else {
                    is_broken = true;
                    break;
                };
                let found = listed.table().find(entry.id);
                match (entry.kind, found) {
                    (EntryKind::Submodule, _) => {}
                    (EntryKind::Folder, Some(place)) => inner.push((place, hash(entry.name))),
                    (EntryKind::File, Some(place)) if !sought.contains(&place) => {}
                    _ => holds.push((entry.id.to_owned(), hash(entry.name))),
                }
            }
            inner.shrink_to_fit();
            let mut folders = folders.lock().unwrap_or_else(PoisonError::into_inner);
            if is_broken {
                folders.broken.push(place);
            }
            if !holds.is_empty() {
                folders.holds.insert(place, holds);
            }
            if !inner.is_empty() {
                folders.inner.insert(place, inner);
            }
        });
        let mut folders = folders.into_inner().unwrap_or_else(PoisonError::into_inner);
        folders.broken.extend(broken);
        folders.broken.sort_unstable();
        folders
    }

    fn inner(&self, folder: u32) -> &[(u32, u32)] {
        self.inner.get(&folder).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where everything first stood that is sought or missing: for each name its paths, each with the first commit in this
    /// order in which it stands there. What no commit reaches has no place.
    pub(super) fn standings(
        &self,
        listed: &Listed<'_>,
        order: &[(ObjectId, ObjectId)],
        read: &dyn Fn(&oid) -> Option<Vec<u8>>,
    ) -> BTreeMap<ObjectId, Vec<Standing>> {
        let mut walk = Walk {
            folders: self,
            listed,
            read,
            leads: FxHashMap::default(),
            visited: FxHashSet::default(),
            told: FxHashSet::default(),
            paths: FxHashMap::default(),
            standings: BTreeMap::new(),
        };
        for (commit, tree) in order {
            match listed.table().find(tree) {
                Some(root) if walk.leads(root) => walk.visit(commit, root),
                Some(_) => {}
                None => {
                    let root = Standing { commit: *commit, path: b"/".to_vec() };
                    walk.standings.entry(*tree).or_default().push(root);
                }
            }
        }
        walk.standings
    }
}

struct Walk<'w> {
    folders: &'w Folders,
    listed: &'w Listed<'w>,
    read: &'w dyn Fn(&oid) -> Option<Vec<u8>>,
    /// For each folder whether one that holds something lies in it, however deep.
    leads: FxHashMap<u32, bool>,
    /// Folders that were visited, with the hash of their path.
    visited: FxHashSet<(u32, u64)>,
    /// What was told, with the hash of its path.
    told: FxHashSet<(ObjectId, u64)>,
    /// The paths of what was told, by their hash: the versions of a file share one.
    paths: FxHashMap<u64, Vec<u8>>,
    standings: BTreeMap<ObjectId, Vec<Standing>>,
}

/// A folder on the way from a commit's tree: the step before it, and the hash of its name there.
struct Step {
    before: Option<usize>,
    folder: u32,
    name: u32,
    path: u64,
}

impl Walk<'_> {
    fn leads(&mut self, root: u32) -> bool {
        let mut pending = vec![(root, 0_usize)];
        while let Some((folder, next)) = pending.pop() {
            if next == 0 {
                // A folder cannot lie in itself: its name is a digest of what is in it.
                self.leads.entry(folder).or_insert_with(|| self.folders.holds.contains_key(&folder));
            }
            let inner = self.folders.inner(folder);
            if let Some((child, _)) = next.checked_sub(1).and_then(|last| inner.get(last))
                && self.leads.get(child) == Some(&true)
            {
                self.leads.insert(folder, true);
            }
            if let Some((child, _)) = inner.get(next) {
                pending.push((folder, next + 1));
                if !self.leads.contains_key(child) {
                    pending.push((*child, 0));
                }
            }
        }
        self.leads.get(&root).copied().unwrap_or_default()
    }

    /// Visits what leads to something in a commit's tree, and was not visited at this path before.
    fn visit(&mut self, commit: &ObjectId, root: u32) {
        let mut steps = vec![Step { before: None, folder: root, name: 0, path: 0 }];
        let mut next = 0;
        while let Some(Step { folder, path, .. }) = steps.get(next) {
            let (folder, path) = (*folder, *path);
            if self.visited.insert((folder, path)) {
                for (id, name) in self.folders.holds.get(&folder).map(Vec::as_slice).unwrap_or_default() {
                    let path = below(path, *name);
                    if self.told.insert((*id, path)) {
                        let known = self.paths.get(&path).cloned();
                        let path = known.unwrap_or_else(|| {
                            let read = self.path(&steps, next, *name);
                            self.paths.insert(path, read.clone());
                            read
                        });
                        self.standings.entry(*id).or_default().push(Standing { commit: *commit, path });
                    }
                }
                for (child, name) in self.folders.inner(folder) {
                    let path = below(path, *name);
                    if self.leads.get(child) == Some(&true) && !self.visited.contains(&(*child, path)) {
                        steps.push(Step { before: Some(next), folder: *child, name: *name, path });
                    }
                }
            }
            next += 1;
        }
    }

    /// The path of the entry with this name in the folder of a step. Only now names are read.
    fn path(&self, steps: &[Step], last: usize, name: u32) -> Vec<u8> {
        let mut names = Vec::new();
        let (mut at, mut wanted) = (Some(last), name);
        while let Some(step) = at.and_then(|at| steps.get(at)) {
            let content = self.listed.table().id(step.folder).and_then(|id| (self.read)(id)).unwrap_or_default();
            let entry = entries(&content).flatten().find(|entry| hash(entry.name) == wanted);
            names.push(entry.map(|entry| entry.name.to_vec()).unwrap_or_default());
            (at, wanted) = (step.before, step.name);
        }
        names.reverse();
        names.join(&b'/')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EntryKind, entries};

    #[test]
    fn a_folder_is_read() {
        let content =
            [&b"40000 sub\0"[..], &[1; 20], b"100644 a b.ts\0", &[2; 20], b"160000 module\0", &[3; 20]].concat();
        let read: Vec<(EntryKind, &[u8])> = entries(&content).flatten().map(|entry| (entry.kind, entry.name)).collect();
        assert_eq!(
            read,
            [(EntryKind::Folder, &b"sub"[..]), (EntryKind::File, b"a b.ts"), (EntryKind::Submodule, b"module")]
        );
        assert!(entries(&content[..content.len() - 1]).last().unwrap().is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(content in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(entries(&content).count() <= content.len());
        }
    }
}
