//! Objects that others name and that are not in this clone.

use std::sync::{Mutex, PoisonError};

use gix::{ObjectId, oid};
use rustc_hash::FxHashMap;

/// Gives places behind the table of objects to what is not in it.
pub(super) struct Absent {
    first: u32,
    names: Mutex<Names>,
}

#[derive(Default)]
struct Names {
    places: FxHashMap<ObjectId, u32>,
    ids: Vec<ObjectId>,
}

impl Absent {
    /// With places from `first` on.
    pub(super) fn from(first: u32) -> Self {
        Self { first, names: Mutex::default() }
    }

    /// The place of an object, always the same.
    pub(super) fn place(&self, id: &oid) -> u32 {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let Names { places, ids } = &mut *names;
        *places.entry(id.to_owned()).or_insert_with(|| {
            ids.push(id.to_owned());
            self.first + u32::try_from(ids.len() - 1).unwrap_or_default()
        })
    }

    /// Every name, with its place.
    pub(super) fn all(&self) -> Vec<(ObjectId, u32)> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.ids.iter().copied().zip(self.first..).collect()
    }

    /// The name of the object at a place.
    pub(super) fn id(&self, place: u32) -> Option<ObjectId> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.ids.get(place.checked_sub(self.first)? as usize).copied()
    }
}
