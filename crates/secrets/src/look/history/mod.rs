//! The whole history: every content that any reference reaches.

mod cache;
mod commits;
mod trees;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use gix::ObjectId;
use ops_core::words::{count, first_of};

use super::{Gap, Looked};
use crate::git::Repository;
use crate::objects::{Copied, Kind, Listed, Store};
use crate::scan::{Seen, text_of};
use crate::search::{Candidate, Unread};
use crate::{Found, Search};
use cache::{Cache, Known, Sort};
use commits::Commits;
use trees::{Folders, Standing};

/// Looks at every content that a reference of the repository around `root` reaches, and tells of those under `root`. What is
/// known of them is kept in a file of the folder `cache`, if there is one.
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
    let commits = commits::reached(&listed, references, &repository.shallow);
    let cache = folder.and_then(|folder| Cache::of(folder, search, &commits.first, &listed));
    let mut known = cache.as_ref().map(Cache::read).unwrap_or_default();
    let contents = Contents::all(search, &listed, &mut known);
    let sought = contents.candidates.keys().copied().collect();
    let folders = Folders::read(&listed, &sought);
    let reads = |id: &gix::oid| store.read(id).ok().flatten().map(|(_, content)| content);
    let standings = folders.standings(&listed, &commits.order, &reads);

    let mut looked = Looked {
        files: contents.count(Sort::Clean) + contents.count(Sort::Held),
        binary: contents.count(Sort::NoText) + known.count(Sort::NoText),
        large: contents.count(Sort::Large),
        commits: commits.order.len() as u64,
        known: known.count(Sort::Clean) + known.count(Sort::Held),
        ..Looked::default()
    };
    gaps(&mut looked, repository, &listed, &commits, &folders, &contents.broken(), &standings);
    looked.found = found(search, repository, &listed, &contents.candidates, &standings, &commits);
    if let Some(cache) = cache.filter(|_| contents.is_news) {
        // Without it the next run takes longer, and comes to the same.
        let _ = cache.write(&|place| contents.sort(place).or(known.sort(place)), &contents.candidates);
    }
    looked.sorted()
}

/// Tells the candidates of the content at a place, or leaves it to who asks.
type Near<'n> = dyn Fn(u32, &[u8]) -> Option<Vec<Candidate>> + Sync + 'n;

/// What was looked for in the contents of files.
struct Contents {
    /// By place in the table of objects, where there is a candidate.
    candidates: BTreeMap<u32, Vec<Candidate>>,
    /// By place: what was looked into.
    sorts: Vec<OnceLock<Sort>>,
    broken: Vec<u32>,
    /// Whether there is something to keep that was not known.
    is_news: bool,
}

impl Contents {
    /// Looks into every content that is not known, and into the witnesses of what is. Of that, what no witness says is not known
    /// any more.
    fn all(search: &Search, listed: &Listed<'_>, known: &mut Known) -> Self {
        let mut contents = Self {
            candidates: BTreeMap::new(),
            sorts: listed.table().ids().iter().map(|_| OnceLock::new()).collect(),
            broken: Vec::new(),
            is_news: false,
        };
        let witnesses: BTreeSet<u32> = known.witnesses().collect();
        let near = |place: u32, bytes: &[u8]| {
            witnesses.contains(&place).then(|| search.candidates_at(bytes, &known.expected(place))).flatten()
        };
        contents.read(search, listed, &|place, _| known.sort(place).is_none() || witnesses.contains(&place), &near);
        let is_settled = known.settle(&mut contents.candidates);
        if !is_settled {
            // They were looked into no farther than what they are known for.
            for place in &witnesses {
                contents.candidates.remove(place);
                contents.sorts.get_mut(*place as usize).and_then(OnceLock::take);
            }
            contents.read(search, listed, &|place, read| known.sort(place).is_none() && read.is_none(), &|_, _| None);
        }
        let is_new = |(place, sort): (u32, &OnceLock<Sort>)| {
            sort.get().is_some_and(|sort| *sort != Sort::Large) && !witnesses.contains(&place)
        };
        contents.is_news = !is_settled || (0..).zip(&contents.sorts).any(is_new);
        contents
    }

    /// Looks into what is wanted: by its place, and by what it was if it was looked into already. `near` may tell the candidates
    /// of a content with less work.
    fn read(
        &mut self,
        search: &Search,
        listed: &Listed<'_>,
        wanted: &(dyn Fn(u32, Option<Sort>) -> bool + Sync),
        near: &Near<'_>,
    ) {
        let candidates = Mutex::new(BTreeMap::new());
        // What is no text is not read to its end.
        let enough = |length: u64, head: &[u8]| length <= search.largest() && text_of(head).is_none();
        let is_wanted = |place| wanted(place, self.sort(place));
        let broken = listed.visit_with_base(Kind::Blob, &is_wanted, Some(&enough), &|place, bytes, base| {
            let base: Option<(&Option<Seen>, &[Copied])> = base;
            let before = base.and_then(|(seen, copied)| Some((seen.as_ref()?, copied)));
            let looked = match near(place, bytes) {
                Some(found) => Ok((found, None)),
                None => search.candidates_after(bytes, before),
            };
            let (sort, seen) = match looked {
                Ok((found, seen)) if found.is_empty() => (Sort::Clean, seen),
                Ok((found, seen)) => {
                    candidates.lock().unwrap_or_else(PoisonError::into_inner).insert(place, found);
                    (Sort::Held, seen)
                }
                Err(Unread::Binary) => (Sort::NoText, None),
                Err(Unread::Large) => (Sort::Large, None),
            };
            let _ = self.sorts.get(place as usize).map(|known| known.set(sort));
            seen
        });
        self.broken.extend(broken);
        self.candidates.extend(candidates.into_inner().unwrap_or_else(PoisonError::into_inner));
    }

    /// Each once.
    fn broken(&self) -> Vec<u32> {
        let broken: BTreeSet<u32> = self.broken.iter().copied().collect();
        broken.into_iter().collect()
    }

    fn sort(&self, place: u32) -> Option<Sort> {
        self.sorts.get(place as usize)?.get().copied()
    }

    fn count(&self, sort: Sort) -> u64 {
        self.sorts.iter().filter(|known| known.get() == Some(&sort)).count() as u64
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
