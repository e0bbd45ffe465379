//! Where in a text the patterns are tried.

use std::ops::Range;

/// How far before a keyword a match without a longest length may begin. In bytes.
const BEFORE: usize = 1 << 10;
/// How far behind a keyword a match may end: room for a private key of 16,384 bits. In bytes.
const AFTER: usize = 32 << 10;

/// No rule that is told to be near reaches farther. In bytes.
pub(super) const NEAR: usize = 2200;

/// The parts of one text in which each rule is tried, merged where they meet, so that no byte is read twice for one rule.
pub(super) struct Windows {
    end: usize,
    /// Rule and window. Those of one rule that are not merged yet follow in the order of the text.
    windows: Vec<(u32, Range<usize>)>,
    /// For each rule the position of its last window.
    last: Vec<Option<usize>>,
    /// Whether a rule is tried whose matches may reach farther than [`NEAR`].
    pub(super) far: bool,
}

impl Windows {
    /// No window yet, in a text of `end` bytes.
    pub(super) fn new(end: usize) -> Self {
        Self { end, windows: Vec::new(), last: Vec::new(), far: false }
    }

    /// The rule is tried everywhere.
    pub(super) fn whole(&mut self, rule: u32) {
        self.far = true;
        self.add(rule, 0..self.end);
    }

    /// The rule is tried around a keyword, as far as its matches can reach. Keywords come in the order of their ends.
    pub(super) fn around(&mut self, rule: u32, keyword: Range<usize>, longest: Option<usize>) {
        self.far |= longest.is_none_or(|longest| longest > NEAR);
        let before = longest.unwrap_or(BEFORE).min(AFTER);
        let after = longest.unwrap_or(AFTER).min(AFTER);
        self.add(rule, keyword.end.saturating_sub(before)..keyword.start.saturating_add(after).min(self.end));
    }

    fn add(&mut self, rule: u32, window: Range<usize>) {
        let position = rule as usize;
        if self.last.len() <= position {
            self.last.resize(position + 1, None);
        }
        let Some(last) = self.last.get_mut(position) else { return };
        if let Some(earlier) = last.and_then(|last| self.windows.get_mut(last))
            && window.start <= earlier.1.end
        {
            earlier.1.start = earlier.1.start.min(window.start);
            earlier.1.end = earlier.1.end.max(window.end);
            return;
        }
        *last = Some(self.windows.len());
        self.windows.push((rule, window));
    }

    /// Every window, those of one rule together.
    pub(super) fn sorted(mut self) -> Vec<(usize, Range<usize>)> {
        self.windows.sort_unstable_by_key(|(rule, window)| (*rule, window.start));
        self.windows.into_iter().map(|(rule, window)| (rule as usize, window)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Windows;

    #[test]
    fn windows_that_meet_are_one() {
        let mut windows = Windows::new(1000);
        windows.around(1, 100..104, Some(20));
        windows.around(0, 101..104, Some(20));
        windows.around(1, 110..114, Some(20));
        windows.around(1, 500..504, Some(20));
        assert_eq!(windows.sorted(), [(0, 84..121), (1, 84..130), (1, 484..520)]);
    }

    #[test]
    fn a_window_ends_with_the_text() {
        let mut windows = Windows::new(50);
        windows.around(0, 2..6, None);
        windows.whole(1);
        assert_eq!(windows.sorted(), [(0, 0..50), (1, 0..50)]);
    }
}
