//! The packages of a repository, and under which names they may import each other.
//!
//! Formats: `workspaces` of package.json (npm, Yarn, Bun), `packages` of pnpm-workspace.yaml, and dependencies written as
//! `file:`, `link:` or `portal:` paths. An installer would link these into `node_modules`; here the links are only
//! imagined.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rayon::prelude::*;
use serde_json::{Map, Value};

use super::json::{object, texts};
use super::package::Package;
use super::path::{below, join, normal, parent, upwards};
use super::problem::Problems;
use crate::tree::{FileId, Tree};

const DEPENDENCIES: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// The packages of a tree.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// By the folders that they lie in.
    packages: HashMap<String, Package>,
    /// By name: the folder below which the name counts, and the folder of the package.
    links: HashMap<String, Vec<(String, String)>>,
    /// The folders below which the names count.
    roots: BTreeSet<String>,
    /// What is got from a registry.
    dependencies: BTreeSet<String>,
}

struct Manifest {
    folder: String,
    content: Map<String, Value>,
}

impl Manifest {
    fn name(&self) -> Option<&str> {
        self.content.get("name").and_then(Value::as_str).filter(|name| !name.is_empty())
    }

    fn dependencies(&self) -> impl Iterator<Item = (&str, &str)> {
        let sections = DEPENDENCIES.iter().filter_map(|section| self.content.get(*section)?.as_object());
        sections.flatten().filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)))
    }

    fn workspaces(&self, problems: &Problems) -> Vec<String> {
        let Some(written) = self.content.get("workspaces") else { return Vec::new() };
        let patterns = written.get("packages").unwrap_or(written);
        if let Some(patterns) = texts(patterns) {
            return patterns.into_iter().map(str::to_owned).collect();
        }
        // `{ "nohoist": … }` names no package.
        if !written.is_object() || written.get("packages").is_some() {
            problems.add(&join(&self.folder, "package.json"), "`workspaces` is not a list of texts");
        }
        Vec::new()
    }
}

impl Workspace {
    /// Reads each package.json and pnpm-workspace.yaml of the tree.
    pub(super) fn new(tree: &Tree, problems: &Problems) -> Self {
        let named = |wanted: &str| -> Vec<(FileId, &str)> {
            let is_wanted =
                |path: &str| path.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
            tree.files().filter(|(_, path)| is_wanted(path)).collect()
        };
        let manifests: Vec<Manifest> = named("package.json")
            .into_par_iter()
            .filter_map(|(file, path)| {
                let content = tree.read(file).map_err(|error| error.to_string()).and_then(|text| object(&text));
                match content {
                    Ok(content) => Some(Manifest { folder: parent(path).to_owned(), content }),
                    Err(message) => {
                        problems.add(path, message);
                        None
                    }
                }
            })
            .collect();

        let mut declared: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for manifest in &manifests {
            let patterns = manifest.workspaces(problems);
            if !patterns.is_empty() {
                declared.entry(manifest.folder.clone()).or_default().extend(patterns);
            }
        }
        for (file, path) in named("pnpm-workspace.yaml") {
            let patterns =
                tree.read(file).map_err(|error| error.to_string()).and_then(|text| super::pnpm::packages(&text));
            match patterns {
                Ok(patterns) => declared.entry(parent(path).to_owned()).or_default().extend(patterns),
                Err(message) => problems.add(path, message),
            }
        }

        let mut workspace = Self::default();
        for (root, patterns) in &declared {
            let members = Members::new(root, patterns, problems);
            for manifest in manifests.iter().filter(|manifest| members.contain(&manifest.folder)) {
                if let Some(name) = manifest.name() {
                    workspace.link(root, name, &manifest.folder, problems);
                }
            }
        }
        for manifest in &manifests {
            for (name, version) in manifest.dependencies() {
                let path = ["file:", "link:", "portal:"].iter().find_map(|protocol| version.strip_prefix(protocol));
                match path.map(|path| normal(&manifest.folder, path)) {
                    Some(Some(folder)) if tree.is_folder(&folder) => {
                        workspace.link(&manifest.folder, name, &folder, problems);
                    }
                    _ if version.starts_with("workspace:") => {}
                    _ => {
                        workspace.dependencies.insert(name.to_owned());
                    }
                }
            }
        }
        let packages =
            manifests.into_iter().map(|Manifest { folder, mut content }| (folder, Package::new(&mut content)));
        workspace.packages = packages.collect();
        workspace
    }

    fn link(&mut self, root: &str, name: &str, folder: &str, problems: &Problems) {
        let links = self.links.entry(name.to_owned()).or_default();
        match links.iter().find(|(other, _)| other == root) {
            Some((_, other)) if other != folder => {
                let message = format!("the package `{name}` lies in `{other}` as well; imports of it mean that one");
                problems.add(&join(folder, "package.json"), message);
            }
            Some(_) => {}
            None => {
                links.push((root.to_owned(), folder.to_owned()));
                self.roots.insert(root.to_owned());
            }
        }
    }

    /// The package that files of this folder belong to, and where it lies.
    pub(super) fn package_of<'path>(&self, folder: &'path str) -> Option<(&'path str, &Package)> {
        upwards(folder).find_map(|folder| Some((folder, self.packages.get(folder)?)))
    }

    /// The package of this folder, where its package.json can be read.
    pub(super) fn package_in(&self, folder: &str) -> Option<&Package> {
        self.packages.get(folder)
    }

    /// Where a package of this name lies for files of this folder.
    pub(super) fn package(&self, from: &str, name: &str) -> Option<&str> {
        let links = self.links.get(name)?.iter().filter(|(root, _)| below(root, from).is_some());
        links.max_by_key(|(root, _)| root.len()).map(|(_, folder)| folder.as_str())
    }

    /// The innermost folder around this one below which some names count.
    pub(super) fn root_of<'path>(&self, folder: &'path str) -> Option<&'path str> {
        upwards(folder).find(|folder| self.roots.contains(*folder))
    }

    /// Whether some package gets this from a registry.
    pub(super) fn is_dependency(&self, name: &str) -> bool {
        self.dependencies.contains(name)
    }
}

/// The folders that a workspace's patterns name.
struct Members {
    root: String,
    included: GlobSet,
    excluded: GlobSet,
}

impl Members {
    fn new(root: &str, patterns: &[String], problems: &Problems) -> Self {
        let (mut included, mut excluded) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for written in patterns {
            let (set, pattern) = match written.strip_prefix('!') {
                Some(pattern) => (&mut excluded, pattern),
                None => (&mut included, written.as_str()),
            };
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            match GlobBuilder::new(pattern).literal_separator(true).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => problems.add(
                    &join(root, "package.json"),
                    format!("the workspace `{written}` is no pattern: {}", error.kind()),
                ),
            }
        }
        let built = |set: GlobSetBuilder| set.build().unwrap_or_else(|_| GlobSet::empty());
        Self { root: root.to_owned(), included: built(included), excluded: built(excluded) }
    }

    /// The package that declares a workspace is linked by no installer.
    fn contain(&self, folder: &str) -> bool {
        let below = below(&self.root, folder).filter(|below| !below.is_empty());
        below.is_some_and(|below| self.included.is_match(below) && !self.excluded.is_match(below))
    }
}
