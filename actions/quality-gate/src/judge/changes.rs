//! The lines that the change adds or edits.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use crate::situation::Situation;

type Lines = BTreeMap<String, Vec<RangeInclusive<u32>>>;

/// The lines that the change adds or edits, read from git when somebody first asks.
pub(crate) struct Changes<'a> {
    situation: &'a Situation<'a>,
    lines: OnceLock<Result<Lines, String>>,
}

impl<'a> Changes<'a> {
    pub(crate) fn of(situation: &'a Situation<'a>) -> Self {
        Self { situation, lines: OnceLock::new() }
    }

    /// By path below the root; or why they are not known.
    pub(super) fn lines(&self) -> Result<&Lines, &str> {
        let read = || self.situation.git()?.changed_lines(self.situation.since()?);
        self.lines.get_or_init(read).as_ref().map_err(String::as_str)
    }
}
