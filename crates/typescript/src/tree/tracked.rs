//! Files that git keeps track of although it is told to ignore them: those are in the repository, and may be routes.
//!
//! Git's index is read here, without git: it has a say in what is scanned also where git is not there or refuses to be asked.
//! What cannot be read of it (an index that is split over two files, or holds folders), git is asked for.
//!
//! Format: git-scm.com/docs/index-format.

use std::path::{Component, Path, PathBuf};

use ops_core::git::Git;

use super::NEVER_ENTERED;

/// The bytes of an object's name, by SHA-1 and SHA-256.
const NAMES: [usize; 2] = [20, 32];
/// What stands before the object's name: two times, and seven numbers of which the third is the mode.
const BEFORE: usize = 40;
const MODE: usize = 24;
/// In the flags of an entry.
const IS_EXTENDED: u16 = 0x4000;
const LENGTH: u16 = 0x0fff;

/// What git keeps track of in a folder.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// For each of the paths that were given, whether it is tracked as a regular file. None where there is no index.
    pub(super) known: Option<Vec<bool>>,
    /// Files that are there and none of the paths.
    pub(super) hidden: Vec<Box<str>>,
}

impl Tracked {
    /// `find` gives the place of a path among `number` that are known.
    pub(super) fn look(root: &Path, number: usize, find: impl Fn(&str) -> Option<usize>) -> Self {
        let Some(top) = root.ancestors().find(|above| above.join(".git").exists()) else { return Self::default() };
        let Some(index) = folder_of_git(top).and_then(|folder| std::fs::read(folder.join("index")).ok()) else {
            return Self::default();
        };
        let inner = root.strip_prefix(top).unwrap_or(root).to_string_lossy().into_owned();
        let read = |name| {
            let mut all = Self::of(number);
            entries(&index, name, |mode, path| {
                let path = std::str::from_utf8(path).ok().filter(|_| is_regular(mode));
                if let Some(path) = path.and_then(|path| below(&inner, path)) {
                    all.add(root, path, find(path));
                }
            })
            .map(|()| all)
        };
        let asked = || {
            let mut all = Self::of(number);
            for path in Git::at(root).tracked().ok()? {
                all.add(root, &path, find(&path));
            }
            Some(all)
        };
        NAMES.into_iter().find_map(read).or_else(asked).unwrap_or_default()
    }

    fn of(number: usize) -> Self {
        Self { known: Some(vec![false; number]), hidden: Vec::new() }
    }

    fn add(&mut self, root: &Path, path: &str, place: Option<usize>) {
        match place.and_then(|place| self.known.as_mut()?.get_mut(place)) {
            Some(is_tracked) => *is_tracked = true,
            None if is_there(root, path) => self.hidden.push(path.into()),
            None => {}
        }
    }
}

/// `.git`, or the folder that it names in a work tree and in a submodule.
fn folder_of_git(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let text = std::fs::read_to_string(git).ok()?;
    Some(top.join(text.strip_prefix("gitdir:")?.trim()))
}

fn is_regular(mode: u32) -> bool {
    mode >> 12 == 0o10
}

fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// Whether a path leads to a file in the folder, and through no link.
fn is_there(root: &Path, path: &str) -> bool {
    let is_plain = |part: Component<'_>| match part {
        Component::Normal(name) => NEVER_ENTERED.iter().all(|never| name != *never),
        _ => false,
    };
    let full = root.join(path);
    Path::new(path).components().all(is_plain)
        && full.symlink_metadata().is_ok_and(|found| found.is_file())
        && full.canonicalize().is_ok_and(|real| real == full)
}

/// Tells the mode and the path of each entry. Nothing where it is not understood to its end.
fn entries(index: &[u8], name: usize, mut tell: impl FnMut(u32, &[u8])) -> Option<()> {
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at.checked_add(4)?)?.try_into().ok()?));
    let version = number(4).filter(|version| index.starts_with(b"DIRC") && (2..=4).contains(version))?;
    let mut at = 12;
    let mut path = Vec::new();
    for _ in 0..number(8)? {
        let start = at;
        at += BEFORE + name;
        let flags = u16::from_be_bytes(index.get(at..at + 2)?.try_into().ok()?);
        at += if flags & IS_EXTENDED == 0 { 2 } else { 4 };
        // The fourth version leaves out what an entry has in common with the one before it.
        let common = match version {
            4 => path.len().checked_sub(variable(index, &mut at)?)?,
            _ => 0,
        };
        path.truncate(common);
        let rest = index.get(at..)?;
        let end = memchr::memchr(0, rest)?;
        path.extend_from_slice(rest.get(..end)?);
        at += end;
        // With the wrong length of names, other bytes would be taken for these.
        if usize::from(flags & LENGTH) != path.len().min(usize::from(LENGTH)) {
            return None;
        }
        tell(number(start + MODE)?, &path);
        at = if version == 4 { at + 1 } else { start + (at - start + 8) / 8 * 8 };
    }
    while index.len().checked_sub(at)? > name {
        // The rest of the entries is in another file, or some are folders.
        if matches!(index.get(at..at + 4)?, b"link" | b"sdir") {
            return None;
        }
        at = at.checked_add(8)?.checked_add(usize::try_from(number(at + 4)?).ok()?)?;
    }
    Some(())
}

/// A number of seven bits a byte, the highest first, in which no value can be written in two ways.
fn variable(index: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0_usize;
    loop {
        let byte = usize::from(*index.get(*at)?);
        *at += 1;
        value = value.checked_shl(7)?.checked_add(byte & 0x7f)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}
