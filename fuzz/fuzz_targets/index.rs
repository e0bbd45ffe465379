//! Whatever git's index holds, the files of a repository are those that lie in it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use ops_typescript::tree::Tree;

static REPOSITORY: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join(".git")).expect("a folder");
    std::fs::write(folder.path().join("a.ts"), "").expect("a file");
    folder
});

fuzz_target!(|index: &[u8]| {
    std::fs::write(REPOSITORY.path().join(".git/index"), index).expect("an index");
    let tree = Tree::walk(REPOSITORY.path()).expect("a tree");
    assert_eq!(tree.files().map(|(_, path)| path).collect::<Vec<_>>(), ["a.ts"]);
});
