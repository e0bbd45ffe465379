//! The whole history: every content that any reference reaches.

mod cache;
mod commits;
mod trees;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use gix::ObjectId;
use ops_core::words::{count, first_of};

use super::{Gap, Looked};
use crate::git::Repository;
use crate::objects::{Copied, Kind, Listed, Store};
use crate::scan::{Seen, text_of};
use crate::search::{Candidate, Unread};
use crate::{Found, Search};
use cache::{Cache, Known, What};
use commits::Commits;
use trees::{Folders, Standing};

/// Looks at every content that a reference of the repository around `root` reaches, and tells of those under `root`. What is
/// known to be clean is kept in a file of the folder `cache`, if there is one.
#[must_use]
pub fn history(search: &Search, root: &Path, cache: Option<&Path>) -> Looked {
    let asked = Repository::at(root).and_then(|repository| {
        let references = repository.references()?;
        Ok((repository, references))
    });
    match asked {
        Ok((_, references)) if references.is_empty() => Looked::unproven(Gap::new(
            "this repository has no commit yet",
            "commit your work, or look at the files alone: --mode tree",
        )),
        Ok((repository, references)) => look(search, &repository, &references, cache),
        Err(error) => Looked::unproven(Gap::of(&error)),
    }
}

fn look(search: &Search, repository: &Repository, references: &[String], folder: Option<&Path>) -> Looked {
    let store = Store::open(&repository.objects);
    let listed = store.list();
    let cache = folder.map(|folder| Cache::of(folder, search.digest(), &repository.objects));
    let known = cache.as_ref().map(|cache| cache.read(listed.table())).unwrap_or_default();
    let (contents, commits) = rayon::join(
        || Contents::read(search, &listed, &known),
        || commits::reached(&listed, references, &repository.shallow),
    );
    let sought = contents.candidates.keys().filter_map(|place| listed.table().id(*place)).copied().collect();
    let folders = Folders::read(&listed, &sought);
    let reads = |id: &gix::oid| store.read(id).ok().flatten().map(|(_, content)| content);
    let standings = folders.standings(&listed, &commits.order, &reads);

    let mut looked = Looked {
        files: contents.files.load(Relaxed),
        binary: contents.binary.load(Relaxed) + known.count(What::NoText),
        large: contents.large.load(Relaxed),
        commits: commits.order.len() as u64,
        known: known.count(What::Clean),
        ..Looked::default()
    };
    gaps(&mut looked, repository, &listed, &commits, &folders, &contents.broken, &standings);
    looked.found = found(search, repository, &listed, &contents.candidates, &standings, &commits);
    if let Some(cache) = cache.filter(|_| looked.files > 0) {
        let places = (0_u32..).zip(listed.table().ids());
        let known = places.filter_map(|(place, id)| Some((*id, known.what(place).or(contents.what(place))?)));
        // Without it the next run takes longer, and comes to the same.
        let _ = cache.write(known);
    }
    looked.sorted()
}

/// What was looked for in the contents of files.
struct Contents {
    /// By place in the table of objects, where there is a candidate.
    candidates: BTreeMap<u32, Vec<Candidate>>,
    /// By place: whether it was looked into, and nothing is in it.
    clean: Vec<AtomicBool>,
    /// By place: whether it was looked into, and is no text.
    no_text: Vec<AtomicBool>,
    files: AtomicU64,
    binary: AtomicU64,
    large: AtomicU64,
    broken: Vec<u32>,
}

impl Contents {
    fn read(search: &Search, listed: &Listed<'_>, known: &Known) -> Self {
        let mut contents = Self {
            candidates: BTreeMap::new(),
            clean: listed.table().ids().iter().map(|_| AtomicBool::new(false)).collect(),
            no_text: listed.table().ids().iter().map(|_| AtomicBool::new(false)).collect(),
            files: AtomicU64::new(0),
            binary: AtomicU64::new(0),
            large: AtomicU64::new(0),
            broken: Vec::new(),
        };
        let candidates = Mutex::new(BTreeMap::new());
        // What is no text is not read to its end.
        let enough = |length: u64, head: &[u8]| length <= search.largest() && text_of(head).is_none();
        let wanted = |place| !known.is_known(place);
        contents.broken = listed.visit_with_base(Kind::Blob, &wanted, &enough, &|place, bytes, base| {
            let base: Option<(&Option<Seen>, &[Copied])> = base;
            let before = base.and_then(|(seen, copied)| Some((seen.as_ref()?, copied)));
            match search.candidates_after(bytes, before) {
                Ok((found, seen)) => {
                    contents.files.fetch_add(1, Relaxed);
                    if found.is_empty() {
                        contents.clean.get(place as usize).into_iter().for_each(|clean| clean.store(true, Relaxed));
                    } else {
                        candidates.lock().unwrap_or_else(PoisonError::into_inner).insert(place, found);
                    }
                    return seen;
                }
                Err(Unread::Binary) => {
                    contents.binary.fetch_add(1, Relaxed);
                    contents.no_text.get(place as usize).into_iter().for_each(|no_text| no_text.store(true, Relaxed));
                }
                Err(Unread::Large) => drop(contents.large.fetch_add(1, Relaxed)),
            }
            None
        });
        contents.candidates = candidates.into_inner().unwrap_or_else(PoisonError::into_inner);
        contents
    }

    /// What need not be looked into again.
    fn what(&self, place: u32) -> Option<What> {
        let is = |list: &[AtomicBool]| list.get(place as usize).is_some_and(|known| known.load(Relaxed));
        match (is(&self.clean), is(&self.no_text)) {
            (true, _) => Some(What::Clean),
            (_, true) => Some(What::NoText),
            _ => None,
        }
    }
}

fn gaps(
    looked: &mut Looked,
    repository: &Repository,
    listed: &Listed<'_>,
    commits: &Commits,
    folders: &Folders,
    contents: &[u32],
    standings: &BTreeMap<ObjectId, Vec<Standing>>,
) {
    let fetch = "fetch what is missing: `git fetch --refetch --no-filter`, or clone without a filter";
    let fsck = "clone the repository anew; `git fsck` tells what is damaged";
    if !repository.shallow.is_empty() {
        looked.gaps.push(Gap::new(
            format!(
                "this clone is shallow: what lies before {} is not in it",
                count(repository.shallow.len(), "commit")
            ),
            "fetch the whole history: `fetch-depth: 0` in actions/checkout, or `git fetch --unshallow`",
        ));
    }
    for broken in listed.broken() {
        looked.gaps.push(Gap::new(format!("{} cannot be read: {}", broken.what, broken.why), fsck));
    }
    let damaged = [("commits", &commits.broken[..]), ("folders", &folders.broken), ("contents of files", contents)];
    for (what, places) in damaged {
        if !places.is_empty() {
            let names: Vec<String> =
                places.iter().filter_map(|place| listed.table().id(*place)).map(ObjectId::to_string).collect();
            looked.gaps.push(Gap::new(format!("damaged {what}: {}", first_of(&names)), fsck));
        }
    }
    if !commits.missing.is_empty() {
        let names: Vec<String> = commits.missing.iter().map(ObjectId::to_string).collect();
        looked.gaps.push(Gap::new(format!("commits that are not in this clone: {}", first_of(&names)), fetch));
    }
    let missing = standings.iter().filter(|(id, _)| listed.table().find(id).is_none());
    let names: Vec<String> = missing
        .filter_map(|(id, standings)| {
            standings.first().map(|standing| format!("{id} ({})", String::from_utf8_lossy(&standing.path)))
        })
        .collect();
    if !names.is_empty() {
        looked.gaps.push(Gap::new(format!("contents that are not in this clone: {}", first_of(&names)), fetch));
    }
}

/// Every candidate at each of its paths, each secret of a path once: in the commit that brought it first.
fn found(
    search: &Search,
    repository: &Repository,
    listed: &Listed<'_>,
    candidates: &BTreeMap<u32, Vec<Candidate>>,
    standings: &BTreeMap<ObjectId, Vec<Standing>>,
    commits: &Commits,
) -> Vec<Found> {
    let order: HashMap<&ObjectId, usize> =
        commits.order.iter().enumerate().map(|(place, (id, _))| (id, place)).collect();
    let mut first: BTreeMap<(String, String, String), (usize, Vec<Found>)> = BTreeMap::new();
    for (place, candidates) in candidates {
        let Some(id) = listed.table().id(*place) else { continue };
        for standing in standings.get(id).into_iter().flatten() {
            let Some(path) = standing.path.strip_prefix(&repository.prefix[..]) else { continue };
            let path = String::from_utf8_lossy(path);
            let rank = order.get(&standing.commit).copied().unwrap_or(usize::MAX);
            if search.is_excluded(&path) {
                continue;
            }
            let commit = standing.commit.to_string();
            for found in search.found(candidates, &path, Some(&commit)) {
                let key = (found.path.clone(), found.rule.clone(), found.fingerprint.clone());
                let known = first.entry(key).or_insert_with(|| (rank, Vec::new()));
                if rank < known.0 {
                    *known = (rank, Vec::new());
                }
                if rank == known.0 {
                    known.1.push(found);
                }
            }
        }
    }
    first.into_values().flat_map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests;
