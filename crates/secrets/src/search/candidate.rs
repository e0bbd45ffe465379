//! What is found in a text, before it is known where the text stands.

use std::borrow::Cow;

use super::{Search, comment};
use crate::Validity;
use crate::objects::Copied;
use crate::scan::{Seen, text_of};

/// A secret in a text, whose path and commit are not known yet. It does not hold the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub(super) rule: usize,
    pub(super) start_line: u32,
    pub(super) start_column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
    pub(super) validity: Validity,
    pub(super) fingerprint: String,
    pub(super) is_decoded: bool,
    /// The rule's allowlists that path and commit decide.
    pub(super) open: Vec<usize>,
}

/// Rule, fingerprint, validity, whether it is decoded, open allowlists.
pub(crate) type What<'c> = (usize, &'c str, Validity, bool, &'c [usize]);

/// First line and column, last line and column.
pub(crate) type Place = [u32; 4];

impl Candidate {
    /// What it is, wherever it stands: its rule and its name.
    #[must_use]
    pub fn content(&self) -> (usize, &str) {
        (self.rule, &self.fingerprint)
    }

    /// All that it is but its place.
    pub(crate) fn what(&self) -> What<'_> {
        (self.rule, &self.fingerprint, self.validity, self.is_decoded, &self.open)
    }

    /// The place that it has in a text: first line and column, last line and column.
    pub(crate) fn place(&self) -> Place {
        [self.start_line, self.start_column, self.end_line, self.end_column]
    }

    /// The same at another place.
    pub(crate) fn at(&self, [start_line, start_column, end_line, end_column]: Place) -> Self {
        Self { start_line, start_column, end_line, end_column, ..self.clone() }
    }

    /// Whether it ends where the other one begins, or earlier.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        (self.end_line, self.end_column) <= (other.start_line, other.start_column)
    }

    /// The lines that it covers, from 1.
    #[must_use]
    pub fn lines(&self) -> std::ops::RangeInclusive<u32> {
        self.start_line..=self.end_line
    }
}

/// Why nothing was looked for in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// It is no text.
    Binary,
    /// It is larger than the policy says.
    Large,
}

impl Search {
    /// Every candidate in the bytes of a file, in the order of their places.
    ///
    /// # Errors
    /// If nothing was looked for in it.
    pub fn candidates(&self, bytes: &[u8]) -> Result<Vec<Candidate>, Unread> {
        self.candidates_after(bytes, None).map(|(candidates, _)| candidates)
    }

    /// The same, where it may be known what was seen in another text and what this one has of it; and what is seen in this
    /// one, if it is as its bytes are: what is read from UTF-16 is another text.
    pub(crate) fn candidates_after(
        &self,
        bytes: &[u8],
        before: Option<(&Seen, &[Copied])>,
    ) -> Result<(Vec<Candidate>, Option<Seen>), Unread> {
        if bytes.len() as u64 > self.largest {
            return Err(Unread::Large);
        }
        let text = text_of(bytes).ok_or(Unread::Binary)?;
        let is_bytes = matches!(text, Cow::Borrowed(_));
        let mut candidates = Vec::new();
        let mut lines = Lines::new(&text);
        let (hits, seen) = self.scanner.scan_after(&text, before.filter(|_| is_bytes));
        for hit in hits {
            if comment::is_silent(&text, &hit.range) {
                continue;
            }
            let Some(rule) = self.scanner.rules().get(hit.rule) else { continue };
            let (start_line, start_column) = lines.place(hit.range.start);
            // The end of one may lie behind the start of the next.
            let (end_line, end_column) = lines.clone().place(hit.range.end);
            candidates.push(Candidate {
                rule: hit.rule,
                start_line,
                start_column,
                end_line,
                end_column,
                validity: hit.validity,
                fingerprint: self.key.fingerprint(&rule.id, hit.secret.bytes()),
                is_decoded: hit.is_decoded,
                open: hit.open,
            });
        }
        Ok((candidates, Some(seen).filter(|_| is_bytes)))
    }

    /// The candidates of a text that are known by rule and place, where looking at the lines around them alone finds exactly these.
    pub(crate) fn candidates_at(&self, bytes: &[u8], expected: &[(usize, Place)]) -> Option<Vec<Candidate>> {
        let starts: Vec<usize> = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', bytes).map(|index| index + 1))
            .chain([bytes.len()])
            .collect();
        let mut lines: Vec<(u32, u32)> = expected.iter().map(|(_, [start, _, end, _])| (*start, *end)).collect();
        lines.sort_unstable();
        let (mut copied, mut from) = (Vec::new(), 0);
        for (first, last) in lines {
            let start = *starts.get((first as usize).checked_sub(1)?)?;
            if from < start {
                copied.push(Copied { from, to: from, length: start - from });
            }
            from = from.max(*starts.get(last as usize)?);
        }
        if from < bytes.len() {
            copied.push(Copied { from, to: from, length: bytes.len() - from });
        }
        // As if it were the same text once more, changed in these lines.
        let (found, _) = self.candidates_after(bytes, Some((&Seen::nothing_in(bytes.len()), &copied))).ok()?;
        let is = |(found, (rule, place)): (&Candidate, &(usize, Place))| found.rule == *rule && found.place() == *place;
        (!found.is_empty() && found.len() == expected.len() && found.iter().zip(expected).all(is)).then_some(found)
    }
}

/// Counts lines and columns from front to back.
#[derive(Clone)]
struct Lines<'t> {
    text: &'t [u8],
    /// Where the line begins that was counted last.
    start: usize,
    line: u32,
    /// How far its characters are counted, and how many there are.
    counted: usize,
    characters: u32,
}

impl<'t> Lines<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self { text, start: 0, line: 1, counted: 0, characters: 0 }
    }

    /// The line and column of an offset that is not before the last one.
    fn place(&mut self, offset: usize) -> (u32, u32) {
        for index in memchr::memchr_iter(b'\n', self.text.get(self.counted..offset).unwrap_or_default()) {
            self.line = self.line.saturating_add(1);
            self.start = self.counted + index + 1;
            self.characters = 0;
        }
        let from = self.counted.max(self.start);
        let bytes = self.text.get(from..offset).unwrap_or_default();
        // A byte that goes on with a character begins none.
        let characters = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.characters = self.characters.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.counted = offset.max(self.counted);
        (self.line, self.characters.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::testing::{TOKEN, token_and};
    use crate::{Search, Settings};

    #[test]
    fn what_is_known_is_found_by_the_lines_around_it_alone() {
        let search =
            Search::with_rules(token_and("").into_inner(), Settings::default(), Timestamp::UNIX_EPOCH).unwrap();
        let far = "a line of text\n".repeat(400);
        let text = format!("{far}ä {TOKEN}\n{far}{TOKEN} {TOKEN}\n{far}");
        let all = search.candidates(text.as_bytes()).unwrap();
        let known: Vec<_> = all.iter().map(|candidate| (candidate.rule, candidate.place())).collect();
        assert_eq!(all.len(), 3);
        let at = |known: &[_]| search.candidates_at(text.as_bytes(), known);
        assert_eq!(at(&known).as_ref(), Some(&all));
        assert_eq!(at(&known[..1]).unwrap(), all[..1], "only around these");
        // Another place, another rule, one in the same line that is not known, none, no such line.
        let (rule, place) = known[0];
        let [line, column, end, last] = place;
        assert_eq!(at(&[(rule, [line, column + 1, end, last])]), None);
        assert_eq!(at(&[(rule + 1, place)]), None);
        assert_eq!(at(&known[..2]), None);
        assert_eq!(at(&[]), None);
        for line in [0, 9999] {
            assert_eq!(at(&[(rule, [line, 1, line, 2])]), None);
        }
    }
}
