//! The files of a work tree: tracked ones, and new ones that git does not ignore.

use std::ffi::OsStr;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Gap, Looked};
use crate::Search;
use crate::git::{GitError, Repository};
use crate::search::Unread;

/// Looks at the files under `root`; `bundles` are folders that are looked at though git ignores them.
#[must_use]
pub fn tree(search: &Search, root: &Path, bundles: &[String]) -> Looked {
    let files = match Repository::at(root) {
        Ok(repository) => repository.files().map(|files| files.into_iter().map(path).collect()),
        // The files of such a repository can be read all the same.
        Err(GitError::Format(_)) => Repository::files_of(root).map(|files| files.into_iter().map(path).collect()),
        Err(GitError::NoRepository) => Ok(walked(root, root)),
        Err(error) => Err(error),
    };
    let mut files: Vec<PathBuf> = match files {
        Ok(files) => files,
        Err(error) => return Looked::unproven(Gap::of(&error)),
    };
    for bundle in bundles {
        files.extend(walked(root, &root.join(bundle)));
    }
    files.sort_unstable();
    files.dedup();
    let looked = files.par_iter().map(|path| file(search, root, path)).reduce(Looked::default, Looked::and);
    if looked.files == 0 && looked.found.is_empty() && looked.gaps.is_empty() {
        let gap = Gap::new(
            "no file was looked into",
            "name the folder of your sources with --root, and mend [secrets] exclude",
        );
        return Looked { gaps: vec![gap], ..looked };
    }
    looked.sorted()
}

fn path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(&bytes))
}

/// Every file in `folder` that no ignore file names, hidden ones too. Relative to `root`.
fn walked(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(folder)
        .hidden(false)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .git_ignore(root == folder)
        .ignore(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    files.filter_map(|entry| entry.path().strip_prefix(root).ok().map(Path::to_owned)).collect()
}

fn file(search: &Search, root: &Path, path: &Path) -> Looked {
    let name = path.to_string_lossy();
    if search.is_excluded(&name) {
        return Looked::default();
    }
    let mut looked = Looked::default();
    match read(&root.join(path), search.largest()) {
        Ok(Some(bytes)) => match search.candidates(&bytes) {
            Ok(candidates) => {
                looked.files = 1;
                looked.found = search.found(&candidates, &name, None);
            }
            Err(unread) => looked.count(unread),
        },
        Ok(None) => looked.count(Unread::Large),
        Err(Left::NoFile) => {}
        Err(Left::Unreadable(error)) => {
            looked.gaps.push(Gap::new(format!("{name} cannot be read: {error}"), format!("make {name} readable")));
        }
    }
    looked
}

pub(super) enum Left {
    /// A link, a submodule, or deleted: there is no text of its own.
    NoFile,
    Unreadable(std::io::Error),
}

/// The bytes of a regular file; none if there are more than `largest`.
pub(super) fn read(path: &Path, largest: u64) -> Result<Option<Vec<u8>>, Left> {
    let about = match std::fs::symlink_metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Left::NoFile),
        Err(error) => return Err(Left::Unreadable(error)),
    };
    if !about.is_file() {
        return Err(Left::NoFile);
    }
    if about.len() > largest {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(Left::Unreadable)?;
    // It may grow while it is read.
    file.take(largest + 1).read_to_end(&mut bytes).map_err(Left::Unreadable)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OTHER, places, search};
    use super::tree;
    use crate::Settings;
    use crate::testing::{Repository, TOKEN};

    #[test]
    fn tracked_and_new_files_are_looked_at_and_ignored_ones_are_not() {
        let repository = Repository::new();
        repository.write(".gitignore", b".next\n.env.local\n");
        repository.write("src/a.ts", format!("\n{TOKEN}\n").as_bytes());
        repository.commit("x");
        repository.write("new.ts", OTHER.as_bytes());
        repository.write(".env.local", TOKEN.as_bytes());
        repository.write(".next/static/app.js", TOKEN.as_bytes());
        repository.write("image.png", b"\0tok_k3j9x0q8w2e7r5t1");
        std::os::unix::fs::symlink(".env.local", repository.path().join("link.ts")).unwrap();
        let search = search(Settings::default());
        let looked = tree(&search, repository.path(), &[]);
        assert_eq!(places(&looked.found), [("new.ts".to_owned(), 1, None), ("src/a.ts".to_owned(), 2, None)]);
        assert_eq!((looked.files, looked.binary, looked.gaps.len()), (3, 1, 0));
        let looked = tree(&search, repository.path(), &[".next/static".to_owned()]);
        assert_eq!(places(&looked.found)[0], (".next/static/app.js".to_owned(), 1, None));
        let looked = tree(&search, &repository.path().join("src"), &[]);
        assert_eq!(places(&looked.found), [("a.ts".to_owned(), 2, None)]);
    }

    #[test]
    fn a_folder_without_git_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), TOKEN).unwrap();
        let looked = tree(&search(Settings::default()), folder.path(), &[]);
        assert_eq!(places(&looked.found), [(".env".to_owned(), 1, None)]);
    }

    #[test]
    fn nothing_to_look_at_proves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let looked = tree(&search(Settings::default()), folder.path(), &[]);
        assert_eq!(looked.gaps[0].what, "no file was looked into");
        std::fs::write(folder.path().join("a.ts"), TOKEN).unwrap();
        let excluded = search(Settings { exclude: vec!["**".to_owned()], ..Settings::default() });
        assert_eq!(tree(&excluded, folder.path(), &[]).gaps[0].what, "no file was looked into");
    }

    #[test]
    fn the_order_of_files_and_threads_does_not_show() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..200 {
            std::fs::write(folder.path().join(format!("{number}.ts")), format!("{TOKEN}\n{OTHER}")).unwrap();
        }
        let search = search(Settings::default());
        let once = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| tree(&search, folder.path(), &[]))
        };
        let looked = once(1);
        assert_eq!(looked.found.len(), 400);
        assert_eq!(looked, once(7));
    }
}
