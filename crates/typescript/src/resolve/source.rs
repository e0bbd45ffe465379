//! From a file that a build would make to the file that it would be made from.

use super::path::join;
use super::workspace::Workspace;
use crate::tree::Tree;

const BUILD_FOLDERS: [&str; 5] = ["dist", "build", "lib", "out", "output"];
/// Builds for several kinds of consumers lie beside each other.
const KINDS: [&str; 6] = ["esm", "cjs", "es", "types", "node", "browser"];
/// What a compiler writes, longest first.
const BUILT: [&str; 8] = [".d.mts", ".d.cts", ".d.ts", ".mjs", ".cjs", ".jsx", ".js", ".ts"];
const SOURCES: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/// The source of `dist/index.js` is `src/index.ts`, or lies in one of the other places in which sources are kept. None where the
/// package's build folder is there.
pub(super) fn of(tree: &Tree, workspace: &Workspace, path: &str) -> Option<String> {
    let extension = BUILT.iter().find(|extension| path.ends_with(*extension))?;
    let package = workspace.package_of(super::path::parent(path))?;
    let below = if package.is_empty() { path } else { path.strip_prefix(package)?.strip_prefix('/')? };
    let (build, rest) = below.split_once('/')?;
    if !BUILD_FOLDERS.contains(&build) || tree.is_folder(&join(package, build)) {
        return None;
    }
    let rest = rest.strip_suffix(extension)?;
    let kindless = rest.split_once('/').filter(|(kind, _)| KINDS.contains(kind)).map(|(_, rest)| rest);
    let rests = [Some(rest), kindless].into_iter().flatten();
    let stems = rests.flat_map(|rest| [join(package, &join("src", rest)), join(package, rest)]);
    let mut candidates = stems.flat_map(|stem| SOURCES.iter().map(move |extension| format!("{stem}{extension}")));
    candidates.find(|candidate| tree.find(candidate).is_some())
}
