use std::os::unix::ffi::OsStringExt as _;

use ops_testing::TestDir;
use proptest::prelude::*;

use super::*;

fn paths(tree: &Tree) -> Vec<&str> {
    tree.files().map(|(_, path)| path).collect()
}

#[test]
fn files_of_all_kinds_are_sorted_and_found_by_their_paths() {
    let directory = TestDir::new();
    for path in ["b.ts", "a/z.txt", "a.ts", "vercel.json", ".github/workflows/ci.yml", "a-b/c"] {
        directory.write(path, path);
    }
    let tree = Tree::walk(directory.path()).expect("a tree");
    assert_eq!(paths(&tree), [".github/workflows/ci.yml", "a-b/c", "a.ts", "a/z.txt", "b.ts", "vercel.json"]);
    for (file, path) in tree.files() {
        assert_eq!(tree.find(path), Some(file));
        assert_eq!(tree.path(file), path);
        assert_eq!(tree.read(file).expect("text"), path);
    }
    assert_eq!(tree.find("a"), None);
    assert_eq!(tree.find("./b.ts"), None);
    assert_eq!((tree.unreadable(), tree.unnamed()), (&[][..], &[][..]));
}

#[test]
fn a_folder_is_what_a_file_lies_in() {
    let directory = TestDir::new();
    for path in ["a-b/c", "a.ts", "a/b/c", "ab/c", "zz"] {
        directory.write(path, "");
    }
    let tree = Tree::walk(directory.path()).expect("a tree");
    for folder in ["", "a", "a-b", "a/b", "ab"] {
        assert!(tree.is_folder(folder), "{folder}");
    }
    for none in ["a.ts", "a/b/c", "b", "a/", "a/b/c/d", "z", "zz", "zzz"] {
        assert!(!tree.is_folder(none), "{none}");
    }
}

#[test]
fn what_git_ignores_and_what_others_wrote_is_left_out() {
    let directory = TestDir::new();
    directory.write(".gitignore", "dist/\n*.log\n");
    directory.write("app/.gitignore", "generated\n");
    for path in [
        "dist/a.js",
        "a.log",
        "app/generated/b.ts",
        "node_modules/zod/index.js",
        "app/.next/c.js",
        ".vercel/d",
        ".turbo/e",
    ] {
        directory.write(path, "");
    }
    directory.write("build/kept.js", "");
    directory.write("app/kept.ts", "");
    let kept = [".gitignore", "app/.gitignore", "app/kept.ts", "build/kept.js"];
    assert_eq!(paths(&Tree::walk(directory.path()).expect("a tree")), kept, "without a repository");
    directory.git_init();
    assert_eq!(paths(&Tree::walk(directory.path()).expect("a tree")), kept, "in a repository");
    let app = Tree::walk(&directory.path().join("app")).expect("a tree");
    assert_eq!(paths(&app), [".gitignore", "kept.ts"], "a folder of a repository");
}

#[test]
fn what_is_ignored_above_the_repository_is_none_of_its_business() {
    let directory = TestDir::new();
    directory.write(".gitignore", "*\n");
    directory.write("repository/a.ts", "");
    assert_eq!(paths(&Tree::walk(&directory.path().join("repository")).expect("a tree")), ["a.ts"]);
    directory.git_init();
    directory.write("repository/.git/HEAD", "");
    assert_eq!(paths(&Tree::walk(&directory.path().join("repository")).expect("a tree")), ["a.ts"]);
}

#[test]
fn links_are_not_followed_even_in_a_circle() {
    let directory = TestDir::new();
    directory.write("a/real.ts", "");
    let link = |target: &str, at: &str| std::os::unix::fs::symlink(target, directory.path().join(at)).expect("a link");
    link("..", "a/circle");
    link("real.ts", "a/linked.ts");
    link("nowhere", "a/dangling");
    link("a", "b");
    let tree = Tree::walk(directory.path()).expect("a tree");
    assert_eq!(paths(&tree), ["a/real.ts"]);
    assert_eq!(tree.unreadable(), []);
    let through = Tree::walk(&directory.path().join("b")).expect("the root may be a link");
    assert_eq!(paths(&through), ["real.ts"]);
    assert!(through.read(FileId(0)).is_ok());
}

#[test]
fn awkward_names_are_kept_and_names_that_are_no_text_are_told() {
    let directory = TestDir::new();
    directory.write("a::b.ts", "");
    directory.write("two\nlines.ts", "");
    let broken = std::ffi::OsString::from_vec(b"bad\xff.ts".to_vec());
    std::fs::write(directory.path().join(broken), "").expect("a file");
    let tree = Tree::walk(directory.path()).expect("a tree");
    assert_eq!(paths(&tree), ["a::b.ts", "two\nlines.ts"]);
    assert_eq!(tree.unnamed(), ["bad\u{fffd}.ts"]);
}

/// Root may enter every folder: there only the next test speaks.
#[test]
fn a_folder_that_cannot_be_entered_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = TestDir::new();
    directory.write("a.ts", "");
    directory.write("locked/b.ts", "");
    let locked = directory.path().join("locked");
    let lock = |mode| std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode)).expect("a mode");
    lock(0o000);
    if std::fs::read_dir(&locked).is_ok() {
        eprintln!("skipped: this user may enter every folder");
        lock(0o755);
        return;
    }
    let tree = Tree::walk(directory.path()).expect("a tree");
    lock(0o755);
    assert_eq!(paths(&tree), ["a.ts"]);
    let reason = "Permission denied (os error 13)".to_owned();
    assert_eq!(tree.unreadable(), [Unreadable { path: "locked".to_owned(), reason }]);
}

#[test]
fn an_error_of_the_walk_names_the_part_below_the_root() {
    let denied = || ignore::Error::Io(std::io::ErrorKind::PermissionDenied.into());
    let at = |path: &str, err| ignore::Error::WithPath { path: path.into(), err: Box::new(err) };
    let deep = ignore::Error::WithDepth { depth: 2, err: Box::new(at("/root/a/b", denied())) };
    let told = |error| super::walk::part(Path::new("/root"), &error);
    assert_eq!(told(deep), Unreadable { path: "a/b".to_owned(), reason: "permission denied".to_owned() });
    assert_eq!(told(at("/root", denied())).path, ".");
    assert_eq!(told(denied()).path, ".");
}

#[test]
fn what_is_no_text_is_refused() {
    let directory = TestDir::new();
    directory.write("binary", b"ab\0c");
    directory.write("latin", b"one\ntwo \xe9\n");
    directory.write("long", vec![b'a'; 5 * 1024 * 1024 + 1]);
    directory.write("longest", vec![b'a'; 5 * 1024 * 1024]);
    directory.write("gone", "");
    let tree = Tree::walk(directory.path()).expect("a tree");
    std::fs::remove_file(directory.path().join("gone")).expect("removed");
    let error = |path: &str| tree.read(tree.find(path).expect(path)).expect_err(path).to_string();
    assert_eq!(error("binary"), "it is binary: byte 2 is zero");
    assert_eq!(error("latin"), "line 2 is not UTF-8");
    assert_eq!(error("long"), "it has 5242881 bytes; at most 5242880 are read");
    assert_eq!(error("gone"), "No such file or directory (os error 2)");
    assert!(tree.read(tree.find("longest").expect("it")).is_ok());
    assert_eq!(tree.read(FileId(99)).expect_err("unknown").to_string(), "it is no file of this tree");
}

#[test]
fn a_root_that_is_no_folder_is_refused() {
    let directory = TestDir::new();
    let file = directory.write("file", "");
    let error = |path: &Path| Tree::walk(path).expect_err("no tree").to_string();
    assert_eq!(error(&file), format!("`{}` is not a folder", file.display()));
    let gone = directory.path().join("gone");
    assert_eq!(error(&gone), format!("cannot look into `{}`: No such file or directory (os error 2)", gone.display()));
}

fn then(files: &[&str]) -> std::collections::BTreeMap<String, Vec<u8>> {
    files.iter().map(|path| ((*path).to_owned(), b"then".to_vec())).collect()
}

#[test]
fn another_time_has_the_files_of_then_with_what_they_held() {
    let directory = TestDir::new();
    for path in ["same.ts", "edited.ts", "new.ts"] {
        directory.write(path, "now");
    }
    let now = Tree::walk(directory.path()).expect("a tree");
    let tree =
        now.at_another_time(|_, path| path == "same.ts", then(&["deleted.ts", "edited.ts", "node_modules/a.ts"]));
    assert_eq!(paths(&tree), ["deleted.ts", "edited.ts", "same.ts"]);
    let texts: Vec<String> = tree.files().map(|(file, _)| tree.read(file).expect("text")).collect();
    assert_eq!(texts, ["then", "then", "now"]);
    let apart: Vec<bool> = tree.files().map(|(file, _)| tree.is_apart(file)).collect();
    assert_eq!(apart, [true, true, false]);
    assert!(!tree.has_the_names_of(&now));
}

#[test]
fn another_time_in_which_no_file_came_or_went_has_the_same_names() {
    let directory = TestDir::new();
    for path in ["same.ts", "edited.ts"] {
        directory.write(path, "now");
    }
    let now = Tree::walk(directory.path()).expect("a tree");
    let tree = now.at_another_time(|_, path| path == "same.ts", then(&["edited.ts"]));
    assert!(tree.has_the_names_of(&now));
    assert_eq!(tree.apart().map(|(_, path)| path).collect::<Vec<_>>(), ["edited.ts"]);
    let texts: Vec<String> = tree.files().map(|(file, _)| tree.read(file).expect("text")).collect();
    assert_eq!(texts, ["then", "now"]);
    for (is_same, older) in [("none", "edited.ts"), ("same.ts", "other.ts")] {
        assert!(!now.at_another_time(|_, path| path == is_same, then(&[older])).has_the_names_of(&now));
    }
}

#[test]
fn what_git_keeps_track_of_is_told() {
    let directory = TestDir::new();
    directory.write("app/a.ts", "");
    assert_eq!(Tree::walk(directory.path()).expect("a tree").tracked(), None, "without a repository");
    directory.git_init();
    directory.write("dist/b.ts", "");
    directory.commit("It");
    directory.write(".gitignore", "dist\n");
    directory.write("app/new.ts", "");
    let tracked = |words: &[&str]| {
        if !words.is_empty() {
            directory.git(words);
        }
        let tree = Tree::walk(directory.path()).expect("a tree");
        let of = tree.files().zip(tree.tracked().expect("an index")).filter(|(_, is_tracked)| **is_tracked);
        of.map(|((_, path), _)| path.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tracked(&[]), ["app/a.ts", "dist/b.ts"]);
    assert_eq!(tracked(&["update-index", "--split-index"]), ["app/a.ts", "dist/b.ts"]);
    let app = Tree::walk(&directory.path().join("app")).expect("a tree");
    assert_eq!((paths(&app), app.tracked()), (vec!["a.ts", "new.ts"], Some(&[true, false][..])));
}

#[test]
fn what_git_keeps_track_of_is_there_though_it_is_ignored() {
    let directory = TestDir::new();
    directory.git_init();
    for path in ["a/kept.ts", "app/dist/a.ts", "app/dist/b.ts", "app/seen.ts", "node_modules/zod/index.js", "z.log.ts"]
    {
        directory.write(path, path);
    }
    directory.commit("All of it");
    directory.write(".gitignore", "dist/\n*.log.ts\n");
    directory.write("app/dist/untracked.ts", "");
    std::fs::remove_file(directory.path().join("app/dist/b.ts")).expect("removed");
    let all = [".gitignore", "a/kept.ts", "app/dist/a.ts", "app/seen.ts", "z.log.ts"];
    let told = || paths(&Tree::walk(directory.path()).expect("a tree")).join(" ");
    assert_eq!(told(), all.join(" "));
    for words in [["update-index", "--index-version=4"], ["update-index", "--split-index"]] {
        directory.git(&words);
        assert_eq!(told(), all.join(" "), "{words:?}");
    }
    let app = Tree::walk(&directory.path().join("app")).expect("a tree");
    assert_eq!(paths(&app), ["dist/a.ts", "seen.ts"]);
}

#[test]
fn what_is_tracked_is_there_in_another_work_tree_and_by_other_names_of_objects() {
    let directory = TestDir::new();
    directory.git(&["init", "-q", "--object-format=sha256"]);
    directory.write("dist/a.ts", "");
    directory.commit("It");
    directory.write(".gitignore", "dist\n");
    assert_eq!(paths(&Tree::walk(directory.path()).expect("a tree")), [".gitignore", "dist/a.ts"]);
    let other = directory.outside().join("other");
    directory.git(&["worktree", "add", "-q", &other.display().to_string()]);
    std::fs::write(other.join(".gitignore"), "dist\n").expect("written");
    assert_eq!(paths(&Tree::walk(&other).expect("a tree")), [".gitignore", "dist/a.ts"]);
}

#[test]
fn what_is_tracked_through_a_link_is_not_there() {
    let directory = TestDir::new();
    directory.git_init();
    directory.write("dist/a.ts", "");
    directory.commit("It");
    std::fs::rename(directory.path().join("dist"), directory.outside().join("dist")).expect("moved");
    std::os::unix::fs::symlink(directory.outside().join("dist"), directory.path().join("dist")).expect("a link");
    assert_eq!(paths(&Tree::walk(directory.path()).expect("a tree")), Vec::<&str>::new());
}

#[test]
fn an_index_that_is_none_is_left_alone() {
    let directory = TestDir::new();
    directory.write("a.ts", "");
    let (mut short, mut endless) = (b"DIRC\0\0\0\x02\0\0\0\x01".to_vec(), b"DIRC\0\0\0\x04\xff\xff\xff\xff".to_vec());
    short.extend([0; 40]);
    endless.extend([0xff; 200]);
    for index in [&b""[..], b"DIRC", b"none", &short, &endless] {
        directory.write(".git/index", index);
        assert_eq!(paths(&Tree::walk(directory.path()).expect("a tree")), ["a.ts"]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_an_index_holds_the_walk_ends(version in 1_u8..6, number in 0_u8..4, rest in prop::collection::vec(any::<u8>(), 0..300)) {
        let directory = TestDir::new();
        directory.write("a.ts", "");
        let index = [b"DIRC\0\0\0", &[version, 0, 0, 0, number][..], &rest].concat();
        directory.write(".git/index", index);
        let tree = Tree::walk(directory.path()).expect("a tree");
        prop_assert_eq!(paths(&tree), ["a.ts"]);
    }
}

#[test]
fn what_is_found_beside_a_walk_is_what_lies_in_the_tree() {
    let directory = TestDir::new();
    directory.write(".gitignore", "left-out/\n");
    directory.write("left-out/a.ts", "");
    for number in 0..400 {
        directory.write(&format!("folder{}/{number}.ts", number % 20), format!("export const a = {number};\n"));
    }
    let mut found = Vec::new();
    let look = |one: &Found<'_>| found.push((one.path().to_owned(), one.read().expect("its text")));
    let tree = Tree::walk_beside(directory.path(), look).expect("a tree");
    assert_eq!(paths(&tree), paths(&Tree::walk(directory.path()).expect("a tree")));
    // How many were found in time depends on the machine.
    for (path, text) in found {
        let file = tree.find(&path).expect("a file of the tree");
        assert_eq!(tree.read(file).expect("its text"), text);
    }
}
