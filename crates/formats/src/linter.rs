//! What linters print for people has in common.

use ops_core::Severity;

use crate::{Issue, Region, text};

/// Whether any line of a report fits, without the terminal's escape sequences.
pub(crate) fn has_line(report: &str, fits: impl Fn(&str) -> bool) -> bool {
    text::without_escapes(report).lines().any(fits)
}

/// A finding of `tool`, of which nothing more is known than it prints.
pub(crate) fn issue(tool: &str, rule: &str, severity: Severity, message: &str, region: Option<Region>) -> Issue {
    Issue {
        rule: text::rule(tool, rule),
        severity,
        message: text::one_line_or(message, rule),
        help: String::new(),
        region,
        identity: String::new(),
    }
}

/// Severity and message, `× Unexpected.`, or with letters where a terminal has no other signs.
pub(crate) fn sign(line: &str) -> Option<(Severity, &str)> {
    let (sign, message) = line.split_once(' ')?;
    let severity = match sign {
        "×" | "✖" | "x" => Severity::Error,
        "⚠" | "!" => Severity::Warning,
        "ℹ" | "i" => Severity::Note,
        _ => return None,
    };
    Some((severity, message))
}

/// `src/bad.ts:2:3`
pub(crate) fn region(place: &str) -> Option<Region> {
    let (rest, column) = place.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    let (start_line, start_column) = (line.parse().ok()?, column.parse().ok()?);
    Some(Region { path: text::path(path), start_line, start_column, ..Region::default() })
}
