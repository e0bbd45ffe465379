//! The walk through a folder.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::available_parallelism;

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::folder::Folder;
use super::{NEVER_ENTERED, ReadError, Unreadable};

/// A file that was found while others are looked for.
#[derive(Debug)]
pub struct Found<'w> {
    folder: &'w Folder,
    path: &'w str,
}

impl Found<'_> {
    /// Its path below the root, with `/`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path
    }

    /// Its text.
    ///
    /// # Errors
    /// It is no text, too long, or cannot be read.
    pub fn read(&self) -> Result<String, ReadError> {
        self.folder.read(self.path)
    }
}

pub(super) enum Seen {
    File(Box<str>),
    Unreadable(Unreadable),
    Unnamed(String),
}

/// All that lies in the folder.
pub(super) fn walked(folder: &Folder) -> Vec<Seen> {
    let (sender, receiver) = mpsc::channel();
    run(folder.root(), sender, 0);
    receiver.into_iter().collect()
}

/// The same with half of the cores; `each` is called on another one until the walk has ended.
pub(super) fn walked_beside(folder: &Folder, mut each: impl FnMut(&Found<'_>) + Send) -> Vec<Seen> {
    let threads = available_parallelism().map_or(1, usize::from).div_ceil(2).min(12);
    let root = folder.root();
    let (sender, receiver) = mpsc::channel();
    let has_ended = AtomicBool::new(false);
    let walk = || {
        run(root, sender, threads);
        has_ended.store(true, Ordering::Relaxed);
    };
    let look = |seen: &Seen| {
        if let Seen::File(path) = seen
            && !has_ended.load(Ordering::Relaxed)
        {
            each(&Found { folder, path });
        }
    };
    let ((), seen) = rayon::join(walk, || receiver.into_iter().inspect(look).collect());
    seen
}

/// On so many threads; 0 is one for each core, but 12 at most.
fn run(root: &Path, sender: mpsc::Sender<Seen>, threads: usize) {
    WalkBuilder::new(root)
        .threads(threads)
        .hidden(false)
        .ignore(false)
        // Git itself looks no higher than the top of the repository.
        .parents(!root.join(".git").exists() && root.ancestors().any(|above| above.join(".git").exists()))
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .filter_entry(|entry| !NEVER_ENTERED.iter().any(|name| entry.file_name() == *name))
        .build_parallel()
        .run(|| {
            let sender = sender.clone();
            Box::new(move |entry| {
                let seen = match entry {
                    Ok(entry) => file(root, &entry),
                    Err(error) => Some(Seen::Unreadable(part(root, &error))),
                };
                // The receiver outlives the walk.
                let _ = seen.map(|seen| sender.send(seen));
                WalkState::Continue
            })
        });
}

fn file(root: &Path, entry: &DirEntry) -> Option<Seen> {
    if !entry.file_type()?.is_file() {
        return None;
    }
    let path = entry.path().strip_prefix(root).ok()?;
    Some(match std::str::from_utf8(path.as_os_str().as_bytes()) {
        Ok(path) => Seen::File(path.into()),
        Err(_) => Seen::Unnamed(path.to_string_lossy().into_owned()),
    })
}

pub(super) fn part(root: &Path, error: &ignore::Error) -> Unreadable {
    let path =
        path_of(error).and_then(|path| path.strip_prefix(root).ok()).map(|path| path.to_string_lossy().into_owned());
    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    Unreadable { path: path.filter(|path| !path.is_empty()).unwrap_or_else(|| ".".to_owned()), reason }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } | ignore::Error::Loop { child: path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}
