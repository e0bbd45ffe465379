//! Which files import which.

use std::collections::{BTreeMap, BTreeSet};

use super::Program;
use crate::module::Name;
use crate::parse::parse;
use crate::resolve::Resolved;
use crate::specifiers::specifiers;
use crate::tree::FileId;

/// Who imports a file.
#[derive(Debug, Default)]
pub struct Imports {
    importers: BTreeMap<FileId, Vec<FileId>>,
}

impl Imports {
    /// Those that import one of `files`, directly or over others, and these themselves.
    #[must_use]
    pub fn importing(&self, files: BTreeSet<FileId>) -> BTreeSet<FileId> {
        let mut found = files;
        let mut next: Vec<FileId> = found.iter().copied().collect();
        while let Some(file) = next.pop() {
            let importers = self.importers.get(&file).into_iter().flatten();
            next.extend(importers.copied().filter(|importer| found.insert(*importer)));
        }
        found
    }
}

/// From each file with the files that it imports.
impl FromIterator<(FileId, Vec<FileId>)> for Imports {
    fn from_iter<T: IntoIterator<Item = (FileId, Vec<FileId>)>>(files: T) -> Self {
        let mut importers: BTreeMap<FileId, Vec<FileId>> = BTreeMap::new();
        for (file, imported) in files {
            for imported in imported {
                importers.entry(imported).or_default().push(file);
            }
        }
        Self { importers }
    }
}

impl Program {
    /// What the files import that somebody asked for.
    #[must_use]
    pub fn imports(&self) -> Imports {
        let loaded = self.tree.files().map(|(file, _)| file).filter(|file| self.is_parsed(*file));
        loaded.map(|file| (file, self.files_of(file, self.module(file).specifiers().map(Name::as_str)))).collect()
    }

    /// The files that a file with this text imports, or more. It is parsed for that only where it is written in an unusual way.
    #[must_use]
    pub fn imported(&self, file: FileId, text: &str) -> Vec<FileId> {
        match specifiers(text) {
            Some(specifiers) => self.files_of(file, specifiers.into_iter()),
            None => {
                let module = parse(self.tree.path(file), text);
                self.files_of(file, module.specifiers().map(Name::as_str))
            }
        }
    }

    fn files_of<'s>(&self, from: FileId, specifiers: impl Iterator<Item = &'s str>) -> Vec<FileId> {
        let file = |specifier| match self.resolve(from, specifier) {
            Resolved::File(file) => Some(file),
            _ => None,
        };
        specifiers.filter_map(file).collect()
    }
}
