//! What a tsconfig.json or jsconfig.json says about where modules lie.
//!
//! Each mistake is told and left out by itself: the other aliases hold. Source of the format:
//! <https://www.typescriptlang.org/tsconfig>.

use super::path::{below, join, normal, parent};
use super::patterns::Patterns;
use super::written::{Place, Written};

/// The settings of one project, with those of its bases.
#[derive(Debug)]
pub(super) struct Configuration {
    aliases: Vec<Alias>,
    /// `baseUrl`.
    pub(super) base: Option<String>,
    /// `rootDirs`.
    pub(super) root_folders: Vec<String>,
    /// The folders of `files`.
    file_folders: Vec<String>,
    included: Patterns,
    excluded: Patterns,
    /// Projects that this one hands files to, as paths of their configurations.
    pub(super) references: Vec<String>,
}

/// One entry of `paths`.
#[derive(Debug)]
struct Alias {
    prefix: String,
    /// None where the pattern has no star.
    suffix: Option<String>,
    targets: Vec<String>,
}

impl Alias {
    /// What the star stands for.
    fn star<'specifier>(&self, specifier: &'specifier str) -> Option<&'specifier str> {
        let rest = specifier.strip_prefix(self.prefix.as_str())?;
        match &self.suffix {
            Some(suffix) => rest.strip_suffix(suffix.as_str()),
            None => rest.is_empty().then_some(rest),
        }
    }
}

impl Configuration {
    /// Gives everything its place. `written` is what stands in the file at `path` and its bases.
    pub(super) fn new(path: &str, written: Written) -> Self {
        let folder = parent(path);
        let placed = |place: &Place| place.below(folder);
        let base = written.base.as_ref().and_then(placed);
        let aliases = written.paths.iter().map(|alias| {
            let (prefix, suffix) = match alias.pattern.split_once('*') {
                Some((prefix, suffix)) => (prefix, Some(suffix.to_owned())),
                None => (alias.pattern.as_str(), None),
            };
            let target = |target: &String| {
                let from_base = base.clone().filter(|_| !target.starts_with(super::written::CONFIGURATION));
                Place { folder: from_base.unwrap_or_else(|| alias.folder.clone()), written: target.clone() }
                    .below(folder)
            };
            Alias { prefix: prefix.to_owned(), suffix, targets: alias.targets.iter().filter_map(target).collect() }
        });
        let mut aliases: Vec<Alias> = aliases.collect();
        // An exact name goes before a pattern, a longer prefix before a shorter one.
        aliases.sort_by_key(|alias| (alias.suffix.is_some(), usize::MAX - alias.prefix.len()));

        let everything = || vec![Place { folder: folder.to_owned(), written: "**/*".to_owned() }];
        let included = match (written.include, &written.files) {
            (Some(include), _) => include,
            (None, Some(_)) => Vec::new(),
            (None, None) => everything(),
        };
        let files = written.files.unwrap_or_default();
        Self {
            root_folders: written.root_folders.unwrap_or_default().iter().filter_map(placed).collect(),
            file_folders: files.iter().filter_map(placed).map(|file| parent(&file).to_owned()).collect(),
            included: Patterns::new(included.iter().filter_map(placed)),
            excluded: Patterns::new(written.exclude.unwrap_or_default().iter().filter_map(placed)),
            references: written.references,
            aliases,
            base,
        }
    }

    /// Where an alias leads, in order; nothing where none fits.
    pub(super) fn targets(&self, specifier: &str) -> impl Iterator<Item = String> {
        let alias = self.aliases.iter().find_map(|alias| Some((alias, alias.star(specifier)?)));
        alias.into_iter().flat_map(|(alias, star)| {
            alias.targets.iter().filter_map(move |target| normal("", &target.replacen('*', star, 1)))
        })
    }

    /// Whether an alias gives it a place in the repository. A pattern for everything says nothing, and dependencies are
    /// given places too.
    pub(super) fn is_ours(&self, specifier: &str) -> bool {
        let alias = self.aliases.iter().find(|alias| alias.star(specifier).is_some());
        alias.is_some_and(|alias| {
            let is_everything = alias.prefix.is_empty() && alias.suffix.as_deref() == Some("");
            !is_everything && !alias.targets.iter().any(|target| target.split('/').any(|part| part == "node_modules"))
        })
    }

    /// Other places that count as the same folder.
    pub(super) fn same_places(&self, path: &str) -> impl Iterator<Item = String> {
        let above = self.root_folders.iter().filter_map(|root| Some((root, below(root, path)?)));
        let longest = above.max_by_key(|(root, _)| root.len());
        longest.into_iter().flat_map(|(own, rest)| {
            self.root_folders.iter().filter(move |root| *root != own).map(move |root| join(root, rest))
        })
    }

    /// Whether code of this folder belongs to the project.
    pub(super) fn includes(&self, folder: &str) -> bool {
        self.file_folders.iter().any(|holder| holder == folder)
            || self.included.some_of(folder) & !self.excluded.some_of(folder) != 0
    }
}
