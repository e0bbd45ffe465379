//! Folders whose files mean the same by every name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::configuration::Configuration;

/// All that has a say in what a name means that is no path.
#[derive(Debug)]
pub(super) struct Region {
    /// As the folder's files have them.
    pub(super) configurations: Arc<[Arc<Configuration>]>,
    /// The folder of the package around.
    pub(super) package: Option<String>,
    /// The innermost folder below which names of packages count.
    pub(super) root: Option<String>,
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
#[derive(Debug, Default)]
pub(super) struct Regions {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    of_folders: FxHashMap<String, Arc<str>>,
    /// Each with a name that no folder has, by the folder of its package.
    regions: HashMap<Option<String>, Vec<(Region, Arc<str>)>>,
}

impl Regions {
    /// The name of the region that a folder belongs to.
    pub(super) fn of(&self, folder: &str, region: impl FnOnce() -> Region) -> Arc<str> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).of_folders.get(folder) {
            return Arc::clone(known);
        }
        let region = region();
        let mut guard = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = &mut *guard;
        let all = known.regions.entry(region.package.clone()).or_default();
        let name = match all.iter().find(|(other, _)| other.is(&region)) {
            Some((_, name)) => Arc::clone(name),
            None => {
                // No path of a tree ends so.
                let name: Arc<str> = format!("{folder}/").into();
                all.push((region, Arc::clone(&name)));
                name
            }
        };
        known.of_folders.insert(folder.to_owned(), Arc::clone(&name));
        name
    }
}
