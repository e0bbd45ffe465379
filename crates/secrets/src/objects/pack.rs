//! One pack: which object rests on which, so that each is unpacked once, right after its base.

use std::path::Path;

use gix::odb::pack::{data::entry::Header, index};
use gix::{ObjectId, hash, zlib};
use rayon::prelude::*;

use super::data::Data;
use super::delta;
use super::{Broken, Copied, Enough, Kind, LARGEST, Told};

/// No entry.
const NONE: u32 = u32::MAX;

/// A pack with its index.
pub(super) struct Pack {
    index: index::File,
    data: Data,
}

/// Entries of a pack that are wanted and what they rest on. An entry is named by its position in the index.
pub(super) struct Forest {
    wanted: Vec<bool>,
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    /// The entries that rest on none, in the order of the pack.
    roots: Vec<(u32, Kind)>,
    /// Wanted entries that cannot be read, or rest on what is not there or on themselves.
    broken: Vec<u32>,
}

/// What an entry is, or the one that it rests on.
enum Head {
    Root(Kind),
    On(u32),
}

impl Pack {
    /// Opens the pack that belongs to the index at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        let broken = |error: &dyn std::fmt::Display| Broken {
            what: format!("the pack {}", path.file_stem().unwrap_or_default().to_string_lossy()),
            why: first_line(&error.to_string()),
        };
        let index = index::File::at(path, hash::Kind::Sha1).map_err(|error| broken(&error))?;
        let data = Data::open(&path.with_extension("pack"), &index).map_err(|error| broken(&error))?;
        Ok(Self { index, data })
    }

    pub(super) fn len(&self) -> u32 {
        self.index.num_objects()
    }

    pub(super) fn find(&self, id: &gix::oid) -> Option<u32> {
        self.index.lookup(id)
    }

    pub(super) fn id(&self, entry: u32) -> ObjectId {
        self.index.oid_at_index(entry).to_owned()
    }

    fn offset(&self, entry: u32) -> u64 {
        self.index.pack_offset_at_index(entry)
    }

    /// Reads the heads of the wanted entries and of all that they rest on.
    pub(super) fn forest(&self, wanted: &(dyn Fn(u32) -> bool + Sync)) -> Forest {
        let count = self.len() as usize;
        let mut forest = Forest {
            wanted: (0..self.len()).map(wanted).collect(),
            first_child: vec![NONE; count],
            next_sibling: vec![NONE; count],
            roots: Vec::new(),
            broken: Vec::new(),
        };
        let mut seen = forest.wanted.clone();
        let mut pending: Vec<u32> = self.data.entries().filter(|entry| is_set(&seen, *entry)).collect();
        let mut heads: Vec<(u64, u32, Head)> = Vec::new();
        while !pending.is_empty() {
            let read = pending.par_iter().filter_map(|entry| Some((self.offset(*entry), *entry, self.head(*entry)?)));
            let read: Vec<(u64, u32, Head)> = read.collect();
            let bases =
                read.iter().filter_map(|(_, _, head)| if let Head::On(base) = head { Some(*base) } else { None });
            pending = bases.filter(|base| !set(&mut seen, *base, true)).collect();
            heads.extend(read);
        }
        // Backwards, so that the children of one base come in the order of the pack.
        heads.par_sort_unstable_by_key(|(offset, ..)| std::cmp::Reverse(*offset));
        for (_, entry, head) in heads {
            match head {
                Head::Root(kind) => forest.roots.push((entry, kind)),
                Head::On(base) => {
                    let first = set(&mut forest.first_child, base, entry);
                    set(&mut forest.next_sibling, entry, first);
                }
            }
        }
        forest.roots.reverse();
        forest.find_broken();
        forest
    }

    fn head(&self, entry: u32) -> Option<Head> {
        let entry = self.data.entry(self.offset(entry))?;
        Some(match entry.header {
            Header::OfsDelta { base_distance } => {
                Head::On(self.data.position(entry.checked_base_pack_offset(base_distance)?)?)
            }
            Header::RefDelta { base_id } => Head::On(self.index.lookup(base_id)?),
            Header::Commit => Head::Root(Kind::Commit),
            Header::Tree => Head::Root(Kind::Tree),
            Header::Blob => Head::Root(Kind::Blob),
            Header::Tag => Head::Root(Kind::Tag),
        })
    }

    /// Unpacks the object of one entry.
    pub(super) fn read(&self, entry: u32) -> Option<(Kind, Vec<u8>)> {
        let (mut inflate, mut packed) = (zlib::Inflate::default(), Vec::new());
        let mut chain = Vec::new();
        let mut offset = self.offset(entry);
        let (kind, mut content) = loop {
            let mut bytes = Vec::new();
            let head = self.data.unpack(offset, &mut packed, &mut inflate, &mut bytes)?;
            offset = match head.header {
                Header::OfsDelta { base_distance } => head.checked_base_pack_offset(base_distance)?,
                Header::RefDelta { base_id } => self.offset(self.index.lookup(base_id)?),
                Header::Commit => break (Kind::Commit, bytes),
                Header::Tree => break (Kind::Tree, bytes),
                Header::Blob => break (Kind::Blob, bytes),
                Header::Tag => break (Kind::Tag, bytes),
            };
            chain.push(bytes);
            // A chain that is longer than the pack goes in a circle.
            if chain.len() > self.len() as usize {
                return None;
            }
        };
        for delta in chain.iter().rev() {
            let mut next = Vec::new();
            delta::apply(&content, delta, &mut next, &mut Vec::new(), LARGEST)?;
            content = next;
        }
        Some((kind, content))
    }

    /// Unpacks every wanted entry of this kind, each right after its base, and calls `told` with it and its base, from many threads.
    /// Returns the entries that could not be unpacked.
    pub(super) fn visit<T>(
        &self,
        forest: &Forest,
        kind: Kind,
        enough: Option<&Enough<'_>>,
        told: &Told<'_, T>,
    ) -> Vec<u32> {
        let roots: Vec<u32> = forest.roots.iter().filter(|(_, known)| *known == kind).map(|(root, _)| *root).collect();
        let visit = Visit { pack: self, forest, enough, told };
        let mut broken: Vec<u32> = roots
            .par_iter()
            .map_init(Unpacking::default, |unpacking, root| {
                let mut broken = Vec::new();
                visit.tree(*root, unpacking, &mut broken);
                broken
            })
            .flatten_iter()
            .collect();
        broken.extend(forest.broken.iter().copied());
        broken.sort_unstable();
        broken
    }

    fn unpack_onto(
        &self,
        entry: u32,
        base: Option<&[u8]>,
        unpacking: &mut Unpacking,
        content: &mut Vec<u8>,
    ) -> Option<()> {
        let offset = self.offset(entry);
        let Unpacking { inflate, packed, delta, copied, .. } = unpacking;
        let Some(base) = base else { return self.data.unpack(offset, packed, inflate, content).map(drop) };
        self.data.unpack(offset, packed, inflate, delta)?;
        delta::apply(base, delta, content, copied, LARGEST)
    }
}

/// One visit of a pack.
struct Visit<'v, T> {
    pack: &'v Pack,
    forest: &'v Forest,
    enough: Option<&'v Enough<'v>>,
    told: &'v Told<'v, T>,
}

/// An unpacked object, and what was made of it if it was told.
struct Unpacked<T> {
    content: Vec<u8>,
    made: Option<T>,
}

impl<T> Visit<'_, T> {
    fn tree(&self, root: u32, unpacking: &mut Unpacking, broken: &mut Vec<u32>) {
        let mut pending = vec![(root, 0_usize)];
        // What lies on the way from the root to the entry before.
        let mut way: Vec<Unpacked<T>> = Vec::new();
        while let Some((entry, depth)) = pending.pop() {
            while way.len() > depth {
                unpacking.keep(way.pop().map(|unpacked| unpacked.content));
            }
            let mut content = unpacking.room();
            let base = depth.checked_sub(1).and_then(|depth| way.get(depth));
            let bytes = base.map(|base| base.content.as_slice());
            if self.is_enough(entry, unpacking, &mut content) {
                let made = Some((self.told)(entry, &content, None));
                way.push(Unpacked { content, made });
                continue;
            }
            if self.pack.unpack_onto(entry, bytes, unpacking, &mut content).is_none() {
                broken.extend(self.forest.below(entry).filter(|entry| self.forest.is_wanted(*entry)));
                way.push(Unpacked { content, made: None });
                continue;
            }
            let made = self.forest.is_wanted(entry).then(|| {
                let made = base.and_then(|base| base.made.as_ref());
                (self.told)(entry, &content, made.map(|made| (made, unpacking.copied.as_slice())))
            });
            // A base that nothing else rests on is not kept while what rests on it is read.
            if pending.last().is_none_or(|(_, next)| *next < depth)
                && let Some(base) = depth.checked_sub(1).and_then(|depth| way.get_mut(depth))
            {
                unpacking.keep(Some(std::mem::take(&mut base.content)));
                base.made = None;
            }
            way.push(Unpacked { content, made });
            pending.extend(self.forest.children(entry).map(|child| (child, depth + 1)));
        }
        for unpacked in way {
            unpacking.keep(Some(unpacked.content));
        }
    }

    /// Whether the first bytes of an entry, which are unpacked then, are enough.
    fn is_enough(&self, entry: u32, unpacking: &mut Unpacking, content: &mut Vec<u8>) -> bool {
        let Unpacking { inflate, packed, .. } = unpacking;
        let Some(enough) = self.enough.filter(|_| self.forest.children(entry).next().is_none()) else { return false };
        let length = self.pack.data.glance(self.pack.offset(entry), packed, inflate, content);
        length.is_some_and(|length| enough(length, content))
    }
}

/// What a thread uses again and again.
#[derive(Default)]
struct Unpacking {
    inflate: zlib::Inflate,
    /// The packed bytes of an entry.
    packed: Vec<u8>,
    delta: Vec<u8>,
    /// What the last delta took from its base.
    copied: Vec<Copied>,
    rooms: Vec<Vec<u8>>,
}

/// Larger rooms are given back. In bytes.
const KEPT: usize = 1 << 20;

impl Unpacking {
    fn room(&mut self) -> Vec<u8> {
        self.rooms.pop().unwrap_or_default()
    }

    fn keep(&mut self, room: Option<Vec<u8>>) {
        self.rooms.extend(room.filter(|room| (1..=KEPT).contains(&room.capacity()) && self.rooms.len() < 16));
    }
}

impl Forest {
    fn is_wanted(&self, entry: u32) -> bool {
        is_set(&self.wanted, entry)
    }

    fn children(&self, entry: u32) -> impl Iterator<Item = u32> {
        let step = |entry: u32| Some(entry).filter(|entry| *entry != NONE);
        std::iter::successors(step(at(&self.first_child, entry)), move |child| step(at(&self.next_sibling, *child)))
    }

    /// The entry and everything that rests on it.
    fn below(&self, entry: u32) -> impl Iterator<Item = u32> {
        let mut pending = vec![entry];
        std::iter::from_fn(move || {
            let entry = pending.pop()?;
            pending.extend(self.children(entry));
            Some(entry)
        })
    }

    fn find_broken(&mut self) {
        let mut lost = self.wanted.clone();
        for entry in self.roots.iter().flat_map(|(root, _)| self.below(*root)) {
            set(&mut lost, entry, false);
        }
        self.broken = (0_u32..).zip(&lost).filter(|(_, lost)| **lost).map(|(entry, _)| entry).collect();
    }
}

fn at(list: &[u32], entry: u32) -> u32 {
    list.get(entry as usize).copied().unwrap_or(NONE)
}

fn is_set(list: &[bool], entry: u32) -> bool {
    list.get(entry as usize).copied().unwrap_or_default()
}

/// Puts a value in its place, and returns the one before.
fn set<T: Clone>(list: &mut [T], entry: u32, value: T) -> T {
    list.get_mut(entry as usize).map_or(value.clone(), |place| std::mem::replace(place, value))
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
