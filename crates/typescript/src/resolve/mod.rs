//! Which file an import means.
//!
//! Resolution runs before anything is installed or built: packages of the repository are found by their names, their built
//! files by their sources, and everything else with a bare name lies outside.

mod configuration;
mod file_system;
mod json;
mod memory;
mod path;
mod pnpm;
mod problem;
mod source;
#[cfg(test)]
mod tests;
mod workspace;

use std::path::PathBuf;
use std::sync::Arc;

use oxc_resolver::{ResolveContext, ResolveError, ResolveOptions, ResolverGeneric, TsConfig, TsconfigDiscovery};

use self::file_system::{Imagined, Repository, below_root};
use self::memory::Memory;
pub use self::problem::Problem;
use self::problem::Problems;
use self::workspace::Workspace;
use crate::module::Name;
use crate::tree::{FileId, Tree};

/// Where the tree lies in the imagined file system. A specifier that leaves the tree by `..` is to find nothing.
const ROOT: &str = "/the repository";

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
    /// To a module of the runtime: `node:fs`, `fs`, `bun:sqlite`.
    Builtin,
}

/// Tells where imports lead. Each folder's answers are kept.
pub struct Resolver {
    repository: Arc<Repository>,
    inner: ResolverGeneric<Imagined>,
    /// As `inner`, as if all packages were built.
    built: ResolverGeneric<Imagined>,
    /// As `inner`, for packages that give only types.
    types: ResolverGeneric<Imagined>,
    memory: Memory,
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Resolver").field("repository", &self.repository).finish_non_exhaustive()
    }
}

impl Resolver {
    /// Reads the manifests of all packages of the tree.
    #[must_use]
    pub fn new(tree: &Tree) -> Self {
        let problems = Problems::default();
        let workspace = Workspace::new(tree, &problems);
        let repository = Arc::new(Repository { tree: tree.clone(), workspace, problems });
        let imagined = |is_built| Imagined { repository: Arc::clone(&repository), is_built };
        let inner = ResolverGeneric::new_with_file_system(imagined(false), options(&[]));
        let built = ResolverGeneric::new_with_file_system(imagined(true), options(&[]));
        let types = inner.clone_with_options(options(&["types"]));
        Self { repository, inner, built, types, memory: Memory::default() }
    }

    /// Where `specifier`, as it is written in this file, leads. Which file of a folder asks makes no difference.
    #[must_use]
    pub fn resolve(&self, from: FileId, specifier: &str) -> Resolved {
        let folder = path::parent(self.repository.tree.path(from));
        self.memory.get_or_insert(folder, specifier, || self.found(folder, specifier))
    }

    /// What is wrong with the configurations that were needed so far: the manifests of packages, and each tsconfig.json that
    /// was asked. Sorted by file.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.repository.problems.all()
    }

    fn found(&self, folder: &str, specifier: &str) -> Resolved {
        if let Some(resolved) = by_scheme(specifier) {
            return resolved;
        }
        let place = imagined(folder);
        let owned = place.join("_.ts");
        match self.told(self.inner.resolve_file(&owned, specifier)) {
            Ok(resolved) => return resolved,
            Err(error) => self.tell(&error),
        }
        // A bundler asks the nearest configuration, whether its `include` names the file or not.
        let nearest = self.nearest(folder);
        let found = match &nearest {
            Some(nearest) => {
                self.inner.resolve_with_context(&place, specifier, Some(nearest), &mut ResolveContext::default())
            }
            None => self.inner.resolve(&place, specifier),
        };
        let found = self.told(found).ok().or_else(|| self.as_if_built(folder, specifier));
        let found = found.or_else(|| self.told(self.types.resolve_file(&owned, specifier)).ok());
        found.unwrap_or_else(|| self.not_found(folder, specifier, nearest.as_deref()))
    }

    fn told(&self, answer: Result<oxc_resolver::Resolution, ResolveError>) -> Result<Resolved, ResolveError> {
        match answer {
            Ok(resolution) => {
                let file = below_root(resolution.path()).and_then(|path| self.repository.tree.find(path));
                Ok(file.map_or(Resolved::Missing, Resolved::File))
            }
            Err(ResolveError::Builtin { .. }) => Ok(Resolved::Builtin),
            Err(error) => Err(error),
        }
    }

    fn nearest(&self, folder: &str) -> Option<Arc<TsConfig>> {
        let tree = &self.repository.tree;
        let has = |folder: &str, name: &str| tree.find(&path::join(folder, name)).is_some();
        let holder =
            path::upwards(folder).find(|folder| has(folder, "tsconfig.json") || has(folder, "jsconfig.json"))?;
        let file = format!("{ROOT}/{}", path::join(holder, "tsconfig.json"));
        self.inner.resolve_tsconfig(file).inspect_err(|error| self.tell(error)).ok()
    }

    /// In a package of the repository: the source of a built file, or the index where that is not obvious.
    fn as_if_built(&self, folder: &str, specifier: &str) -> Option<Resolved> {
        let found = |folder: &str, specifier: &str| {
            let found = self.told(self.built.resolve(imagined(folder), specifier)).ok();
            found.filter(|resolved| matches!(resolved, Resolved::File(_)))
        };
        if specifier.starts_with('#') {
            return found(folder, specifier);
        }
        let (name, below) = package_of(specifier)?;
        let package = self.repository.workspace.package(folder, name)?;
        let below = if below.is_empty() { "index" } else { below };
        found(folder, specifier)
            .or_else(|| found(package, &format!("./src/{below}")))
            .or_else(|| found(package, &format!("./{below}")))
    }

    fn not_found(&self, folder: &str, specifier: &str, nearest: Option<&TsConfig>) -> Resolved {
        let Some((package, _)) = package_of(specifier) else { return Resolved::Missing };
        let workspace = &self.repository.workspace;
        let is_ours = workspace.package(folder, package).is_some()
            || !workspace.is_dependency(package) && nearest.is_some_and(|nearest| is_alias(nearest, specifier));
        if is_ours { Resolved::Missing } else { Resolved::Outside { package: package.into() } }
    }

    fn tell(&self, error: &ResolveError) {
        if let ResolveError::TsconfigCircularExtend(circle) = error {
            let file = circle.paths().first().and_then(|path| below_root(path)).unwrap_or_default();
            self.repository.problems.add(file, "extends itself");
        }
    }
}

/// A folder of the tree in the imagined file system.
fn imagined(folder: &str) -> PathBuf {
    PathBuf::from(if folder.is_empty() { ROOT.to_owned() } else { format!("{ROOT}/{folder}") })
}

fn options(more_conditions: &[&str]) -> ResolveOptions {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let alias = |from: &str, to: &[&str]| (from.to_owned(), texts(to));
    let mut conditions = texts(&["source", "import", "module", "node", "require", "default"]);
    conditions.extend(texts(more_conditions));
    ResolveOptions {
        tsconfig: Some(TsconfigDiscovery::Auto),
        condition_names: conditions,
        extensions: texts(&[
            ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".d.ts", ".d.mts", ".d.cts",
        ]),
        extension_alias: vec![
            alias(".js", &[".ts", ".tsx", ".js", ".jsx", ".d.ts"]),
            alias(".jsx", &[".tsx", ".jsx", ".d.ts"]),
            alias(".mjs", &[".mts", ".mjs", ".d.mts"]),
            alias(".cjs", &[".cts", ".cjs", ".d.cts"]),
        ],
        main_fields: texts(&["source", "module", "main", "types", "typings"]),
        builtin_modules: true,
        ..ResolveOptions::default()
    }
}

/// Specifiers that name their place themselves.
fn by_scheme(specifier: &str) -> Option<Resolved> {
    let (scheme, rest) = specifier.split_once(':')?;
    if !scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return None;
    }
    Some(match scheme {
        "node" | "bun" | "cloudflare" | "workerd" | "deno" => Resolved::Builtin,
        "npm" | "jsr" => {
            let (package, _) = package_of(rest.trim_start_matches('/')).unwrap_or((rest, ""));
            let version =
                package.char_indices().skip(1).find(|(_, letter)| *letter == '@').map_or(package.len(), |(at, _)| at);
            Resolved::Outside { package: package.get(..version).unwrap_or(package).into() }
        }
        "file" => return None,
        _ => Resolved::Outside { package: specifier.into() },
    })
}

/// The name of the package that a specifier begins with, and what follows. None where no package can have such a name.
fn package_of(specifier: &str) -> Option<(&str, &str)> {
    let mut ends = specifier.match_indices('/').map(|(at, _)| at).chain([specifier.len()]);
    let end = if specifier.starts_with('@') { ends.nth(1)? } else { ends.next()? };
    let (name, rest) = specifier.split_at_checked(end)?;
    let first = name.trim_start_matches('@').chars().next()?;
    let is_name = !specifier.starts_with("@/") && (first.is_alphanumeric() || first == '_' || first == '-');
    is_name.then(|| (name, rest.trim_start_matches('/')))
}

/// Whether the configuration gives the specifier a place in the repository. A pattern for everything says nothing.
fn is_alias(configuration: &TsConfig, specifier: &str) -> bool {
    let Some(paths) = &configuration.compiler_options.paths else { return false };
    paths.iter().any(|(pattern, targets)| {
        let matches = match pattern.split_once('*') {
            Some(("", "")) => false,
            Some((prefix, suffix)) => {
                specifier.len() >= prefix.len() + suffix.len()
                    && specifier.starts_with(prefix)
                    && specifier.ends_with(suffix)
            }
            None => pattern == specifier,
        };
        matches && !targets.iter().any(|target| target.components().any(|part| part.as_os_str() == "node_modules"))
    })
}
