//! `package-lock.json` of npm 7 and later: every place in `node_modules` is a key.
//!
//! Source of the format: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{Kind, Lockfile, Package, Project, Source, npm_nested, source_of};
use crate::manifest::{Group, Manifest, Unreadable};
use crate::text::{entries, json, scalar, texts};

pub(super) const MODULES: &str = "node_modules/";

/// Reads versions 1 to 3.
pub(super) fn read(text: &str, manifests: &BTreeMap<String, Manifest>) -> Result<Lockfile, Unreadable> {
    let object = json(text)?;
    let version = scalar(object.get("lockfileVersion")).ok_or(Unreadable::Lacks("lockfileVersion"))?;
    match (version.as_str(), object.get("packages")) {
        ("2" | "3", Some(Value::Object(packages))) => Ok(read_places(version, packages)),
        ("2" | "3", _) => Err(Unreadable::Lacks("packages")),
        ("1", _) => {
            let places = npm_nested::places(&object, manifests);
            Ok(Lockfile { tells_groups: false, ..read_places(version, &places) })
        }
        _ => Err(Unreadable::Version(version)),
    }
}

fn read_places(version: String, places: &Map<String, Value>) -> Lockfile {
    let mut packages = Vec::new();
    let mut by_place: HashMap<&str, usize> = HashMap::new();
    for (place, about) in places {
        if let Some((_, directory)) = place.rsplit_once(MODULES) {
            by_place.insert(place, packages.len());
            packages.push(package(directory, about));
        }
    }
    for (place, about) in places {
        let Some(index) = by_place.get(place.as_str()) else { continue };
        let mut needs: Vec<usize> = ["dependencies", "optionalDependencies", "peerDependencies"]
            .into_iter()
            .flat_map(|key| entries(about.get(key)))
            .filter_map(|(name, _)| find(&by_place, place, name))
            .collect();
        needs.sort_unstable();
        needs.dedup();
        if let Some(package) = packages.get_mut(*index) {
            package.needs = needs;
        }
    }
    let own = places.iter().filter(|(place, _)| !place.contains(MODULES));
    let projects = own.map(|(folder, about)| (folder.clone(), project(folder, about, &by_place))).collect();
    Lockfile { kind: Kind::Npm, version, projects, packages, tells_groups: true }
}

fn package(directory: &str, about: &Value) -> Package {
    let word = |key: &str| about.get(key).and_then(Value::as_str);
    let is = |key: &str| about.get(key).and_then(Value::as_bool) == Some(true);
    let resolved = word("resolved").unwrap_or_default();
    Package {
        name: word("name").unwrap_or(directory).to_owned(),
        version: word("version").unwrap_or_default().to_owned(),
        source: if is("link") { Source::Local } else { source_of(resolved) },
        // What is bundled comes in the archive of the package that bundles it.
        has_integrity: word("integrity").is_some() || is("inBundle"),
        needs: Vec::new(),
    }
}

fn project(folder: &str, about: &Value, by_place: &HashMap<&str, usize>) -> Project {
    let mut project = Project::default();
    for group in Group::ALL {
        for (name, specifier) in texts(about.get(group.key())) {
            project.want(name, group, specifier);
            project.roots.extend(find(by_place, folder, name).map(|index| (group, index)));
        }
    }
    let peers = entries(about.get("peerDependencies")).filter_map(|(name, _)| find(by_place, folder, name));
    project.roots.extend(peers.map(|index| (Group::Production, index)));
    project
}

/// The package that node finds from a place: in its own `node_modules`, or in those of the folders above.
fn find(by_place: &HashMap<&str, usize>, from: &str, name: &str) -> Option<usize> {
    let mut folder = from;
    loop {
        let place = if folder.is_empty() { format!("{MODULES}{name}") } else { format!("{folder}/{MODULES}{name}") };
        if let Some(index) = by_place.get(place.as_str()) {
            return Some(*index);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}
