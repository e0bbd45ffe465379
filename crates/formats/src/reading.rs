//! What a report says, whichever tool wrote it.

use std::collections::BTreeMap;

use ops_core::Severity;

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// What is wrong, in the report's order.
    pub issues: Vec<Issue>,
    /// What was counted: `tests`, `passed`, `failed`, `skipped`, `flaky`, `files`, `errors`, `warnings`, …
    pub counts: BTreeMap<&'static str, u64>,
}

/// One thing that is wrong, as its tool tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// `tool/name`, such as `eslint/no-console`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
    /// Where; none where the tool names no file.
    pub region: Option<Region>,
    /// What identifies it where its line does not: an advisory and a package, a test's full name. May be empty.
    pub identity: String,
}

/// A region of a file, as the tool tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// As the tool wrote it: absolute, or relative to wherever it ran.
    pub path: String,
    /// First line, from 1; 0 where the tool names none.
    pub start_line: u32,
    /// First column, from 1; 0 where the tool names none.
    pub start_column: u32,
    /// Last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
}

/// Why a report says nothing that can be relied on. A gate with such a report is unproven, never free of findings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("the report is empty")]
    Empty,
    /// It ends in the middle, or is not what it should be.
    #[error("{place}: {reason}")]
    Malformed {
        /// `line 3, column 7`, or a path within the document.
        place: String,
        /// What was expected, and what is there.
        reason: String,
    },
    /// It is a known document that tells of no result: an audit whose service did not answer.
    #[error("the tool could not do its work: {0}")]
    NoResult(String),
}
