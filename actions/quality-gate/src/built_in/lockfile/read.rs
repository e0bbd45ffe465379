//! A lockfile with the manifests of its workspace.

use std::collections::BTreeMap;

use ops_dependencies::lockfile::{Kind, Lockfile};
use ops_dependencies::{Manifest, workspace};

use crate::built_in::packages::Packages;
use crate::situation::{Situation, join};

/// Reads the lockfile of a folder with the manifests of its workspace.
pub(in crate::built_in) fn read(
    situation: &Situation<'_>,
    packages: &Packages,
    folder: &str,
    name: &str,
    kind: Kind,
) -> Result<(Lockfile, BTreeMap<String, Manifest>), String> {
    let path = join(folder, name);
    let (patterns, overridden) = patterns(situation, packages, folder)?;
    let below = |other: &str| {
        let rest = other.strip_prefix(folder)?;
        if folder.is_empty() || rest.is_empty() {
            Some(rest.to_owned())
        } else {
            Some(rest.strip_prefix('/')?.to_owned())
        }
    };
    let members = packages.files.iter().filter_map(|(other, package)| Some((below(other)?, package)));
    let members = members.filter(|(place, _)| workspace::is_member(&patterns, place));
    let mut manifests: BTreeMap<String, Manifest> =
        members.map(|(place, package)| (place, package.manifest.clone())).collect();
    if let Some(root) = manifests.get_mut("") {
        root.overridden.extend(overridden);
    }
    let text = situation.read(&path)?;
    let lockfile = Lockfile::read(kind, &text, &manifests).map_err(|error| format!("{path} {error}"))?;
    Ok((lockfile, manifests))
}

/// The patterns of the workspace whose root is `folder`, and the names that it overrides.
fn patterns(
    situation: &Situation<'_>,
    packages: &Packages,
    folder: &str,
) -> Result<(Vec<String>, Vec<String>), String> {
    let path = join(folder, "pnpm-workspace.yaml");
    let is_there = situation.files()?.contains(&path);
    let text = if is_there { Some(situation.read(&path)?) } else { None };
    let told = |error| format!("{path} {error}");
    let none = Manifest::default();
    let root = packages.files.get(folder).map_or(&none, |package| &package.manifest);
    let patterns = workspace::patterns(root, text.as_deref()).map_err(told)?;
    let overridden = text.as_deref().map(workspace::pnpm_overrides).transpose().map_err(told)?;
    Ok((patterns, overridden.unwrap_or_default()))
}

pub(super) fn is_member(situation: &Situation<'_>, packages: &Packages, above: &str, folder: &str) -> bool {
    let place = folder.strip_prefix(above).unwrap_or(folder).trim_start_matches('/');
    patterns(situation, packages, above).is_ok_and(|(patterns, _)| workspace::is_member(&patterns, place))
}
