//! What is wrong with the files that say where modules lie.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A configuration that is not as it should be. Resolution goes on without the part that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Its path below the root, with `/`.
    pub file: String,
    /// What is wrong, as a fragment that reads well after the path and a colon.
    pub message: String,
}

/// All that was met so far, each once.
#[derive(Debug, Default)]
pub(super) struct Problems(Mutex<BTreeSet<Problem>>);

impl Problems {
    pub(super) fn add(&self, file: &str, message: impl Into<String>) {
        let problem = Problem { file: file.to_owned(), message: message.into() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(problem);
    }

    pub(super) fn all(&self) -> Vec<Problem> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
