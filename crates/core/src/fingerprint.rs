//! Names for findings that stay the same while the finding does.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// A fingerprint of what a finding is about: 32 hexadecimal digits over `parts`, which must not hold a line number.
///
/// The parts' lengths are hashed too, so that `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn of_content(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    hexadecimal("", digest.get(..16).unwrap_or(&digest))
}

/// `prefix` and then the bytes, two lower-case hexadecimal digits each.
#[must_use]
pub fn hexadecimal(prefix: &str, bytes: &[u8]) -> String {
    let mut text = prefix.to_owned();
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
