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

/// How the entries of a pack rest on each other. An entry is named by its position in the index.
pub(super) struct Forest {
    kinds: Vec<Option<Kind>>,
    base: Vec<u32>,
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    /// The entries that rest on none, in the order of the pack.
    roots: Vec<u32>,
    /// Entries that cannot be read, or rest on what is not there.
    broken: Vec<u32>,
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

    /// Reads the head of every entry.
    pub(super) fn forest(&self) -> Forest {
        let count = self.len() as usize;
        let mut order: Vec<(u64, u32)> =
            (0..self.len()).map(|entry| (self.index.pack_offset_at_index(entry), entry)).collect();
        order.par_sort_unstable();
        let heads: Vec<Option<(Option<Kind>, u32)>> = order
            .par_iter()
            .map(|(_, entry)| {
                let entry = self.data.entry(self.offset(*entry))?;
                Some(match entry.header {
                    Header::OfsDelta { base_distance } => {
                        let offset = entry.checked_base_pack_offset(base_distance)?;
                        let place = order.binary_search_by_key(&offset, |(offset, _)| *offset).ok()?;
                        (None, order.get(place)?.1)
                    }
                    Header::RefDelta { base_id } => (None, self.index.lookup(base_id)?),
                    Header::Commit => (Some(Kind::Commit), NONE),
                    Header::Tree => (Some(Kind::Tree), NONE),
                    Header::Blob => (Some(Kind::Blob), NONE),
                    Header::Tag => (Some(Kind::Tag), NONE),
                })
            })
            .collect();
        let mut forest = Forest {
            kinds: vec![None; count],
            base: vec![NONE; count],
            first_child: vec![NONE; count],
            next_sibling: vec![NONE; count],
            roots: Vec::new(),
            broken: Vec::new(),
        };
        // Backwards, so that the children of one base come in the order of the pack.
        for ((_, entry), head) in order.iter().zip(&heads).rev() {
            match head {
                None => forest.broken.push(*entry),
                Some((Some(kind), _)) => {
                    forest.roots.push(*entry);
                    set(&mut forest.kinds, *entry, Some(*kind));
                }
                Some((None, base)) => {
                    set(&mut forest.base, *entry, *base);
                    let first = at(&forest.first_child, *base);
                    set(&mut forest.next_sibling, *entry, first);
                    set(&mut forest.first_child, *base, *entry);
                }
            }
        }
        forest.roots.reverse();
        forest.inherit();
        forest
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

    /// Unpacks every entry for which `wanted` holds, each right after its base, and calls `told` with it and its base, from many threads.
    /// Returns the entries that could not be unpacked.
    pub(super) fn visit<T>(
        &self,
        forest: &Forest,
        wanted: &(dyn Fn(u32) -> bool + Sync),
        enough: Option<&Enough<'_>>,
        told: &Told<'_, T>,
    ) -> Vec<u32> {
        let marked = forest.marked(wanted);
        let roots: Vec<u32> = forest.roots.iter().copied().filter(|root| is_set(&marked, *root)).collect();
        let visit = Visit { pack: self, forest, marked: &marked, wanted, enough, told };
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
    marked: &'v [bool],
    wanted: &'v (dyn Fn(u32) -> bool + Sync),
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
                broken.extend(self.forest.below(entry).filter(|entry| (self.wanted)(*entry)));
                way.push(Unpacked { content, made: None });
                continue;
            }
            let made = (self.wanted)(entry).then(|| {
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
            pending.extend(self.children(entry).map(|child| (child, depth + 1)));
        }
        for unpacked in way {
            unpacking.keep(Some(unpacked.content));
        }
    }
}

impl<T> Visit<'_, T> {
    fn children(&self, entry: u32) -> impl Iterator<Item = u32> {
        self.forest.children(entry).filter(|child| is_set(self.marked, *child))
    }

    /// Whether the first bytes of an entry, which are unpacked then, are enough.
    fn is_enough(&self, entry: u32, unpacking: &mut Unpacking, content: &mut Vec<u8>) -> bool {
        let Unpacking { inflate, packed, .. } = unpacking;
        let Some(enough) = self.enough.filter(|_| self.children(entry).next().is_none()) else { return false };
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
    pub(super) fn kind(&self, entry: u32) -> Option<Kind> {
        self.kinds.get(entry as usize).copied().flatten()
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

    /// Gives every entry the kind of what it rests on. What rests on itself gets none, and is broken.
    fn inherit(&mut self) {
        for root in &self.roots {
            let kind = self.kind(*root);
            let below: Vec<u32> = self.below(*root).collect();
            for entry in below {
                set(&mut self.kinds, entry, kind);
            }
        }
        let lost = (0_u32..).zip(&self.kinds).filter(|(_, kind)| kind.is_none()).map(|(entry, _)| entry);
        self.broken = lost.collect();
    }

    /// The wanted entries and everything that they rest on.
    fn marked(&self, wanted: &(dyn Fn(u32) -> bool + Sync)) -> Vec<bool> {
        let mut marked = vec![false; self.kinds.len()];
        for entry in (0_u32..).zip(&self.kinds).filter(|(_, kind)| kind.is_some()).map(|(entry, _)| entry) {
            if !wanted(entry) {
                continue;
            }
            let mut entry = entry;
            while entry != NONE && !is_set(&marked, entry) {
                set(&mut marked, entry, true);
                entry = at(&self.base, entry);
            }
        }
        marked
    }
}

fn at(list: &[u32], entry: u32) -> u32 {
    list.get(entry as usize).copied().unwrap_or(NONE)
}

fn is_set(list: &[bool], entry: u32) -> bool {
    list.get(entry as usize).copied().unwrap_or_default()
}

fn set<T>(list: &mut [T], entry: u32, value: T) {
    if let Some(place) = list.get_mut(entry as usize) {
        *place = value;
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
