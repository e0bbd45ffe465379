//! What a report says, whichever tool wrote it.

use std::collections::BTreeMap;

use ops_core::Severity;

use crate::{Coverage, Format, detect};

/// What a report says.
///
/// Every failure that is counted has an issue of [`Severity::Error`], but for those that were left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// What is wrong, in the report's order; at most [`Reading::MOST_ISSUES`].
    pub issues: Vec<Issue>,
    /// How many more there are, which are counted, but not listed.
    pub left_out: u64,
    /// What was counted: `tests`, `passed`, `failed`, `skipped`, `flaky`, `files`, `errors`, `warnings`, … A name that is not
    /// there is a thing that the format does not tell.
    pub counts: BTreeMap<&'static str, u64>,
    /// What the tool says that it could not do, each in one line: what else stands here is not all that there is.
    pub unanswered: Vec<String>,
    /// How much of the code was run, of the formats that tell it.
    pub coverage: Option<Coverage>,
}

impl Reading {
    /// The most issues that are kept of one report.
    pub const MOST_ISSUES: usize = 100_000;

    /// Keeps an issue, or counts it as left out.
    pub(crate) fn add(&mut self, issue: Issue) {
        if self.issues.len() < Self::MOST_ISSUES {
            self.issues.push(issue);
        } else {
            self.left_out += 1;
        }
    }

    /// Keeps an issue, and counts it among the `errors`, `warnings` or `notes`.
    pub(crate) fn weigh(&mut self, issue: Issue) {
        let counted = match issue.severity {
            Severity::Error => "errors",
            Severity::Warning => "warnings",
            Severity::Note => "notes",
        };
        self.count(counted, 1);
        self.add(issue);
    }

    /// Counts so many of a thing, on top of those that were counted. Zero makes the thing known.
    pub(crate) fn count(&mut self, what: &'static str, more: u64) {
        let counted = self.counts.entry(what).or_default();
        *counted = counted.saturating_add(more);
    }

    /// How many of a thing were counted; 0 where the format does not tell.
    #[must_use]
    pub fn counted(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or_default()
    }
}

/// One thing that is wrong, as its tool tells it. All of it is plain text: no escapes, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// `tool/name`, such as `eslint/no-console`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it; may be empty.
    pub help: String,
    /// Where; none where the tool names no file.
    pub region: Option<Region>,
    /// What identifies it where its line does not: an advisory and a package, a test's full name. May be empty.
    pub identity: String,
}

/// A region of a file, as the tool tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region {
    /// As the tool wrote it: absolute, or relative to wherever it ran.
    pub path: String,
    /// First line, from 1; 0 where the tool names none.
    pub start_line: u32,
    /// First column, from 1; 0 where the tool names none.
    pub start_column: u32,
    /// Last line; 0 where the tool names none.
    pub end_line: u32,
    /// One past the last column; 0 where the tool names none.
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

impl Unreadable {
    pub(crate) fn malformed(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Malformed { place: place.into(), reason: reason.into() }
    }

    /// The report's sum of something is not what its parts come to.
    pub(crate) fn sum(place: &str, declared: u64, counted: u64) -> Self {
        Self::malformed(place, format!("says {declared}, but the report lists {counted}"))
    }

    /// Says what the report is instead, if that can be told.
    pub(crate) fn unless_it_is(self, expected: Format, bytes: &[u8]) -> Self {
        let Self::Malformed { place, reason } = self else { return self };
        match detect(bytes) {
            Some(found) if found != expected => {
                Self::malformed(place, format!("{reason}; this is no report of `{expected}`, but one of `{found}`"))
            }
            _ => Self::Malformed { place, reason },
        }
    }
}
