//! Deltas of git's packs: an object told as pieces of another one and new bytes between them.
//!
//! The format: two sizes (of the base and of the result), seven bits a byte, the lowest first; then instructions. One with
//! the highest bit set copies: its lower four bits say which bytes of the offset follow, the next three which of the
//! length, and a length of 0 is 65,536. Any other inserts as many of the following bytes as it says; 0 is reserved.

use super::Copied;

/// What `delta` makes of `base`, in place of what `result` held, and what it takes from there, in place of what `copied` held.
/// None if it is no delta of this base.
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    result: &mut Vec<u8>,
    copied: &mut Vec<Copied>,
    limit: usize,
) -> Option<()> {
    let mut rest = delta;
    let base_size = size(&mut rest)?;
    let result_size = size(&mut rest)?;
    if base_size != base.len() || result_size > limit {
        return None;
    }
    copied.clear();
    result.clear();
    result.reserve(result_size);
    while let Some(instruction) = next(&mut rest) {
        let piece = match instruction {
            0 => return None,
            insert @ 1..0x80 => {
                let (piece, after) = rest.split_at_checked(usize::from(insert))?;
                rest = after;
                piece
            }
            copy => {
                let offset = number(copy, 4, &mut rest)?;
                let length = match number(copy >> 4, 3, &mut rest)? {
                    0 => 0x1_0000,
                    length => length,
                };
                take(copied, Copied { from: offset, to: result.len(), length });
                base.get(offset..offset.checked_add(length)?)?
            }
        };
        if result.len() + piece.len() > result_size {
            return None;
        }
        result.extend_from_slice(piece);
    }
    (result.len() == result_size).then_some(())
}

/// Adds a piece, or makes the last one longer where it goes on in both.
fn take(copied: &mut Vec<Copied>, piece: Copied) {
    match copied.last_mut() {
        Some(last) if last.from + last.length == piece.from && last.to + last.length == piece.to => {
            last.length += piece.length;
        }
        _ => copied.push(piece),
    }
}

fn next(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

fn size(rest: &mut &[u8]) -> Option<usize> {
    let mut size = 0_usize;
    for shift in (0..).step_by(7) {
        let byte = next(rest)?;
        size |= usize::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 56)?;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(size)
}

/// A number of which only those bytes follow whose bit is set.
fn number(bits: u8, bytes: u32, rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for place in 0..bytes {
        if bits & (1 << place) != 0 {
            number |= usize::from(next(rest)?) << (8 * place);
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Copied, apply};

    fn applied(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
        let mut result = Vec::new();
        apply(base, delta, &mut result, &mut Vec::new(), 1 << 20).map(|()| result)
    }

    #[test]
    fn pieces_are_copied_and_inserted() {
        assert_eq!(applied(b"hello world", b"\x0b\x08\x90\x05\x03abc").unwrap(), b"helloabc");
        assert_eq!(applied(b"hello world", b"\x0b\x05\x91\x06\x05").unwrap(), b"world");
        let long = vec![7; 0x1_0000];
        assert_eq!(applied(&long, b"\x80\x80\x04\x80\x80\x04\x80").unwrap(), long, "a length of zero is 65,536");
    }

    #[test]
    fn what_goes_on_in_both_is_one_piece() {
        let (mut result, mut copied) = (Vec::new(), Vec::new());
        apply(b"hello world", b"\x0b\x0e\x90\x03\x91\x03\x02\x03abc\x91\x05\x06", &mut result, &mut copied, 99)
            .unwrap();
        assert_eq!(result, b"helloabc world");
        assert_eq!(copied, [Copied { from: 0, to: 0, length: 5 }, Copied { from: 5, to: 8, length: 6 }]);
    }

    #[test]
    fn what_is_no_delta_of_this_base_is_refused() {
        for delta in [
            &b""[..],
            b"\x0a\x00",
            b"\x0b\x05\x91\x07\x05",
            b"\x0b\x01\x00",
            b"\x0b\x04\x90\x05",
            b"\x0b\x05\x90\x04",
            b"\x0b\x05\x05ab",
        ] {
            assert_eq!(applied(b"hello world", delta), None, "{delta:?}");
        }
        let (mut result, mut copied) = (Vec::new(), Vec::new());
        let large = apply(b"", b"\x00\x81\x80\x80\x01", &mut result, &mut copied, 1 << 20);
        assert_eq!(large, None, "larger than may be");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(base in prop::collection::vec(any::<u8>(), 0..40), mut delta in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = applied(&base, &delta);
            delta.splice(0..0, [u8::try_from(base.len()).unwrap(), 30]);
            let _ = applied(&base, &delta);
        }
    }
}
