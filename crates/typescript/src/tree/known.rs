//! Where paths are among the sorted paths of a tree. Most of what is looked for is not there.

use std::cmp::Ordering;
use std::hash::BuildHasher as _;

use rustc_hash::{FxBuildHasher, FxHashMap};

/// The places of all paths and of all folders around them, by the hashes of their names.
#[derive(Debug, Default)]
pub(super) struct Known(FxHashMap<u64, Place>);

#[derive(Debug, Clone, Copy)]
struct Place {
    /// The file's, or that of the folder's first file.
    index: u32,
    is_folder: bool,
}

impl Known {
    pub(super) fn of(paths: &[Box<str>]) -> Self {
        let mut places = FxHashMap::with_capacity_and_hasher(paths.len() * 2, FxBuildHasher);
        let mut last = "";
        for (index, path) in (0..).zip(paths) {
            places.insert(hash(path), Place { index, is_folder: false });
            let folder = parent(path).unwrap_or_default();
            // Files of a folder lie beside each other.
            let mut next = (folder != last).then_some(folder);
            while let Some(folder) = next {
                let place = *places.entry(hash(folder)).or_insert(Place { index, is_folder: true });
                let first = paths.get(place.index as usize).filter(|_| place.index != index);
                // Where this one was met before, those around it were, too.
                next = if first.is_some_and(|first| is_around(folder, first)) { None } else { parent(folder) };
            }
            last = folder;
        }
        Self(places)
    }

    pub(super) fn find(&self, paths: &[Box<str>], path: &str) -> Option<usize> {
        let place = self.0.get(&hash(path)).filter(|place| !place.is_folder)?;
        let index = place.index as usize;
        if paths.get(index).is_some_and(|known| compare(known, path).is_eq()) {
            return Some(index);
        }
        // Another path has the same hash.
        paths.binary_search_by(|known| compare(known, path)).ok()
    }

    pub(super) fn is_folder(&self, paths: &[Box<str>], folder: &str) -> bool {
        let Some(place) = self.0.get(&hash(folder)) else { return false };
        if paths.get(place.index as usize).is_some_and(|path| is_around(folder, path)) {
            return true;
        }
        let wanted = || folder.as_bytes().iter().chain(b"/");
        let first = paths.partition_point(|path| path.as_bytes().iter().lt(wanted()));
        paths.get(first).is_some_and(|path| is_around(folder, path))
    }
}

fn is_around(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn hash(path: &str) -> u64 {
    FxBuildHasher.hash_one(path)
}

fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}

/// As `str` compares, in steps of eight bytes: paths have much in common at their beginnings.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let (steps, _) = one.as_bytes().as_chunks::<8>();
    let (others, _) = other.as_bytes().as_chunks::<8>();
    for (step, other) in steps.iter().zip(others) {
        let (step, other) = (u64::from_be_bytes(*step), u64::from_be_bytes(*other));
        if step != other {
            return step.cmp(&other);
        }
    }
    let same = steps.len().min(others.len()) * 8;
    one.as_bytes().get(same..).cmp(&other.as_bytes().get(same..))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Known, compare};

    fn paths(names: &[String]) -> Vec<Box<str>> {
        let mut paths: Vec<Box<str>> = names.iter().map(|name| name.clone().into_boxed_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    proptest! {
        #[test]
        fn paths_compare_as_texts_do(one in "[a-b/\u{e9}]{0,20}", other in "[a-b/\u{e9}]{0,20}", same in "[a-z]{0,20}") {
            prop_assert_eq!(compare(&one, &other), one.cmp(&other));
            let (one, other) = (format!("{same}{one}"), format!("{same}{other}"));
            prop_assert_eq!(compare(&one, &other), one.cmp(&other));
        }

        #[test]
        fn each_path_and_each_folder_is_found_and_nothing_else(
            names in prop::collection::vec("[ab]{1,2}(/[ab-]{1,2}){0,3}", 0..30),
            asked in "[ab]{1,2}(/[ab-]{1,2}){0,3}/?",
        ) {
            let paths = paths(&names);
            let known = Known::of(&paths);
            for asked in paths.iter().map(|path| &**path).chain([asked.as_str()]) {
                prop_assert_eq!(known.find(&paths, asked), paths.iter().position(|path| **path == *asked));
                let below = format!("{asked}/");
                prop_assert_eq!(known.is_folder(&paths, asked), paths.iter().any(|path| path.starts_with(&below)), "{}", asked);
            }
        }
    }
}
