//! Files below one folder, by their paths.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use rustix::fs::{self, Mode, OFlags};
use rustix::io::Errno;

use super::{LONGEST_FILE, ReadError};

/// A folder, absolute and without links.
#[derive(Debug, Clone, Default)]
pub(super) struct Folder {
    root: PathBuf,
    /// What is asked for from there on is found in fewer steps.
    opened: Option<Arc<OwnedFd>>,
}

impl Folder {
    pub(super) fn open(root: PathBuf) -> Self {
        let opened = fs::open(&root, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
        Self { opened: opened.ok().map(Arc::new), root }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The first bytes of a file, at most so many.
    pub(super) fn beginning(&self, path: &str, most: usize) -> Result<Vec<u8>, ReadError> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let opened = match &self.opened {
            Some(root) => fs::openat(root, path, flags, Mode::empty()),
            None => fs::open(self.root.join(path), flags, Mode::empty()),
        };
        Ok(beginning_of(&opened.map_err(std::io::Error::from)?, most)?)
    }

    pub(super) fn read(&self, path: &str) -> Result<String, ReadError> {
        let most = usize::try_from(LONGEST_FILE + 1).unwrap_or(usize::MAX);
        text(self.beginning(path, most)?, || self.length(path))
    }

    pub(super) fn length(&self, path: &str) -> Option<u64> {
        Some(std::fs::metadata(self.root.join(path)).ok()?.len())
    }
}

/// What a file holds, as text; `length` is asked where it is too long.
pub(super) fn text(content: Vec<u8>, length: impl FnOnce() -> Option<u64>) -> Result<String, ReadError> {
    if content.len() as u64 > LONGEST_FILE {
        return Err(ReadError::TooLong { bytes: length().unwrap_or(content.len() as u64) });
    }
    if let Some(offset) = memchr::memchr(0, &content) {
        return Err(ReadError::Binary { offset });
    }
    String::from_utf8(content).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        ReadError::NotText { line: 1 + before.iter().filter(|byte| **byte == b'\n').count() }
    })
}

/// Asks the system as little as can be, since this is done for thousands of files.
fn beginning_of(opened: &OwnedFd, most: usize) -> std::io::Result<Vec<u8>> {
    let length = usize::try_from(fs::fstat(opened)?.st_size).unwrap_or_default();
    let mut content = Vec::with_capacity(length.min(most) + 1);
    while content.len() < most {
        match rustix::io::read(opened, spare_capacity(&mut content)) {
            Ok(0) => break,
            Ok(_) if content.len() == length => break,
            // The file grows while it is read.
            Ok(_) => content.reserve(1),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    content.truncate(most);
    Ok(content)
}
