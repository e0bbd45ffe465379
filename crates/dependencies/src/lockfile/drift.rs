//! Where a lockfile and its manifests say different things.

use std::collections::BTreeMap;

use super::{Lockfile, Project};
use crate::manifest::{Group, Manifest};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    /// The project's folder, relative to the lockfile's; the root is `""`.
    pub folder: String,
    /// What differs.
    pub mismatch: Mismatch,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// The lockfile does not know the project at all.
    NewProject,
    /// The lockfile knows a project that is not there.
    GoneProject,
    /// The manifest wants what the lockfile does not know.
    Missing {
        /// The package.
        name: String,
        /// What the manifest says.
        specifier: String,
    },
    /// The lockfile has what the manifest no longer wants.
    Leftover {
        /// The package.
        name: String,
    },
    /// Both name it, and differ.
    Changed {
        /// The package.
        name: String,
        /// What the manifest says.
        manifest: String,
        /// What the lockfile says that the manifest says.
        lockfile: String,
    },
    /// Both say the same, in different groups.
    Moved {
        /// The package.
        name: String,
        /// Where the manifest has it.
        manifest: Group,
        /// Where the lockfile has it.
        lockfile: Group,
    },
}

impl Lockfile {
    /// Every difference from `manifests`, the manifests of the workspace by folder. Names in `overridden` are passed over: the
    /// package manager was told another version for them.
    #[must_use]
    pub fn drift(&self, manifests: &BTreeMap<String, Manifest>) -> Vec<Drift> {
        let root = manifests.get("");
        let overridden = |name: &str| root.is_some_and(|root| root.overridden.contains(name));
        let mut found = Vec::new();
        for (folder, manifest) in manifests {
            let mut tell = |mismatch| found.push(Drift { folder: folder.clone(), mismatch });
            let Some(project) = self.projects.get(folder) else {
                // A project without dependencies leaves no trace in some lockfiles.
                if !manifest.wants.is_empty() {
                    tell(Mismatch::NewProject);
                }
                continue;
            };
            for (name, wanted) in manifest.wants.iter().filter(|(name, _)| !overridden(name)) {
                if let Some(mismatch) = self.compare(name, wanted, project) {
                    tell(mismatch);
                }
            }
            for name in project.wants.keys() {
                if !manifest.wants.contains_key(name) && !manifest.peers.contains(name) && !overridden(name) {
                    tell(Mismatch::Leftover { name: name.clone() });
                }
            }
        }
        let gone = self.projects.keys().filter(|folder| !manifests.contains_key(*folder));
        found.extend(gone.map(|folder| Drift { folder: folder.clone(), mismatch: Mismatch::GoneProject }));
        found.sort();
        found
    }

    fn compare(&self, name: &str, wanted: &BTreeMap<Group, String>, project: &Project) -> Option<Mismatch> {
        let name = name.to_owned();
        let any = wanted.values().next()?;
        let Some(locked) = project.wants.get(&name) else {
            return Some(Mismatch::Missing { name, specifier: any.clone() });
        };
        let has = |specifier: &String| locked.values().any(|one| plain(one) == plain(specifier));
        // Where several groups name a package, each package manager keeps another one.
        if !wanted.values().any(has) {
            let lockfile = locked.values().next().cloned().unwrap_or_default();
            return Some(Mismatch::Changed { name, manifest: any.clone(), lockfile });
        }
        match (wanted.len(), wanted.keys().next(), locked.keys().next()) {
            (1, Some(manifest), Some(lockfile)) if self.tells_groups && locked.len() == 1 && manifest != lockfile => {
                Some(Mismatch::Moved { name, manifest: *manifest, lockfile: *lockfile })
            }
            _ => None,
        }
    }
}

/// A specifier without the protocol that goes without saying: yarn writes `npm:^1.0.0` for `^1.0.0`.
pub(super) fn plain(specifier: &str) -> &str {
    match specifier.strip_prefix("npm:") {
        Some(rest) if super::split_version(rest).is_none() && !rest.starts_with('@') => rest,
        _ => specifier,
    }
}
