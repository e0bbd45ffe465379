//! Folders whose files mean the same by every name.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::configuration::Configuration;
use super::memory::Memory;
use crate::tree::FileId;

/// All that has a say in what a name means that is no path.
#[derive(Debug)]
pub(super) struct Region {
    /// As the folder's files have them.
    pub(super) configurations: Arc<[Arc<Configuration>]>,
    /// The folder of the package around.
    pub(super) package: Option<String>,
    /// The innermost folder below which names of packages count.
    pub(super) root: Option<String>,
    /// What names mean here.
    pub(super) memory: Memory,
}

impl Region {
    fn is(&self, other: &Self) -> bool {
        let pairs = || self.configurations.iter().zip(&*other.configurations);
        self.package == other.package
            && self.root == other.root
            && self.configurations.len() == other.configurations.len()
            && pairs().all(|(one, other)| Arc::ptr_eq(one, other))
    }
}

/// The regions of a tree.
#[derive(Debug)]
pub(super) struct Regions {
    known: RwLock<Known>,
    /// By the file's index, for those that asked.
    of_files: Box<[OnceLock<Arc<Region>>]>,
}

#[derive(Debug, Default)]
struct Known {
    of_folders: FxHashMap<String, Arc<Region>>,
    /// By the folder of the package.
    regions: HashMap<Option<String>, Vec<Arc<Region>>>,
}

impl Regions {
    /// For a tree of so many files.
    pub(super) fn new(files: usize) -> Self {
        Self { known: RwLock::default(), of_files: std::iter::repeat_with(OnceLock::new).take(files).collect() }
    }

    /// The region that a file of this folder belongs to; none where the tree has no file with this index.
    pub(super) fn of(&self, file: FileId, folder: &str, region: impl FnOnce() -> Region) -> Option<&Region> {
        Some(self.of_files.get(file.index())?.get_or_init(|| self.of_folder(folder, region)))
    }

    fn of_folder(&self, folder: &str, region: impl FnOnce() -> Region) -> Arc<Region> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).of_folders.get(folder) {
            return Arc::clone(known);
        }
        let region = region();
        let mut guard = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let known = &mut *guard;
        let all = known.regions.entry(region.package.clone()).or_default();
        let region = match all.iter().find(|other| other.is(&region)) {
            Some(other) => Arc::clone(other),
            None => {
                let region = Arc::new(region);
                all.push(Arc::clone(&region));
                region
            }
        };
        known.of_folders.insert(folder.to_owned(), Arc::clone(&region));
        region
    }
}
