//! Tokens whose last six characters are the CRC32 of what stands before them, in base 62 with leading zeros.
//!
//! GitHub tells of it in "Behind GitHub's new authentication token formats" (2021). npm's tokens have the same form.

use crate::Validity;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM: usize = 6;
/// How many characters stand between the prefix with its underscore and the checksum.
const BODY: usize = 30;

/// Whether the checksum holds. Tokens of another length carry none that is published.
pub(super) fn judge(token: &[u8]) -> Validity {
    let body = token.iter().position(|byte| *byte == b'_').and_then(|prefix| token.get(prefix + 1..));
    let Some((body, checksum)) =
        body.filter(|body| body.len() == BODY + CHECKSUM).and_then(|body| body.split_at_checked(BODY))
    else {
        return Validity::Unknown;
    };
    if checksum_of(body) == checksum { Validity::Valid } else { Validity::Invalid }
}

pub(crate) fn checksum_of(body: &[u8]) -> [u8; CHECKSUM] {
    let mut number = crc32fast::hash(body);
    let mut text = [b'0'; CHECKSUM];
    for place in text.iter_mut().rev() {
        *place = DIGITS.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{checksum_of, judge};
    use crate::Validity;

    fn token(prefix: &str, body: &str) -> Vec<u8> {
        [prefix.as_bytes(), body.as_bytes(), &checksum_of(body.as_bytes())].concat()
    }

    #[test]
    fn a_checksum_that_holds_is_valid_and_another_is_not() {
        let body = "k3j9x0q8w2e7r5t1K3J9X0Q8W2E7R5";
        for prefix in ["ghp_", "npm_"] {
            let token = token(prefix, body);
            assert_eq!(judge(&token), Validity::Valid);
            let mut other = token.clone();
            other[8] = b'z';
            assert_eq!(judge(&other), Validity::Invalid);
            assert_eq!(judge(&token[..token.len() - 1]), Validity::Unknown);
        }
    }

    #[test]
    fn small_checksums_have_leading_zeros() {
        assert_eq!(&checksum_of(b""), b"000000");
        assert_eq!(&checksum_of(b"a"), b"4GEHKN", "0xe8b7be43");
    }
}
