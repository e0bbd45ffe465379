//! Where in a text the patterns are tried.

use std::ops::Range;

use super::reach::Reach;

/// A rule whose matches may lie farther from its keyword reaches far. In bytes: most rules need less than half of it.
pub(super) const NEAR: usize = 512;

/// A part of a text in which a rule is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Where matches may begin.
    pub(super) starts: Range<usize>,
    /// Where they must end.
    pub(super) end: usize,
}

impl Window {
    /// All of it.
    pub(super) fn range(&self) -> Range<usize> {
        self.starts.start..self.end
    }
}

/// The parts of one text in which each rule is tried, merged where matches may begin in both.
pub(super) struct Windows {
    end: usize,
    /// Rule and window. Those of one rule follow in the order of the text.
    windows: Vec<(u32, Window)>,
    /// For each rule the position of its last window.
    last: Vec<Option<usize>>,
}

impl Windows {
    /// No window yet, in a text of `end` bytes.
    pub(super) fn new(end: usize) -> Self {
        Self { end, windows: Vec::new(), last: Vec::new() }
    }

    /// The rule is tried as far as it reaches around a keyword, if it has any. Keywords come in the order of their ends.
    pub(super) fn around(&mut self, rule: u32, keyword: &Range<usize>, reach: Reach) {
        match reach {
            Reach::Everywhere => self.add(rule, Window { starts: 0..self.end, end: self.end }),
            Reach::Start { after } => self.add(rule, Window { starts: 0..1, end: after.min(self.end) }),
            Reach::Around { before, after, holds } => {
                let end = keyword.start.saturating_add(after).min(self.end);
                let starts = keyword.end.saturating_sub(before)..if holds { keyword.start + 1 } else { end };
                self.add(rule, Window { starts, end });
            }
        }
    }

    fn add(&mut self, rule: u32, window: Window) {
        let position = rule as usize;
        if self.last.len() <= position {
            self.last.resize(position + 1, None);
        }
        let Some(last) = self.last.get_mut(position) else { return };
        if let Some((_, earlier)) = last.and_then(|last| self.windows.get_mut(last))
            && window.starts.start <= earlier.starts.end
        {
            earlier.starts.start = earlier.starts.start.min(window.starts.start);
            earlier.starts.end = earlier.starts.end.max(window.starts.end);
            earlier.end = earlier.end.max(window.end);
            return;
        }
        *last = Some(self.windows.len());
        self.windows.push((rule, window));
    }

    /// Every window, those of one rule together.
    pub(super) fn sorted(mut self) -> Vec<(usize, Window)> {
        self.windows.sort_unstable_by_key(|(rule, window)| (*rule, window.starts.start));
        self.windows.into_iter().map(|(rule, window)| (rule as usize, window)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::{Reach, Window, Windows};

    const NEARBY: Reach = Reach::Around { before: 20, after: 20, holds: false };

    fn ranges(windows: Windows) -> Vec<(usize, Range<usize>)> {
        windows.sorted().into_iter().map(|(rule, window)| (rule, window.range())).collect()
    }

    #[test]
    fn where_matches_hold_a_keyword_they_begin_before_it() {
        let mut windows = Windows::new(50);
        let holding = Reach::Around { before: 6, after: 20, holds: true };
        windows.around(0, &(10..14), holding);
        windows.around(0, &(13..17), holding);
        windows.around(0, &(16..20), holding);
        let window = |starts, end| (0, Window { starts, end });
        assert_eq!(windows.sorted(), [window(8..17, 36)]);
        let mut windows = Windows::new(50);
        windows.around(0, &(10..14), holding);
        windows.around(0, &(20..24), holding);
        assert_eq!(windows.sorted(), [window(8..11, 30), window(18..21, 40)]);
    }

    #[test]
    fn windows_that_meet_are_one() {
        let mut windows = Windows::new(1000);
        windows.around(1, &(100..104), NEARBY);
        windows.around(0, &(101..104), NEARBY);
        windows.around(1, &(110..114), NEARBY);
        windows.around(1, &(500..504), NEARBY);
        assert_eq!(ranges(windows), [(0, 84..121), (1, 84..130), (1, 484..520)]);
    }

    #[test]
    fn a_window_ends_with_the_text() {
        let mut windows = Windows::new(50);
        windows.around(0, &(2..6), Reach::Around { before: 1000, after: 1000, holds: false });
        windows.around(1, &(0..0), Reach::Everywhere);
        windows.around(2, &(0..0), Reach::Start { after: 9 });
        assert_eq!(ranges(windows), [(0, 0..50), (1, 0..50), (2, 0..9)]);
    }
}
