//! The files of the same folder at another time, of which only those are kept in memory that were another.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Contents, FileId, NEVER_ENTERED, Tree};

impl Tree {
    /// The same folder when it held these files: those with a content had that, the others had the one that they have now. Left
    /// out is what [`Tree::walk`] would have left out then.
    #[must_use]
    pub fn at_another_time(&self, files: BTreeMap<String, Option<Vec<u8>>>) -> Self {
        let is_rule = |path: &str| path.rsplit('/').next() == Some(".gitignore");
        let mut ours = self.files().map(|(_, path)| path).filter(|path| is_rule(path));
        let mut theirs = files.iter().filter(|(path, _)| is_rule(path));
        // As long as git ignores the same, what is here is told by what was walked.
        let is_same =
            theirs.all(|(path, content)| content.is_none() && ours.next() == Some(path)) && ours.next().is_none();
        let mut ignored = None;
        let mut is_ignored = |path: &str| ignored.get_or_insert_with(|| Ignored::of(self.root(), &files)).holds(path);
        let kept: Vec<String> = files
            .iter()
            .filter(|(path, _)| !path.split('/').any(|part| NEVER_ENTERED.contains(&part)))
            .filter(|(path, content)| match (is_same, self.find(path)) {
                (true, Some(_)) => true,
                (true, None) if content.is_none() => false,
                _ => !is_ignored(path),
            })
            .map(|(path, _)| path.clone())
            .collect();
        let mut files = files;
        let (mut paths, mut apart) = (Vec::with_capacity(kept.len()), HashMap::new());
        for path in kept {
            if let (Some(Some(content)), Ok(index)) = (files.remove(&path), u32::try_from(paths.len())) {
                apart.insert(FileId(index), content);
            }
            paths.push(path.into_boxed_str());
        }
        let root = self.root().to_owned();
        Self { contents: Arc::new(Contents { root, paths, apart, ..Contents::default() }) }
    }

    /// Whether the file's content is not the one that lies in the folder.
    #[must_use]
    pub fn is_apart(&self, file: FileId) -> bool {
        self.contents.apart.contains_key(&file)
    }
}

/// What the `.gitignore` files of a folder say.
struct Ignored<'a> {
    root: &'a Path,
    /// By the folder that each lies in.
    rules: HashMap<&'a str, Gitignore>,
}

impl<'a> Ignored<'a> {
    fn of(root: &'a Path, files: &'a BTreeMap<String, Option<Vec<u8>>>) -> Self {
        let mut rules = HashMap::new();
        for (path, content) in files {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if name != ".gitignore" {
                continue;
            }
            let mut builder = GitignoreBuilder::new(root.join(folder));
            let now = || std::fs::read(root.join(path)).unwrap_or_default();
            let content = content.clone().unwrap_or_else(now);
            for line in String::from_utf8_lossy(&content).lines() {
                // A line that is no pattern ignores nothing, for git as well.
                let _ = builder.add_line(None, line);
            }
            rules.extend(builder.build().ok().map(|rule| (folder, rule)));
        }
        Self { root, rules }
    }

    /// Whether the file, or a folder that it lies in, is ignored.
    fn holds(&self, path: &str) -> bool {
        let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        folders.map(|folder| (folder, true)).chain([(path, false)]).any(|(path, is_folder)| self.names(path, is_folder))
    }

    /// The nearest file that has a word to say says it.
    fn names(&self, path: &str, is_folder: bool) -> bool {
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            match self.rules.get(folder).map(|rule| rule.matched(self.root.join(path), is_folder)) {
                Some(Match::Ignore(_)) => return true,
                Some(Match::Whitelist(_)) => return false,
                Some(Match::None) | None => {}
            }
        }
        false
    }
}
