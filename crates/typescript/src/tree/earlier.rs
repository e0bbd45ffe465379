//! The files of the same folder at another time, of which only those are kept in memory that were another.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Contents, FileId, NEVER_ENTERED, Names, Tree};

impl Tree {
    /// The same folder when git kept track of the files that `is_same` says, with what they hold now, and of those in `older`, with
    /// what they held then. Left out is what [`Tree::walk`] never enters.
    #[must_use]
    pub fn at_another_time(&self, is_same: impl Fn(FileId, &str) -> bool, older: BTreeMap<String, Vec<u8>>) -> Self {
        let is_entered = |path: &str| !path.split('/').any(|part| NEVER_ENTERED.contains(&part));
        let mut older: Vec<(String, Vec<u8>)> = older.into_iter().filter(|(path, _)| is_entered(path)).collect();
        let is_then = |path: &str| older.binary_search_by(|(older, _)| (**older).cmp(path)).is_ok();
        let (mut number, mut is_all) = (0, true);
        for (file, path) in self.files() {
            let is_older = is_then(path);
            number += usize::from(is_older);
            is_all &= is_older || is_same(file, path);
        }
        let names = if is_all && number == older.len() {
            Arc::clone(&self.contents.names)
        } else {
            let same = self.files().filter(|(file, path)| is_same(*file, path) && !is_then(path));
            let mut paths: Vec<Box<str>> = same.map(|(_, path)| path.into()).collect();
            paths.extend(older.iter().map(|(path, _)| path.as_str().into()));
            paths.sort_unstable();
            Arc::new(Names::of(paths))
        };
        let mut then = Contents { folder: self.contents.folder.clone(), names, ..Contents::default() };
        then.apart = older.drain(..).filter_map(|(path, content)| Some((file(&then.names, &path)?, content))).collect();
        Self { contents: Arc::new(then) }
    }

    /// Whether the file's content is not the one that lies in the folder.
    #[must_use]
    pub fn is_apart(&self, file: FileId) -> bool {
        self.contents.apart.contains_key(&file)
    }

    /// The files whose content is not the one that lies in the folder.
    pub fn apart(&self) -> impl Iterator<Item = (FileId, &str)> {
        self.contents.apart.keys().map(|file| (*file, self.path(*file)))
    }

    /// Whether the other one has the same files, each with the same name, whatever they hold.
    #[must_use]
    pub fn has_the_names_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.contents.names, &other.contents.names)
    }
}

fn file(names: &Names, path: &str) -> Option<FileId> {
    u32::try_from(names.find(path)?).ok().map(FileId)
}
