//! Where in a text a match can begin at all.

use regex_syntax::hir::Hir;
use regex_syntax::hir::literal::Extractor;

/// How many bytes are looked at.
const LOOKED_AT: usize = 3;
/// More beginnings than these are no help.
const MOST: usize = 1 << 12;
/// How many bits of a digest name a beginning.
const BITS: u32 = 16;

/// The beginnings of all matches of a pattern, by their digests.
#[derive(Debug)]
pub(super) struct Starts {
    known: Box<[u64]>,
}

impl Starts {
    /// The beginnings of what the expression matches; none where they are too many or too short to be a help.
    pub(super) fn of(expression: &Hir) -> Option<Self> {
        let prefixes = Extractor::new().limit_literal_len(LOOKED_AT).limit_total(MOST).extract(expression);
        let mut known = vec![0_u64; 1 << (BITS - 6)].into_boxed_slice();
        let mut add = |start: [u8; LOOKED_AT]| {
            let digest = digest(start);
            if let Some(word) = known.get_mut(digest >> 6) {
                *word |= 1 << (digest & 63);
            }
        };
        let mut number = 0;
        for prefix in prefixes.literals()? {
            match *prefix.as_bytes() {
                [a, b, c, ..] => add([a, b, c]),
                [a, b] => {
                    number += 16;
                    (0..=u8::MAX).for_each(|c| add([a, b, c]));
                }
                _ => return None,
            }
            number += 1;
        }
        (number <= MOST).then_some(Self { known })
    }

    /// The first place from `from` on, and before `end`, where a match can begin.
    pub(super) fn next(&self, text: &[u8], from: usize, end: usize) -> Option<usize> {
        let part = text.get(from..text.len().min(end + LOOKED_AT - 1))?;
        let found = part.windows(LOOKED_AT).position(|start| matches!(*start, [a, b, c] if self.has([a, b, c])));
        // Near the end there is too little to look at.
        let place = found.map_or_else(|| from.max(text.len().saturating_sub(LOOKED_AT - 1)), |place| from + place);
        (place < end).then_some(place)
    }

    fn has(&self, start: [u8; LOOKED_AT]) -> bool {
        let digest = digest(start);
        self.known.get(digest >> 6).is_some_and(|word| word >> (digest & 63) & 1 != 0)
    }
}

fn digest([a, b, c]: [u8; LOOKED_AT]) -> usize {
    let number = u32::from_le_bytes([a, b, c, 0]);
    (number.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use regex_automata::util::syntax;

    use super::Starts;

    fn places(pattern: &str, text: &str) -> Option<Vec<usize>> {
        let config = syntax::Config::new().unicode(false).utf8(false);
        let starts = Starts::of(&syntax::parse_with(pattern, &config).unwrap())?;
        let next = |from: usize| starts.next(text.as_bytes(), from, text.len());
        Some(std::iter::successors(next(0), |place| next(place + 1)).collect())
    }

    #[test]
    fn the_places_are_those_of_the_beginnings_and_of_the_last_bytes() {
        assert_eq!(places("(?i)(?:key|token)x", "a Key and a tokenring").unwrap(), [2, 12, 19, 20]);
        assert_eq!(places("ab", "xab").unwrap(), [1, 2]);
    }

    #[test]
    fn the_names_of_hundreds_of_services_are_a_help() {
        let names: Vec<String> = ('a'..'i').flat_map(|a| ('a'..'i').map(move |b| format!("{a}{b}"))).collect();
        let names: Vec<String> =
            names.iter().flat_map(|name| ["a", "c", "d", "e", "f"].map(|c| format!("{name}{c}"))).collect();
        assert_eq!(places(&format!("(?i)(?:{})_key", names.join("|")), "zzz aBc_key").unwrap(), [4, 9, 10]);
    }

    #[test]
    fn where_a_match_can_begin_with_anything_there_is_no_help() {
        for pattern in [r"\w{3}", "a.{3}", "", "(?:ab)?c"] {
            assert_eq!(places(pattern, "abc"), None, "{pattern}");
        }
    }
}
