//! Answers that were given before.

use std::hash::BuildHasher as _;
use std::sync::{PoisonError, RwLock};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Resolved;
use crate::module::Name;

/// Enough that few threads wait for each other.
const PARTS: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Memory {
    parts: [RwLock<FxHashMap<Name, Resolved>>; PARTS],
}

impl Memory {
    /// The answer for a specifier. Two threads may look for it at once, and find the same.
    pub(super) fn get_or_insert(&self, specifier: &str, find: impl FnOnce() -> Resolved) -> Resolved {
        #[allow(clippy::cast_possible_truncation, reason = "only a few bits are used")]
        let part = (FxBuildHasher.hash_one(specifier) >> 32) as usize % PARTS;
        let Some(part) = self.parts.get(part) else { return find() };
        let known = part.read().unwrap_or_else(PoisonError::into_inner).get(specifier).cloned();
        known.unwrap_or_else(|| {
            let found = find();
            part.write().unwrap_or_else(PoisonError::into_inner).insert(specifier.into(), found.clone());
            found
        })
    }
}
