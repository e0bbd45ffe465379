//! Against git itself: every object that it lists, with the content that it tells.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Kind, Store};
use crate::testing::Repository;

const KINDS: [(Kind, &str); 4] =
    [(Kind::Commit, "commit"), (Kind::Tree, "tree"), (Kind::Blob, "blob"), (Kind::Tag, "tag")];

fn visited(store: &Store) -> (BTreeMap<String, (String, Vec<u8>)>, usize) {
    let listed = store.list();
    let chosen = listed.choose(&|_| true);
    let found = Mutex::new(BTreeMap::new());
    let mut broken = 0;
    for (kind, name) in KINDS {
        broken += chosen
            .visit(kind, &|place, content| {
                let id = listed.table().id(place).unwrap().to_string();
                assert!(found.lock().unwrap().insert(id, (name.to_owned(), content.to_vec())).is_none(), "told twice");
            })
            .len();
    }
    (found.into_inner().unwrap(), broken)
}

fn assert_agrees(repository: &Repository) {
    let store = Store::open(&repository.path().join(".git/objects"));
    let (found, broken) = visited(&store);
    assert_eq!(broken, 0);
    let listed = repository.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    assert_eq!(found.len(), listed.lines().count());
    for line in listed.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let (kind, content) = &found[words[0]];
        assert_eq!((kind.as_str(), content.len()), (words[1], words[2].parse().unwrap()));
        let id = gix::ObjectId::from_hex(words[0].as_bytes()).unwrap();
        assert_eq!(&store.read(&id).unwrap().unwrap().1, content);
        assert_eq!(gix::objs::compute_hash(gix::hash::Kind::Sha1, gix_kind(kind), content).unwrap(), id);
    }
}

fn gix_kind(kind: &str) -> gix::objs::Kind {
    gix::objs::Kind::from_bytes(kind.as_bytes()).unwrap()
}

fn with_history() -> Repository {
    let repository = Repository::new();
    for number in 0..30 {
        let lines: String =
            (0..400).map(|line| format!("line {line} {}\n", if line == number * 7 { number } else { 0 })).collect();
        repository.write("src/long.txt", lines.as_bytes());
        repository.write(&format!("src/{number}.txt"), b"same\n");
        repository.commit(&format!("number {number}"));
    }
    repository.git(&["tag", "-a", "-m", "x", "v1"]);
    repository
}

#[test]
fn loose_objects_are_read() {
    assert_agrees(&with_history());
}

#[test]
fn packed_objects_are_read_and_those_in_two_packs_once() {
    let repository = with_history();
    repository.git(&["gc", "-q", "--aggressive"]);
    assert_agrees(&repository);
    repository.write("more.txt", b"more");
    repository.commit("more");
    repository.git(&["repack", "-q"]);
    repository.git(&["config", "repack.useDeltaBaseOffset", "false"]);
    repository.write("loose.txt", b"loose");
    repository.commit("loose");
    assert_agrees(&repository);
    // A second pack with everything, whose deltas name their base instead of its place.
    repository.git(&["repack", "-q", "-a", "-f", "--depth=50"]);
    assert_agrees(&repository);
}

#[test]
fn the_objects_of_an_alternate_are_read() {
    let repository = with_history();
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    repository.git(&["clone", "-q", "--shared", ".", clone.to_str().unwrap()]);
    let store = Store::open(&clone.join(".git/objects"));
    let listed = repository.git(&["cat-file", "--batch-all-objects", "--batch-check"]);
    assert_eq!(visited(&store).0.len(), listed.lines().count());
}

#[test]
fn damage_is_told_and_the_rest_is_read() {
    let repository = with_history();
    repository.git(&["gc", "-q"]);
    let folder = repository.path().join(".git/objects/pack");
    let pack = super::indices(&folder).remove(0).with_extension("pack");
    let whole = std::fs::read(&pack).unwrap();
    let all = visited(&Store::open(&repository.path().join(".git/objects"))).0.len();
    repository.overwrite(&pack, &{
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 20].fill(0x55);
        bytes
    });
    let (found, broken) = visited(&Store::open(&repository.path().join(".git/objects")));
    assert!(broken > 0 && found.len() + broken >= all, "{} and {broken} of {all}", found.len());
    repository.overwrite(&pack, &whole[..30]);
    let store = Store::open(&repository.path().join(".git/objects"));
    assert_eq!(store.broken().len(), 1, "{:?}", store.broken());
}
