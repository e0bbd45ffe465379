//! What must hold of any bytes that are read as reports.

use ops_core::Severity;
use ops_formats::{Format, Reading, detect, read};

/// Reads the bytes as each of the formats. Whatever they are, a failure that is counted is told as an issue, and nothing that
/// is told can move a cursor.
pub(crate) fn read_as(formats: &[Format], bytes: &[u8]) {
    let _ = detect(bytes);
    for format in formats {
        if let Ok(reading) = read(*format, bytes) {
            sound(&reading);
        }
    }
}

fn sound(reading: &Reading) {
    let told = reading.issues.iter().any(|issue| issue.severity == Severity::Error);
    for what in ["failed", "errors", "critical", "high", "unformatted"] {
        assert!(told || reading.counted(what) == 0, "{what} is counted and not told");
    }
    for issue in &reading.issues {
        let path = issue.region.as_ref().map(|region| &region.path);
        for text in [&issue.rule, &issue.message, &issue.help, &issue.identity].into_iter().chain(path) {
            assert!(!text.chars().any(char::is_control), "{issue:?}");
        }
    }
    let Some(coverage) = &reading.coverage else { return };
    let totals = coverage.files.iter().map(|file| file.totals).chain([coverage.totals]);
    for ratio in
        totals.flat_map(|totals| [totals.lines, totals.statements, totals.functions, totals.branches]).flatten()
    {
        assert!(ratio.covered <= ratio.total, "{ratio:?}");
    }
}
