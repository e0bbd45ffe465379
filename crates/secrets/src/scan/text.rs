//! What the bytes of a file say.

use std::borrow::Cow;

/// How far a file is looked at to tell whether it is text, as git does. In bytes.
const LOOKED_AT: usize = 8 << 10;

/// The text of these bytes: as it is, or from UTF-16 with a byte order mark. None if they are no text.
#[must_use]
pub fn text_of(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some(Cow::Owned(from_utf16(rest, u16::from_le_bytes))),
        [0xfe, 0xff, rest @ ..] => Some(Cow::Owned(from_utf16(rest, u16::from_be_bytes))),
        _ => {
            let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
            memchr::memchr(0, head).is_none().then_some(Cow::Borrowed(bytes))
        }
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn text_is_read_and_other_files_are_not() {
        assert_eq!(text_of(b"a\xffb").unwrap(), &b"a\xffb"[..]);
        assert_eq!(text_of(b"a\0b"), None);
        assert_eq!(text_of(b"\xff\xfek\0\xe4\0\0\xd8").unwrap(), "kä\u{fffd}".as_bytes());
        assert_eq!(text_of(b"\xfe\xff\0k\0\xe4\0").unwrap(), "kä".as_bytes());
        assert!(text_of(&[b"a".repeat(9000), vec![0]].concat()).is_some());
    }
}
