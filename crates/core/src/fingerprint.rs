//! Names for findings that stay the same while the finding does.

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
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    prefix.chars().chain(digits.filter_map(|digit| char::from_digit(digit.into(), 16))).collect()
}

/// How many characters, blanks not counted, the hash of a line looks at.
const BLOCK: usize = 100;
/// The base of the rolling hash.
const BASE: u64 = 37;

/// The `primaryLocationLineHash` of each line, the first line first, exactly as GitHub's CodeQL action computes it.
///
/// The format: a polynomial hash modulo 2^64 over the 100 UTF-16 units from the beginning of the line, spaces and tabs
/// left out, every kind of line break read as a line feed, the end of the file as 65,535 and then zeros; in
/// hexadecimal without leading zeros, then `:` and the number of times this hash has stood in the file so far.
#[must_use]
pub fn line_hashes(text: &str) -> Vec<String> {
    let units = significant_units(text);
    // BASE to the power of BLOCK: what the unit that leaves the block has been multiplied by.
    let leaving = (0..BLOCK).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let at = |index: usize| units.get(index).map_or(0, |unit| u64::from(*unit));
    let mut hash = (0..BLOCK).fold(0_u64, |hash, index| hash.wrapping_mul(BASE).wrapping_add(at(index)));
    let mut counts: std::collections::HashMap<u64, u32> = std::collections::HashMap::new();
    let mut hashes = Vec::new();
    let mut line_starts = true;
    for (index, unit) in units.iter().enumerate() {
        if line_starts {
            let count = counts.entry(hash).or_default();
            *count += 1;
            hashes.push(format!("{hash:x}:{count}"));
        }
        line_starts = *unit == LINE_FEED;
        hash = hash
            .wrapping_mul(BASE)
            .wrapping_add(at(index + BLOCK))
            .wrapping_sub(leaving.wrapping_mul(u64::from(*unit)));
    }
    hashes
}

const LINE_FEED: u16 = 10;
const CARRIAGE_RETURN: u16 = 13;
const END_OF_FILE: u16 = 65_535;

fn significant_units(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len() + 1);
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let is_second_half = after_return && unit == LINE_FEED;
        after_return = unit == CARRIAGE_RETURN;
        match unit {
            0x20 | 0x09 => {}
            LINE_FEED if is_second_half => {}
            CARRIAGE_RETURN => units.push(LINE_FEED),
            other => units.push(other),
        }
    }
    units.push(END_OF_FILE);
    units
}

#[cfg(test)]
mod tests {
    use super::{line_hashes, of_content};
    use proptest::prelude::*;

    /// Hashes that the CodeQL action publishes for these texts.
    #[test]
    fn lines_have_the_hashes_that_github_gives_them() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        assert_eq!(
            line_hashes("x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n"),
            [
                "e54938cc54b302f1:1",
                "bb609acbe9138d60:1",
                "1131fd5871777f34:1",
                "5c482a0f8b35ea28:1",
                "54517377da7028d2:1",
                "2c644846cb18d53e:1",
                "f1b89f20de0d133:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }

    #[test]
    fn every_kind_of_line_break_gives_the_same_hashes() {
        let expected = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        for text in [
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n",
            " hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r",
            " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
            " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        ] {
            assert_eq!(line_hashes(text), expected);
        }
    }

    #[test]
    fn equal_lines_are_counted() {
        assert_eq!(
            line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10)),
            [
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(of_content(&["ab", "c"]), of_content(&["a", "bc"]));
        assert_eq!(of_content(&[]).len(), 32);
    }

    proptest! {
        #[test]
        fn each_line_has_one_hash(text in "[ab \\t\\n]{0,300}") {
            prop_assert_eq!(line_hashes(&text).len(), text.split('\n').count());
        }
    }
}
