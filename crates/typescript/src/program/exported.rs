//! Where the names are written that a file gives away, though stars stand between: looked for once.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::Program;
use crate::module::{Export, ExpressionId, Name};
use crate::resolve::Resolved;
use crate::tree::FileId;

/// Enough that few threads wait for each other.
const PARTS: usize = 16;

/// Where a name is written.
#[derive(Debug, Clone)]
pub(super) enum Written {
    /// Among the exports of a file: at which place.
    Export(FileId, usize),
    /// As a property of what `module.exports` of a file is.
    Whole(FileId, ExpressionId),
    /// Perhaps in the dependency with this specifier.
    Outside(Name),
}

/// What the search for a name found.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// Nothing where no module on the way exports the name.
    pub(super) found: Option<Written>,
    /// The files that had a say.
    pub(super) files: Vec<FileId>,
}

/// The searches that were made, by file and name.
#[derive(Debug, Default)]
pub(super) struct Searches {
    parts: [RwLock<FxHashMap<FileId, OfFile>>; PARTS],
}

type OfFile = FxHashMap<Name, Arc<Search>>;

impl Searches {
    /// Two threads may make the same search at once, and find the same.
    fn get_or_insert(&self, file: FileId, name: &str, search: impl FnOnce() -> Search) -> Arc<Search> {
        let Some(part) = self.parts.get(file.index() % PARTS) else { return Arc::new(search()) };
        let of_file = |parts: &FxHashMap<FileId, OfFile>| parts.get(&file)?.get(name).cloned();
        let known = of_file(&part.read().unwrap_or_else(PoisonError::into_inner));
        known.unwrap_or_else(|| {
            let found = Arc::new(search());
            part.write()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(file)
                .or_default()
                .insert(name.into(), Arc::clone(&found));
            found
        })
    }
}

impl Program {
    /// Where a file's export is written.
    pub(super) fn written(&self, file: FileId, name: &str) -> Arc<Search> {
        self.searches.get_or_insert(file, name, || {
            let mut files = Vec::new();
            let found = self.search(file, name, &mut files, &mut BTreeSet::new());
            files.sort_unstable();
            files.dedup();
            Search { found, files }
        })
    }

    /// The export that a file writes itself.
    pub(super) fn written_here(&self, file: FileId, name: &str) -> Option<Written> {
        let exports = &self.module(file).exports;
        if let Some(place) = exports.iter().position(|export| export.name() == Some(name)) {
            return Some(Written::Export(file, place));
        }
        exports.iter().find_map(|export| match export {
            Export::Local { name, value, .. } if name == "module.exports" => Some(Written::Whole(file, *value)),
            _ => None,
        })
    }

    /// `seen` keeps stars from going in circles.
    fn search(
        &self,
        file: FileId,
        name: &str,
        files: &mut Vec<FileId>,
        seen: &mut BTreeSet<FileId>,
    ) -> Option<Written> {
        files.push(file);
        let here = self.written_here(file, name);
        if here.is_some() || name == "default" || !seen.insert(file) {
            return here;
        }
        let mut outside = None;
        for export in &self.module(file).exports {
            let Export::Star { specifier, .. } = export else { continue };
            match self.resolve(file, specifier) {
                Resolved::File(next) => {
                    let found = self.search(next, name, files, seen);
                    if found.is_some() {
                        return found;
                    }
                }
                Resolved::Outside { .. } | Resolved::Builtin => outside = outside.or(Some(specifier)),
                Resolved::Missing => {}
            }
        }
        outside.map(|specifier| Written::Outside(specifier.clone()))
    }
}

#[cfg(test)]
mod tests {
    use ops_testing::TestDir;

    use super::super::{Meaning, Program, Trail};
    use crate::tree::Tree;

    fn program(files: &[(&str, &str)]) -> (TestDir, Program) {
        let folder = TestDir::of(files);
        let tree = Tree::walk(folder.path()).unwrap();
        (folder, Program::new(tree))
    }

    /// What a name of `a.ts` means, and which files had a say.
    fn asked(program: &Program, name: &str) -> (Meaning, Vec<String>) {
        let mut trail = Trail::default();
        let meaning = program.follow_export(program.tree().find("a.ts").unwrap(), name, &mut trail);
        assert_eq!(program.meaning_of_export(program.tree().find("a.ts").unwrap(), name), meaning);
        (meaning, trail.files.into_iter().map(|file| program.tree().path(file).to_owned()).collect())
    }

    #[test]
    fn a_name_behind_stars_means_the_same_whoever_asked_before() {
        let files = [
            ("a.ts", "export * from './b';\nexport * from './c';\nexport * from 'zod';\n"),
            ("b.ts", "export * from './a';\nexport const one = 1;\n"),
            ("c.ts", "export * from './b';\nexport const two = 2;\nexport default 3;\n"),
        ];
        let names = ["one", "two", "three", "default"];
        let (_folder, asked_often) = program(&files);
        for name in names.iter().chain(names.iter().rev()) {
            let (_other, fresh) = program(&files);
            assert_eq!(asked(&asked_often, name), asked(&fresh, name), "{name}");
        }
        let files_of = |name| asked(&asked_often, name).1;
        assert_eq!(files_of("one"), ["a.ts", "b.ts"]);
        assert_eq!(files_of("two"), ["a.ts", "b.ts", "c.ts"]);
        assert_eq!(files_of("default"), ["a.ts"], "no star passes it on");
        assert!(matches!(asked(&asked_often, "three").0, Meaning::Outside { specifier, .. } if specifier == "zod"));
    }
}
