//! `pnpm-lock.yaml`, versions 5.1 to 9. Source of the format: <https://github.com/pnpm/spec/tree/master/lockfile>.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{Kind, Lockfile, Package, Project, Source, source_of, split_version};
use crate::manifest::{Group, Unreadable};
use crate::text::{entries, scalar, texts, yaml};

/// How a version of the format writes a package's key.
#[derive(Clone, Copy, PartialEq)]
enum Keys {
    /// `/@scope/name/1.0.0_peer@2.0.0`
    Slashes,
    /// `/@scope/name@1.0.0(peer@2.0.0)`; `@scope/name@1.0.0` since 9.
    At,
}

/// Reads it.
pub(super) fn read(text: &str) -> Result<Lockfile, Unreadable> {
    let object = yaml(last_document(text))?;
    let version = scalar(object.get("lockfileVersion")).ok_or(Unreadable::Lacks("lockfileVersion"))?;
    let keys = match version.split('.').next() {
        Some("5") => Keys::Slashes,
        Some("6" | "7" | "9") => Keys::At,
        _ => return Err(Unreadable::Version(version)),
    };
    let (packages, by_key) = packages(&object, keys);
    let projects = match object.get("importers") {
        Some(Value::Object(importers)) => importers
            .iter()
            .map(|(folder, about)| (if folder == "." { String::new() } else { folder.clone() }, about.as_object()))
            .map(|(folder, about)| (folder, project(about.unwrap_or(&Map::new()), &by_key)))
            .collect(),
        _ => BTreeMap::from([(String::new(), project(&object, &by_key))]),
    };
    Ok(Lockfile { kind: Kind::Pnpm, version, projects, packages, tells_groups: true })
}

/// pnpm 11 writes what it needs itself as a document of its own before the project's.
fn last_document(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    let body = text.strip_prefix("---\n").unwrap_or(text);
    body.rfind("\n---\n").and_then(|at| body.get(at + 5..)).unwrap_or(body)
}

/// Since version 9 what a package needs stands in `snapshots`, and what it is in `packages`.
fn packages(object: &Map<String, Value>, keys: Keys) -> (Vec<Package>, HashMap<&str, usize>) {
    let about = object.get("packages");
    let snapshots = object.get("snapshots").or(about);
    let mut packages = Vec::new();
    let mut by_key = HashMap::new();
    for (key, snapshot) in entries(snapshots) {
        let about = about.and_then(|about| about.get(key).or_else(|| about.get(without_peers(key))));
        by_key.insert(key.trim_start_matches('/'), packages.len());
        packages.push(package(key, about.unwrap_or(snapshot), keys));
    }
    let needs: Vec<Vec<usize>> = entries(snapshots)
        .map(|(_, snapshot)| {
            let named = ["dependencies", "optionalDependencies"].into_iter().flat_map(|key| texts(snapshot.get(key)));
            let mut needs: Vec<usize> = named.filter_map(|(name, version)| find(&by_key, name, &version)).collect();
            needs.sort_unstable();
            needs.dedup();
            needs
        })
        .collect();
    for (package, needs) in packages.iter_mut().zip(needs) {
        package.needs = needs;
    }
    (packages, by_key)
}

fn package(key: &str, about: &Value, keys: Keys) -> Package {
    let key = key.trim_start_matches('/');
    let (name, version) = match keys {
        Keys::At => split_version(without_peers(key)).unwrap_or((key, "")),
        Keys::Slashes => {
            let (name, version) = key.rsplit_once('/').unwrap_or((key, ""));
            (name, version.split('_').next().unwrap_or_default())
        }
    };
    let resolution = about.get("resolution");
    let word = |key: &str| resolution.and_then(|resolution| resolution.get(key)).and_then(Value::as_str);
    let source = match (word("type"), word("tarball")) {
        (Some("git"), _) => Source::Git,
        (Some("directory"), _) => Source::Local,
        // GitHub's archives of a commit: pnpm fetches a git dependency so, without an integrity.
        (_, Some(archive)) if archive.contains("codeload.github.com") => Source::Git,
        (_, Some(archive)) => source_of(archive),
        _ => Source::Archive,
    };
    // What is no number of a version says where it comes from, and then the file names both.
    Package {
        name: scalar(about.get("name")).unwrap_or_else(|| name.to_owned()),
        version: scalar(about.get("version")).unwrap_or_else(|| version.to_owned()),
        source,
        has_integrity: word("integrity").is_some(),
        needs: Vec::new(),
    }
}

fn without_peers(key: &str) -> &str {
    key.split('(').next().unwrap_or(key)
}

/// A version is one of the package that the name says, or a whole key for an alias, a URL or an archive.
fn find(by_key: &HashMap<&str, usize>, name: &str, version: &str) -> Option<usize> {
    let written = version.trim_start_matches('/');
    let tries = [format!("{name}@{written}"), format!("{name}/{written}"), written.to_owned()];
    tries.iter().find_map(|key| by_key.get(key.as_str()).copied())
}

fn project(about: &Map<String, Value>, by_key: &HashMap<&str, usize>) -> Project {
    let mut project = Project::default();
    for group in Group::ALL {
        for (name, entry) in entries(about.get(group.key())) {
            // Until version 5 the specifiers stand apart.
            let apart = || scalar(about.get("specifiers").and_then(|specifiers| specifiers.get(name)));
            let specifier = scalar(entry.get("specifier")).or_else(apart);
            let version = scalar(entry.get("version")).or_else(|| scalar(Some(entry)));
            project.want(name, group, specifier.unwrap_or_default());
            project.roots.extend(version.and_then(|version| find(by_key, name, &version)).map(|index| (group, index)));
        }
    }
    project
}
