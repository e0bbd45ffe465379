//! Which folder holds what: where the contents stand that matter, and whether all is there.

use std::collections::BTreeMap;
use std::hash::Hasher as _;
use std::sync::{Mutex, PoisonError};

use gix::{ObjectId, oid};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::absent::Absent;
use super::cache::{Known, Said};
use crate::objects::{Chosen, Kind, Table};

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

/// What lies in folders and leads to anything: contents that are not known to be silent, what is missing, what cannot be read, and
/// the folders that lead there. Each with its place, and with the hash of its name.
type Inner = Vec<(u32, u32)>;

/// The folders, by their places in the table of objects.
pub(super) struct Folders<'k> {
    known: &'k Known,
    /// Those that are not known.
    pub(super) read: FxHashMap<u32, Inner>,
    /// Those that cannot be read.
    pub(super) broken: Vec<u32>,
}

/// Where a thing stands: the position of the commit that brought it there, and its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) rank: usize,
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

impl<'k> Folders<'k> {
    /// Reads every folder that is not known. `is_silent` tells of the content at a place whether it does not matter where it stands.
    pub(super) fn read(
        chosen: &Chosen<'_>,
        known: &'k Known,
        absent: &Absent,
        is_silent: &(dyn Fn(u32) -> bool + Sync),
    ) -> Self {
        let table = chosen.listed().table();
        let folders: Mutex<(FxHashMap<u32, Inner>, Vec<u32>)> = Mutex::default();
        let lost = chosen.visit(Kind::Tree, &|place, content| {
            let (mut inner, mut is_broken) = (Inner::new(), false);
            for entry in entries(content) {
                let Some(entry) = entry else {
                    is_broken = true;
                    break;
                };
                if entry.kind == EntryKind::Submodule {
                    continue;
                }
                let other = table.find(entry.id).unwrap_or_else(|| absent.place(entry.id));
                if entry.kind == EntryKind::Folder || !is_silent(other) {
                    inner.push((other, hash(entry.name)));
                }
            }
            inner.shrink_to_fit();
            let mut folders = folders.lock().unwrap_or_else(PoisonError::into_inner);
            if is_broken {
                folders.1.push(place);
            }
            folders.0.insert(place, inner);
        });
        let (read, mut broken) = folders.into_inner().unwrap_or_else(PoisonError::into_inner);
        broken.extend(lost);
        broken.sort_unstable();
        let mut folders = Self { known, read: FxHashMap::default(), broken };
        folders.settle(read);
        folders
    }

    /// Takes over what was read, without the folders in it that lead nowhere.
    fn settle(&mut self, mut read: FxHashMap<u32, Inner>) {
        self.read.reserve(read.len());
        let mut pending: Vec<u32> = read.keys().copied().collect();
        let mut opened: FxHashSet<u32> = FxHashSet::default();
        while let Some(folder) = pending.last().copied() {
            if opened.insert(folder) {
                let inner = read.get(&folder).map(Vec::as_slice).unwrap_or_default();
                pending.extend(inner.iter().map(|(other, _)| *other).filter(|other| read.contains_key(other)));
                continue;
            }
            pending.pop();
            if let Some(mut inner) = read.remove(&folder) {
                inner.retain(|(other, _)| {
                    self.broken.binary_search(other).is_ok() || self.inner(*other).is_none_or(|inner| !inner.is_empty())
                });
                self.read.insert(folder, inner);
            }
        }
    }

    /// What leads to anything in a folder; none if it is no folder that could be read.
    fn inner(&self, folder: u32) -> Option<&[(u32, u32)]> {
        self.known.folder(folder).or_else(|| self.read.get(&folder).map(Vec::as_slice))
    }

    /// What a folder said that was read to its end.
    pub(super) fn said(&self, folder: u32) -> Option<Said> {
        let inner = self.read.get(&folder).filter(|_| self.broken.binary_search(&folder).is_err())?;
        Some(Said::Folder(inner.clone()))
    }

    /// Where everything first stood that is not silent: for each name its paths, each with the first commit in this order in
    /// which it stands there. What no commit reaches has no place.
    pub(super) fn standings(
        &self,
        table: &Table,
        absent: &Absent,
        order: &[(u32, u32)],
        read: &dyn Fn(&oid) -> Option<Vec<u8>>,
    ) -> BTreeMap<ObjectId, Vec<Standing>> {
        let mut walk = Walk {
            folders: self,
            table,
            read,
            visited: FxHashSet::default(),
            told: FxHashSet::default(),
            paths: FxHashMap::default(),
            standings: BTreeMap::new(),
        };
        for (rank, (_, root)) in order.iter().enumerate() {
            if let Some(root) = absent.id(*root) {
                walk.standings.entry(root).or_default().push(Standing { rank, path: b"/".to_vec() });
            }
            walk.visit(rank, *root);
        }
        walk.standings
    }
}

struct Walk<'w> {
    folders: &'w Folders<'w>,
    table: &'w Table,
    read: &'w dyn Fn(&oid) -> Option<Vec<u8>>,
    /// Folders that were visited, with the hash of their path.
    visited: FxHashSet<(u32, u64)>,
    /// What was told, with the hash of its path.
    told: FxHashSet<(u32, u64)>,
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
    /// Visits what leads to something in a commit's tree, and was not visited at this path before.
    fn visit(&mut self, rank: usize, root: u32) {
        let mut steps = vec![Step { before: None, folder: root, name: 0, path: 0 }];
        let mut next = 0;
        while let Some(Step { folder, path, .. }) = steps.get(next) {
            let (folder, path) = (*folder, *path);
            if self.visited.insert((folder, path)) {
                for (other, name) in self.folders.inner(folder).unwrap_or_default() {
                    let path = below(path, *name);
                    if self.folders.inner(*other).is_none() {
                        if self.told.insert((*other, path)) {
                            self.tell(rank, *other, &steps, (next, *name, path));
                        }
                    } else if !self.visited.contains(&(*other, path)) {
                        steps.push(Step { before: Some(next), folder: *other, name: *name, path });
                    }
                }
            }
            next += 1;
        }
    }

    /// Tells of an entry with this name in the folder of a step. Only now names are read.
    fn tell(&mut self, rank: usize, other: u32, steps: &[Step], (last, name, path): (usize, u32, u64)) {
        let id = self.table.id(other).copied().or_else(|| {
            let step = steps.get(last)?;
            let is_missing = |id: &oid| self.table.find(id).is_none();
            self.entry(step.folder, |entry| hash(entry.name) == name && is_missing(entry.id)).map(|(id, _)| id)
        });
        // What is missing is told of even where its name cannot be read any more.
        let id = id.unwrap_or(ObjectId::null(gix::hash::Kind::Sha1));
        let known = self.paths.get(&path).cloned();
        let path = known.unwrap_or_else(|| {
            let read = self.path(steps, last, name);
            self.paths.insert(path, read.clone());
            read
        });
        self.standings.entry(id).or_default().push(Standing { rank, path });
    }

    /// The path of the entry with this name in the folder of a step.
    fn path(&self, steps: &[Step], last: usize, name: u32) -> Vec<u8> {
        let mut names = Vec::new();
        let (mut at, mut wanted) = (Some(last), name);
        while let Some(step) = at.and_then(|at| steps.get(at)) {
            let entry = self.entry(step.folder, |entry| hash(entry.name) == wanted);
            names.push(entry.map(|(_, name)| name).unwrap_or_default());
            (at, wanted) = (step.before, step.name);
        }
        names.reverse();
        names.join(&b'/')
    }

    /// The first entry of a folder that fits.
    fn entry(&self, folder: u32, fits: impl Fn(&Entry<'_>) -> bool) -> Option<(ObjectId, Vec<u8>)> {
        let content = (self.read)(self.table.id(folder)?)?;
        let entry = entries(&content).flatten().find(fits)?;
        Some((entry.id.to_owned(), entry.name.to_vec()))
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
