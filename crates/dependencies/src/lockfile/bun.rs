//! `bun.lock`: JSON with comments. Source of the format: <https://bun.sh/docs/install/lockfile>, and files that bun wrote.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Kind, Lockfile, Package, Project, Source, source_of, split_version};
use crate::manifest::{Group, Unreadable};
use crate::text::{entries, json, scalar, texts};

/// Reads versions 0 to 2. Version 2 names the peers that are optional.
pub(super) fn read(text: &str) -> Result<Lockfile, Unreadable> {
    let object = json(text)?;
    let version = scalar(object.get("lockfileVersion")).ok_or(Unreadable::Lacks("lockfileVersion"))?;
    if !matches!(version.as_str(), "0" | "1" | "2") {
        return Err(Unreadable::Version(version));
    }
    let workspaces = object.get("workspaces").and_then(Value::as_object).ok_or(Unreadable::Lacks("workspaces"))?;
    let by_key: HashMap<&str, usize> =
        entries(object.get("packages")).enumerate().map(|(index, (key, _))| (key, index)).collect();
    let packages = entries(object.get("packages")).map(|(key, about)| package(key, about, &by_key)).collect();
    let projects = workspaces.iter().map(|(folder, about)| (folder.clone(), project(about, &by_key)));
    let projects: BTreeMap<String, Project> = projects.collect();
    Ok(Lockfile { kind: Kind::Bun, version, projects, packages, tells_groups: true })
}

/// A list: the name with the version or the place, perhaps a registry, what it needs, and an integrity.
fn package(key: &str, about: &Value, by_key: &HashMap<&str, usize>) -> Package {
    let list = about.as_array();
    let first = list.and_then(|list| list.first()).and_then(Value::as_str).unwrap_or(key);
    let (name, version) = split_version(first).unwrap_or((first, ""));
    let wants = list.and_then(|list| list.iter().find(|one| one.is_object()));
    let is_local = version.starts_with("workspace:") || version.starts_with("root:");
    let own = ["dependencies", "optionalDependencies"].into_iter();
    let own = own.flat_map(|key| entries(wants.and_then(|wants| wants.get(key)))).map(|(name, _)| name);
    let peers = wants.into_iter().flat_map(peers);
    let mut needs: Vec<usize> = own.chain(peers).filter_map(|name| find(by_key, key, name)).collect();
    needs.sort_unstable();
    needs.dedup();
    let last = list.and_then(|list| list.last()).and_then(Value::as_str).unwrap_or_default();
    Package {
        name: name.to_owned(),
        version: version.to_owned(),
        source: if is_local { Source::Local } else { source_of(version) },
        has_integrity: last.starts_with("sha"),
        needs,
    }
}

fn project(about: &Value, by_key: &HashMap<&str, usize>) -> Project {
    let mut project = Project::default();
    let own = about.get("name").and_then(Value::as_str).unwrap_or_default();
    for group in Group::ALL {
        for (name, specifier) in texts(about.get(group.key())) {
            project.roots.extend(find(by_key, own, name).map(|index| (group, index)));
            project.want(name, group, specifier);
        }
    }
    let peers = peers(about).filter_map(|name| find(by_key, own, name));
    project.roots.extend(peers.map(|index| (Group::Production, index)));
    project
}

/// The peers that must be there. Nobody installs an optional one for its own sake, so it is not brought by whom it serves.
fn peers(about: &Value) -> impl Iterator<Item = &str> {
    let optional = about.get("optionalPeers").and_then(Value::as_array);
    let is_optional = move |name: &str| optional.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
    entries(about.get("peerDependencies")).map(|(name, _)| name).filter(move |name| !is_optional(name))
}

/// `send/debug` is the `debug` that `send` has for itself; without one it is the one that all have.
fn find(by_key: &HashMap<&str, usize>, from: &str, name: &str) -> Option<usize> {
    let mut above = from;
    while !above.is_empty() {
        if let Some(index) = by_key.get(format!("{above}/{name}").as_str()) {
            return Some(*index);
        }
        above = above.rsplit_once('/').map_or("", |(above, _)| above);
    }
    by_key.get(name).copied()
}
