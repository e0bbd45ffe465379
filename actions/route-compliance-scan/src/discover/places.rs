//! The packages of a repository, and in which folders of them a framework looks for routes.

use std::collections::BTreeMap;

use ops_typescript::module::{Expression, Key, Module};
use ops_typescript::parse::parse;
use ops_typescript::tree::{FileId, Tree};
use rayon::prelude::*;
use serde_json::Value;

use crate::survey::{file_name, is_code};

pub(crate) const NEXT_CONFIGS: [&str; 5] =
    ["next.config.js", "next.config.mjs", "next.config.ts", "next.config.cjs", "next.config.mts"];
/// What Next.js takes for a page, unless its configuration says otherwise.
const EXTENSIONS: [&str; 4] = ["tsx", "ts", "jsx", "js"];
/// Packages that say: this is a program of another framework, whatever the repository around it has.
const OTHER_FRAMEWORKS: [&str; 10] = [
    "@remix-run/react",
    "@remix-run/node",
    "@react-router/node",
    "@react-router/dev",
    "@sveltejs/kit",
    "nuxt",
    "astro",
    "expo",
    "@tanstack/react-start",
    "vite",
];

/// A folder with a package.json, a next.config or a vercel.json; or the root.
#[derive(Debug, Clone, Default)]
pub(crate) struct Package {
    /// Relative to the root, which is empty.
    pub(crate) folder: String,
    /// What it needs, of whatever kind, with the version as it is written.
    dependencies: BTreeMap<String, String>,
    has_manifest: bool,
    /// Its vercel.json.
    pub(crate) vercel: Option<FileId>,
    /// Its next.config.
    pub(crate) next_config: Option<FileId>,
    /// What Next.js serves of it, where it is an application of Next.js.
    pub(crate) next: Option<Next>,
}

/// What Next.js serves of a package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Next {
    /// The folder of the App Router.
    pub(crate) app: Option<String>,
    /// The folder of the Pages Router.
    pub(crate) pages: Option<String>,
    /// What the names of pages and routes end with, without the first dot.
    pub(crate) extensions: Vec<String>,
}

impl Package {
    /// Whether its own package.json names a dependency, of whatever kind.
    pub(crate) fn depends_on(&self, name: &str) -> bool {
        self.dependencies.contains_key(name)
    }

    /// The first number of the oldest version of a dependency that it takes; none where that stands somewhere else.
    pub(crate) fn major(&self, name: &str) -> Option<u32> {
        let version = self.dependencies.get(name)?.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
        version.split('.').next()?.parse().ok()
    }

    /// Whether it names one of these.
    pub(crate) fn depends_on_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.depends_on(name))
    }

    /// The path of a file in its folder.
    pub(crate) fn path(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// A path below its folder; `None` for files of other folders.
    pub(crate) fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        below(&self.folder, path)
    }
}

/// The packages of a repository.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    packages: BTreeMap<String, Package>,
}

impl Places {
    /// Reads each package.json and what a next.config says of its pages.
    pub(crate) fn of(tree: &Tree) -> Self {
        let mut packages: BTreeMap<String, Package> = BTreeMap::new();
        packages.insert(String::new(), Package::default());
        let mut manifests = Vec::new();
        for (file, path) in tree.files() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let is_config = NEXT_CONFIGS.contains(&name);
            if !is_config && name != "package.json" && name != "vercel.json" {
                continue;
            }
            let package = packages.entry(folder.to_owned()).or_default();
            package.folder = folder.to_owned();
            match name {
                "package.json" => {
                    package.has_manifest = true;
                    manifests.push((folder.to_owned(), file));
                }
                "vercel.json" => package.vercel = Some(file),
                _ => package.next_config = package.next_config.or(Some(file)),
            }
        }
        let read: Vec<_> = manifests.into_par_iter().map(|(folder, file)| (folder, dependencies(tree, file))).collect();
        for (folder, names) in read {
            packages.entry(folder).or_default().dependencies = names;
        }
        let mut places = Self { packages };
        let found: Vec<(String, Next)> = (places.packages.values())
            .filter(|package| places.is_next(package))
            .map(|package| (package.folder.clone(), Next::of(tree, package)))
            .collect();
        for (folder, next) in found {
            places.packages.entry(folder).or_default().next = Some(next);
        }
        places
    }

    /// All of them, sorted by folder.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Package> {
        self.packages.values()
    }

    /// The package whose folder holds a file most closely.
    pub(crate) fn nearest(&self, path: &str) -> Option<&Package> {
        self.around(path).next()
    }

    /// All packages whose folders hold a file, the nearest first.
    pub(crate) fn around(&self, path: &str) -> impl Iterator<Item = &Package> {
        above(path).filter_map(|folder| self.packages.get(folder))
    }

    /// The applications of Next.js.
    pub(crate) fn next(&self) -> impl Iterator<Item = (&Package, &Next)> {
        self.packages.values().filter_map(|package| Some((package, package.next.as_ref()?)))
    }

    /// Whether Next.js takes a file for a route by its name.
    pub(crate) fn is_route_file(&self, path: &str) -> bool {
        self.next().any(|(_, next)| {
            let in_app =
                next.app.as_ref().and_then(|app| below(app, path)).is_some_and(|inner| next.is_named(inner, "route"));
            let api = || {
                next.pages.as_ref().and_then(|pages| below(pages, path)).is_some_and(|inner| inner.starts_with("api/"))
            };
            in_app || api()
        })
    }

    /// With its own next.config or dependency; without a package.json of its own, only the root, as long as it has none; or
    /// where the repository's root has the dependency for all.
    fn is_next(&self, package: &Package) -> bool {
        if package.next_config.is_some() || package.depends_on("next") {
            return true;
        }
        if !package.has_manifest {
            return package.folder.is_empty();
        }
        !package.depends_on_any(&OTHER_FRAMEWORKS) && self.around(&package.folder).any(|outer| outer.depends_on("next"))
    }
}

impl Next {
    fn of(tree: &Tree, package: &Package) -> Self {
        // Where both are there, Next.js overlooks those in `src`.
        let first =
            |names: [&str; 2]| names.into_iter().map(|name| package.path(name)).find(|folder| tree.is_folder(folder));
        let app = first(["app", "src/app"]);
        let pages = first(["pages", "src/pages"]);
        let configured = package.next_config.and_then(|file| {
            let text = tree.read(file).ok().filter(|text| text.contains("pageExtensions"))?;
            page_extensions(&parse(tree.path(file), &text))
        });
        Self { app, pages, extensions: configured.unwrap_or_else(usual_extensions) }
    }

    /// The rest of a file's name before a page's ending: `users` for `users.ts`, `index` for `index.api.ts`.
    pub(crate) fn stem<'p>(&self, path: &'p str) -> Option<&'p str> {
        let name = file_name(path);
        let stems =
            self.extensions.iter().filter_map(|extension| name.strip_suffix(extension.as_str())?.strip_suffix('.'));
        let stem = stems.min_by_key(|stem| stem.len())?;
        (is_code(path) && !stem.is_empty()).then_some(stem)
    }

    fn is_named(&self, path: &str, name: &str) -> bool {
        self.stem(path) == Some(name)
    }
}

fn usual_extensions() -> Vec<String> {
    EXTENSIONS.map(str::to_owned).to_vec()
}

/// The texts of `pageExtensions`, and the usual ones too where some of them cannot be read.
fn page_extensions(module: &Module) -> Option<Vec<String>> {
    let property = module.expressions().find_map(|(_, expression)| {
        let Expression::Object(properties) = expression else { return None };
        properties
            .iter()
            .find(|property| matches!(&property.key, Some(Key::Property(name)) if name == "pageExtensions"))
    })?;
    let mut found = Vec::new();
    let mut is_whole = false;
    if let Expression::Array(items) = module.expression(property.value) {
        is_whole = true;
        for item in items {
            match module.expression(item.value) {
                Expression::Text(text) if !item.is_spread => found.push(text.trim_start_matches('.').to_owned()),
                _ => is_whole = false,
            }
        }
    }
    if !is_whole {
        found.extend(usual_extensions());
    }
    Some(found)
}

fn dependencies(tree: &Tree, file: FileId) -> BTreeMap<String, String> {
    const SECTIONS: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
    let Some(manifest) = tree.read(file).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok()) else {
        // The resolver tells of it; whoever depends on it is found by what is imported.
        return BTreeMap::new();
    };
    let sections = SECTIONS.iter().filter_map(|section| manifest.get(section)?.as_object());
    let named =
        sections.flatten().map(|(name, version)| (name.clone(), version.as_str().unwrap_or_default().to_owned()));
    // A library that runs in an application of Next.js has it as a peer, and is no such application itself.
    let is_own = |name: &str| {
        let owns = |section: &str| manifest.get(section).and_then(|all| all.get(name)).is_some();
        name != "next" || owns("dependencies") || owns("devDependencies")
    };
    named.filter(|(name, _)| is_own(name)).collect()
}

/// The rest of a path below a folder.
pub(crate) fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// The folders that hold a file, the nearest first; the root is empty.
pub(crate) fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(folder, _)| folder))
    })
    .skip(1)
}
