//! Every commit of a change: a secret that one commit brought and the next took away is in history all the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use gix::ObjectId;
use rayon::prelude::*;

use super::{Gap, Looked};
use crate::git::{Change, Commit, Repository};
use crate::objects::Store;
use crate::search::{Candidate, Unread};
use crate::{Found, Search};

/// Looks at what each commit since `base` added under `root`.
#[must_use]
pub fn range(search: &Search, root: &Path, base: &str) -> Looked {
    let asked = Repository::at(root).map_err(|error| Gap::of(&error)).and_then(|repository| {
        let commits = commits(&repository, base)?;
        Ok((repository, commits))
    });
    match asked {
        Ok((repository, commits)) => look(search, &repository, &commits),
        Err(gap) => Looked::unproven(gap),
    }
}

fn commits(repository: &Repository, base: &str) -> Result<Vec<Commit>, Gap> {
    let deepen = "fetch the whole history: `fetch-depth: 0` in actions/checkout, or `git fetch --unshallow`";
    let head = repository.commit("HEAD").map_err(|_| {
        Gap::new("this repository has no commit yet", "commit your work, or look at the files alone: --mode tree")
    })?;
    let fetch = format!("git fetch origin {base}");
    let next = if repository.shallow.is_empty() { fetch.as_str() } else { deepen };
    let base = repository
        .commit(base)
        .map_err(|_| Gap::new(format!("the commit {base}, with which HEAD is compared, is not in this clone"), next))?;
    let begun = repository.merge_base(&base, &head).ok_or_else(|| {
        Gap::new(
            format!("this clone does not reach back to where the work since {base} began"),
            if repository.shallow.is_empty() { "name a --base that shares history with HEAD" } else { deepen },
        )
    })?;
    let commits = repository.range(&begun, &head).map_err(|error| Gap::of(&error))?;
    match commits.iter().find(|commit| repository.shallow.contains(&commit.id)) {
        Some(commit) => Err(Gap::new(
            format!("this clone is shallow, and what lies before the commit {} is not in it", commit.id),
            deepen,
        )),
        None => Ok(commits),
    }
}

/// A content and the candidates in it, or why it was left.
type Contents = HashMap<String, Result<(Vec<Candidate>, Vec<u8>), Left>>;

enum Left {
    Unread(Unread),
    Missing(String),
}

fn look(search: &Search, repository: &Repository, commits: &[Commit]) -> Looked {
    let store = Store::open(&repository.objects);
    let mut looked = Looked { commits: commits.len() as u64, ..Looked::default() };
    let added: Vec<(&Commit, Vec<Added<'_>>)> =
        commits.iter().map(|commit| (commit, added(search, &repository.prefix, commit))).collect();
    let names: BTreeSet<&String> = added.iter().flat_map(|(_, added)| added).map(|added| added.after).collect();
    let contents: Contents = names.into_par_iter().map(|name| (name.clone(), content(search, &store, name))).collect();
    // Only where something was found is it asked whether it was there before.
    let with_candidates = |name: &String| matches!(contents.get(name), Some(Ok((found, _))) if !found.is_empty());
    let before: BTreeSet<&String> = added
        .iter()
        .flat_map(|(_, added)| added)
        .filter(|added| with_candidates(added.after))
        .flat_map(|added| added.before.iter().flatten().copied())
        .filter(|name| !contents.contains_key(*name))
        .collect();
    let earlier: Contents = before.into_par_iter().map(|name| (name.clone(), content(search, &store, name))).collect();
    for content in contents.values() {
        match content {
            Ok(_) => looked.files += 1,
            Err(Left::Unread(unread)) => looked.count(*unread),
            Err(Left::Missing(why)) => looked.gaps.push(missing(why)),
        }
    }
    for (commit, added) in &added {
        for file in added {
            let Some(Ok((found, text))) = contents.get(file.after) else { continue };
            // It is new if it is new to every parent.
            let mut new: Vec<&Candidate> = found.iter().collect();
            for names in &file.before {
                let sides = names.iter().filter_map(|name| contents.get(*name).or_else(|| earlier.get(*name)));
                let mut known = Known::default();
                for side in sides {
                    match side {
                        Ok((candidates, text)) => known.add(candidates, text),
                        Err(Left::Missing(why)) => looked.gaps.push(missing(why)),
                        Err(Left::Unread(_)) => {}
                    }
                }
                new = known.new_of(new, text);
            }
            looked.found.extend(search.found(new, &file.path, Some(&commit.id)));
        }
    }
    looked.found = once(looked.found, commits);
    looked.sorted()
}

fn missing(why: &str) -> Gap {
    Gap::new(why, "fetch what is missing: `git fetch --refetch --no-filter`, or clone without a filter")
}

/// A content that a commit gave to a file.
struct Added<'c> {
    path: String,
    after: &'c String,
    /// For each parent what the file was, or what the commit deleted if it is new: it may be the same text, renamed.
    before: Vec<Vec<&'c String>>,
}

fn added<'c>(search: &Search, prefix: &[u8], commit: &'c Commit) -> Vec<Added<'c>> {
    // Where a side is left out, nothing differs from that parent.
    if commit.sides.len() < commit.parents {
        return Vec::new();
    }
    let sides: Vec<BTreeMap<&[u8], &Change>> =
        commit.sides.iter().map(|side| side.iter().map(|change| (change.path.as_slice(), change)).collect()).collect();
    let Some(first) = sides.first() else { return Vec::new() };
    let gone: Vec<Vec<&String>> = (commit.sides.iter())
        .map(|side| {
            side.iter().filter(|change| change.after.is_none()).filter_map(|change| change.before.as_ref()).collect()
        })
        .collect();
    let mut added = Vec::new();
    for (path, change) in first {
        let (Some(after), Some(relative)) = (&change.after, path.strip_prefix(prefix)) else { continue };
        let relative = String::from_utf8_lossy(relative).into_owned();
        if search.is_excluded(&relative) {
            continue;
        }
        let changes: Option<Vec<&&Change>> = sides.iter().map(|side| side.get(path)).collect();
        let Some(changes) = changes else { continue };
        let before = changes.iter().zip(&gone).map(|(change, gone)| match &change.before {
            Some(before) => vec![before],
            None => gone.clone(),
        });
        added.push(Added { path: relative, after, before: before.collect() });
    }
    added
}

fn content(search: &Search, store: &Store, name: &str) -> Result<(Vec<Candidate>, Vec<u8>), Left> {
    let missing = |why: &str| Left::Missing(format!("the content {name} of a file {why}"));
    let id = ObjectId::from_hex(name.as_bytes()).map_err(|_| missing("has another name than git gives"))?;
    match store.read(&id) {
        Ok(Some((_, bytes))) => {
            let candidates = search.candidates(&bytes).map_err(Left::Unread)?;
            // The text is needed only to compare lines.
            let text = if candidates.is_empty() { Vec::new() } else { bytes };
            Ok((candidates, text))
        }
        Ok(None) => Err(missing("is not in this clone")),
        Err(broken) => Err(missing(&format!("cannot be read: {}", broken.why))),
    }
}

/// What was there before: how often each secret, and in which lines.
#[derive(Default)]
struct Known<'t> {
    counts: HashMap<(usize, &'t str), usize>,
    lines: BTreeSet<&'t [u8]>,
}

impl<'t> Known<'t> {
    fn add(&mut self, candidates: &'t [Candidate], text: &'t [u8]) {
        let lines = Lines::of(text);
        for candidate in candidates {
            *self.counts.entry(candidate.content()).or_default() += 1;
            self.lines.insert(lines.line(candidate));
        }
    }

    /// Those of `candidates` that are more than there were before. Those in lines that were there count as the old ones first.
    fn new_of<'c>(&self, candidates: Vec<&'c Candidate>, text: &[u8]) -> Vec<&'c Candidate> {
        let lines = Lines::of(text);
        let mut left = self.counts.clone();
        let mut is_old = vec![false; candidates.len()];
        for same_line in [true, false] {
            for (candidate, is_old) in candidates.iter().zip(&mut is_old) {
                if *is_old || (same_line && !self.lines.contains(lines.line(candidate))) {
                    continue;
                }
                if let Some(count) = left.get_mut(&candidate.content()).filter(|count| **count > 0) {
                    *count -= 1;
                    *is_old = true;
                }
            }
        }
        candidates.into_iter().zip(is_old).filter(|(_, is_old)| !is_old).map(|(candidate, _)| candidate).collect()
    }
}

struct Lines<'t> {
    text: &'t [u8],
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|index| index + 1)).collect();
        Self { text, starts }
    }

    /// The first line of a candidate, as it stands.
    fn line(&self, candidate: &Candidate) -> &'t [u8] {
        let start = self.starts.get(*candidate.lines().start() as usize - 1).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default()
    }
}

/// Each secret of a file once, where it came first: a file that is changed again has it still.
fn once(found: Vec<Found>, commits: &[Commit]) -> Vec<Found> {
    let order: HashMap<&str, usize> =
        commits.iter().enumerate().map(|(place, commit)| (commit.id.as_str(), place)).collect();
    let place = |found: &Found| found.commit.as_deref().and_then(|commit| order.get(commit)).copied();
    let mut found = found;
    found.sort_by_key(place);
    let mut first: HashMap<(String, String, String), Option<usize>> = HashMap::new();
    found.retain(|found| {
        let key = (found.path.clone(), found.rule.clone(), found.fingerprint.clone());
        *first.entry(key).or_insert_with(|| place(found)) == place(found)
    });
    found
}

#[cfg(test)]
mod tests;
