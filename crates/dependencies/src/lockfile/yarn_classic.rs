//! `yarn.lock` of yarn 1: lines, whose keys are what is wanted.
//!
//! Source of the format: <https://classic.yarnpkg.com/en/docs/yarn-lock>, and files that yarn wrote.

use std::collections::{BTreeMap, HashMap};

use super::{Kind, Lockfile, Package, Project, source_of, split_version};
use crate::manifest::{Manifest, Unreadable};

/// One entry, as it is written.
#[derive(Debug, Default)]
struct Entry<'text> {
    /// `name@range`, each.
    keys: Vec<&'text str>,
    version: &'text str,
    resolved: &'text str,
    has_integrity: bool,
    /// Name and range.
    needs: Vec<(&'text str, &'text str)>,
}

/// Reads it. It does not say what was wanted: the manifests tell it, as far as there is an entry for it.
pub(super) fn read(text: &str, manifests: &BTreeMap<String, Manifest>) -> Result<Lockfile, Unreadable> {
    let Some(version) = text.lines().find_map(|line| line.strip_prefix("# yarn lockfile v")) else {
        return Err(Unreadable::Lacks("line `# yarn lockfile v1`"));
    };
    if version.trim() != "1" {
        return Err(Unreadable::Version(version.trim().to_owned()));
    }
    let entries = entries(text)?;
    let all = entries.iter().enumerate();
    let by_key: HashMap<&str, usize> =
        all.flat_map(|(index, entry)| entry.keys.iter().map(move |key| (*key, index))).collect();
    let find = |name: &str, range: &str| by_key.get(format!("{name}@{range}").as_str()).copied();
    let mut projects = BTreeMap::new();
    for (folder, manifest) in manifests {
        let mut project = Project::default();
        for (name, wanted) in &manifest.wants {
            let is_sibling = manifests.values().any(|other| other.name.as_deref() == Some(name));
            for (group, specifier) in wanted {
                let found = find(name, specifier);
                project.roots.extend(found.map(|index| (*group, index)));
                // Another package of the workspace is linked, and leaves no trace here.
                if found.is_some() || is_sibling {
                    project.want(name, *group, specifier.clone());
                }
            }
        }
        projects.insert(folder.clone(), project);
    }
    let packages = entries.iter().map(|entry| {
        let (name, range) = entry.keys.first().and_then(|key| split_version(key)).unwrap_or_default();
        // An alias: the name is what stands for it.
        let aliased = range.strip_prefix("npm:").and_then(split_version).map(|(name, _)| name);
        let mut needs: Vec<usize> = entry.needs.iter().filter_map(|(name, range)| find(name, range)).collect();
        needs.sort_unstable();
        needs.dedup();
        Package {
            name: aliased.unwrap_or(name).to_owned(),
            version: entry.version.to_owned(),
            source: source_of(if entry.resolved.is_empty() { range } else { entry.resolved }),
            // Before yarn 1.10 the SHA-1 stood behind the address.
            has_integrity: entry.has_integrity
                || entry.resolved.rsplit_once('#').is_some_and(|(_, hash)| hash.len() == 40),
            needs,
        }
    });
    let packages = packages.collect();
    Ok(Lockfile { kind: Kind::Yarn, version: "1".to_owned(), projects, packages, tells_groups: false })
}

fn entries(text: &str) -> Result<Vec<Entry<'_>>, Unreadable> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut in_needs = false;
    for (number, line) in (1..).zip(text.lines()) {
        let words = line.trim();
        if words.is_empty() || words.starts_with('#') {
            continue;
        }
        let refused = || {
            let reason = format!("line {number} is neither an entry nor a part of one");
            Unreadable::Syntax { language: "a lockfile of yarn 1", reason }
        };
        let depth = line.len() - line.trim_start_matches(' ').len();
        match (depth, entries.last_mut()) {
            (0, _) => {
                let keys = words.strip_suffix(':').ok_or_else(refused)?;
                let keys: Vec<&str> = keys.split(", ").map(unquoted).collect();
                if keys.iter().any(|key| split_version(key).is_none()) {
                    return Err(refused());
                }
                entries.push(Entry { keys, ..Entry::default() });
                in_needs = false;
            }
            (2, Some(entry)) => match (words.split_once(' '), words.strip_suffix(':')) {
                (Some((key, value)), _) => {
                    in_needs = false;
                    match key {
                        "version" => entry.version = unquoted(value),
                        "resolved" => entry.resolved = unquoted(value),
                        "integrity" => entry.has_integrity = true,
                        _ => {}
                    }
                }
                (None, Some(list)) => in_needs = matches!(list, "dependencies" | "optionalDependencies"),
                (None, None) => return Err(refused()),
            },
            (4, Some(entry)) => {
                let (name, range) = words.split_once(' ').ok_or_else(refused)?;
                if in_needs {
                    entry.needs.push((unquoted(name), unquoted(range)));
                }
            }
            _ => return Err(refused()),
        }
    }
    Ok(entries)
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}
