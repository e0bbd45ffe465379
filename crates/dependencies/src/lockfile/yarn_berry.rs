//! `yarn.lock` of yarn 2 and later: YAML, whose keys are what is wanted.
//!
//! Source of the format: <https://yarnpkg.com/advanced/lexicon#lockfile>, and files that yarn wrote.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::drift::plain;
use super::{Kind, Lockfile, Package, Project, Source, split_version};
use crate::manifest::{Group, Manifest, Unreadable};
use crate::text::{scalar, texts, yaml};

/// Reads it.
pub(super) fn read(text: &str, manifests: &BTreeMap<String, Manifest>) -> Result<Lockfile, Unreadable> {
    let object = yaml(text)?;
    let about = object.get("__metadata").ok_or(Unreadable::Lacks("__metadata"))?;
    let version = scalar(about.get("version")).ok_or(Unreadable::Lacks("__metadata.version"))?;
    let entries: Vec<(&String, &Value)> = object.iter().filter(|(key, _)| *key != "__metadata").collect();
    let mut packages = Vec::new();
    let mut by_want: HashMap<(&str, &str), usize> = HashMap::new();
    for (key, entry) in &entries {
        for (name, range) in key.split(", ").filter_map(split_version) {
            by_want.insert((name, plain(range)), packages.len());
        }
        packages.push(package(key, entry));
    }
    let mut projects = BTreeMap::new();
    for (index, (_, entry)) in entries.iter().enumerate() {
        let needs = needs(entry, &by_want);
        if let Some(folder) = folder(entry) {
            projects.insert(folder.to_owned(), project(entry, &by_want, manifests.get(folder)));
        }
        if let Some(package) = packages.get_mut(index) {
            package.needs = needs;
        }
    }
    Ok(Lockfile { kind: Kind::Yarn, version, projects, packages, tells_groups: false })
}

/// `name@npm:1.0.0`, `name@workspace:packages/a`, `name@patch:…`, `name@https://….git#commit=…`
fn resolution(entry: &Value) -> (&str, &str) {
    entry.get("resolution").and_then(Value::as_str).and_then(split_version).unwrap_or_default()
}

fn folder(entry: &Value) -> Option<&str> {
    let folder = resolution(entry).1.strip_prefix("workspace:")?;
    Some(if folder == "." { "" } else { folder })
}

fn package(key: &str, entry: &Value) -> Package {
    let (name, place) = resolution(entry);
    let is_local =
        ["workspace:", "patch:", "portal:", "link:", "file:", "exec:"].iter().any(|one| place.starts_with(one));
    let is_git = place.contains("#commit=") || place.starts_with("git");
    Package {
        name: if name.is_empty() { split_version(key).map_or(key, |(name, _)| name) } else { name }.to_owned(),
        version: scalar(entry.get("version")).unwrap_or_default(),
        source: if is_local {
            Source::Local
        } else if is_git {
            Source::Git
        } else {
            Source::Archive
        },
        // yarn fetches what is for other machines only there, and knows no checksum before.
        has_integrity: entry.get("checksum").is_some() || entry.get("conditions").is_some(),
        needs: Vec::new(),
    }
}

fn needs(entry: &Value, by_want: &HashMap<(&str, &str), usize>) -> Vec<usize> {
    let wants = texts(entry.get("dependencies"));
    let mut needs: Vec<usize> =
        wants.filter_map(|(name, range)| by_want.get(&(name, plain(&range))).copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

/// yarn does not tell production from development here: the manifest does.
fn project(entry: &Value, by_want: &HashMap<(&str, &str), usize>, manifest: Option<&Manifest>) -> Project {
    let mut project = Project::default();
    for (name, range) in texts(entry.get("dependencies")) {
        let groups = manifest.and_then(|manifest| manifest.wants.get(name));
        let group = groups.and_then(|groups| groups.keys().next()).copied().unwrap_or(Group::Production);
        project.roots.extend(by_want.get(&(name, plain(&range))).map(|index| (group, *index)));
        project.want(name, group, range);
    }
    project
}
