//! Small histories, and what of them is new.

use super::super::testing::{OTHER, places, search};
use super::{Looked, range};
use crate::Settings;
use crate::testing::{Repository, TOKEN};

fn looked(repository: &Repository, base: &str) -> Looked {
    range(&search(Settings::default()), repository.path(), base)
}

fn with_base() -> (Repository, String) {
    let repository = Repository::new();
    repository.write("old.ts", format!("one\n{TOKEN}\nthree\n").as_bytes());
    let base = repository.commit("base");
    (repository, base)
}

#[test]
fn a_secret_that_the_next_commit_took_away_is_found_at_its_commit_and_line() {
    let (repository, base) = with_base();
    repository.write("new.ts", format!("\n\n{OTHER}\n").as_bytes());
    let first = repository.commit("add");
    repository.write("new.ts", b"");
    repository.commit("remove");
    let looked = looked(&repository, &base);
    assert_eq!(places(&looked.found), [("new.ts".to_owned(), 3, Some(first.as_str()))]);
    assert_eq!((looked.gaps.len(), looked.commits), (0, 2));
}

#[test]
fn what_was_there_before_is_not_new() {
    let (repository, base) = with_base();
    repository.write("old.ts", format!("zero\none\n{TOKEN}\nthree\n").as_bytes());
    repository.commit("shift");
    repository.git(&["mv", "old.ts", "moved.ts"]);
    repository.commit("move");
    repository.write("moved.ts", format!("zero\n{TOKEN}\n").as_bytes());
    repository.git(&["mv", "moved.ts", "again.ts"]);
    repository.commit("move and edit");
    assert_eq!(places(&looked(&repository, &base).found), []);
}

#[test]
fn a_second_copy_of_a_secret_is_new_where_it_stands() {
    let (repository, base) = with_base();
    repository.write("old.ts", format!("one\n{TOKEN}\nthree\nx = {TOKEN}\n").as_bytes());
    let commit = repository.commit("again");
    assert_eq!(places(&looked(&repository, &base).found), [("old.ts".to_owned(), 4, Some(commit.as_str()))]);
}

#[test]
fn a_merge_brings_only_what_no_parent_has() {
    let (repository, base) = with_base();
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("side.ts", OTHER.as_bytes());
    let side = repository.commit("side");
    repository.git(&["checkout", "-q", "main"]);
    repository.write("main.ts", b"nothing");
    repository.commit("main");
    repository.git(&["merge", "-q", "--no-commit", "side"]);
    repository.write("evil.ts", TOKEN.as_bytes());
    let merge = repository.commit("merge");
    let looked = looked(&repository, &base);
    assert_eq!(
        places(&looked.found),
        [("evil.ts".to_owned(), 1, Some(merge.as_str())), ("side.ts".to_owned(), 1, Some(side.as_str()))]
    );
}

#[test]
fn a_range_without_commits_is_clean() {
    let (repository, base) = with_base();
    let looked = looked(&repository, &base);
    assert_eq!((looked.found.len(), looked.gaps.len(), looked.commits), (0, 0, 0));
}

#[test]
fn what_is_not_in_this_clone_is_told_and_never_clean() {
    let (repository, base) = with_base();
    repository.write("new.ts", b"more");
    repository.commit("more");
    let gap = |looked: Looked| format!("{} → {}", looked.gaps[0].what, looked.gaps[0].next);
    assert_eq!(
        gap(looked(&repository, "origin/main")),
        "the commit origin/main, with which HEAD is compared, is not in this clone → git fetch origin origin/main"
    );
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let url = format!("file://{}", repository.path().display());
    repository.git(&["clone", "-q", "--depth=1", &url, clone.to_str().unwrap()]);
    let search = search(Settings::default());
    assert_eq!(
        gap(range(&search, &clone, &base)),
        format!(
            "the commit {base}, with which HEAD is compared, is not in this clone → \
             fetch the whole history: `fetch-depth: 0` in actions/checkout, or `git fetch --unshallow`"
        )
    );
    assert_eq!(
        gap(looked(&Repository::new(), "main")),
        "this repository has no commit yet → commit your work, or look at the files alone: --mode tree"
    );
    assert_eq!(
        gap(range(&search, folder.path(), "main")),
        "this folder is no git repository → run this in a git repository, or look at the files alone: --mode tree"
    );
}

#[test]
fn a_content_that_is_missing_or_damaged_is_told_and_never_clean() {
    let (repository, base) = with_base();
    repository.write("new.ts", b"more");
    repository.commit("more");
    let name = repository.git(&["rev-parse", "HEAD:new.ts"]).trim().to_owned();
    let file = repository.path().join(".git/objects").join(&name[..2]).join(&name[2..]);
    repository.overwrite(&file, b"damaged");
    let damaged = looked(&repository, &base);
    assert_eq!(damaged.gaps[0].what, format!("the content {name} of a file cannot be read: its file is damaged"));
    std::fs::remove_file(&file).unwrap();
    let missing = looked(&repository, &base);
    assert_eq!(missing.gaps[0].what, format!("the content {name} of a file is not in this clone"));
    assert_eq!(missing.files, 0);
}
