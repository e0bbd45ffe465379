//! Where secrets are looked for: the files of a work tree, the commits of a range, the whole history, logs.

mod history;
mod logs;
mod range;
mod tree;

pub use history::history;
#[doc(hidden)]
pub use history::rewritten;
pub use logs::logs;
pub use range::range;
pub use tree::tree;

use crate::Found;
use crate::git::GitError;
use crate::search::Unread;

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looked {
    /// The secrets, in the order of path and place.
    pub found: Vec<Found>,
    /// What could not be looked at. Where there is a gap, no finding proves nothing.
    pub gaps: Vec<Gap>,
    /// How many files, or contents of files, were looked into.
    pub files: u64,
    /// How many were left because they are no text.
    pub binary: u64,
    /// How many were left because they are larger than the policy says.
    pub large: u64,
    /// How many commits were looked at.
    pub commits: u64,
    /// How many contents an earlier run had looked into already.
    pub known: u64,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// What, and why.
    pub what: String,
    /// The command or setting that mends it.
    pub next: String,
}

impl Gap {
    fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into() }
    }

    /// Why git did not answer.
    fn of(error: &GitError) -> Self {
        match error {
            GitError::NoRepository => {
                Self::new(error.to_string(), "run this in a git repository, or look at the files alone: --mode tree")
            }
            GitError::Format(_) => Self::new(error.to_string(), "look at the files alone: --mode tree"),
            GitError::Failed(text) if text.contains("dubious ownership") => {
                Self::new(error.to_string(), "git config --global --add safe.directory \"$PWD\"")
            }
            GitError::Failed(_) => Self::new(error.to_string(), "run `git fsck` and mend what it tells of"),
        }
    }
}

impl Looked {
    /// Nothing could be looked at.
    fn unproven(gap: Gap) -> Self {
        Self { gaps: vec![gap], ..Self::default() }
    }

    /// Sorts what was found, so that no order of files or threads shows.
    fn sorted(mut self) -> Self {
        self.found.sort();
        self.found.dedup();
        self.gaps.sort();
        self.gaps.dedup();
        self
    }

    fn count(&mut self, unread: Unread) {
        match unread {
            Unread::Binary => self.binary += 1,
            Unread::Large => self.large += 1,
        }
    }

    /// Puts together what two threads looked at.
    fn and(mut self, other: Self) -> Self {
        self.found.extend(other.found);
        self.gaps.extend(other.gaps);
        self.files += other.files;
        self.binary += other.binary;
        self.large += other.large;
        self.commits += other.commits;
        self.known += other.known;
        self
    }
}

#[cfg(test)]
mod testing;
