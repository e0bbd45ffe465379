//! What a cache holds, and the form that it has in its file.
//!
//! `ops-secrets-4\n`, then three lists, each with its length before it: the commits that the key is made of; the witnesses of the
//! secrets, each with the number of its content, with which of the candidates there it is and with the number of its rule; and the
//! objects. An object has its name, a letter for what it is, and what it says:
//!
//! | letter | object | what it says |
//! |---|---|---|
//! | `-` | a content without a candidate | |
//! | `b` | a content that is no text | |
//! | `l` | a content that is larger than the policy says | |
//! | `h` | a content with candidates | their list: the number of the secret, first line and column, last line and column |
//! | `t` | a folder | the list of what in it leads to anything but the first three: its number, and the hash of its name |
//! | `c` | a commit | the number of its tree, the list of those of its parents, its time in eight bytes |
//! | `?` | one that a folder names and of which nothing is known | |
//!
//! The name of an object has 16 bytes, that of a commit 20, every other number four with the highest first. Objects are told by
//! their positions in the list, which has them in the order of their names.

use gix::ObjectId;

use super::super::commits::Commit;
use crate::search::Place;

const HEAD: &[u8] = b"ops-secrets-4\n";

/// Stands for the name of an object.
pub(super) type Name = u128;

/// The content that tells what a secret is, and which of the candidates there it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Witness {
    pub(super) content: u32,
    pub(super) index: u32,
    /// The position of its rule.
    pub(super) rule: u32,
}

/// A candidate, told by the number of its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Mark {
    pub(super) secret: u32,
    pub(super) place: Place,
}

/// What an object says: always the same, since its name is a digest of its content. Others are told by numbers, in the file by
/// their positions there, else by their places in the table of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Said {
    /// There is no candidate in it.
    Clean,
    /// It is no text.
    NoText,
    /// It is larger than the policy says.
    Large,
    /// There are these candidates in it.
    Held(Vec<Mark>),
    /// A folder: what in it leads to anything but the first three, and the hashes of its names.
    Folder(Vec<(u32, u32)>),
    /// A commit.
    Commit(Commit),
    /// Nothing that is known.
    Nothing,
}

impl Said {
    /// The other objects that it tells of.
    pub(super) fn others(&self) -> impl Iterator<Item = u32> {
        let (inner, parents, tree) = match self {
            Self::Folder(inner) => (inner.as_slice(), Default::default(), None),
            Self::Commit(commit) => (Default::default(), commit.parents.as_slice(), Some(commit.tree)),
            Self::Clean | Self::NoText | Self::Large | Self::Held(_) | Self::Nothing => Default::default(),
        };
        inner.iter().map(|(other, _)| *other).chain(parents.iter().copied()).chain(tree)
    }

    /// The same with other numbers for them.
    pub(super) fn numbered(mut self, number: &dyn Fn(u32) -> u32) -> Self {
        match &mut self {
            Self::Folder(inner) => inner.iter_mut().for_each(|(other, _)| *other = number(*other)),
            Self::Commit(commit) => {
                commit.parents.iter_mut().chain([&mut commit.tree]).for_each(|other| *other = number(*other));
            }
            Self::Clean | Self::NoText | Self::Large | Self::Held(_) | Self::Nothing => {}
        }
        self
    }
}

/// All that a cache holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Kept {
    /// For each secret, by its number.
    pub(super) witnesses: Vec<Witness>,
    pub(super) objects: Vec<(Name, Said)>,
}

/// The beginning of a file, and the commits that its key is made of.
pub(super) fn head(first: &[ObjectId]) -> Vec<u8> {
    let mut bytes = HEAD.to_vec();
    add(&mut bytes, first, |bytes, id| bytes.extend(id.as_slice()));
    bytes
}

/// Takes the beginning off, and returns those commits.
pub(super) fn take_head(bytes: &mut &[u8]) -> Option<Vec<ObjectId>> {
    *bytes = bytes.strip_prefix(HEAD)?;
    let first = list(bytes, |rest| take(rest).map(|id: &[u8; 20]| ObjectId::from(*id)))?;
    first.is_sorted_by(|a, b| a < b).then_some(first)
}

impl Kept {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        add(&mut bytes, &self.witnesses, |bytes, witness| {
            bytes.extend([witness.content, witness.index, witness.rule].iter().flat_map(|number| number.to_be_bytes()));
        });
        add(&mut bytes, &self.objects, |bytes, (name, said)| {
            bytes.extend(name.to_be_bytes());
            add_said(bytes, said);
        });
        bytes
    }

    /// None if the bytes have any other form.
    pub(super) fn parse(mut bytes: &[u8]) -> Option<Self> {
        let rest = &mut bytes;
        let witness =
            |rest: &mut &[u8]| Some(Witness { content: number(rest)?, index: number(rest)?, rule: number(rest)? });
        let witnesses = list(rest, witness)?;
        let object = |rest: &mut &[u8]| Some((u128::from_be_bytes(*take(rest)?), said(rest, witnesses.len())?));
        let objects = list(rest, object)?;
        let is_here = |number: &u32| (*number as usize) < objects.len();
        let is_whole = rest.is_empty()
            && objects.is_sorted_by(|a, b| a.0 < b.0)
            && witnesses.iter().all(|witness| is_here(&witness.content))
            && objects.iter().all(|(_, said)| said.others().all(|other| is_here(&other)));
        is_whole.then_some(Self { witnesses, objects })
    }
}

fn add_said(bytes: &mut Vec<u8>, said: &Said) {
    bytes.push(match said {
        Said::Clean => b'-',
        Said::NoText => b'b',
        Said::Large => b'l',
        Said::Held(_) => b'h',
        Said::Folder(_) => b't',
        Said::Commit(_) => b'c',
        Said::Nothing => b'?',
    });
    match said {
        Said::Held(marks) => add(bytes, marks, |bytes, mark| {
            bytes.extend(mark.secret.to_be_bytes());
            bytes.extend(mark.place.iter().flat_map(|number| number.to_be_bytes()));
        }),
        Said::Folder(inner) => add(bytes, inner, |bytes, (other, name)| {
            bytes.extend(other.to_be_bytes());
            bytes.extend(name.to_be_bytes());
        }),
        Said::Commit(commit) => {
            bytes.extend(commit.tree.to_be_bytes());
            add(bytes, &commit.parents, |bytes, parent| bytes.extend(parent.to_be_bytes()));
            bytes.extend(commit.time.to_be_bytes());
        }
        Said::Clean | Said::NoText | Said::Large | Said::Nothing => {}
    }
}

fn said(rest: &mut &[u8], secrets: usize) -> Option<Said> {
    let [letter] = *take(rest)?;
    Some(match letter {
        b'-' => Said::Clean,
        b'b' => Said::NoText,
        b'l' => Said::Large,
        b'h' => {
            let mark = |rest: &mut &[u8]| {
                let secret = number(rest).filter(|secret| (*secret as usize) < secrets)?;
                Some(Mark { secret, place: [number(rest)?, number(rest)?, number(rest)?, number(rest)?] })
            };
            Said::Held(list(rest, mark).filter(|marks| !marks.is_empty())?)
        }
        b't' => Said::Folder(list(rest, |rest| Some((number(rest)?, number(rest)?)))?),
        b'c' => Said::Commit(Commit {
            tree: number(rest)?,
            parents: list(rest, number)?,
            time: i64::from_be_bytes(*take(rest)?),
        }),
        b'?' => Said::Nothing,
        _ => return None,
    })
}

fn add<T>(bytes: &mut Vec<u8>, list: &[T], each: impl Fn(&mut Vec<u8>, &T)) {
    // More than a number can tell is not read again, for then there is less than it tells.
    bytes.extend(u32::try_from(list.len()).unwrap_or(u32::MAX).to_be_bytes());
    list.iter().for_each(|item| each(bytes, item));
}

/// A list with its length before it. Room is made only for what is there.
fn list<T>(rest: &mut &[u8], each: impl Fn(&mut &[u8]) -> Option<T>) -> Option<Vec<T>> {
    (0..number(rest)?).map(|_| each(rest)).collect()
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    take(rest).copied().map(u32::from_be_bytes)
}

fn take<'b, const N: usize>(rest: &mut &'b [u8]) -> Option<&'b [u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use gix::ObjectId;
    use proptest::prelude::*;

    use super::super::super::commits::Commit;
    use super::{HEAD, Kept, Mark, Said, Witness, head, take_head};

    fn kept() -> Kept {
        let mark = |secret, line| Mark { secret, place: [line, 1, line, 9] };
        let said = [
            Said::Clean,
            Said::NoText,
            Said::Held(vec![mark(1, 4), mark(0, 7)]),
            Said::Large,
            Said::Folder(vec![(2, 0xffff_ffff), (6, 1)]),
            Said::Commit(Commit { tree: 4, parents: vec![5], time: -7 }),
            Said::Nothing,
        ];
        Kept {
            witnesses: vec![Witness { content: 2, index: 1, rule: 6 }, Witness { content: 2, index: 0, rule: 5 }],
            objects: (u128::MAX - 9..).zip(said).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for kept in [kept(), Kept::default()] {
            assert_eq!(Kept::parse(&kept.bytes()).unwrap(), kept);
        }
        let first = [ObjectId::from([1; 20]), ObjectId::from([2; 20])];
        let bytes = [head(&first), b"rest".to_vec()].concat();
        let mut rest = bytes.as_slice();
        assert_eq!((take_head(&mut rest).unwrap(), rest), (first.to_vec(), &b"rest"[..]));
    }

    #[test]
    fn no_part_is_read_for_the_whole() {
        let bytes = kept().bytes();
        for end in 0..bytes.len() {
            assert_eq!(Kept::parse(&bytes[..end]), None, "{end} bytes");
        }
        assert_eq!(Kept::parse(&[bytes.as_slice(), b"c"].concat()), None);
    }

    #[test]
    fn another_form_is_not_read() {
        let broken = |change: &dyn Fn(&mut Kept)| {
            let mut kept = kept();
            change(&mut kept);
            Kept::parse(&kept.bytes())
        };
        assert_eq!(broken(&|kept| kept.objects.reverse()), None, "names out of order");
        assert_eq!(broken(&|kept| kept.objects[1].0 = kept.objects[0].0), None, "a name twice");
        assert_eq!(broken(&|kept| kept.witnesses.truncate(1)), None, "a secret without a witness");
        assert_eq!(broken(&|kept| kept.witnesses[0].content = 7), None, "a witness that is not there");
        assert_eq!(broken(&|kept| kept.objects[2].1 = Said::Held(Vec::new())), None, "no candidate, and not clean");
        assert_eq!(broken(&|kept| kept.objects[4].1 = Said::Folder(vec![(7, 1)])), None, "a thing that is not there");
        let commit = Commit { tree: 7, parents: Vec::new(), time: 0 };
        assert_eq!(broken(&|kept| kept.objects[5].1 = Said::Commit(commit.clone())), None, "a tree that is not there");
        assert_eq!(Kept::parse(&[0xff; 4]), None, "less than it tells");
        let twice = head(&[ObjectId::from([2; 20]), ObjectId::from([2; 20])]);
        let old = [b"ops-secrets-3\n", &head(&[])[HEAD.len()..]].concat();
        for bytes in [twice, old, HEAD.to_vec(), Vec::new()] {
            assert_eq!(take_head(&mut bytes.as_slice()), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic_and_written_as_they_were(
            bytes in prop::collection::vec(
                prop_oneof![6 => Just(0_u8), 2 => Just(1_u8), 3 => prop::sample::select(&b"-blhtc?"[..]), 1 => any::<u8>()],
                0..200
            )
        ) {
            if let Some(kept) = Kept::parse(&bytes) {
                prop_assert_eq!(kept.bytes(), bytes);
            }
        }

        #[test]
        fn what_many_objects_say_is_read_as_it_was_written(
            letters in prop::collection::btree_map(any::<u128>(), (0..7_u8, any::<[u32; 4]>(), any::<i64>()), 1..20)
        ) {
            let count = u32::try_from(letters.len()).unwrap();
            let said = |letter, [a, b, c, d]: [u32; 4], time| match letter {
                0 => Said::Clean,
                1 => Said::NoText,
                2 => Said::Large,
                3 => Said::Held(vec![Mark { secret: 0, place: [a, b, c, d] }]),
                4 => Said::Folder(vec![(a % count, b), (c % count, d)]),
                5 => Said::Commit(Commit { tree: a % count, parents: vec![b % count, c % count], time }),
                _ => Said::Nothing,
            };
            let objects = letters.into_iter().map(|(name, (letter, numbers, time))| (name, said(letter, numbers, time)));
            let kept = Kept { witnesses: vec![Witness { content: 0, index: 0, rule: 0 }], objects: objects.collect() };
            prop_assert_eq!(Kept::parse(&kept.bytes()), Some(kept));
        }
    }
}
