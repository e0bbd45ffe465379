//! A folder of logs: every file of it, whatever git or an ignore file says. What cannot be looked into is a gap, never left out.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use rayon::prelude::*;

use super::tree::{Left, read};
use super::{Gap, Looked};
use crate::Search;

/// How archives begin: zip, gzip, Zstandard, xz, bzip2.
const PACKED: [&[u8]; 6] = [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"BZh"];

/// Looks at every file under `root`.
#[must_use]
pub fn logs(search: &Search, root: &Path) -> Looked {
    let (mut files, mut gaps) = (Vec::new(), Vec::new());
    for entry in WalkBuilder::new(root).standard_filters(false).build() {
        match entry {
            Ok(entry) => {
                let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_owned();
                match entry.file_type() {
                    Some(kind) if kind.is_file() => files.push(path),
                    Some(kind) if kind.is_dir() => {}
                    _ => gaps.push(left(&path, "is no file of its own", "copy what it leads to")),
                }
            }
            Err(error) => {
                gaps.push(Gap::new(format!("not every file can be found: {error}"), "make the folder readable"));
            }
        }
    }
    let looked = files.par_iter().map(|path| file(search, root, path)).reduce(Looked::default, Looked::and);
    let mut looked = looked.and(Looked { gaps, ..Looked::default() });
    if looked.files == 0 && looked.gaps.is_empty() {
        looked.gaps.push(Gap::new("no log was looked into", "name the folder of the logs with --root"));
    }
    looked.sorted()
}

fn left(path: &Path, why: &str, next: &str) -> Gap {
    Gap::new(format!("{} {why}", path.display()), next)
}

fn file(search: &Search, root: &Path, path: &PathBuf) -> Looked {
    let name = path.to_string_lossy();
    if search.is_excluded(&name) {
        return Looked::default();
    }
    let gap = |why: &str, next: &str| Looked { gaps: vec![left(path, why, next)], ..Looked::default() };
    let bytes = match read(&root.join(path), search.largest()) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let why = format!("has more than {} bytes", search.largest());
            return gap(&why, "split it, or raise `max_file_size` in [secrets]");
        }
        Err(Left::NoFile) => return gap("went away", "look at logs that nothing writes to"),
        Err(Left::Unreadable(error)) => return gap(&format!("cannot be read: {error}"), "make it readable"),
    };
    if PACKED.iter().any(|begin| bytes.starts_with(begin)) {
        return gap("is packed", "unpack it first, as with `unzip` or `gunzip`");
    }
    match search.candidates(&bytes) {
        Ok(candidates) => Looked { files: 1, found: search.found(&candidates, &name, None), ..Looked::default() },
        Err(_) => gap("is no text", "leave it out of the folder, or name it in `exclude` of [secrets]"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::testing::{OTHER, places, search};
    use super::logs;
    use crate::Settings;
    use crate::testing::{Repository, TOKEN};

    fn gaps(root: &Path) -> Vec<String> {
        let small = Settings { largest: 100, ..Settings::default() };
        logs(&search(small), root).gaps.into_iter().map(|gap| gap.what).collect()
    }

    #[test]
    fn every_log_is_looked_at_also_where_git_ignores_it() {
        let repository = Repository::new();
        repository.write(".gitignore", b"*.log\nlogs\n");
        repository.commit("x");
        repository
            .write("logs/1_build.txt", format!("2026-11-22T04:15:16.123Z \x1b[36mkey {TOKEN}\x1b[0m\r\n").as_bytes());
        repository.write("logs/build/2.log", format!("{{\"msg\":\"a\"}}\n{{\"msg\":\"{OTHER}\"}}\n").as_bytes());
        let looked = logs(&search(Settings::default()), &repository.path().join("logs"));
        assert_eq!(places(&looked.found), [("1_build.txt".to_owned(), 1, None), ("build/2.log".to_owned(), 2, None)]);
        assert_eq!((looked.files, looked.gaps.len()), (2, 0));
    }

    #[test]
    fn what_is_not_looked_into_is_a_gap() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(gaps(folder.path()), ["no log was looked into"]);
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("a.log", b"fine");
        write("packages.log", b"PKG installed");
        assert!(gaps(folder.path()).is_empty());
        write("b.zip", b"PK\x03\x04 and so on");
        write("c.gz", b"\x1f\x8b\x08");
        write("d.bin", b"\0");
        write("e.log", &[b'x'; 101]);
        std::os::unix::fs::symlink("a.log", folder.path().join("f.log")).unwrap();
        assert_eq!(
            gaps(folder.path()),
            [
                "b.zip is packed",
                "c.gz is packed",
                "d.bin is no text",
                "e.log has more than 100 bytes",
                "f.log is no file of its own"
            ]
        );
    }
}
