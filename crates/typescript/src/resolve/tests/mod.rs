//! Small repositories, an import, and where it leads.

mod aliases;
mod files;
mod formats;
mod order;
mod packages;
mod problems;

use ops_testing::TestDir;

use super::{Resolved, Resolver};
use crate::tree::Tree;

/// A repository on disk.
struct Repository {
    tree: Tree,
    resolver: Resolver,
    _directory: TestDir,
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = TestDir::new();
        for (path, content) in files {
            directory.write(path, content);
        }
        let tree = Tree::walk(directory.path()).expect("a tree");
        let resolver = Resolver::new(&tree);
        Self { tree, resolver, _directory: directory }
    }

    /// The path of the file, or what else the import is.
    fn import(&self, from: &str, specifier: &str) -> String {
        let from = self.tree.find(from).unwrap_or_else(|| panic!("no file {from}"));
        match self.resolver.resolve(from, specifier) {
            Resolved::File(file) => self.tree.path(file).to_owned(),
            Resolved::Outside { package } => format!("outside: {package}"),
            Resolved::Missing => "missing".to_owned(),
            Resolved::Builtin => "builtin".to_owned(),
        }
    }

    fn problems(&self) -> Vec<String> {
        self.resolver.problems().into_iter().map(|problem| format!("{}: {}", problem.file, problem.message)).collect()
    }
}
