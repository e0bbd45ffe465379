//! The files of the same folder at another time, of which only those are kept in memory that were another.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Contents, FileId, NEVER_ENTERED, Tree, known};

impl Tree {
    /// The same folder when git kept track of these files: those with a content had that, the others had the one that they
    /// have now. Left out is what [`Tree::walk`] never enters, and what is not here to have a content.
    #[must_use]
    pub fn at_another_time(&self, files: BTreeMap<String, Option<Vec<u8>>>) -> Self {
        let is_entered = |path: &str| !path.split('/').any(|part| NEVER_ENTERED.contains(&part));
        let (mut paths, mut apart) = (Vec::with_capacity(files.len()), HashMap::new());
        for (path, content) in files {
            if !is_entered(&path) || content.is_none() && self.find(&path).is_none() {
                continue;
            }
            if let (Some(content), Ok(index)) = (content, u32::try_from(paths.len())) {
                apart.insert(FileId(index), content);
            }
            paths.push(path.into_boxed_str());
        }
        let root = self.root().to_owned();
        Self { contents: Arc::new(Contents { root, known: known(&paths), paths, apart, ..Contents::default() }) }
    }

    /// Whether the file's content is not the one that lies in the folder.
    #[must_use]
    pub fn is_apart(&self, file: FileId) -> bool {
        self.contents.apart.contains_key(&file)
    }
}
