//! The lines that the change adds or edits.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use ops_core::git::Git;

type Lines = BTreeMap<String, Vec<RangeInclusive<u32>>>;

/// The lines that the change adds or edits, read from git when somebody first asks.
pub(crate) struct Changes<'a> {
    git: Option<&'a Git>,
    base: Result<&'a str, &'a str>,
    lines: OnceLock<Result<Lines, String>>,
}

impl<'a> Changes<'a> {
    /// Since `base`, or why that is not known.
    pub(crate) fn since(git: Option<&'a Git>, base: Result<&'a str, &'a str>) -> Self {
        Self { git, base, lines: OnceLock::new() }
    }

    /// By path below the root.
    pub(super) fn lines(&self) -> Result<&Lines, &str> {
        let read = || {
            let base = self.base.map_err(str::to_owned)?;
            let git = self.git.ok_or_else(|| "this is no git repository".to_owned())?;
            git.changed_lines(base)
        };
        self.lines.get_or_init(read).as_ref().map_err(String::as_str)
    }
}
