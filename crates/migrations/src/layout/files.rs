//! Reading folders and files inside the repository, and nowhere else.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::{LayoutError, LayoutProblem};
use crate::Migration;
use crate::migration::{TransactionMode, line_of};

/// The largest migration file, in bytes: 16 MiB.
pub const LIMIT: u64 = 16 * 1024 * 1024;

/// A folder of migrations.
pub(super) struct Folder<'a> {
    root: &'a Path,
    canonical_root: PathBuf,
    /// Relative to the root, with `/` between the parts, empty for the root itself.
    pub(super) directory: &'a str,
}

/// One thing in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Relative to the root.
    pub(super) path: String,
    pub(super) is_folder: bool,
}

impl<'a> Folder<'a> {
    pub(super) fn open(root: &'a Path, directory: &'a str) -> Result<Self, LayoutError> {
        let canonical_root = root.canonicalize().map_err(|error| unreadable(&root.display().to_string(), &error))?;
        let folder = Self { root, canonical_root, directory };
        match fs::metadata(root.join(directory)) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(LayoutError::at(directory, LayoutProblem::NotAFolder)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(LayoutError::at(directory, LayoutProblem::NoFolder));
            }
            Err(error) => return Err(unreadable(directory, &error)),
        }
        folder.inside(directory)?;
        Ok(folder)
    }

    pub(super) fn path(&self, name: &str) -> String {
        if self.directory.is_empty() { name.to_owned() } else { format!("{}/{name}", self.directory) }
    }

    /// Everything in the folder, sorted by the bytes of its name.
    ///
    /// A name that no report could print, of a folder or of a file ending in `.sql`, is an error.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, Vec<LayoutError>> {
        let one = |error: &io::Error| vec![unreadable(self.directory, error)];
        let mut entries = Vec::new();
        let mut errors = Vec::new();
        for entry in fs::read_dir(self.root.join(self.directory)).map_err(|error| one(&error))? {
            let entry = entry.map_err(|error| one(&error))?;
            // A link to nowhere is no migration, and so is what cannot be looked at.
            let Some(is_folder) = is_folder(&entry) else { continue };
            let counts = is_folder || entry.path().extension().is_some_and(|extension| extension == "sql");
            match entry.file_name().into_string() {
                Ok(name) if counts && name.chars().any(char::is_control) => {
                    errors.push(LayoutError::at(self.path(&name), LayoutProblem::ControlCharacter));
                }
                Ok(name) => entries.push(Entry { path: self.path(&name), name, is_folder }),
                Err(name) if counts => {
                    let path = self.path(&name.to_string_lossy());
                    errors.push(LayoutError::at(path, LayoutProblem::NameNotUtf8));
                }
                Err(_) => {}
            }
        }
        entries.sort();
        if errors.is_empty() { Ok(entries) } else { Err(errors) }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.root.join(self.path(name)).exists()
    }

    /// The text of a file, byte for byte: a byte order mark stays, since every tool hashes it.
    pub(super) fn text(&self, path: &str) -> Result<String, LayoutError> {
        let refused = |error: io::Error| unreadable(path, &error);
        if self.leads_through_link(path).map_err(refused)? {
            self.inside(path)?;
        }
        let file = fs::File::open(self.root.join(path)).map_err(refused)?;
        let size = file.metadata().map_err(refused)?.len();
        let too_large = |size: u64| LayoutError::at(path, LayoutProblem::TooLarge(size));
        if size > LIMIT {
            return Err(too_large(size));
        }
        // One byte of room is left for the read that finds the end.
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
        file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(refused)?;
        if bytes.len() as u64 > LIMIT {
            return Err(too_large(bytes.len() as u64));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..offset).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            LayoutError::on_line(path, line, LayoutProblem::NotUtf8(offset))
        })?;
        match text.find('\0') {
            Some(offset) => Err(LayoutError::on_line(path, line_of(&text, offset), LayoutProblem::Nul(offset))),
            None => Ok(text),
        }
    }

    /// Whether a part of this path below the folder is a symbolic link: only then can it lead out of the repository, since
    /// the folder itself is inside.
    fn leads_through_link(&self, path: &str) -> io::Result<bool> {
        let Some(below) = path.strip_prefix(self.directory) else { return Ok(true) };
        let mut full = self.root.join(self.directory);
        for part in below.split('/').filter(|part| !part.is_empty()) {
            if part == ".." {
                return Ok(true);
            }
            full.push(part);
            if fs::symlink_metadata(&full)?.is_symlink() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn inside(&self, path: &str) -> Result<(), LayoutError> {
        let full = self.root.join(path).canonicalize().map_err(|error| unreadable(path, &error))?;
        if full.starts_with(&self.canonical_root) { Ok(()) } else { Err(LayoutError::at(path, LayoutProblem::Escapes)) }
    }
}

/// Whether it is a folder, or a link to one; `None` for a link to nowhere. The listing itself tells it of what is no link.
fn is_folder(entry: &fs::DirEntry) -> Option<bool> {
    match entry.file_type() {
        Ok(kind) if !kind.is_symlink() => Some(kind.is_dir()),
        _ => fs::metadata(entry.path()).ok().map(|metadata| metadata.is_dir()),
    }
}

fn unreadable(path: &str, error: &io::Error) -> LayoutError {
    // Only the kind: the text of the operating system differs between machines.
    LayoutError::at(path, LayoutProblem::Unreadable(error.kind().to_string()))
}

/// A migration whose whole file is run, with SHA-256 as its checksum.
pub(super) fn whole(id: &str, name: &str, path: &str, source: String) -> Migration {
    Migration {
        id: id.to_owned(),
        name: name.to_owned(),
        path: path.to_owned(),
        up: 0..source.len(),
        down: None,
        checksum: format!("{:x}", Sha256::digest(source.as_bytes())),
        transaction: TransactionMode::Inside,
        created_at_millis: None,
        source,
    }
}

/// The leading digits of a name and what follows them.
pub(super) fn leading_digits(name: &str) -> (&str, &str) {
    name.split_at(name.bytes().take_while(u8::is_ascii_digit).count())
}

/// The name without its leading digits and `_`, for people.
pub(super) fn label(id: &str) -> &str {
    let (digits, rest) = leading_digits(id);
    if digits.is_empty() { id } else { rest.trim_start_matches('_') }
}

/// Gathers migrations and errors, so that one run names everything that is wrong.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) migrations: Vec<Migration>,
    pub(super) errors: Vec<LayoutError>,
}

impl Gathered {
    pub(super) fn add(&mut self, migration: Result<Migration, LayoutError>) {
        match migration {
            Ok(migration) => self.migrations.push(migration),
            Err(error) => self.errors.push(error),
        }
    }

    /// Refuses what shares a version with an earlier file.
    pub(super) fn refuse_doubles(&mut self) {
        let mut seen = std::collections::BTreeMap::new();
        for migration in &self.migrations {
            if let Some(other) = seen.insert(migration.id.as_str(), migration.path.as_str()) {
                let problem = LayoutProblem::SameVersion { version: migration.id.clone(), other: other.to_owned() };
                self.errors.push(LayoutError::at(&migration.path, problem));
            }
        }
    }

    pub(super) fn finish(self) -> Result<Vec<Migration>, Vec<LayoutError>> {
        if self.errors.is_empty() { Ok(self.migrations) } else { Err(self.errors) }
    }
}
