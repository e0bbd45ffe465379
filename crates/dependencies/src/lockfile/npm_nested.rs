//! `package-lock.json` of npm 5 and 6: packages lie in each other, as their folders do.

use std::collections::BTreeMap;

use node_semver::{Range, Version};
use serde_json::{Map, Value, json};

use super::npm::MODULES;
use super::split_version;
use crate::manifest::Manifest;
use crate::text::entries;

/// The same in the words of later versions: each package at its place. The file does not say what was wanted; the manifest tells
/// it, as far as the versions here satisfy it.
pub(super) fn places(object: &Map<String, Value>, manifests: &BTreeMap<String, Manifest>) -> Map<String, Value> {
    let mut places = Map::new();
    flatten("", object.get("dependencies"), &mut places);
    let mut root = Map::new();
    for (name, wanted) in manifests.get("").into_iter().flat_map(|root| &root.wants) {
        let Some(about) = places.get(&format!("{MODULES}{name}")) else { continue };
        for (group, specifier) in wanted {
            let said = if satisfies(about, specifier) {
                json!(specifier)
            } else {
                about.get("version").cloned().unwrap_or_default()
            };
            if let Some(group) = root.entry(group.key()).or_insert_with(|| json!({})).as_object_mut() {
                group.insert(name.clone(), said);
            }
        }
    }
    places.insert(String::new(), Value::Object(root));
    places
}

/// The parser does not nest deeper than 128 levels.
fn flatten(folder: &str, dependencies: Option<&Value>, places: &mut Map<String, Value>) {
    for (name, about) in entries(dependencies) {
        let place = if folder.is_empty() { format!("{MODULES}{name}") } else { format!("{folder}/{MODULES}{name}") };
        let word = |key: &str| about.get(key).and_then(Value::as_str);
        let version = word("version").unwrap_or_default();
        let alias = version.strip_prefix("npm:").and_then(split_version);
        let is_number = Version::parse(version).is_ok();
        let written = json!({
            "name": alias.map(|(name, _)| name),
            "version": alias.map_or(version, |(_, version)| version),
            // A version that is none says where the package comes from.
            "resolved": word("resolved").or_else(|| (!is_number && alias.is_none()).then_some(version)),
            "integrity": word("integrity"),
            "inBundle": about.get("bundled"),
            "dependencies": about.get("requires"),
        });
        flatten(&place, about.get("dependencies"), places);
        places.insert(place, written);
    }
}

/// What is no range, such as a tag or a URL, cannot be told from here.
fn satisfies(about: &Value, specifier: &str) -> bool {
    let version = about.get("version").and_then(Value::as_str).map(Version::parse);
    match (version, Range::parse(specifier)) {
        (Some(Ok(version)), Ok(range)) => version.satisfies(&range),
        _ => true,
    }
}
