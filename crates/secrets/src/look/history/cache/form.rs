//! What a cache holds, and the form that it has in its file.
//!
//! `ops-secrets-3\n`, then four lists, each with its length before it: the witnesses of the secrets, each with its name, with which
//! of the candidates there it is and with the number of its rule; the names of the contents without a candidate; those of the contents that are no text; and
//! the contents with candidates, each with its name and a list of candidates: the number of the secret, first line and
//! column, last line and column. A name has 16 bytes, every number four with the highest first. The names of a list are in order.

use crate::search::Place;

const HEAD: &[u8] = b"ops-secrets-3\n";

/// Stands for the name of a content.
pub(super) type Name = [u8; 16];

/// The content that tells what a secret is, and which of the candidates there it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Witness {
    pub(super) name: Name,
    pub(super) index: u32,
    /// The position of its rule.
    pub(super) rule: u32,
}

/// A candidate, told by the number of its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) secret: u32,
    pub(super) place: Place,
}

/// All that a cache holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Kept {
    /// For each secret, by its number.
    pub(super) witnesses: Vec<Witness>,
    /// The contents without a candidate.
    pub(super) clean: Vec<Name>,
    /// The contents that are no text.
    pub(super) no_text: Vec<Name>,
    /// The contents with candidates.
    pub(super) held: Vec<(Name, Vec<Mark>)>,
}

impl Kept {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = HEAD.to_vec();
        add(&mut bytes, &self.witnesses, |bytes, witness| {
            bytes.extend(witness.name);
            bytes.extend(witness.index.to_be_bytes());
            bytes.extend(witness.rule.to_be_bytes());
        });
        for names in [&self.clean, &self.no_text] {
            add(&mut bytes, names, |bytes, name| bytes.extend(name));
        }
        add(&mut bytes, &self.held, |bytes, (name, marks)| {
            bytes.extend(name);
            add(bytes, marks, |bytes, mark| {
                bytes.extend(mark.secret.to_be_bytes());
                bytes.extend(mark.place.iter().flat_map(|number| number.to_be_bytes()));
            });
        });
        bytes
    }

    /// None if the bytes have any other form.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(HEAD)?;
        let rest = &mut rest;
        let witnesses =
            list(rest, |rest| Some(Witness { name: *take(rest)?, index: number(rest)?, rule: number(rest)? }))?;
        let names =
            |rest: &mut &[u8]| list(rest, |rest| take(rest).copied()).filter(|names| names.is_sorted_by(|a, b| a < b));
        let (clean, no_text) = (names(rest)?, names(rest)?);
        let mark = |rest: &mut &[u8]| {
            let secret = number(rest).filter(|secret| (*secret as usize) < witnesses.len())?;
            Some(Mark { secret, place: [number(rest)?, number(rest)?, number(rest)?, number(rest)?] })
        };
        let held: Vec<(Name, Vec<Mark>)> =
            list(rest, |rest| Some((*take(rest)?, list(rest, mark).filter(|marks| !marks.is_empty())?)))?;
        let is_whole = rest.is_empty() && held.is_sorted_by(|a, b| a.0 < b.0);
        is_whole.then_some(Self { witnesses, clean, no_text, held })
    }
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
    use proptest::prelude::*;

    use super::{HEAD, Kept, Mark, Witness};

    fn kept() -> Kept {
        let mark = |secret, line| Mark { secret, place: [line, 1, line, 9] };
        Kept {
            witnesses: vec![Witness { name: [3; 16], index: 1, rule: 6 }, Witness { name: [3; 16], index: 0, rule: 5 }],
            clean: vec![[1; 16], [7; 16]],
            no_text: vec![[2; 16]],
            held: vec![([3; 16], vec![mark(1, 4), mark(0, 7)]), ([4; 16], vec![mark(0, 2)])],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for kept in [kept(), Kept::default()] {
            assert_eq!(Kept::parse(&kept.bytes()).unwrap(), kept);
        }
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
        assert_eq!(broken(&|kept| kept.clean.reverse()), None, "names out of order");
        assert_eq!(broken(&|kept| kept.clean[1] = [1; 16]), None, "a name twice");
        assert_eq!(broken(&|kept| kept.held.reverse()), None, "contents out of order");
        assert_eq!(broken(&|kept| kept.witnesses.truncate(1)), None, "a secret without a witness");
        assert_eq!(broken(&|kept| kept.held[1].1.clear()), None, "no candidate, and not clean");
        assert_eq!(Kept::parse(&[HEAD, &[0xff; 4]].concat()), None, "less than it tells");
        let old = [b"ops-secrets-2\n", &kept().bytes()[HEAD.len()..]].concat();
        assert_eq!(Kept::parse(&old), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic_and_written_as_they_were(
            bytes in prop::collection::vec(prop_oneof![4 => Just(0_u8), 1 => Just(1_u8), 1 => any::<u8>()], 0..200)
        ) {
            let bytes = [HEAD, &bytes].concat();
            if let Some(kept) = Kept::parse(&bytes) {
                prop_assert_eq!(kept.bytes(), bytes);
            }
        }
    }
}
