//! Which file an import means.
//!
//! Resolution runs before anything is installed or built: packages of the repository are found by their names, their built
//! files by their sources, and everything else with a bare name lies outside. Only configurations are read; files are found
//! among the names that the tree holds.

mod configuration;
mod configurations;
mod json;
mod load;
mod memory;
mod package;
mod path;
mod patterns;
mod pnpm;
mod problem;
mod region;
mod source;
mod specifier;
#[cfg(test)]
mod tests;
mod workspace;
mod written;

use std::sync::Arc;

use self::configurations::Configurations;
use self::memory::Memory;
use self::package::Package;
use self::path::{join, normal, parent};
pub use self::problem::Problem;
use self::problem::Problems;
use self::region::{Region, Regions};
use self::specifier::{by_scheme, is_builtin, is_folder, is_relative, package_of, without_query};
use self::workspace::Workspace;
use self::written::Reader;
use crate::module::Name;
use crate::tree::{FileId, Tree};

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Resolved {
    /// To a file of the tree, of whatever kind.
    File(FileId),
    /// To a dependency.
    Outside {
        /// Its name: `zod`, `@scope/name`.
        package: Name,
    },
    /// To a file that should be in the tree, and isn't: made by a build, ignored by git, or missing.
    Missing,
    /// To a module of the runtime or the framework: `node:fs`, `fs`, `bun:sqlite`, `$env/static/private`.
    Builtin,
}

/// Tells where imports lead. Answers for names are kept.
#[derive(Debug)]
pub struct Resolver {
    tree: Tree,
    workspace: Workspace,
    configurations: Configurations,
    problems: Problems,
    regions: Regions,
}

impl Resolver {
    /// Reads the manifests of all packages of the tree.
    #[must_use]
    pub fn new(tree: &Tree) -> Self {
        let problems = Problems::default();
        let workspace = Workspace::new(tree, &problems);
        let (configurations, regions) = (Configurations::default(), Regions::new(tree.files().len()));
        Self { tree: tree.clone(), workspace, configurations, problems, regions }
    }

    /// Where `specifier`, as it is written in this file, leads. Which file of a folder asks makes no difference, and for a name none
    /// which folder of a region.
    #[must_use]
    pub fn resolve(&self, from: FileId, specifier: &str) -> Resolved {
        if let Some(resolved) = by_scheme(specifier) {
            return resolved;
        }
        let folder = parent(self.tree.path(from));
        let found = || self.found(folder, specifier);
        let region = || self.regions.of(from, folder, || self.region(folder));
        match (!is_relative(specifier)).then(region).flatten() {
            Some(region) => region.memory.get_or_insert(specifier, found),
            None => found(),
        }
    }

    fn region(&self, folder: &str) -> Region {
        Region {
            configurations: self.configurations(folder),
            package: self.workspace.package_of(folder).map(|(place, _)| place.to_owned()),
            root: self.workspace.root_of(folder).map(str::to_owned),
            memory: Memory::default(),
        }
    }

    /// What is wrong with the configurations that were needed so far: the manifests of packages, and each tsconfig.json that
    /// was asked. Sorted by file.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.all()
    }

    fn found(&self, folder: &str, specifier: &str) -> Resolved {
        if specifier.is_empty() || specifier.starts_with('/') {
            return Resolved::Missing;
        }
        let file = self.file(folder, specifier);
        let file = file.or_else(|| self.file(folder, without_query(specifier)?));
        if let Some(file) = file {
            return Resolved::File(file);
        }
        if is_builtin(specifier) {
            return Resolved::Builtin;
        }
        if specifier.starts_with('#') {
            return self.other_package(folder, specifier).unwrap_or(Resolved::Missing);
        }
        let Some((package, _)) = package_of(specifier) else { return Resolved::Missing };
        let is_alias = || self.configurations(folder).iter().any(|configuration| configuration.is_ours(specifier));
        let is_ours = self.workspace.package(folder, package).is_some();
        if is_ours || !self.workspace.is_dependency(package) && is_alias() {
            Resolved::Missing
        } else {
            Resolved::Outside { package: package.into() }
        }
    }

    fn file(&self, folder: &str, specifier: &str) -> Option<FileId> {
        if is_relative(specifier) {
            return self.relative(folder, specifier);
        }
        for configuration in self.configurations(folder).iter() {
            let based = configuration.base.as_deref().and_then(|base| normal(base, specifier));
            let mut targets = configuration.targets(specifier).chain(based);
            if let Some(file) = targets.find_map(|target| self.at(&target)) {
                return Some(file);
            }
        }
        if specifier.starts_with('#') {
            let (place, package) = self.workspace.package_of(folder)?;
            return self.first(place, &package.imported(specifier));
        }
        self.in_package(folder, specifier).or_else(|| self.in_library(folder, specifier))
    }

    fn configurations(&self, folder: &str) -> Arc<[Arc<configuration::Configuration>]> {
        let reader = Reader { tree: &self.tree, workspace: &self.workspace, problems: &self.problems };
        self.configurations.of(&reader, folder)
    }

    fn relative(&self, folder: &str, specifier: &str) -> Option<FileId> {
        let path = normal(folder, specifier)?;
        let at = |path: &str| if is_folder(specifier) { self.in_folder(path) } else { self.at(path) };
        at(&path).or_else(|| {
            let configurations = self.configurations(folder);
            configurations
                .iter()
                .find_map(|configuration| configuration.same_places(&path).find_map(|place| at(&place)))
        })
    }

    /// A file, or the entry of a folder.
    fn at(&self, path: &str) -> Option<FileId> {
        load::file(&self.tree, path).or_else(|| self.in_folder(path))
    }

    fn in_folder(&self, folder: &str) -> Option<FileId> {
        let entry = self.workspace.package_in(folder).and_then(|package| self.entry(folder, package));
        entry.or_else(|| load::index(&self.tree, folder))
    }

    /// What the name of a package leads to without `exports`.
    fn entry(&self, folder: &str, package: &Package) -> Option<FileId> {
        let paths = || package.entries().filter_map(|entry| normal("", entry));
        let there = |path: String| {
            let path = join(folder, &path);
            load::file(&self.tree, &path).or_else(|| load::index(&self.tree, &path))
        };
        paths().find_map(there).or_else(|| paths().find_map(|path| source::of(&self.tree, folder, &path)))
    }

    /// A file of a package of the repository, by the package's name.
    fn in_package(&self, folder: &str, specifier: &str) -> Option<FileId> {
        let (name, rest) = package_of(specifier)?;
        let own = self.workspace.package_of(folder).filter(|(_, package)| package.has_exports());
        let own = own.filter(|(_, package)| package.name.as_deref() == Some(name)).map(|(place, _)| place);
        let place = own.or_else(|| self.workspace.package(folder, name))?;
        let exported = self.workspace.package_in(place).map(|package| package.exported(rest)).unwrap_or_default();
        let named = self.first(place, &exported);
        // Behind what is named stands a bundle, so the name's own source is looked for.
        let below = normal("", rest)?;
        let there = || if below.is_empty() { self.in_folder(place) } else { self.at(&join(place, &below)) };
        named.or_else(there).or_else(|| self.at(normal(&join(place, "src"), &below)?.as_str()))
    }

    /// The first that is there; then the first that a build would make.
    fn first(&self, place: &str, targets: &[String]) -> Option<FileId> {
        let paths = || targets.iter().filter(|target| is_relative(target)).filter_map(|target| normal("", target));
        let there = paths().find_map(|path| self.at(&join(place, &path)));
        there.or_else(|| paths().find_map(|path| source::of(&self.tree, place, &path)))
    }

    /// The package that a name with `#` stands for.
    fn other_package(&self, folder: &str, specifier: &str) -> Option<Resolved> {
        let (_, package) = self.workspace.package_of(folder)?;
        let targets = package.imported(specifier);
        let target = targets.iter().find(|target| package_of(target).is_some())?;
        Some(self.found(folder, target))
    }

    /// `SvelteKit`'s `$lib`, whose alias stands in a generated file.
    fn in_library(&self, folder: &str, specifier: &str) -> Option<FileId> {
        let rest = specifier.strip_prefix("$lib").filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let (place, _) = self.workspace.package_of(folder)?;
        self.at(&normal(&join(place, "src/lib"), rest)?)
    }
}
