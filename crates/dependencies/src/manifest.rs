//! `package.json`. Source of the format: <https://docs.npmjs.com/cli/configuring-npm/package-json>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

pub use crate::text::Unreadable;
use crate::text::{entries, json, texts};

/// Why a package is wanted. Ordered by how much weighs: what production needs comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// `dependencies`
    Production,
    /// `optionalDependencies`
    Optional,
    /// `devDependencies`
    Development,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Production, Self::Optional, Self::Development];

    /// The key of `package.json`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Production => "dependencies",
            Self::Optional => "optionalDependencies",
            Self::Development => "devDependencies",
        }
    }
}

/// What one `package.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// `name`
    pub name: Option<String>,
    /// `version`
    pub version: Option<String>,
    /// `packageManager`
    pub package_manager: Option<String>,
    /// What it wants, by name: the groups that name it, and its specifier in each.
    pub wants: BTreeMap<String, BTreeMap<Group, String>>,
    /// The names in `peerDependencies`.
    pub peers: BTreeSet<String>,
    /// Names for which the package manager is told another version than the one that is wanted: `overrides`, `resolutions`
    /// and `pnpm.overrides`.
    pub overridden: BTreeSet<String>,
    /// `workspaces`: patterns of folders.
    pub workspaces: Vec<String>,
    /// `scripts`
    pub scripts: BTreeMap<String, String>,
}

impl Manifest {
    /// Reads the text of a `package.json`.
    ///
    /// # Errors
    /// It is not JSON, or no object.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let object = json(text)?;
        let word = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut wants: BTreeMap<String, BTreeMap<Group, String>> = BTreeMap::new();
        for group in Group::ALL {
            for (name, specifier) in texts(object.get(group.key())) {
                wants.entry(name.to_owned()).or_default().insert(group, specifier);
            }
        }
        Ok(Self {
            name: word("name"),
            version: word("version"),
            package_manager: word("packageManager"),
            wants,
            peers: entries(object.get("peerDependencies")).map(|(name, _)| name.to_owned()).collect(),
            overridden: overridden(&object),
            workspaces: patterns(object.get("workspaces")),
            scripts: texts(object.get("scripts")).map(|(name, text)| (name.to_owned(), text)).collect(),
        })
    }
}

/// `workspaces` is a list, or an object with `packages`.
fn patterns(value: Option<&Value>) -> Vec<String> {
    let list = match value {
        Some(Value::Object(object)) => object.get("packages"),
        other => other,
    };
    list.and_then(Value::as_array).into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect()
}

fn overridden(object: &Map<String, Value>) -> BTreeSet<String> {
    let pnpm = object.get("pnpm").and_then(|pnpm| pnpm.get("overrides"));
    let all = [object.get("overrides"), object.get("resolutions"), pnpm];
    all.into_iter().flat_map(entries).flat_map(|(key, _)| overridden_name(key)).collect()
}

/// The package that a key of overrides is about: the last of `a>b`, `a/b` and `a/**/b`, without a version.
pub(crate) fn overridden_name(key: &str) -> Option<String> {
    let last = key.rsplit('>').next()?;
    let parts: Vec<&str> = last.split('/').collect();
    let (name, before) = parts.split_last()?;
    let scoped = before.last().filter(|scope| scope.starts_with('@'));
    let whole = scoped.map_or_else(|| (*name).to_owned(), |scope| format!("{scope}/{name}"));
    Some(crate::lockfile::split_version(&whole).map_or(whole.as_str(), |(name, _)| name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_manifest_wants_is_told_by_group() {
        let manifest = Manifest::read(
            r#"{ "name": "shop", "version": "1.2.0", "packageManager": "pnpm@9.15.9",
                 "dependencies": { "zod": "^3.0.0", "both": "1" }, "devDependencies": { "both": "2" },
                 "peerDependencies": { "react": "*" }, "workspaces": { "packages": ["apps/*"] },
                 "scripts": { "test": "vitest" },
                 "pnpm": { "overrides": { "a>@scope/b@1": "2", "c": "1" } }, "resolutions": { "d/**/e": "1" } }"#,
        )
        .unwrap();
        assert_eq!(manifest.wants["zod"], BTreeMap::from([(Group::Production, "^3.0.0".to_owned())]));
        assert_eq!(manifest.wants["both"].len(), 2);
        assert!(manifest.peers.contains("react"));
        assert_eq!(manifest.workspaces, ["apps/*"]);
        assert_eq!(manifest.overridden.iter().collect::<Vec<_>>(), ["@scope/b", "c", "e"]);
        assert_eq!(manifest.scripts["test"], "vitest");
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        assert_eq!(Manifest::read("[]").unwrap_err().to_string(), "has no object, so it cannot be read");
        assert_eq!(
            Manifest::read("{").unwrap_err().to_string(),
            "is not JSON: EOF while parsing an object at line 1 column 1"
        );
    }
}
