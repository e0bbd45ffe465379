//! The way to what a name means.

use std::sync::Arc;

use super::At;
use super::exported::Search;
use crate::module::{Key, Name, Span};
use crate::tree::FileId;

/// How many names are seen through before it counts as a cycle.
const LIMIT: usize = 512;

/// A name on the way to its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The name.
    pub name: Name,
    /// What it is there.
    pub kind: HopKind,
    /// Where it is declared, imported or exported.
    pub at: At<Span>,
    /// What of it was asked for, outermost first.
    pub rest: Vec<Key>,
}

/// What a name on the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HopKind {
    /// The name that an import gives it: anything, as the importer likes.
    Imported,
    /// The name that it is declared with, or the name of a property.
    Declared,
    /// The name that it is exported with.
    Exported,
}

/// The way to a meaning.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// The names, in order.
    pub hops: Vec<Hop>,
    /// All files that had a say, also those that turned out not to hold the name.
    pub files: Files,
    /// How many names were passed, also where none is kept.
    passed: usize,
    /// Then only the length of the way is kept.
    is_unread: bool,
}

impl Trail {
    /// A way that nobody looks at: it is walked more often than any other.
    #[must_use]
    pub fn unread() -> Self {
        Self { is_unread: true, ..Self::default() }
    }

    /// A new way, which is kept only where this one is.
    #[must_use]
    pub fn aside(&self) -> Self {
        Self { is_unread: self.is_unread, ..Self::default() }
    }

    pub(super) fn pass(&mut self, name: &Name, kind: HopKind, at: At<Span>, reversed: &[Key]) {
        self.passed += 1;
        self.see(at.file);
        if !self.is_unread {
            self.hops.push(Hop { name: name.clone(), kind, at, rest: reversed.iter().rev().cloned().collect() });
        }
    }

    pub(super) fn see(&mut self, file: FileId) {
        if !self.is_unread && self.files.own.last() != Some(&file) {
            self.files.own.push(file);
        }
    }

    /// Sees the files of a search.
    pub(super) fn see_all(&mut self, search: Arc<Search>) {
        if !self.is_unread {
            self.files.searched.push(search);
        }
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.passed > LIMIT
    }
}

/// Files that had a say in something.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Perhaps some of them more than once.
    own: Vec<FileId>,
    /// Each search behind stars may have been through hundreds.
    searched: Vec<Arc<Search>>,
}

impl Files {
    /// Adds those of another way.
    pub fn extend(&mut self, others: Self) {
        self.own.extend(others.own);
        self.searched.extend(others.searched);
    }
}

/// Each once, sorted.
impl IntoIterator for Files {
    type Item = FileId;
    type IntoIter = std::vec::IntoIter<FileId>;

    fn into_iter(self) -> Self::IntoIter {
        let Self { own: mut files, mut searched } = self;
        searched.sort_unstable_by_key(Arc::as_ptr);
        searched.dedup_by_key(|search| Arc::as_ptr(search));
        files.extend(searched.iter().flat_map(|search| &search.files));
        files.sort_unstable();
        files.dedup();
        files.into_iter()
    }
}
