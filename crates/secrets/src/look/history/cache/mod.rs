//! What earlier runs know of the contents of files: that there is no candidate in them, that they are no text, or where their
//! candidates are.
//!
//! Nothing that is made of a secret is kept. Equal candidates have a number, and for each number a witness is named: a content
//! that is looked into in every run, and says what the candidates with this number are in all others. Contents are not named
//! as git does either, since the name of a short file is enough to try guesses on: a name is an HMAC with a key that is
//! made of the rules, the key of the fingerprints, and the first commits with their folders, so whoever has no clone can
//! make nothing of the file. An HMAC of the whole with the same key ends it. What does not fit is as if it were not there.

mod form;
mod known;

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use hmac::{Hmac, Mac as _};
use ops_core::fingerprint::hexadecimal;
use rayon::prelude::*;
use sha2::Sha256;

use crate::Search;
use crate::objects::{Kind, Listed};
use crate::search::Candidate;
use form::{Kept, Name};
pub(super) use known::{Known, Sort};

const DIGEST: usize = 32;

/// The file of one set of rules, one key and one repository.
pub(super) struct Cache {
    path: PathBuf,
    key: Hmac<Sha256>,
    /// The contents that the repository has, by the names that they have here, in order.
    names: Vec<(Name, u32)>,
}

impl Cache {
    /// The file in `folder`. `first` are the commits in which the history begins, each with its folder; without one there is
    /// nothing that only a clone knows, and no cache.
    pub(super) fn of(
        folder: &Path,
        search: &Search,
        first: &[(ObjectId, ObjectId)],
        listed: &Listed<'_>,
    ) -> Option<Self> {
        let secret: Vec<u8> =
            first.iter().flat_map(|(commit, tree)| [commit.as_slice(), tree.as_slice()].concat()).collect();
        let key = search.cache_key(&secret).filter(|_| !first.is_empty())?;
        let path = folder.join(format!("{}.known", hexadecimal("", &name(&key, b"file"))));
        let contents = listed.places_of(Kind::Blob).into_par_iter();
        let named = contents.filter_map(|place| Some((name(&key, listed.table().id(place)?.as_slice()), place)));
        let mut names: Vec<(Name, u32)> = named.collect();
        names.par_sort_unstable();
        Some(Self { path, key, names })
    }

    /// What the file knows; nothing if it is not there, damaged, of another form or from elsewhere.
    pub(super) fn read(&self) -> Known {
        let kept = std::fs::read(&self.path).ok().and_then(|bytes| self.open(&bytes));
        kept.map(|kept| Known::of(kept, &self.names)).unwrap_or_default()
    }

    fn open(&self, bytes: &[u8]) -> Option<Kept> {
        let (content, code) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
        self.code(content).verify_slice(code).ok()?;
        Kept::parse(content)
    }

    fn code(&self, content: &[u8]) -> Hmac<Sha256> {
        self.key.clone().chain_update(content)
    }

    /// Writes a new file beside the old one, and puts it in its place when it is whole. `sort` tells what the content at a place
    /// is, where that is known, and `candidates` has those that are in it.
    pub(super) fn write(
        &self,
        sort: &dyn Fn(u32) -> Option<Sort>,
        candidates: &BTreeMap<u32, Vec<Candidate>>,
    ) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let temporary = self.path.with_extension(format!("{}.new", std::process::id()));
        let mut bytes = known::keep(&self.names, sort, candidates).bytes();
        let code = self.code(&bytes).finalize().into_bytes();
        bytes.extend(code);
        let written = write(&temporary, &bytes).and_then(|()| std::fs::rename(&temporary, &self.path));
        if written.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        written
    }
}

fn name(key: &Hmac<Sha256>, what: &[u8]) -> Name {
    let code: [u8; DIGEST] = key.clone().chain_update(what).finalize().into_bytes().into();
    code.first_chunk().copied().unwrap_or_default()
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
