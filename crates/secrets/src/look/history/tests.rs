//! Small repositories, whole and with parts missing.

use std::path::Path;

use super::super::testing::{OTHER, places, search};
use super::{Looked, history};
use crate::Settings;
use crate::testing::{Repository, TOKEN};

fn looked(root: &Path) -> Looked {
    history(&search(Settings::default()), root, None)
}

fn gaps(looked: &Looked) -> Vec<String> {
    looked.gaps.iter().map(|gap| format!("{} → {}", gap.what, gap.next)).collect()
}

/// A token that was deleted on a branch, one that moved, and one on a branch that was merged.
fn with_history() -> (Repository, [String; 3]) {
    let repository = Repository::new();
    repository.write("README.md", b"hello\n");
    repository.commit("base");
    repository.write("src/deep/a.ts", format!("\n{TOKEN}\n").as_bytes());
    let first = repository.commit("add");
    repository.write("src/deep/a.ts", b"\n");
    repository.commit("remove");
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("side.ts", OTHER.as_bytes());
    let side = repository.commit("side");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    repository.git(&["mv", "side.ts", "moved.ts"]);
    let moved = repository.commit("move");
    (repository, [first, side, moved])
}

#[test]
fn each_secret_is_found_where_it_first_stood_packed_or_not() {
    let (repository, [first, side, moved]) = with_history();
    let expected = [
        ("moved.ts".to_owned(), 1, Some(moved.as_str())),
        ("side.ts".to_owned(), 1, Some(side.as_str())),
        ("src/deep/a.ts".to_owned(), 2, Some(first.as_str())),
    ];
    let loose = looked(repository.path());
    assert_eq!((places(&loose.found), loose.gaps.len(), loose.commits), (expected.to_vec(), 0, 6));
    repository.git(&["gc", "-q", "--aggressive"]);
    assert_eq!(looked(repository.path()), loose);
    let bare = repository.path().join("bare.git");
    repository.git(&["clone", "-q", "--mirror", ".", bare.to_str().unwrap()]);
    assert_eq!(looked(&bare), loose);
}

#[test]
fn only_what_lies_under_the_root_is_told() {
    let (repository, [first, ..]) = with_history();
    repository.write("src/keep.ts", b"");
    assert_eq!(
        places(&looked(&repository.path().join("src")).found),
        [("deep/a.ts".to_owned(), 2, Some(first.as_str()))]
    );
}

#[test]
fn what_no_reference_reaches_is_not_told() {
    let (repository, _) = with_history();
    repository.git(&["checkout", "-q", "-b", "gone"]);
    repository.write("gone.ts", b"tok_0p9o8i7u6y5t4r3e");
    repository.commit("gone");
    assert_eq!(looked(repository.path()).found.len(), 4);
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["branch", "-q", "-D", "gone"]);
    assert_eq!(looked(repository.path()).found.len(), 3);
}

#[test]
fn a_shallow_clone_is_never_clean() {
    let (repository, _) = with_history();
    let clone = repository.path().join("clone");
    let url = format!("file://{}", repository.path().display());
    repository.git(&["clone", "-q", "--depth=1", &url, clone.to_str().unwrap()]);
    let looked = looked(&clone);
    assert_eq!(
        gaps(&looked),
        [
            "this clone is shallow: what lies before 1 commit is not in it → fetch the whole history: `fetch-depth: 0` in \
          actions/checkout, or `git fetch --unshallow`"
        ]
    );
    assert_eq!(looked.found.len(), 1, "and what is there is told all the same");
}

#[test]
fn missing_contents_and_commits_are_told_by_name() {
    let (repository, [first, ..]) = with_history();
    let blob = repository.git(&["rev-parse", &format!("{first}:src/deep/a.ts")]).trim().to_owned();
    let file = |name: &str| repository.path().join(".git/objects").join(&name[..2]).join(&name[2..]);
    std::fs::remove_file(file(&blob)).unwrap();
    let fetch = "fetch what is missing: `git fetch --refetch --no-filter`, or clone without a filter";
    assert_eq!(
        gaps(&looked(repository.path())),
        [format!("contents that are not in this clone: {blob} (src/deep/a.ts) → {fetch}")]
    );
    std::fs::remove_file(file(&first)).unwrap();
    assert_eq!(gaps(&looked(repository.path())), [format!("commits that are not in this clone: {first} → {fetch}")]);
}

#[test]
fn a_clone_without_folders_is_never_clean() {
    let (repository, _) = with_history();
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = repository.path().join("clone");
    let url = format!("file://{}", repository.path().display());
    repository.git(&["clone", "-q", "--bare", "--filter=tree:0", &url, clone.to_str().unwrap()]);
    let looked = looked(&clone);
    assert_eq!((looked.commits, looked.gaps.len()), (6, 1));
    let gaps = gaps(&looked);
    assert!(gaps[0].starts_with("contents that are not in this clone: ") && gaps[0].contains(" (/)"), "{gaps:?}");
}

#[test]
fn damage_is_told() {
    let (repository, [first, ..]) = with_history();
    let blob = repository.git(&["rev-parse", &format!("{first}:src/deep/a.ts")]).trim().to_owned();
    let file = repository.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    repository.overwrite(&file, b"damaged");
    let gaps = gaps(&looked(repository.path()));
    assert!(gaps.iter().any(|gap| gap.contains(&blob) && gap.contains("git fsck")), "{gaps:?}");
}

#[test]
fn a_repository_without_commits_proves_nothing() {
    let repository = Repository::new();
    assert_eq!(
        gaps(&looked(repository.path())),
        ["this repository has no commit yet → commit your work, or look at the files alone: --mode tree"]
    );
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        gaps(&looked(folder.path())),
        ["this folder is no git repository → run this in a git repository, or look at the files alone: --mode tree"]
    );
    repository.git(&["init", "-q", "--object-format=sha256", "other"]);
    assert_eq!(
        gaps(&looked(&repository.path().join("other"))),
        [
            "this repository names its objects by sha256, and only sha1 can be read → look at the files alone: --mode tree"
        ]
    );
}

mod cached;
