//! Texts inside a text: base64, hexadecimal digits, percent encoding.

use std::ops::Range;

/// Fewer characters of base64 hold no secret.
const BASE64_LEAST: usize = 16;
/// Fewer hexadecimal digits hold no secret.
const HEXADECIMAL_LEAST: usize = 32;
/// How much of a candidate is looked at before the rest is decoded: most are no text, which shows at once. In characters, a
/// multiple of four.
const GLANCE: usize = 16;

/// A part of a text, and the text that it encodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Encoded {
    pub(super) range: Range<usize>,
    pub(super) text: Vec<u8>,
}

/// Every encoded text in `text`, in no order. Together they are not longer than twice the text.
pub(super) fn encoded(text: &[u8]) -> Vec<Encoded> {
    let mut found = Vec::new();
    runs(text, BASE64_LEAST, is_base64, |run| {
        let Some(digits) = text.get(run.clone()) else { return };
        if digits.len() >= HEXADECIMAL_LEAST && digits.iter().all(u8::is_ascii_hexdigit) {
            found.extend(hexadecimal(digits).map(|text| Encoded { range: run.clone(), text }));
        } else {
            found.extend(base64(digits).map(|text| Encoded { range: run.clone(), text }));
        }
    });
    percent(text, &mut found);
    found
}

const BASE64: u8 = 1;
const WORD: u8 = 2;

/// What each byte may be part of.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        let mut class = 0;
        if byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/' || byte == b'-' || byte == b'_' {
            class |= BASE64;
        }
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'(' | b')' | b',' | b';') {
            class |= WORD;
        }
        #[allow(clippy::indexing_slicing, reason = "the place of a byte is in a list of 256; a constant has no `get`")]
        {
            classes[byte as usize] = class;
        }
        byte += 1;
    }
    classes
}

fn is(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|known| known & class != 0)
}

fn is_base64(byte: u8) -> bool {
    is(byte, BASE64)
}

/// Calls `told` with each run of at least `least` bytes of the kind. Only every `least`th byte is looked at where there is none.
fn runs(text: &[u8], least: usize, kind: impl Fn(u8) -> bool, mut told: impl FnMut(Range<usize>)) {
    let mut from = 0;
    let mut probe = least - 1;
    while let Some(byte) = text.get(probe) {
        if !kind(*byte) {
            from = probe + 1;
            probe += least;
            continue;
        }
        let before = text.get(from..probe).unwrap_or_default();
        let start = probe - before.iter().rev().take_while(|byte| kind(**byte)).count();
        let after = text.get(probe..).unwrap_or_default();
        let end = probe + after.iter().take_while(|byte| kind(**byte)).count();
        if end - start >= least {
            told(start..end);
        }
        from = end + 1;
        probe = end + least;
    }
}

fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

/// What the digits encode, if it is text. Both alphabets are read; padding is no digit.
fn base64(digits: &[u8]) -> Option<Vec<u8>> {
    let glance = decode_base64(digits.get(..GLANCE)?)?;
    if !is_text(&glance) {
        return None;
    }
    // One digit left over encodes nothing.
    let whole = if digits.len() % 4 == 1 { digits.get(..digits.len() - 1)? } else { digits };
    decode_base64(whole).filter(|text| is_text(text))
}

fn decode_base64(digits: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits = 0;
        for digit in group {
            bits = bits << 6 | sextet(*digit)?;
        }
        bits <<= 6 * (4 - group.len());
        let [_, bytes @ ..] = bits.to_be_bytes();
        text.extend_from_slice(bytes.get(..group.len().saturating_sub(1))?);
    }
    Some(text)
}

fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |byte: &u8| char::from(*byte).to_digit(16);
    let pair = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(value(high)? << 4 | value(low)?).ok(),
        _ => None,
    };
    let text: Vec<u8> = digits.chunks_exact(2).map(pair).collect::<Option<_>>()?;
    is_text(&text).then_some(text)
}

/// Words with percent encoding in them, decoded.
fn percent(text: &[u8], found: &mut Vec<Encoded>) {
    let mut from = 0;
    while let Some(escape) = text.get(from..).and_then(|rest| memchr::memchr(b'%', rest)).map(|offset| from + offset) {
        if unescape(text.get(escape..).unwrap_or_default()).is_none() {
            from = escape + 1;
            continue;
        }
        let before = text.get(from..escape).unwrap_or_default();
        let start = escape - before.iter().rev().take_while(|byte| is(**byte, WORD)).count();
        let after = text.get(escape..).unwrap_or_default();
        let end = escape + after.iter().take_while(|byte| is(**byte, WORD)).count();
        let decoded = unescaped(text.get(start..end).unwrap_or_default());
        if decoded.len() >= BASE64_LEAST && is_text(&decoded) {
            found.push(Encoded { range: start..end, text: decoded });
        }
        from = end;
    }
}

/// The byte that `%XX` at the start of the text stands for.
fn unescape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let value = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(value(*high)? << 4 | value(*low)?).ok()
}

fn unescaped(mut text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    while let [first, rest @ ..] = text {
        match unescape(text) {
            Some(byte) => {
                decoded.push(byte);
                text = rest.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push(*first);
                text = rest;
            }
        }
    }
    decoded
}

/// Printable ASCII and white space. What else is encoded holds secrets too rarely to look for them.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
    use proptest::prelude::*;

    use super::{Encoded, encoded};

    fn texts(text: &str) -> Vec<String> {
        encoded(text.as_bytes()).into_iter().map(|encoded| String::from_utf8(encoded.text).unwrap()).collect()
    }

    #[test]
    fn each_encoding_is_read() {
        assert_eq!(texts(&format!("key: {}\n", BASE64.encode(b"user:password-1"))), ["user:password-1"]);
        assert_eq!(texts(&BASE64URL_NOPAD.encode(b"user?>~:password")), ["user?>~:password"]);
        assert_eq!(texts(&format!("x={};", HEXLOWER.encode(b"user:password-123"))), ["user:password-123"]);
        assert_eq!(texts("a \"postgres%3A%2F%2Fapp%3Asecret%40db\""), ["postgres://app:secret@db"]);
    }

    #[test]
    fn what_encodes_no_text_is_left() {
        assert_eq!(texts("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 thisIsAnIdentifierOfAProgram 100% %zz"), [""; 0]);
        assert_eq!(texts("dXNlcjpwYXNz"), [""; 0], "too short");
    }

    #[test]
    fn the_place_is_that_of_the_encoded_text() {
        let digits = BASE64.encode(b"user:password-1!!");
        let text = format!("a.b {digits} c");
        let Encoded { range, .. } = encoded(text.as_bytes()).remove(0);
        assert_eq!(&text[range], digits.trim_end_matches('='));
    }

    proptest! {
        #[test]
        fn any_text_is_found_in_any_surroundings(inner in "[ -~]{12,80}", before in "[ .:\"\n]{1,40}") {
            let text = format!("{before}{}{before}", BASE64.encode(inner.as_bytes()));
            prop_assert!(texts(&text).contains(&inner));
        }

        #[test]
        fn every_place_lies_in_the_text(bytes in prop::collection::vec(prop_oneof![Just(b'%'), Just(b'A'), Just(b'4'), any::<u8>()], 0..300)) {
            for Encoded { range, text } in encoded(&bytes) {
                prop_assert!(range.start < range.end && range.end <= bytes.len() && text.len() <= range.len());
            }
        }
    }
}
