//! For tests: what a fixture tells, in a few lines.

use std::{fmt::Write as _, path::PathBuf};

use crate::{Format, Reading, Totals, read};

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
    for reason in &reading.unanswered {
        let _ = writeln!(words, "unanswered: {reason}");
    }
    let counts: Vec<String> = reading.counts.iter().map(|(what, count)| format!("{what} {count}")).collect();
    words + &counts.join(", ")
}

/// The files of a report of coverage, one a line, with `!` at the lines that did not run, and its totals.
pub(crate) fn covered(format: Format, name: &str) -> String {
    let coverage = read(format, &fixture(name)).unwrap().coverage.unwrap();
    let mut words = String::new();
    for file in &coverage.files {
        let _ = write!(words, "{}", file.path);
        for line in &file.lines {
            let _ = write!(words, " {}{}", line.number, if line.hits == 0 { "!" } else { "" });
        }
        for (line, ratio) in &file.branches {
            let _ = write!(words, " [{line}: {}/{}]", ratio.covered, ratio.total);
        }
        words += &totals(&file.totals);
        words.push('\n');
    }
    words + totals(&coverage.totals).trim_start()
}

fn totals(totals: &Totals) -> String {
    let kinds = [
        ("lines", totals.lines),
        ("statements", totals.statements),
        ("functions", totals.functions),
        ("branches", totals.branches),
    ];
    let told = kinds.iter().filter_map(|(kind, ratio)| Some((kind, (*ratio)?)));
    told.map(|(kind, ratio)| format!(" {kind} {}/{}", ratio.covered, ratio.total)).collect()
}
