//! From a file that a build would make to the file that it would be made from.

use super::path::join;
use crate::tree::{FileId, Tree};

const BUILD_FOLDERS: [&str; 5] = ["dist", "build", "lib", "out", "output"];
/// Builds for several kinds of consumers lie beside each other.
const KINDS: [&str; 6] = ["esm", "cjs", "es", "types", "node", "browser"];
/// What a compiler writes, longest first.
const BUILT: [&str; 7] = [".d.mts", ".d.cts", ".d.ts", ".mjs", ".cjs", ".jsx", ".js"];

/// The source of `dist/index.js` in this package is `src/index.ts`, or lies in one of the other places in which sources are
/// kept. None where the build folder is there.
pub(super) fn of(tree: &Tree, package: &str, built: &str) -> Option<FileId> {
    let (build, rest) = built.split_once('/')?;
    if !BUILD_FOLDERS.contains(&build) || tree.is_folder(&join(package, build)) {
        return None;
    }
    let rest = BUILT.iter().find_map(|extension| rest.strip_suffix(extension)).unwrap_or(rest);
    let kindless = rest.split_once('/').filter(|(kind, _)| KINDS.contains(kind)).map(|(_, rest)| rest);
    let rests = [Some(rest), kindless].into_iter().flatten();
    let mut stems = rests.flat_map(|rest| [join(package, &join("src", rest)), join(package, rest)]);
    stems.find_map(|stem| super::load::file(tree, &stem).or_else(|| super::load::index(tree, &stem)))
}
