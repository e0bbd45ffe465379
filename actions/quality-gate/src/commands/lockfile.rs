//! A frozen lockfile is one that the installation leaves as it is: its bytes are compared, whatever the tool's flag promises.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// A lockfile as it was before the installation.
pub(super) struct Unchanged {
    path: PathBuf,
    before: Option<[u8; 32]>,
}

impl Unchanged {
    /// Looks at it.
    pub(super) fn begin(path: &Path) -> Self {
        Self { path: path.to_owned(), before: digest(path) }
    }

    /// Looks again. Says what is wrong, if anything is.
    pub(super) fn end(self) -> Option<String> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        match digest(&self.path) {
            after if after == self.before => None,
            None => Some(format!("the installation removed {name}")),
            Some(_) => Some(format!("the installation changed {name}")),
        }
    }
}

fn digest(path: &Path) -> Option<[u8; 32]> {
    Some(Sha256::digest(std::fs::read(path).ok()?).into())
}
