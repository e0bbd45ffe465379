//! From a path without its end to a file.

use super::path::join;
use crate::tree::{FileId, Tree};

/// What may be left out at the end of a path, best first. Types are the last resort: they say nothing of what is executed.
const EXTENSIONS: [&str; 12] =
    [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".d.ts", ".d.mts", ".d.cts"];

/// What an extension of compiled code stands for, best first.
const COMPILED: [(&str, &[&str]); 4] = [
    (".js", &[".ts", ".tsx", ".js", ".jsx", ".d.ts"]),
    (".jsx", &[".tsx", ".jsx", ".d.ts"]),
    (".mjs", &[".mts", ".mjs", ".d.mts"]),
    (".cjs", &[".cts", ".cjs", ".d.cts"]),
];

/// The file that a path names, whole or without its extension.
pub(super) fn file(tree: &Tree, path: &str) -> Option<FileId> {
    let sources = COMPILED.iter().find_map(|(end, sources)| Some((path.strip_suffix(end)?, *sources)));
    let source = sources.and_then(|(stem, sources)| with_one_of(tree, stem, sources));
    source.or_else(|| tree.find(path)).or_else(|| with_one_of(tree, path, &EXTENSIONS))
}

/// The index of a folder.
pub(super) fn index(tree: &Tree, folder: &str) -> Option<FileId> {
    if tree.is_folder(folder) { with_one_of(tree, &join(folder, "index"), &EXTENSIONS) } else { None }
}

fn with_one_of(tree: &Tree, stem: &str, extensions: &[&str]) -> Option<FileId> {
    let mut path = String::with_capacity(stem.len() + 6);
    path.push_str(stem);
    extensions.iter().find_map(|extension| {
        path.truncate(stem.len());
        path.push_str(extension);
        tree.find(&path)
    })
}
