//! Lockfiles: what they install, and whether they fit their manifests.

mod bun;
mod drift;
mod graph;
mod npm;
mod npm_nested;
mod pnpm;
#[cfg(test)]
mod tests;
mod yarn_berry;
mod yarn_classic;

use std::collections::BTreeMap;

pub use drift::{Drift, Mismatch};
pub use graph::Installed;

use crate::manifest::{Group, Manifest, Unreadable};

/// Whose lockfile it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `pnpm-lock.yaml`, versions 5.1 to 9.
    Pnpm,
    /// `package-lock.json` or `npm-shrinkwrap.json`, versions 1 to 3.
    Npm,
    /// `yarn.lock`, of yarn 1 or of its successors.
    Yarn,
    /// `bun.lock`
    Bun,
}

impl Kind {
    /// Every file name of a lockfile that can be read, and whose it is.
    pub const FILES: [(&'static str, Self); 5] = [
        ("pnpm-lock.yaml", Self::Pnpm),
        ("package-lock.json", Self::Npm),
        ("npm-shrinkwrap.json", Self::Npm),
        ("yarn.lock", Self::Yarn),
        ("bun.lock", Self::Bun),
    ];

    /// The kind of a file with this name.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        Self::FILES.into_iter().find(|(file, _)| *file == name).map(|(_, kind)| kind)
    }

    /// The program's name, as `packageManager` spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pnpm => "pnpm",
            Self::Npm => "npm",
            Self::Yarn => "yarn",
            Self::Bun => "bun",
        }
    }

    /// The command that brings the lockfile in step with its manifests.
    #[must_use]
    pub fn renew(self) -> &'static str {
        match self {
            Self::Pnpm => "pnpm install --lockfile-only",
            Self::Npm => "npm install --package-lock-only",
            Self::Yarn => "yarn install",
            Self::Bun => "bun install --lockfile-only",
        }
    }
}

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A registry or another server, as an archive.
    Archive,
    /// A git repository, at a commit.
    Git,
    /// A folder of this repository, or what the package manager makes of another package.
    Local,
}

/// One package that the lockfile installs, in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The name that its author gave it; an alias is resolved.
    pub name: String,
    /// Empty where the lockfile does not say it.
    pub version: String,
    /// Where from.
    pub source: Source,
    /// Whether the lockfile says which bytes it must have.
    pub has_integrity: bool,
    /// What it needs, by place in [`Lockfile::packages`].
    needs: Vec<usize>,
}

/// What one project of the workspace wanted when the lockfile was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Project {
    /// Its specifiers, by name and group.
    pub wants: BTreeMap<String, BTreeMap<Group, String>>,
    /// The packages that this leads to, by place in [`Lockfile::packages`].
    roots: Vec<(Group, usize)>,
}

impl Project {
    fn want(&mut self, name: &str, group: Group, specifier: String) {
        self.wants.entry(name.to_owned()).or_default().insert(group, specifier);
    }
}

/// What a lockfile says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lockfile {
    /// Whose it is.
    pub kind: Kind,
    /// The version of its format, as written; empty where it says none.
    pub version: String,
    /// By folder, relative to the lockfile's; the root is `""`.
    pub projects: BTreeMap<String, Project>,
    /// Every package, sorted by name and version as far as the file is.
    pub packages: Vec<Package>,
    /// Whether the file tells production from development by itself.
    tells_groups: bool,
}

impl Lockfile {
    /// Reads a lockfile. `manifests` are those of its workspace, by folder: some lockfiles do not repeat what was wanted.
    ///
    /// # Errors
    /// The text is not what its kind should be, or of an unknown version.
    pub fn read(kind: Kind, text: &str, manifests: &BTreeMap<String, Manifest>) -> Result<Self, Unreadable> {
        match kind {
            Kind::Pnpm => pnpm::read(text),
            Kind::Npm => npm::read(text, manifests),
            Kind::Yarn if text.contains("\n__metadata:") || text.starts_with("__metadata:") => {
                yarn_berry::read(text, manifests)
            }
            Kind::Yarn => yarn_classic::read(text, manifests),
            Kind::Bun => bun::read(text),
        }
    }
}

/// `name@rest`, where the name may begin with `@`.
pub(crate) fn split_version(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Where a text such as `git+ssh://…` or `file:../a` leads.
fn source_of(resolved: &str) -> Source {
    const GIT: [&str; 5] = ["git+", "git:", "git@", "github:", "ssh://"];
    const LOCAL: [&str; 4] = ["file:", "link:", "workspace:", "portal:"];
    let archive = resolved.contains("codeload.") || resolved.contains(".tgz") || resolved.contains(".tar.gz");
    if LOCAL.iter().any(|start| resolved.starts_with(start)) {
        Source::Local
    } else if GIT.iter().any(|start| resolved.starts_with(start)) || (resolved.contains(".git#") && !archive) {
        Source::Git
    } else {
        Source::Archive
    }
}
