//! A text that shares most of itself with one that was scanned before: only what changed is looked at again.
//!
//! What stands in equal surroundings means the same in both. A part that both have is therefore held from as far inside it as
//! a match can reach, and from a line's start to a line's end; what was found there stays found. Everything else is changed,
//! and scanned again with what is around it.

use std::ops::Range;

use super::Hit;
use super::window::NEAR;
use crate::objects::Copied;

/// What a scan saw in a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// How long the text is. In bytes.
    pub(super) length: usize,
    /// Everything that fits a rule by itself, in the order of their starts.
    pub(super) hits: Vec<Hit>,
    /// Where the keywords stand whose rules reach farther than [`NEAR`], and the rules, in the order of the keywords' ends.
    pub(super) far: Vec<Far>,
}

impl Seen {
    /// Nothing was seen in a text of `length` bytes.
    pub(crate) fn nothing_in(length: usize) -> Self {
        Self { length, ..Self::default() }
    }
}

/// A keyword and the rule that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Far {
    pub(super) rule: u32,
    pub(super) keyword: Range<usize>,
}

/// The parts of a text that mean what they meant in the text before, in order.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Each with the place where it begins in the text before.
    parts: Vec<(Range<usize>, usize)>,
}

impl Held {
    /// The parts of `text` that are held. `copied` tells what it has of a text of `length` bytes.
    pub(super) fn of(text: &[u8], copied: &[Copied], length: usize) -> Self {
        let part = |copied: &Copied| {
            let end = copied.to + copied.length;
            let starts_both = copied.to == 0 && copied.from == 0;
            let ends_both = end == text.len() && copied.from + copied.length == length;
            let from = if starts_both { 0 } else { line_after(text, copied.to + NEAR)? };
            let to = if ends_both { end } else { line_before(text, end.checked_sub(NEAR)?)? };
            (from < to && to <= text.len()).then(|| (from..to, copied.from + (from - copied.to)))
        };
        Self { parts: copied.iter().filter_map(part).collect() }
    }

    /// Whether all of the range lies in one part.
    pub(super) fn holds(&self, range: &Range<usize>) -> bool {
        let after = self.parts.partition_point(|(part, _)| part.end < range.end);
        self.parts.get(after).is_some_and(|(part, _)| part.start <= range.start && range.end <= part.end)
    }

    /// What lies between the parts.
    pub(super) fn gaps(&self, end: usize) -> Vec<Range<usize>> {
        let starts = std::iter::once(0).chain(self.parts.iter().map(|(part, _)| part.end));
        let ends = self.parts.iter().map(|(part, _)| part.start).chain([end]);
        starts.zip(ends).map(|(start, end)| start..end).filter(|gap| !gap.is_empty()).collect()
    }

    /// What was seen in the parts, where it stands now. The hits are in the order of their starts.
    pub(super) fn moved(&self, seen: &Seen) -> (Vec<Hit>, Vec<Far>) {
        let (mut hits, mut far) = (Vec::new(), Vec::new());
        for (part, from) in &self.parts {
            let to = from + part.len();
            let here = |range: &Range<usize>| range.start - from + part.start..range.end - from + part.start;
            let first = seen.hits.partition_point(|hit| hit.range.start < *from);
            let inside = seen.hits.iter().skip(first).take_while(|hit| hit.range.start < to);
            hits.extend(
                inside.filter(|hit| hit.range.end <= to).map(|hit| Hit { range: here(&hit.range), ..hit.clone() }),
            );
            let first = seen.far.partition_point(|far| far.keyword.end <= *from);
            let inside = seen.far.iter().skip(first).take_while(|far| far.keyword.end <= to);
            far.extend(
                inside
                    .filter(|far| far.keyword.start >= *from)
                    .map(|far| Far { rule: far.rule, keyword: here(&far.keyword) }),
            );
        }
        (hits, far)
    }
}

/// These parts of a text, as much wider as a rule reaches that does not reach far, in whole lines, merged where they meet.
pub(super) fn widened(text: &[u8], gaps: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut wide: Vec<Range<usize>> = Vec::with_capacity(gaps.len());
    for gap in gaps {
        let start = line_before(text, gap.start.saturating_sub(NEAR)).unwrap_or(0);
        let end = line_after(text, gap.end + NEAR).unwrap_or(text.len());
        match wide.last_mut().filter(|last| start <= last.end) {
            Some(last) => last.end = end,
            None => wide.push(start..end),
        }
    }
    wide
}

/// The first start of a line at this place or after it.
fn line_after(text: &[u8], place: usize) -> Option<usize> {
    let before = place.checked_sub(1)?;
    memchr::memchr(b'\n', text.get(before..)?).map(|index| before + index + 1)
}

/// The last start of a line at this place or before it.
fn line_before(text: &[u8], place: usize) -> Option<usize> {
    memchr::memrchr(b'\n', text.get(..place)?).map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::{Held, NEAR, widened};
    use crate::objects::Copied;

    #[test]
    fn a_part_is_held_from_as_far_inside_as_a_match_can_reach() {
        let text = "a line\n".repeat(400);
        let whole = Copied { from: 0, to: 0, length: text.len() };
        let held = |copied: &[Copied], length| Held::of(text.as_bytes(), copied, length);
        assert_eq!(held(&[whole], text.len()).gaps(text.len()), [0..0; 0]);
        let start = Copied { length: 1400, ..whole };
        let end = Copied { from: 1393, to: 1407, length: text.len() - 1407 };
        let both = held(&[start, end], text.len() - 14);
        let gap = (1400 - NEAR) / 7 * 7..(1407 + NEAR).next_multiple_of(7);
        assert_eq!(both.gaps(text.len()), std::slice::from_ref(&gap));
        assert!(both.holds(&(0..gap.start)) && !both.holds(&(5..gap.start + 1)) && both.holds(&(gap.end..gap.end + 5)));
        let wide = (gap.start - NEAR) / 7 * 7..(gap.end + NEAR).next_multiple_of(7);
        assert_eq!(widened(text.as_bytes(), &[gap]), [wide]);
        let short = held(&[Copied { length: NEAR, ..whole }], text.len());
        assert_eq!(short.gaps(text.len()), std::slice::from_ref(&(0..text.len())));
    }

    #[test]
    fn a_part_of_one_long_line_is_not_held() {
        let text = "a".repeat(5000);
        let start = Copied { from: 0, to: 0, length: 4000 };
        assert_eq!(Held::of(text.as_bytes(), &[start], 5000).gaps(5000), std::slice::from_ref(&(0..5000)));
    }
}
