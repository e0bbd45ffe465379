//! What a second run makes of what the first one kept.

use std::path::PathBuf;

use jiff::Timestamp;

use super::super::super::testing::{OTHER, search};
use super::super::{Looked, history};
use super::{looked, with_history};
use crate::testing::{Repository, TOKEN, token_and};
use crate::{Key, Search, Settings};

/// The only file in the folder of a cache.
fn file(cache: &tempfile::TempDir) -> PathBuf {
    let mut files = std::fs::read_dir(cache.path()).unwrap().map(|file| file.unwrap().path());
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

/// Versions of one file, in which a token moves down and another one comes in the end.
fn with_versions(number: usize) -> Repository {
    let repository = Repository::new();
    for version in 0..number {
        let more = if version + 1 == number { OTHER } else { "" };
        repository.write("a.ts", format!("{}{TOKEN}\n{more}\n", "line\n".repeat(version)).as_bytes());
        repository.commit("version");
    }
    repository
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
    let file = file(&cache);
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

#[test]
fn one_content_says_what_a_secret_is_in_all_others() {
    let repository = with_versions(9);
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    let (first, second) = (run(), run());
    assert_eq!((first.files, first.known), (9, 0));
    assert_eq!((second.files, second.known), (1, 8), "the last version has both");
    assert_eq!(second.found, first.found);
    assert_eq!(first.found.len(), 2);
}

#[test]
fn what_no_content_says_any_more_is_looked_into_again() {
    let repository = with_versions(5);
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("a.ts", format!("{OTHER}\n{TOKEN}\n{OTHER}\n").as_bytes());
    repository.commit("side");
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    run();
    assert_eq!((run().files, run().known), (1, 5), "the side's version says all");
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["branch", "-q", "-D", "side"]);
    repository.git(&["reflog", "expire", "--expire=now", "--all"]);
    repository.git(&["gc", "-q", "--prune=now"]);
    let again = run();
    assert_eq!((again.files, again.known), (5, 0));
    assert_eq!(again.found, looked(repository.path()).found);
    assert_eq!((run().files, run().known), (1, 4), "and is known anew");
}

#[test]
fn whether_a_token_is_expired_is_asked_of_the_day_of_the_run() {
    let repository = Repository::new();
    let part = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let token = format!("{}.{}.c2ln", part(r#"{"alg":"HS256"}"#), part(r#"{"exp":1600000000}"#));
    for lines in ["", "\n"] {
        repository.write("a.ts", format!("{lines}{token}\n").as_bytes());
        repository.commit("token");
    }
    let cache = tempfile::tempdir().unwrap();
    let run = |second: i64| {
        let rule = "[[rules]]\nid = \"a-jwt\"\ntitle = \"JWT\"\npattern = '\\b(eyJ[\\w-]+\\.eyJ[\\w-]+\\.[\\w-]+)'\n\
            keywords = [\"eyJ\"]\nvalidate = \"jwt\"\n";
        let now = Timestamp::from_second(second).unwrap();
        let search = Search::with_rules(token_and(rule).into_inner(), Settings::default(), now).unwrap();
        let looked = history(&search, repository.path(), Some(cache.path()));
        (looked.known, looked.found.iter().map(|found| found.validity.word()).collect::<Vec<_>>())
    };
    assert_eq!(run(1_500_000_000), (0, vec!["unknown"]));
    assert_eq!(run(1_700_000_000), (1, vec!["expired"]));
    assert_eq!(run(1_500_000_000), (1, vec!["unknown"]));
}

#[test]
fn what_a_team_decides_of_places_counts_after_the_cache() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let run = |settings| history(&search(settings), repository.path(), Some(cache.path()));
    let all = run(Settings::default()).found;
    let without = |exclude: &str| Settings { exclude: vec![exclude.to_owned()], ..Settings::default() };
    let side = run(without("src/**"));
    assert_eq!((side.found.len(), side.known), (2, 2));
    assert_eq!(run(Settings::default()).found, all);
    file(&cache);
}

#[test]
fn another_key_has_a_file_of_its_own() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let run =
        |key: Key| history(&search(Settings { key, ..Settings::default() }), repository.path(), Some(cache.path()));
    let first = run(Key::default());
    let own = run(Key::new(b"own"));
    assert_eq!((first.known, own.known), (0, 0));
    assert!(first.found.iter().zip(&own.found).all(|(a, b)| a.fingerprint != b.fingerprint));
    // The file of one key in the place of the other's.
    let mut files: Vec<PathBuf> = std::fs::read_dir(cache.path()).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let [one, other] = &files[..] else { panic!("{files:?}") };
    std::fs::copy(one, other).unwrap();
    let known = [run(Key::default()), run(Key::new(b"own"))].map(|looked| looked.known);
    assert!(known.contains(&0) && known.contains(&2), "{known:?}");
    assert_eq!(run(Key::new(b"own")).found, own.found);
}

#[test]
fn nothing_that_is_made_of_a_secret_alone_is_kept() {
    let (repository, [first, ..]) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let found = history(&search(Settings::default()), repository.path(), Some(cache.path())).found;
    let kept = std::fs::read(file(&cache)).unwrap();
    let holds = |part: &[u8]| kept.windows(part.len()).any(|window| window == part);
    // With a name as git gives it, guesses at a short file could be tried.
    let content = repository.git(&["rev-parse", &format!("{first}:src/deep/a.ts")]);
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.trim().as_bytes()).unwrap();
    for part in
        [TOKEN.as_bytes().to_vec(), found[0].fingerprint.as_bytes().to_vec(), hex(&found[0].fingerprint), hex(&content)]
    {
        assert!(!holds(&part[..part.len().min(8)]));
    }
}

#[test]
fn a_repository_that_begins_otherwise_reads_nothing_of_it() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    assert_eq!(history(&search, repository.path(), Some(cache.path())).known, 0);
    let clone = repository.path().join("clone");
    repository.git(&["clone", "-q", "--no-local", ".", clone.to_str().unwrap()]);
    let same: Looked = history(&search, &clone, Some(cache.path()));
    assert_eq!(same.known, 2, "a clone elsewhere is the same repository");
    repository.git(&["checkout", "-q", "--orphan", "other"]);
    repository.commit("other");
    assert_eq!(history(&search, repository.path(), Some(cache.path())).known, 0);
}

#[test]
fn what_is_new_since_is_told_where_it_first_stands() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    run();
    // A folder that is known, at another path, beside what is new; and a commit that is older than those that are known.
    repository.write("lib/keep.ts", TOKEN.as_bytes());
    repository.commit("keep");
    run();
    repository.git(&["mv", "lib", "moved"]);
    repository.commit("move");
    repository.git(&["checkout", "-q", "-b", "old", "HEAD~3"]);
    repository.write("old.ts", TOKEN.as_bytes());
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-q", "-m", "old", "--date", "2001-01-01T00:00:00Z"]);
    let again = run();
    assert_eq!(again.found, looked(repository.path()).found);
    assert!(again.found.iter().any(|found| found.path == "moved/keep.ts"));
    assert_eq!(run().found, again.found);
}

#[test]
fn what_references_no_longer_reach_is_not_told() {
    let (repository, _) = with_history();
    repository.git(&["checkout", "-q", "-b", "gone"]);
    repository.write("gone.ts", b"tok_0p9o8i7u6y5t4r3e");
    repository.commit("gone");
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    assert_eq!(run().found.len(), 4);
    repository.git(&["checkout", "-q", "main"]);
    repository.git(&["branch", "-q", "-D", "gone"]);
    let again = run();
    assert_eq!((again.found.len(), again.commits, again.known), (3, 6, 2));
    assert_eq!((&again.found, &again.gaps), (&looked(repository.path()).found, &Vec::new()));
}

/// Takes the loose file of an object away, and returns it with what was in it.
fn take_away(repository: &Repository, object: &str) -> (PathBuf, Vec<u8>) {
    let name = repository.git(&["rev-parse", object]).trim().to_owned();
    let path = repository.path().join(".git/objects").join(&name[..2]).join(&name[2..]);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    (path, bytes)
}

#[test]
fn what_is_not_in_this_clone_is_told_each_time_and_looked_into_once_it_is() {
    let (repository, [first, side, _]) = with_history();
    let whole = looked(repository.path());
    for object in [
        format!("{first}:src/deep/a.ts"),
        format!("{first}:README.md"),
        format!("{first}:src/deep"),
        format!("{first}^{{tree}}"),
        format!("{side}^{{tree}}"),
        first.clone(),
    ] {
        for is_known in [false, true] {
            let cache = tempfile::tempdir().unwrap();
            let search = search(Settings::default());
            let run = || history(&search, repository.path(), Some(cache.path()));
            if is_known {
                run();
            }
            let (path, bytes) = take_away(&repository, &object);
            let without = looked(repository.path());
            assert_eq!(without.gaps.len(), 1, "{object}");
            for _ in 0..2 {
                let again = run();
                assert_eq!((&again.found, &again.gaps), (&without.found, &without.gaps), "{object} {is_known}");
            }
            std::fs::write(&path, &bytes).unwrap();
            for _ in 0..2 {
                let again = run();
                assert_eq!((&again.found, &again.gaps), (&whole.found, &whole.gaps), "{object} {is_known}");
            }
        }
    }
}

#[test]
fn damage_to_what_is_not_known_is_told_each_time() {
    let (repository, [first, ..]) = with_history();
    for object in [format!("{first}:src/deep/a.ts"), format!("{first}:src/deep"), format!("{first}^{{tree}}")] {
        let (path, bytes) = take_away(&repository, &object);
        std::fs::write(&path, b"damaged").unwrap();
        let cache = tempfile::tempdir().unwrap();
        let search = search(Settings::default());
        let without = looked(repository.path());
        assert!(!without.gaps.is_empty());
        for _ in 0..2 {
            let again = history(&search, repository.path(), Some(cache.path()));
            assert_eq!((&again.found, &again.gaps), (&without.found, &without.gaps), "{object}");
        }
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(history(&search, repository.path(), Some(cache.path())).found, looked(repository.path()).found);
    }
}

#[test]
fn where_a_clone_ends_is_asked_each_time() {
    let (repository, _) = with_history();
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    let whole = run();
    // All is still there, and the parents are not to be followed.
    std::fs::write(repository.path().join(".git/shallow"), repository.git(&["rev-parse", "HEAD"])).unwrap();
    let shallow = run();
    assert_eq!((shallow.commits, shallow.gaps.len()), (5, 1), "one of six commits begins a history");
    let without = looked(repository.path());
    assert_eq!((shallow.found, shallow.gaps), (without.found, without.gaps));
    std::fs::remove_file(repository.path().join(".git/shallow")).unwrap();
    assert_eq!((run().found, run().gaps), (whole.found, whole.gaps));
}

#[test]
fn an_object_in_a_pack_is_known_by_its_name_alone() {
    let repository = with_versions(9);
    let cache = tempfile::tempdir().unwrap();
    let search = search(Settings::default());
    let run = || history(&search, repository.path(), Some(cache.path()));
    let first = run();
    repository.git(&["gc", "-q", "--aggressive"]);
    let second = run();
    assert_eq!((&second.found, second.known), (&first.found, 8));
    repository.write("b.ts", TOKEN.as_bytes());
    repository.commit("new");
    assert_eq!(run().found, looked(repository.path()).found);
}

#[test]
fn the_fuzzer_begins_with_a_cache_that_is_read() {
    let seed = include_bytes!("../../../../../../tests/fixtures/fuzz/history.known");
    assert_eq!(super::super::rewritten(seed).unwrap(), seed);
}
