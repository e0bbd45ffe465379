//! The modules of a repository, read and parsed when something asks for them, and what their names mean.

mod exported;
mod follow;
mod imports;
mod trail;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use ops_core::Place;
use ops_core::finding::Lines;
use rayon::prelude::*;

use self::exported::Searches;
pub use self::follow::Meaning;
pub use self::imports::Imports;
pub use self::trail::{Files, Hop, HopKind, Trail};
use crate::module::{Module, Span, SyntaxError};
use crate::parse::{is_code, parse};
use crate::resolve::{Resolved, Resolver};
use crate::tree::{FileId, ReadError, Tree};

/// A thing of one module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At<T> {
    /// Whose.
    pub file: FileId,
    /// What.
    pub it: T,
}

impl<T> At<T> {
    /// Another thing of the same module.
    pub fn with<U>(&self, it: U) -> At<U> {
        At { file: self.file, it }
    }
}

/// Up to how far into a text, in bytes, lines are counted from its start, which is quicker than to note where all of them begin.
const NEAR: usize = 32 << 10;

struct Loaded {
    source: String,
    /// Once somebody asks for it.
    module: OnceLock<Module>,
    /// Where the lines begin, once somebody asks for a place.
    lines: OnceLock<Lines>,
}

impl Loaded {
    fn new(source: String) -> Self {
        Self { source, module: OnceLock::new(), lines: OnceLock::new() }
    }

    fn unreadable(error: &ReadError) -> Self {
        let errors = vec![SyntaxError { message: error.to_string(), span: Span::default() }];
        Self { module: Module { errors, ..Module::default() }.into(), ..Self::new(String::new()) }
    }
}

/// The modules of a repository. Each file is read and parsed at most once, by whichever thread asks first.
pub struct Program {
    tree: Tree,
    resolver: Arc<Resolver>,
    loaded: Vec<Arc<OnceLock<Loaded>>>,
    searches: Searches,
}

impl Program {
    /// Reads nothing yet but what tells how imports are resolved.
    #[must_use]
    pub fn new(tree: Tree) -> Self {
        let resolver = Arc::new(Resolver::new(&tree));
        let loaded = tree.files().map(|_| Arc::default()).collect();
        Self { tree, resolver, loaded, searches: Searches::default() }
    }

    /// The same folder at another time. A file that `tree` reads from the folder as well is shared: whichever asks first for it
    /// parses it for both.
    #[must_use]
    pub fn at_another_time(&self, tree: Tree) -> Self {
        let has_the_same_names = tree.has_the_names_of(&self.tree);
        let resolver = if has_the_same_names && tree.apart().all(|(_, path)| is_code(path)) {
            Arc::clone(&self.resolver)
        } else {
            Arc::new(Resolver::new(&tree))
        };
        let shared = |(file, path)| {
            let here = if has_the_same_names { Some(file) } else { self.tree.find(path) };
            let here = here.filter(|_| !tree.is_apart(file));
            here.and_then(|here| self.loaded.get(here.index())).cloned().unwrap_or_default()
        };
        let loaded = tree.files().map(shared).collect();
        Self { tree, resolver, loaded, searches: Searches::default() }
    }

    /// The files.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// How imports are resolved.
    #[must_use]
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// The file as a module. One that cannot be read has an error, and nothing else.
    pub fn module(&self, file: FileId) -> &Module {
        let loaded = self.load(file);
        loaded.module.get_or_init(|| parse(self.tree.path(file), &loaded.source))
    }

    /// The file's text; empty where it cannot be read.
    pub fn source(&self, file: FileId) -> &str {
        &self.load(file).source
    }

    /// The same for whoever asks for the text alone, which need not be kept.
    ///
    /// # Errors
    /// It is no text, too long, or cannot be read.
    pub fn text_of(&self, file: FileId) -> Result<Cow<'_, str>, ReadError> {
        match self.loaded.get(file.index()).and_then(|cell| cell.get()) {
            Some(loaded) => Ok(Cow::Borrowed(&loaded.source)),
            None => self.tree.read(file).map(Cow::Owned),
        }
    }

    /// Whether somebody asked for the module already.
    #[must_use]
    pub fn is_parsed(&self, file: FileId) -> bool {
        let loaded = self.loaded.get(file.index()).and_then(|cell| cell.get());
        loaded.is_some_and(|loaded| loaded.module.get().is_some())
    }

    /// Keeps text that was read already, so that a file which was only looked through is not read again, and the module, where that
    /// is known as well.
    pub fn keep(&self, file: FileId, source: String, module: Option<Module>) {
        if let Some(cell) = self.loaded.get(file.index()) {
            let module = module.map(OnceLock::from).unwrap_or_default();
            cell.get_or_init(|| Loaded { module, ..Loaded::new(source) });
        }
    }

    /// What an import of `specifier` in `file` leads to.
    pub fn resolve(&self, file: FileId, specifier: &str) -> Resolved {
        self.resolver.resolve(file, specifier)
    }

    /// The region, for people.
    pub fn place(&self, at: At<Span>) -> Place {
        let Loaded { source, lines, .. } = self.load(at.file);
        let (path, range) = (self.tree.path(at.file), Range::from(at.it));
        if range.end <= NEAR {
            return Place::in_text(path, source, range);
        }
        lines.get_or_init(|| Lines::of(source)).place(path, source, range)
    }

    /// The text of the region.
    pub fn text(&self, at: At<Span>) -> &str {
        self.source(at.file).get(Range::from(at.it)).unwrap_or_default()
    }

    fn load(&self, file: FileId) -> &Loaded {
        static NOTHING: OnceLock<Loaded> = OnceLock::new();
        match self.loaded.get(file.index()) {
            Some(cell) => cell.get_or_init(|| match self.tree.read(file) {
                Ok(source) => Loaded::new(source),
                Err(error) => Loaded::unreadable(&error),
            }),
            None => NOTHING.get_or_init(|| Loaded::unreadable(&ReadError::Unknown)),
        }
    }
}

/// On all cores: of many files the end takes as long as anything else.
impl Drop for Program {
    fn drop(&mut self) {
        std::mem::take(&mut self.loaded).into_par_iter().for_each(drop);
    }
}
