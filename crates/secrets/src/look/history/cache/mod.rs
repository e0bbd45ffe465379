//! What earlier runs know: contents of files in which there is no candidate, or which are no text.
//!
//! One file for each set of rules and repository, named by both. Its form: `ops-secrets-2\n`; the names of the contents, 20
//! bytes each, in order, each with `c` behind it for no candidate or `b` for no text; last the SHA-256 of all that. It tells nothing of any secret. What does not fit is as if it were not
//! there.

use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use ops_core::fingerprint::hexadecimal;
use sha2::{Digest as _, Sha256};

use crate::objects::Table;

const HEAD: &[u8] = b"ops-secrets-2\n";
const NAME: usize = 20;
const DIGEST: usize = 32;

/// The file of one set of rules and one repository.
pub(super) struct Cache {
    path: PathBuf,
}

/// What is known of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// There is no candidate in it.
    Clean,
    /// It is no text.
    NoText,
}

/// What is known, by place in the table of objects.
#[derive(Default)]
pub(super) struct Known {
    what: Vec<Option<What>>,
}

impl Known {
    pub(super) fn what(&self, place: u32) -> Option<What> {
        self.what.get(place as usize).copied().flatten()
    }

    pub(super) fn is_known(&self, place: u32) -> bool {
        self.what(place).is_some()
    }

    pub(super) fn count(&self, what: What) -> u64 {
        self.what.iter().filter(|known| **known == Some(what)).count() as u64
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
        let mut known = vec![None; table.len()];
        for (id, what) in names {
            // What is neither is not known.
            let Some(place) = table.find(&id) else { continue };
            if let Some(known) = known.get_mut(place as usize) {
                *known = what;
            }
        }
        Known { what: known }
    }

    /// Writes a new file beside the old one, and puts it in its place when it is whole. The names come in order.
    pub(super) fn write(&self, known: impl Iterator<Item = (ObjectId, What)>) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let temporary = self.path.with_extension(format!("{}.new", std::process::id()));
        let mut bytes = HEAD.to_vec();
        for (id, what) in known {
            bytes.extend(id.as_slice());
            bytes.push(match what {
                What::Clean => b'c',
                What::NoText => b'b',
            });
        }
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

fn parse(bytes: &[u8]) -> Option<impl Iterator<Item = (ObjectId, Option<What>)>> {
    let (content, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    let names = content.strip_prefix(HEAD).filter(|names| names.len().is_multiple_of(NAME + 1))?;
    let known = |record: &[u8]| {
        let (what, id) = record.split_last()?;
        let what = match what {
            b'c' => Some(What::Clean),
            b'b' => Some(What::NoText),
            _ => None,
        };
        Some((ObjectId::try_from(id).ok()?, what))
    };
    (Sha256::digest(content).as_slice() == digest).then(|| names.chunks_exact(NAME + 1).filter_map(known))
}
