//! What earlier runs know of objects: that there is no candidate in a content, that it is no text, or where its candidates are;
//! where in a folder something lies; what a commit says.
//!
//! An object always says the same, since git names it by a digest of its content. So nothing that is kept here tells of a clone:
//! what is reached, what is missing and where a clone ends is asked anew in each run, and an object of which anything was
//! not here is looked for anew.
//!
//! Nothing that is made of a secret is kept. Equal candidates have a number, and for each number a witness is named: a content
//! that is looked into in every run, and says what the candidates with this number are in all others. Objects are not named
//! as git does either, since the name of a short file is enough to try guesses on: a name is an HMAC with a key that is
//! made of the rules, the key of the fingerprints, and the first commits with their folders, so whoever has no clone can
//! make nothing of the file. An HMAC of the whole with the same key ends it. Which commits these are stands in front, and is
//! compared with where the history begins. What does not fit is as if it were not there.

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

use super::absent::Absent;
use super::commits;
use crate::Search;
use crate::objects::{Kind, Listed, Store, Table};
use crate::search::Candidate;
pub(super) use form::Said;
use form::{Kept, Name};
pub(super) use known::{Known, Sort};

const DIGEST: usize = 32;

/// What the file in `folder` knows of the objects that are here; nothing if there is none, or it is damaged, of another form or from
/// elsewhere.
pub(super) fn read(folder: &Path, search: &Search, store: &Store, listed: &Listed<'_>) -> Known {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == END)).collect();
    files.sort();
    files.iter().find_map(|file| open(file, search, store, listed)).unwrap_or_default()
}

fn open(path: &Path, search: &Search, store: &Store, listed: &Listed<'_>) -> Option<Known> {
    let bytes = std::fs::read(path).ok()?;
    let (content, code) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    let mut rest = content;
    let first = form::take_head(&mut rest)?;
    let with_tree = |id: &ObjectId| match store.read(id) {
        Ok(Some((Kind::Commit, content))) => Some((*id, commits::tree(&content)?)),
        _ => None,
    };
    let seal = Seal::of(search, &first.iter().map(with_tree).collect::<Option<Vec<_>>>()?)?;
    seal.code(content).verify_slice(code).ok()?;
    Some(Known::of(first, Kept::parse(rest)?, &seal.names(listed.table())))
}

/// What is written of the content of a file that was read: the content itself, or nothing where it is refused. For fuzzing, since the
/// end of a file can be made only with a clone.
pub fn rewritten(content: &[u8]) -> Option<Vec<u8>> {
    let mut rest = content;
    let first = form::take_head(&mut rest)?;
    let kept = Kept::parse(rest)?;
    let bytes = [form::head(&first), kept.bytes()].concat();
    // As it is where every second object is here.
    let names: Vec<(Name, u32)> = kept.objects.iter().step_by(2).map(|(name, _)| *name).zip(0..).collect();
    let known = Known::of(first, kept, &names);
    let is_named = |other| other < known.end(names.len());
    let all_are = |(_, place): &(Name, u32)| known.said(*place).is_none_or(|said| said.others().all(is_named));
    names.iter().all(all_are).then_some(bytes)
}

/// Writes a new file beside the old one, and puts it in its place when it is whole. `first` are the commits in which the history
/// begins, each with its folder; without one there is nothing that only a clone knows, and no file. `said` tells what is
/// known of the object at a place, without the candidates.
pub(super) fn write(
    folder: &Path,
    search: &Search,
    first: &[(ObjectId, ObjectId)],
    names: (&Table, &Absent, &Known),
    said: &dyn Fn(u32) -> Option<Said>,
    candidates: &BTreeMap<u32, Vec<Candidate>>,
) -> io::Result<()> {
    let Some(seal) = Seal::of(search, first) else { return Ok(()) };
    let (table, absent, known) = names;
    let mut names = seal.names(table);
    names.extend(absent.all().into_iter().map(|(id, place)| (seal.name(id.as_slice()), place)));
    names.extend(known.absent(table.len()));
    let mut bytes = form::head(&first.iter().map(|(commit, _)| *commit).collect::<Vec<_>>());
    bytes.extend(known::keep(names, said, candidates).bytes());
    let code = seal.code(&bytes).finalize().into_bytes();
    bytes.extend(code);
    let path = folder.join(format!("{}.{END}", hexadecimal("", &seal.name(b"file").to_be_bytes())));
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    std::fs::create_dir_all(folder)?;
    let written = put(&temporary, &bytes).and_then(|()| std::fs::rename(&temporary, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

const END: &str = "known";

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The key of one set of rules, one key of fingerprints and one repository.
struct Seal(Hmac<Sha256>);

impl Seal {
    fn of(search: &Search, first: &[(ObjectId, ObjectId)]) -> Option<Self> {
        let secret: Vec<u8> =
            first.iter().flat_map(|(commit, tree)| [commit.as_slice(), tree.as_slice()].concat()).collect();
        search.cache_key(&secret).filter(|_| !first.is_empty()).map(Self)
    }

    fn code(&self, content: &[u8]) -> Hmac<Sha256> {
        self.0.clone().chain_update(content)
    }

    fn name(&self, what: &[u8]) -> Name {
        let code: [u8; DIGEST] = self.code(what).finalize().into_bytes().into();
        code.first_chunk().copied().map(Name::from_be_bytes).unwrap_or_default()
    }

    /// The names that all objects have here, in order, each with the place of its object.
    fn names(&self, table: &Table) -> Vec<(Name, u32)> {
        let ids = table.ids().par_iter().enumerate();
        let named = ids.filter_map(|(place, id)| Some((self.name(id.as_slice()), u32::try_from(place).ok()?)));
        let mut names: Vec<(Name, u32)> = named.collect();
        names.par_sort_unstable();
        names
    }
}
