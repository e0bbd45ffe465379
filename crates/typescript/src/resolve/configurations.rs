//! Which configurations count for the files of a folder.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::configuration::Configuration;
use super::path::{join, upwards};
use super::written::Reader;

/// All that were asked for, and what they said.
#[derive(Debug, Default)]
pub(super) struct Configurations {
    loaded: Mutex<HashMap<String, Arc<Configuration>>>,
    of_folders: Mutex<HashMap<String, Arc<[Arc<Configuration>]>>>,
}

impl Configurations {
    /// The configuration that includes the code of this folder, as the compiler sees it. Then the nearest one: a bundler asks
    /// it whether it includes the file or not.
    pub(super) fn of(&self, reader: &Reader<'_>, folder: &str) -> Arc<[Arc<Configuration>]> {
        if let Some(known) = self.of_folders.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(known);
        }
        let mut nearest = None;
        let mut owner = None;
        for above in upwards(folder) {
            let mut names = ["tsconfig.json", "jsconfig.json"].into_iter().map(|name| join(above, name));
            let Some(path) = names.find(|path| reader.tree.find(path).is_some()) else { continue };
            let configuration = self.load(reader, &path);
            let mut referred = configuration.references.iter().map(|path| self.load(reader, path));
            let including = referred.find(|referred| referred.includes(folder));
            owner = including.or_else(|| configuration.includes(folder).then(|| Arc::clone(&configuration)));
            nearest = nearest.or(Some(configuration));
            if owner.is_some() {
                break;
            }
        }
        let nearest = nearest.filter(|nearest| !owner.as_ref().is_some_and(|owner| Arc::ptr_eq(owner, nearest)));
        let found: Arc<[_]> = owner.into_iter().chain(nearest).collect();
        self.of_folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), Arc::clone(&found));
        found
    }

    /// Two threads may read the same file at once; what is wrong with it is told once.
    fn load(&self, reader: &Reader<'_>, path: &str) -> Arc<Configuration> {
        if let Some(known) = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(known);
        }
        let configuration = Arc::new(Configuration::new(path, reader.read(path)));
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(loaded.entry(path.to_owned()).or_insert(configuration))
    }
}
