//! git's objects, as they lie on the disk: packs and loose ones, with the alternates of the repository.

mod data;
mod delta;
mod pack;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use gix::odb::{alternate, loose};
use gix::{ObjectId, hash, oid};
use rayon::prelude::*;

use pack::{Forest, Pack};

/// Larger objects are not unpacked. In bytes.
pub const LARGEST: usize = 256 << 20;

/// As much of an object is looked at to tell whether the rest is needed. In bytes.
pub const GLANCE: usize = 8 << 10;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

impl From<gix::objs::Kind> for Kind {
    fn from(kind: gix::objs::Kind) -> Self {
        match kind {
            gix::objs::Kind::Commit => Self::Commit,
            gix::objs::Kind::Tree => Self::Tree,
            gix::objs::Kind::Blob => Self::Blob,
            gix::objs::Kind::Tag => Self::Tag,
        }
    }
}

/// A piece that an object has of the one that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Where it begins there. In bytes.
    pub from: usize,
    /// Where it begins here. In bytes.
    pub to: usize,
    /// In bytes.
    pub length: usize,
}

/// The object that another one rests on: what was made of it, and the pieces of it that the other one has, in their order there.
pub type Base<'b, T> = (&'b T, &'b [Copied]);

/// Who is told of each object: what names it, its content, its base if it rests on one that was told. What is made of it is
/// kept as long as others rest on it.
pub type Told<'t, T> = dyn Fn(u32, &[u8], Option<Base<'_, T>>) -> T + Sync + 't;

/// Whether an object of this length, in bytes, that begins like this needs not be unpacked to its end.
pub type Enough<'t> = dyn Fn(u64, &[u8]) -> bool + Sync + 't;

/// A part of the store that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// What it is, such as `the object 0123…`.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Every object that a repository has on this disk.
pub struct Store {
    packs: Vec<Pack>,
    loose: Vec<loose::Store>,
    broken: Vec<Broken>,
}

impl Store {
    /// The objects in the folder `objects`, and in those that it names as alternates.
    #[must_use]
    pub fn open(objects: &Path) -> Self {
        let mut broken = Vec::new();
        let mut folders = vec![objects.to_owned()];
        match alternate::resolve(objects.to_owned(), Path::new("/")) {
            Ok(others) => folders.extend(others),
            Err(error) => broken.push(Broken {
                what: "the list of alternate object folders".to_owned(),
                why: error.to_string().lines().next().unwrap_or_default().to_owned(),
            }),
        }
        let mut packs = Vec::new();
        for folder in &folders {
            for index in indices(&folder.join("pack")) {
                match Pack::open(&index) {
                    Ok(pack) => packs.push(pack),
                    Err(error) => broken.push(error),
                }
            }
        }
        let loose = folders.into_iter().map(|folder| loose::Store::at(folder, hash::Kind::Sha1)).collect();
        Self { packs, loose, broken }
    }

    /// The packs that cannot be opened.
    #[must_use]
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// The content of one object; none if it is not here.
    ///
    /// # Errors
    /// If it is here and cannot be read.
    pub fn read(&self, id: &oid) -> Result<Option<(Kind, Vec<u8>)>, Broken> {
        let broken = |why: &str| Broken { what: format!("the object {id}"), why: why.to_owned() };
        for pack in &self.packs {
            if let Some(entry) = pack.find(id) {
                return pack.read(entry).map(Some).ok_or_else(|| broken("its pack is damaged there"));
            }
        }
        let mut bytes = Vec::new();
        for store in &self.loose {
            match store.try_find(id, &mut bytes) {
                Ok(Some(data)) => return Ok(Some((data.kind.into(), data.data.to_vec()))),
                Ok(None) => {}
                Err(_) => return Err(broken("its file is damaged")),
            }
        }
        Ok(None)
    }

    /// Lists every object once.
    #[must_use]
    pub fn list(&self) -> Listed<'_> {
        let mut loose: Vec<ObjectId> = Vec::new();
        let mut broken = self.broken.clone();
        for store in &self.loose {
            for id in store.iter() {
                match id {
                    Ok(id) => loose.push(id),
                    Err(error) => broken.push(Broken {
                        what: "the folder of loose objects".to_owned(),
                        why: error.to_string().lines().next().unwrap_or_default().to_owned(),
                    }),
                }
            }
        }
        loose.sort_unstable();
        loose.dedup();
        let packed = self.packs.iter().flat_map(|pack| (0..pack.len()).map(|entry| pack.id(entry)));
        let mut ids: Vec<ObjectId> = packed.chain(loose.iter().copied()).collect();
        // Each pack's names are in order already: this sort only merges them.
        ids.sort();
        ids.dedup();
        let table = Table::of(ids);
        // Each object belongs to the first pack that has it, so that none is read twice.
        let mut taken = vec![false; table.len()];
        let mut take = |id: &oid| {
            let place = table.find(id)?;
            let taken = taken.get_mut(place as usize)?;
            (!std::mem::replace(taken, true)).then_some(place)
        };
        let places =
            self.packs.iter().map(|pack| (0..pack.len()).map(|entry| take(&pack.id(entry))).collect()).collect();
        let loose = loose.into_iter().filter_map(|id| take(&id)).collect();
        Listed { store: self, table, places, loose, broken }
    }
}

fn indices(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "idx")).collect();
    files.sort();
    files
}

/// Names in their order, found by their first two bytes.
pub struct Table {
    ids: Vec<ObjectId>,
    /// Where the names begin that start with these two bytes.
    starts: Vec<u32>,
}

impl Table {
    fn of(ids: Vec<ObjectId>) -> Self {
        let mut starts = vec![0_u32; 0x1_0001];
        for id in &ids {
            if let Some(count) = starts.get_mut(head(id) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { ids, starts }
    }

    /// How many objects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The place of an object in the order of names.
    #[must_use]
    pub fn find(&self, id: &oid) -> Option<u32> {
        let head = head(id);
        let (start, end) = (*self.starts.get(head)?, *self.starts.get(head + 1)?);
        let part = self.ids.get(start as usize..end as usize)?;
        let place = part.binary_search_by_key(&numbers(id), |known| numbers(known)).ok()?;
        u32::try_from(place).ok().map(|place| start + place)
    }

    /// The name of the object at this place.
    #[must_use]
    pub fn id(&self, place: u32) -> Option<&ObjectId> {
        self.ids.get(place as usize)
    }

    /// Every name, in order.
    pub fn ids(&self) -> &[ObjectId] {
        &self.ids
    }
}

/// A name as numbers, which are compared faster than bytes, and in the same order.
fn numbers(id: &oid) -> Option<(u64, u64, u32)> {
    let (first, rest) = id.as_bytes().split_first_chunk()?;
    let (second, rest) = rest.split_first_chunk()?;
    let last = rest.first_chunk()?;
    Some((u64::from_be_bytes(*first), u64::from_be_bytes(*second), u32::from_be_bytes(*last)))
}

fn head(id: &oid) -> usize {
    match id.as_bytes() {
        [first, second, ..] => usize::from(*first) << 8 | usize::from(*second),
        _ => 0,
    }
}

/// Every object of a store, each once.
pub struct Listed<'s> {
    store: &'s Store,
    table: Table,
    /// For each pack and entry its place in the table, unless an earlier pack has the object.
    places: Vec<Vec<Option<u32>>>,
    /// The places of what is loose only.
    loose: Vec<u32>,
    broken: Vec<Broken>,
}

impl Listed<'_> {
    /// The objects' names.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// What of the store cannot be read at all.
    #[must_use]
    pub fn broken(&self) -> &[Broken] {
        &self.broken
    }

    /// The objects at the places for which `wanted` holds.
    #[must_use]
    pub fn choose(&self, wanted: &(dyn Fn(u32) -> bool + Sync)) -> Chosen<'_> {
        let forest = |(pack, places): (&Pack, &Vec<Option<u32>>)| {
            pack.forest(&|entry| places.get(entry as usize).copied().flatten().is_some_and(wanted))
        };
        let forests = self.store.packs.iter().zip(&self.places).map(forest).collect();
        let loose = self.loose.iter().copied().filter(|place| wanted(*place)).collect();
        Chosen { listed: self, forests, loose }
    }

    fn loose<'b>(&self, place: u32, bytes: &'b mut Vec<u8>) -> Option<(Kind, &'b [u8])> {
        let id = self.table.id(place)?;
        let store = self.store.loose.iter().find(|store| store.contains(id))?;
        let data = store.try_find(id, bytes).ok()??;
        Some((data.kind.into(), data.data))
    }
}

/// Objects that are to be read.
pub struct Chosen<'l> {
    listed: &'l Listed<'l>,
    forests: Vec<Forest>,
    loose: Vec<u32>,
}

impl<'l> Chosen<'l> {
    /// All objects of the store.
    #[must_use]
    pub fn listed(&self) -> &'l Listed<'l> {
        self.listed
    }

    /// Calls `told` with the place and the content of each object of this kind, from many threads and in no order. Returns the
    /// places of those that cannot be read.
    pub fn visit(&self, kind: Kind, told: &(dyn Fn(u32, &[u8]) + Sync)) -> Vec<u32> {
        self.visit_with_base(kind, None, &|place, content, _| told(place, content))
    }

    /// The same, with the object that each rests on in its pack: most often another version of the same file. Of what `enough`
    /// holds for, and nothing else rests on, the first [`GLANCE`] bytes alone may be told.
    pub fn visit_with_base<T>(&self, kind: Kind, enough: Option<&Enough<'_>>, told: &Told<'_, T>) -> Vec<u32> {
        let mut broken = Vec::new();
        let Listed { store, places, .. } = self.listed;
        for ((pack, forest), places) in store.packs.iter().zip(&self.forests).zip(places) {
            let place = |entry: u32| places.get(entry as usize).copied().flatten();
            let found = pack.visit(forest, kind, enough, &|own, content, base| {
                let base = base.and_then(|(made, copied): Base<'_, Option<T>>| Some((made.as_ref()?, copied)));
                place(own).map(|place| told(place, content, base))
            });
            broken.extend(found.into_iter().filter_map(place));
        }
        let lost = Mutex::new(Vec::new());
        self.loose.par_iter().for_each_init(Vec::new, |bytes, place| match self.listed.loose(*place, bytes) {
            Some((found, content)) if found == kind => drop(told(*place, content, None)),
            Some(_) => {}
            None => lost.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(*place),
        });
        broken.extend(lost.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
        broken.sort_unstable();
        broken.dedup();
        broken
    }
}

#[cfg(test)]
mod tests;
