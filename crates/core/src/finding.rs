//! One thing that is wrong, and where.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding weighs. Ordered from worst to least, the order of every list of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run must not go on.
    Error,
    /// Somebody should look before the change is merged.
    Warning,
    /// Worth knowing.
    Note,
}

/// A region of a file. Lines and columns count from 1; the end column is exclusive; columns count characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Relative to the repository's root, with `/` between the parts.
    pub path: String,
    /// First line.
    pub start_line: u32,
    /// First column.
    pub start_column: u32,
    /// Last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
}

impl Place {
    /// The first line of a file: for what concerns the file as a whole.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), start_line: 1, start_column: 1, end_line: 1, end_column: 1 }
    }

    /// The region that `range` (in bytes) covers in `text`. A range past the end is cut to it.
    pub fn in_text(path: impl Into<String>, text: &str, range: std::ops::Range<usize>) -> Self {
        let start @ (start_line, start_column) = line_and_column(text, range.start);
        let is_empty = range.end <= range.start;
        let (end_line, end_column) = if is_empty { start } else { line_and_column(text, range.end) };
        Self { path: path.into(), start_line, start_column, end_line, end_column }
    }
}

/// Where the lines of one text begin, for many places in it: each is then found without reading the text from its start.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Reads the text once.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        Self { starts: std::iter::once(0).chain(breaks.map(|index| index + 1)).collect() }
    }

    /// The same as [`Place::in_text`], with the text that this was made of.
    pub fn place(&self, path: impl Into<String>, text: &str, range: std::ops::Range<usize>) -> Place {
        let (start_line, start_column) = self.line_and_column(text, range.start);
        let (end_line, end_column) = self.line_and_column(text, range.end.max(range.start));
        Place { path: path.into(), start_line, start_column, end_line, end_column }
    }

    fn line_and_column(&self, text: &str, offset: usize) -> (u32, u32) {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let before = self.starts.get(line).and_then(|start| text.get(*start..offset)).unwrap_or_default();
        (saturate(line) + 1, saturate(before.chars().count()) + 1)
    }
}

/// The line and the column (in characters), both from 1, of a byte offset in `text`.
#[must_use]
pub fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..text.floor_char_boundary(offset.min(text.len()))).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    (saturate(line) + 1, saturate(column) + 1)
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX - 1)
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's identifier, `family/name`; its page is `docs/rules/family/name.md`.
    pub rule: Cow<'static, str>,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it; may hold several lines.
    pub help: String,
    /// Where it is.
    pub place: Place,
    /// Stays the same when the finding moves and changes when its content does.
    pub fingerprint: String,
    /// Who waived it, and why, if the policy does.
    pub waived_by: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Lines, Place};

    proptest! {
        #[test]
        fn lines_find_the_same_places_as_reading_from_the_start(text in "[aé\\r\\n]{0,40}", start in 0..60_usize, length in 0..20_usize) {
            let range = start..start + length;
            prop_assert_eq!(Lines::of(&text).place("a.sql", &text, range.clone()), Place::in_text("a.sql", &text, range));
        }
    }
}
