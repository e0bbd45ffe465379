//! The tree as a file system for the resolver, with all dependencies between the packages of the repository installed.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use super::problem::Problems;
use super::workspace::Workspace;
use super::{ROOT, configuration, path, source};
use crate::tree::Tree;

/// Everything that resolution knows of a repository.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) tree: Tree,
    pub(super) workspace: Workspace,
    pub(super) problems: Problems,
}

const FILE: FileMetadata = FileMetadata::new(true, false, false);
const FOLDER: FileMetadata = FileMetadata::new(false, true, false);
const LINK: FileMetadata = FileMetadata::new(false, false, true);

/// Reads the files that configure resolution from disk, and answers everything else from memory.
#[derive(Debug, Clone)]
pub(super) struct Imagined {
    pub(super) repository: Arc<Repository>,
    /// Whether a file that a build would make is a link to its source.
    pub(super) is_built: bool,
}

impl Imagined {
    fn kind(&self, path: &str) -> Option<FileMetadata> {
        let Repository { tree, workspace, .. } = &*self.repository;
        if tree.find(path).is_some() || self.stands_for_tsconfig(path) {
            return Some(FILE);
        }
        (tree.is_folder(path) || workspace.is_link_folder(path)).then_some(FOLDER)
    }

    /// A folder with a jsconfig.json is to have a tsconfig.json.
    fn stands_for_tsconfig(&self, path: &str) -> bool {
        let is_tsconfig = path == "tsconfig.json" || path.ends_with("/tsconfig.json");
        is_tsconfig && self.repository.tree.find(&path::join(path::parent(path), "jsconfig.json")).is_some()
    }

    fn source(&self, path: &str) -> Option<String> {
        self.is_built.then(|| source::of(&self.repository.tree, &self.repository.workspace, path)).flatten()
    }

    fn text(&self, path: &str) -> io::Result<String> {
        let Repository { tree, workspace, problems } = &*self.repository;
        let jsconfig = path::join(path::parent(path), "jsconfig.json");
        let found = tree.find(path).map(|file| (file, path));
        let found = found.or_else(|| Some((tree.find(&jsconfig)?, jsconfig.as_str())));
        let (file, path) = found.ok_or(io::ErrorKind::NotFound)?;
        // Only configurations of the compiler are asked for as text.
        match tree.read(file) {
            Ok(text) => Ok(configuration::reduced(tree, workspace, path, &text, problems)),
            Err(error) => {
                problems.add(path, error.to_string());
                Ok("{}".to_owned())
            }
        }
    }
}

/// The part of an imagined path below the root.
pub(super) fn below_root(path: &Path) -> Option<&str> {
    let rest = path.to_str()?.strip_prefix(ROOT)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

impl FileSystem for Imagined {
    fn new() -> Self {
        let repository =
            Repository { tree: Tree::default(), workspace: Workspace::default(), problems: Problems::default() };
        Self { repository: Arc::new(repository), is_built: false }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = below_root(path).ok_or(io::ErrorKind::NotFound)?;
        let folder = path.strip_suffix("package.json").ok_or(io::ErrorKind::NotFound)?.trim_end_matches('/');
        let Repository { workspace, .. } = &*self.repository;
        let folder = match workspace.linked(folder) {
            Some(folder) => folder.to_owned(),
            None => workspace.behind_link(folder).unwrap_or_else(|| folder.to_owned()),
        };
        workspace.manifest(&folder).map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.text(below_root(path).ok_or(io::ErrorKind::NotFound)?)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        let metadata = self.symlink_metadata(path)?;
        if !metadata.is_symlink() {
            return Ok(metadata);
        }
        let path = below_root(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(if self.repository.workspace.linked(path).is_some() { FOLDER } else { FILE })
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        let Some(path) = below_root(path) else {
            return if path == Path::new("/") { Ok(FOLDER) } else { Err(io::ErrorKind::NotFound.into()) };
        };
        if let Some(metadata) = self.kind(path) {
            return Ok(metadata);
        }
        if self.repository.workspace.linked(path).is_some() {
            return Ok(LINK);
        }
        let behind = self.repository.workspace.behind_link(path);
        let metadata = behind.as_deref().and_then(|behind| self.kind(behind));
        let metadata = metadata.or_else(|| self.source(behind.as_deref().unwrap_or(path)).map(|_| LINK));
        metadata.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        let path = below_root(path).ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        let target = self.repository.workspace.linked(path).map(str::to_owned).or_else(|| self.source(path));
        let target = target.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        Ok(if target.is_empty() { PathBuf::from(ROOT) } else { PathBuf::from(format!("{ROOT}/{target}")) })
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }
}
