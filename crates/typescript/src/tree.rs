//! The files of a repository, found in one walk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::folder::Folder;
use self::known::{Known, compare};
pub use self::walk::Found;
use self::walk::Seen;

mod earlier;
mod folder;
mod known;
#[cfg(test)]
mod tests;
mod tracked;
mod walk;

/// The longest file that [`Tree::read`] returns, in bytes (5 MiB).
pub const LONGEST_FILE: u64 = 5 * 1024 * 1024;

/// Folders that hold what others wrote or what a build leaves, whether git ignores them or not.
const NEVER_ENTERED: [&str; 5] = [".git", "node_modules", ".next", ".vercel", ".turbo"];

/// Names a file of a [`Tree`]: its place among the sorted paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// Its place among the files of the tree, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The files of a repository: their names, of whatever kind they are. A clone is cheap and names the same files.
///
/// Left out are: what git ignores and keeps no track of, also where a `.gitignore` is read without a repository around it;
/// folders named `.git`, `node_modules`, `.next`, `.vercel` or `.turbo`; symbolic links, since what they point to has a path of its own or
/// lies outside; and what is no file (sockets, pipes).
#[derive(Debug, Clone, Default)]
pub struct Tree {
    contents: Arc<Contents>,
}

#[derive(Debug, Default)]
struct Contents {
    folder: Folder,
    names: Arc<Names>,
    /// By the file's index, whether git keeps track of it; none where nobody knows.
    tracked: Option<Vec<bool>>,
    /// What some files hold, where that is not what lies in the folder.
    apart: HashMap<FileId, Vec<u8>>,
    unreadable: Vec<Unreadable>,
    unnamed: Vec<String>,
}

#[derive(Debug, Default)]
struct Names {
    /// Sorted by bytes.
    paths: Vec<Box<str>>,
    known: Known,
}

impl Names {
    fn of(paths: Vec<Box<str>>) -> Self {
        Self { known: Known::of(&paths), paths }
    }

    fn find(&self, path: &str) -> Option<usize> {
        self.known.find(&self.paths, path)
    }
}

/// A part of the repository that nothing is known of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Its path below the root, with `/`; `.` is the root.
    pub path: String,
    /// What the system says.
    pub reason: String,
}

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The root is not there, or may not be entered.
    #[error("cannot look into `{}`: {error}", root.display())]
    Root {
        /// The root.
        root: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The root is something else.
    #[error("`{}` is not a folder", root.display())]
    NoFolder {
        /// The root.
        root: PathBuf,
    },
    /// There are more files than can be named (4,294,967,295).
    #[error("`{}` holds more files than can be told apart", root.display())]
    TooMany {
        /// The root.
        root: PathBuf,
    },
}

/// Why a file's text is unknown.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system does not give it.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// It is longer than [`LONGEST_FILE`].
    #[error("it has {bytes} bytes; at most {LONGEST_FILE} are read")]
    TooLong {
        /// How long it is.
        bytes: u64,
    },
    /// It holds a zero byte.
    #[error("it is binary: byte {offset} is zero")]
    Binary {
        /// Where, from 0.
        offset: usize,
    },
    /// It is no UTF-8.
    #[error("line {line} is not UTF-8")]
    NotText {
        /// The line, from 1.
        line: usize,
    },
    /// No file of this tree has this name.
    #[error("it is no file of this tree")]
    Unknown,
}

impl Tree {
    /// Walks the folder once, with up to 12 cores. What cannot be entered below it is kept in [`Tree::unreadable`].
    ///
    /// # Errors
    /// The root is no folder, or may not be looked into.
    pub fn walk(root: &Path) -> Result<Self, TreeError> {
        Self::of_walk(root, walk::walked)
    }

    /// The same, and on another core something is done with each file that is found, until the walk has ended. For how many files
    /// that is depends on the machine; the tree is the same.
    ///
    /// # Errors
    /// As [`Tree::walk`].
    pub fn walk_beside(root: &Path, each: impl FnMut(&Found<'_>) + Send) -> Result<Self, TreeError> {
        Self::of_walk(root, |folder| walk::walked_beside(folder, each))
    }

    fn of_walk(root: &Path, walked: impl FnOnce(&Folder) -> Vec<Seen>) -> Result<Self, TreeError> {
        let failed = |error| TreeError::Root { root: root.to_owned(), error };
        if !std::fs::metadata(root).map_err(failed)?.is_dir() {
            return Err(TreeError::NoFolder { root: root.to_owned() });
        }
        std::fs::read_dir(root).map_err(failed)?;
        // Through a link, each path would be told with a prefix that is not the root's.
        let folder = Folder::open(root.canonicalize().map_err(failed)?);
        let real = folder.root();

        let (mut paths, mut unreadable, mut unnamed) = (Vec::new(), Vec::new(), Vec::new());
        for seen in walked(&folder) {
            match seen {
                Seen::File(path) => paths.push(path),
                Seen::Unreadable(part) => unreadable.push(part),
                Seen::Unnamed(path) => unnamed.push(path),
            }
        }
        paths.sort_unstable_by(|one, other| compare(one, other));
        let mut names = Names::of(paths);
        let look = |names: &Names| tracked::Tracked::look(real, names.paths.len(), |path| names.find(path));
        let mut tracked = look(&names);
        if !tracked.hidden.is_empty() {
            names.paths.append(&mut tracked.hidden);
            names.paths.sort_unstable();
            names.paths.dedup();
            names = Names::of(names.paths);
            tracked = look(&names);
        }
        unreadable.sort();
        unnamed.sort();
        if u32::try_from(names.paths.len()).is_err() {
            return Err(TreeError::TooMany { root: root.to_owned() });
        }
        let (names, tracked) = (Arc::new(names), tracked.known);
        let contents = Contents { folder, names, tracked, apart: HashMap::new(), unreadable, unnamed };
        Ok(Self { contents: Arc::new(contents) })
    }

    /// The folder that was walked, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.contents.folder.root()
    }

    /// The path of a file below the root, with `/`.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        self.contents.names.paths.get(file.index()).map_or("", |path| path)
    }

    /// The file with this path, written as [`Tree::path`] does.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        let index = self.contents.names.find(path)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// All files, sorted by path.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (FileId, &str)> {
        self.contents.names.paths.iter().enumerate().map(|(index, path)| {
            #[allow(clippy::cast_possible_truncation, reason = "walk() refuses a tree with more files")]
            (FileId(index as u32), &**path)
        })
    }

    /// Whether a file lies below this folder, written without a `/` at its end; the root is empty.
    #[must_use]
    pub fn is_folder(&self, folder: &str) -> bool {
        folder.is_empty() || self.contents.names.known.is_folder(&self.contents.names.paths, folder)
    }

    /// By the file's index, whether git keeps track of it as a regular file; none where there is no repository, or no index.
    #[must_use]
    pub fn tracked(&self) -> Option<&[bool]> {
        self.contents.tracked.as_deref()
    }

    /// Folders that could not be entered, and files that could not be looked at. What lies in them is not among the files.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.contents.unreadable
    }

    /// Files whose names are no UTF-8, with replacement characters. They are not among the files.
    #[must_use]
    pub fn unnamed(&self) -> &[String] {
        &self.contents.unnamed
    }

    /// The first bytes of a file, at most so many.
    ///
    /// # Errors
    /// The system does not give them.
    pub fn beginning(&self, file: FileId, most: u64) -> Result<Vec<u8>, ReadError> {
        let most_here = usize::try_from(most).unwrap_or(usize::MAX);
        if let Some(content) = self.contents.apart.get(&file) {
            return Ok(content.get(..most_here).unwrap_or(content).to_owned());
        }
        let path = self.contents.names.paths.get(file.index()).ok_or(ReadError::Unknown)?;
        self.contents.folder.beginning(path, most_here)
    }

    /// The text of a file.
    ///
    /// # Errors
    /// It is no text, too long, or cannot be read.
    pub fn read(&self, file: FileId) -> Result<String, ReadError> {
        folder::text(self.beginning(file, LONGEST_FILE + 1)?, || match self.contents.apart.get(&file) {
            Some(content) => Some(content.len() as u64),
            None => self.contents.folder.length(self.path(file)),
        })
    }
}
