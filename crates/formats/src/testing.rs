//! For tests: what a fixture tells, in a few lines.

use std::{fmt::Write as _, path::PathBuf};

use crate::{Format, Reading, read};

pub(crate) fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"))
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The issues of a fixture, one a line, and its counts.
pub(crate) fn told(format: Format, name: &str) -> String {
    match read(format, &fixture(name)) {
        Ok(reading) => words(&reading),
        Err(error) => format!("unreadable: {error}"),
    }
}

pub(crate) fn words(reading: &Reading) -> String {
    let mut words = String::new();
    for issue in &reading.issues {
        let severity = format!("{:?}", issue.severity).to_lowercase();
        let place = issue.region.as_ref().map_or_else(String::new, |region| {
            let (line, column) = (region.start_line, region.start_column);
            format!(" {}:{line}:{column}-{}:{}", region.path, region.end_line, region.end_column)
        });
        let _ = writeln!(words, "{severity} {}{place} {}", issue.rule, issue.message);
    }
    let counts: Vec<String> = reading.counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
    words + &counts.join(", ")
}
