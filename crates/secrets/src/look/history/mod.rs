//! The whole history: every content that any reference reaches.

mod absent;
mod cache;
mod commits;
mod trees;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use gix::ObjectId;
use ops_core::words::{count, first_of};

use super::{Gap, Looked};
use crate::git::Repository;
use crate::objects::{Chosen, Copied, Kind, Listed, Store};
use crate::scan::{Seen, text_of};
use crate::search::{Candidate, Unread};
use crate::{Found, Search};
use absent::Absent;
pub use cache::rewritten;
use cache::{Known, Said, Sort};
use commits::Commits;
use trees::{Folders, Standing};

/// Looks at every content that a reference of the repository around `root` reaches, and tells of those under `root`. What is
/// known of them is kept in a file of the folder `cache`, if there is one.
#[must_use]
pub fn history(search: &Search, root: &Path, cache: Option<&Path>) -> Looked {
    let repository = match Repository::at(root) {
        Ok(repository) => repository,
        Err(error) => return Looked::unproven(Gap::of(&error)),
    };
    let store = Store::open(&repository.objects);
    let list = || {
        let listed = store.list();
        let known = cache.map(|folder| cache::read(folder, search, &store, &listed)).unwrap_or_default();
        (listed, known)
    };
    let (references, (listed, known)) = rayon::join(|| repository.references(), list);
    match references {
        Ok(references) if references.is_empty() => Looked::unproven(Gap::new(
            "this repository has no commit yet",
            "commit your work, or look at the files alone: --mode tree",
        )),
        Ok(references) => {
            let (repository, references, store, listed) = (&repository, &references[..], &store, &listed);
            History { search, repository, references, store, listed, cache }.look(known).sorted()
        }
        Err(error) => Looked::unproven(Gap::of(&error)),
    }
}

/// What is looked at.
struct History<'h> {
    search: &'h Search,
    repository: &'h Repository,
    references: &'h [String],
    store: &'h Store,
    listed: &'h Listed<'h>,
    /// The folder of the cache.
    cache: Option<&'h Path>,
}

impl History<'_> {
    fn look(&self, known: Known) -> Looked {
        let table = self.listed.table();
        let chosen = self.listed.choose(&|place| known.said(place).is_none());
        let absent = Absent::from(known.end(table.len()));
        let (commits, contents) = rayon::join(
            || commits::reached(&chosen, &known, &absent, self.references, &self.repository.shallow),
            || Contents::read(self.search, &chosen),
        );
        let sort = |place| contents.sort(place).or(known.sort(place));
        let folders = Folders::read(&chosen, &known, &absent, &|place| sort(place).is_some_and(Sort::is_silent));
        let reads = |id: &gix::oid| self.store.read(id).ok().flatten().map(|(_, content)| content);
        let (candidates, standings) = rayon::join(
            || known.candidates(&self.witnesses(&known)).filter(|_| known.is_of(&commits.first)),
            || folders.standings(table, &absent, &commits.order, &reads),
        );
        // Where it is of another history or wrong, nothing is known.
        let Some(mut candidates) = candidates else { return self.look(Known::default()) };
        candidates.extend(contents.candidates.clone());
        let mut looked = Looked {
            files: contents.count(Sort::Clean) + contents.count(Sort::Held) + known.witnesses().len() as u64,
            binary: contents.count(Sort::NoText) + known.count(Sort::NoText),
            large: contents.count(Sort::Large) + known.count(Sort::Large),
            commits: commits.order.len() as u64,
            known: known.count(Sort::Clean) + known.count(Sort::Held),
            ..Looked::default()
        };
        self.gaps(&mut looked, &commits, &folders, &contents.broken, &standings);
        looked.found = self.found(&candidates, &standings, &commits);
        // What is kept already is not written again.
        if let Some(folder) = self.cache.filter(|_| {
            !commits.read.is_empty()
                || !folders.read.is_empty()
                || contents.sorts.iter().any(|sort| sort.get().is_some())
        }) {
            let said = |place| {
                let known = known.said(place).cloned();
                let commit = || commits.read.get(&place).cloned().map(Said::Commit);
                known.or_else(commit).or_else(|| folders.said(place)).or_else(|| contents.sort(place).map(Said::from))
            };
            let names = (table, &absent, &known);
            if let Err(error) = cache::write(folder, self.search, &commits.first, names, &said, &candidates) {
                let folder = folder.display();
                tracing::warn!(%folder, %error, "what is known of the history cannot be kept, so the next look takes as long as this one");
            }
        }
        looked
    }

    /// Looks into the contents that say what the candidates of others are, no farther than what they are known for as long as that
    /// is there.
    fn witnesses(&self, known: &Known) -> BTreeMap<u32, Vec<Candidate>> {
        let said = Mutex::new(BTreeMap::new());
        // What cannot be read says nothing.
        self.listed.choose(&|place| known.witnesses().contains(&place)).visit(Kind::Blob, &|place, bytes| {
            let near = self.search.candidates_at(bytes, &known.expected(place));
            if let Some(found) = near.or_else(|| self.search.candidates(bytes).ok()) {
                said.lock().unwrap_or_else(PoisonError::into_inner).insert(place, found);
            }
        });
        said.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn gaps(
        &self,
        looked: &mut Looked,
        commits: &Commits,
        folders: &Folders<'_>,
        contents: &[u32],
        standings: &BTreeMap<ObjectId, Vec<Standing>>,
    ) {
        let Self { repository, listed, .. } = self;
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
        &self,
        candidates: &BTreeMap<u32, Vec<Candidate>>,
        standings: &BTreeMap<ObjectId, Vec<Standing>>,
        commits: &Commits,
    ) -> Vec<Found> {
        let Self { search, repository, listed, .. } = self;
        let mut first: BTreeMap<(String, String, String), (usize, Vec<Found>)> = BTreeMap::new();
        for (place, candidates) in candidates {
            let Some(id) = listed.table().id(*place) else { continue };
            for standing in standings.get(id).into_iter().flatten() {
                let Some(path) = standing.path.strip_prefix(&repository.prefix[..]) else { continue };
                let path = String::from_utf8_lossy(path);
                if search.is_excluded(&path) {
                    continue;
                }
                let rank = standing.rank;
                let commit = commits.order.get(rank).and_then(|(commit, _)| listed.table().id(*commit));
                let Some(commit) = commit.map(ObjectId::to_string) else { continue };
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
}

/// What was looked for in the contents of files.
struct Contents {
    /// By place in the table of objects, where there is a candidate.
    candidates: BTreeMap<u32, Vec<Candidate>>,
    /// By place: what was looked into.
    sorts: Vec<OnceLock<Sort>>,
    broken: Vec<u32>,
}

impl Contents {
    fn read(search: &Search, chosen: &Chosen<'_>) -> Self {
        let sorts: Vec<OnceLock<Sort>> = chosen.listed().table().ids().iter().map(|_| OnceLock::new()).collect();
        let candidates = Mutex::new(BTreeMap::new());
        // What is no text is not read to its end.
        let enough = |length: u64, head: &[u8]| length <= search.largest() && text_of(head).is_none();
        let broken = chosen.visit_with_base(Kind::Blob, Some(&enough), &|place, bytes, base| {
            let base: Option<(&Option<Seen>, &[Copied])> = base;
            let before = base.and_then(|(seen, copied)| Some((seen.as_ref()?, copied)));
            let (sort, seen) = match search.candidates_after(bytes, before) {
                Ok((found, seen)) if found.is_empty() => (Sort::Clean, seen),
                Ok((found, seen)) => {
                    candidates.lock().unwrap_or_else(PoisonError::into_inner).insert(place, found);
                    (Sort::Held, seen)
                }
                Err(Unread::Binary) => (Sort::NoText, None),
                Err(Unread::Large) => (Sort::Large, None),
            };
            let _ = sorts.get(place as usize).map(|known| known.set(sort));
            seen
        });
        let candidates = candidates.into_inner().unwrap_or_else(PoisonError::into_inner);
        Self { candidates, sorts, broken }
    }

    fn sort(&self, place: u32) -> Option<Sort> {
        self.sorts.get(place as usize)?.get().copied()
    }

    fn count(&self, sort: Sort) -> u64 {
        self.sorts.iter().filter(|known| known.get() == Some(&sort)).count() as u64
    }
}

#[cfg(test)]
mod tests;
