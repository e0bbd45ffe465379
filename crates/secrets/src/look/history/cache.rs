//! What earlier runs know: contents of files in which there is no candidate.
//!
//! One file for each set of rules and repository, named by both. Its form: `ops-secrets-1\n`; the names of the contents, 20
//! bytes each, in order; last the SHA-256 of all that. It tells nothing of any secret. What does not fit is as if it were not
//! there.

use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use ops_core::fingerprint::hexadecimal;
use sha2::{Digest as _, Sha256};

use crate::objects::Table;

const HEAD: &[u8] = b"ops-secrets-1\n";
const NAME: usize = 20;
const DIGEST: usize = 32;

/// The file of one set of rules and one repository.
pub(super) struct Cache {
    path: PathBuf,
}

/// By place in the table of objects: whether it is known that there is nothing in it.
#[derive(Default)]
pub(super) struct Known {
    clean: Vec<bool>,
}

impl Known {
    pub(super) fn is_clean(&self, place: u32) -> bool {
        self.clean.get(place as usize).copied().unwrap_or_default()
    }

    pub(super) fn count(&self) -> u64 {
        self.clean.iter().filter(|clean| **clean).count() as u64
    }
}

impl Cache {
    pub(super) fn of(folder: &Path, rules: &[u8; 32], objects: &Path) -> Self {
        let mut hash = Sha256::new();
        hash.update(rules);
        hash.update(objects.as_os_str().as_bytes());
        let name = hexadecimal("", hash.finalize().get(..16).unwrap_or_default());
        Self { path: folder.join(format!("{name}.clean")) }
    }

    /// What the file knows; nothing if it is not there, damaged or of another form.
    pub(super) fn read(&self, table: &Table) -> Known {
        let Ok(bytes) = std::fs::read(&self.path) else { return Known::default() };
        let Some(names) = parse(&bytes) else { return Known::default() };
        let mut clean = vec![false; table.len()];
        for place in names.filter_map(|id| table.find(&id)) {
            if let Some(clean) = clean.get_mut(place as usize) {
                *clean = true;
            }
        }
        Known { clean }
    }

    /// Writes a new file beside the old one, and puts it in its place when it is whole. `clean` are names in order.
    pub(super) fn write(&self, clean: impl Iterator<Item = ObjectId>) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let temporary = self.path.with_extension(format!("{}.new", std::process::id()));
        let mut bytes = HEAD.to_vec();
        clean.for_each(|id| bytes.extend(id.as_slice()));
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        let written = write(&temporary, &bytes).and_then(|()| std::fs::rename(&temporary, &self.path));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        written
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn parse(bytes: &[u8]) -> Option<impl Iterator<Item = ObjectId>> {
    let (content, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    let names = content.strip_prefix(HEAD).filter(|names| names.len().is_multiple_of(NAME))?;
    (Sha256::digest(content).as_slice() == digest)
        .then(|| names.chunks_exact(NAME).filter_map(|id| ObjectId::try_from(id).ok()))
}
