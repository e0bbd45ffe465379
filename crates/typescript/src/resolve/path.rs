//! Paths below the root of a tree, with `/`; the root itself is empty.

/// The folder that holds it; of the root the root.
pub(super) fn parent(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).and_then(|end| path.get(..end)).unwrap_or_default()
}

/// The path of something in a folder.
pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A path as it is written in a file of `folder`, without `.`, `..` and empty parts; `None` where it leaves the tree.
pub(super) fn normal(folder: &str, written: &str) -> Option<String> {
    let mut path = String::with_capacity(folder.len() + written.len() + 1);
    path.push_str(folder);
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." if path.is_empty() => return None,
            ".." => path.truncate(parent(&path).len()),
            part => {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(part);
            }
        }
    }
    Some(path)
}

/// The part of a path below a folder; empty for the folder itself.
pub(super) fn below<'path>(folder: &str, path: &'path str) -> Option<&'path str> {
    if folder.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The folder, the folder that holds it, and so on up to the root.
pub(super) fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| parent(folder)))
}
