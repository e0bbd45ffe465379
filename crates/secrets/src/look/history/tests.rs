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

#[test]
fn a_second_run_looks_only_at_what_is_new_and_comes_to_the_same() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    let (first, second) = (run(), run());
    assert_eq!((first.known, second.known), (0, 2));
    assert_eq!((&first.found, &first.gaps), (&second.found, &second.gaps));
    repository.write("new.ts", TOKEN.as_bytes());
    repository.commit("new");
    assert_eq!(run().found, looked(repository.path()).found);
    assert_eq!(run().found.len(), first.found.len() + 1);
}

#[test]
fn what_is_no_text_is_counted_the_second_time_too() {
    let (repository, _) = with_history();
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(|number| number.wrapping_mul(0x9e37_79b1).to_be_bytes()).collect();
    repository.write("picture.bin", &[&b"\0"[..], &bytes].concat());
    repository.write("large.bin", &[&b"\0"[..], &bytes.repeat(2)].concat());
    repository.commit("pictures");
    repository.git(&["gc", "-q"]);
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings { largest: 1 << 20, ..Settings::default() });
    let run = || history(&search, repository.path(), Some(cache.path()));
    let (first, second) = (run(), run());
    for looked in [&first, &second] {
        assert_eq!((looked.binary, looked.large, looked.found.len(), looked.gaps.len()), (1, 1, 3, 0));
    }
    assert_eq!((first.known, second.known), (0, 2));
}

#[test]
fn a_cache_that_is_damaged_foreign_or_half_written_is_as_if_it_were_not_there() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let run = |settings| history(&search(settings), repository.path(), Some(cache.path()));
    let first = run(Settings::default());
    let files = || std::fs::read_dir(cache.path()).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
    let file = files().remove(0);
    let whole = std::fs::read(&file).unwrap();
    assert!(!whole.windows(4).any(|part| part == b"k3j9"));
    let mut flipped = whole.clone();
    flipped[40] ^= 1;
    for bytes in [&b""[..], &whole[..whole.len() - 1], &flipped, &[whole.as_slice(), b"x"].concat()] {
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(run(Settings::default()), first);
        assert_eq!(std::fs::read(&file).unwrap(), whole, "and is written anew");
    }
    // A run that was killed left the beginning of its file.
    std::fs::write(file.with_extension("7.new"), &whole[..30]).unwrap();
    assert_eq!(run(Settings::default()).known, 2);
    assert_eq!(run(Settings { largest: 1 << 19, ..Settings::default() }).known, 0, "of other rules");
}

#[test]
fn a_cache_that_cannot_be_written_changes_nothing() {
    let (repository, _) = with_history();
    let search = search(Settings::default());
    let looked = history(&search, repository.path(), Some(&repository.path().join("README.md")));
    assert_eq!((looked.found.len(), looked.gaps.len()), (3, 0));
}
