//! What the reports of a gate count, all of them together.

use std::collections::BTreeMap;
use std::path::Path;

use ops_core::policy::Number;
use ops_core::words::{all_of, count};
use ops_formats::{Coverage, FileCoverage, Ratio, Reading};

use super::findings::relative;

/// What the reports of a gate count.
#[derive(Debug, Default)]
pub(super) struct Measured {
    counts: BTreeMap<&'static str, u64>,
    numbers: BTreeMap<Number, f64>,
    coverage: Vec<Coverage>,
    /// What is known of each file, by its path below the root.
    files: BTreeMap<String, FileCoverage>,
    /// Whether one of the reports tells of findings.
    has_findings: bool,
}

impl Measured {
    pub(super) fn of(readings: &[Reading], root: &Path, folder: &Path) -> Self {
        let mut measured = Self::default();
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        for reading in readings {
            match &reading.coverage {
                Some(coverage) => measured.cover(coverage, &root, folder),
                None => {
                    measured.has_findings = true;
                    for (name, number) in &reading.counts {
                        let counted = measured.counts.entry(name).or_default();
                        *counted = counted.saturating_add(*number);
                    }
                }
            }
        }
        for number in [Number::Warnings, Number::Skipped, Number::Flaky, Number::Tests] {
            let counted = measured.counts.get(number.word()).copied();
            // A report of findings without a warning has none.
            let counted = counted.or((number == Number::Warnings && measured.has_findings).then_some(0));
            measured.numbers.extend(counted.map(|counted| (number, hundredths(precise(counted)))));
        }
        for number in [Number::Lines, Number::Statements, Number::Branches, Number::Functions] {
            let percent = measured.total(number).and_then(Ratio::percent);
            measured.numbers.extend(percent.map(|percent| (number, hundredths(percent))));
        }
        if let Some(lines) = measured.total(Number::Lines) {
            measured.counts.insert("lines", lines.total);
            measured.counts.insert("covered_lines", lines.covered);
        }
        measured
    }

    fn cover(&mut self, coverage: &Coverage, root: &Path, folder: &Path) {
        for file in &coverage.files {
            let sources =
                coverage.sources.iter().map(|source| format!("{}/{}", source.trim_end_matches('/'), file.path));
            let mut paths = std::iter::once(file.path.clone()).chain(sources);
            let is_there = |path: &String| root.join(path).is_file();
            let found = paths.find_map(|path| relative(root, folder, &path).filter(is_there));
            // A file that is gone has no lines to be judged.
            if let Some(path) = found {
                self.files.insert(path, file.clone());
            }
        }
        self.coverage.push(coverage.clone());
    }

    /// What was counted, by name.
    pub(super) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// What may never get worse.
    pub(super) fn numbers(&self) -> &BTreeMap<Number, f64> {
        &self.numbers
    }

    pub(super) fn has_findings(&self) -> bool {
        self.has_findings
    }

    pub(super) fn is_coverage(&self) -> bool {
        !self.coverage.is_empty()
    }

    /// What is known of each file, by its path below the root.
    pub(super) fn files(&self) -> &BTreeMap<String, FileCoverage> {
        &self.files
    }

    /// How much of a kind of thing was run, all reports together.
    pub(super) fn total(&self, number: Number) -> Option<Ratio> {
        let of = |coverage: &Coverage| match number {
            Number::Lines => coverage.totals.lines,
            Number::Statements => coverage.totals.statements,
            Number::Branches => coverage.totals.branches,
            Number::Functions => coverage.totals.functions,
            _ => None,
        };
        self.coverage.iter().filter_map(of).reduce(Ratio::and)
    }

    /// `118 of 121 tests passed, 2 failed and 1 skipped`.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let counted = |name: &str| self.counts.get(name).copied();
        if let Some(tests) = counted("tests") {
            let more: Vec<String> = ["failed", "skipped", "todo", "flaky"]
                .iter()
                .filter_map(|name| counted(name).filter(|number| *number > 0).map(|number| format!("{number} {name}")))
                .collect();
            let passed = counted("passed").unwrap_or(0);
            let more = if more.is_empty() { String::new() } else { format!(", {}", all_of(more)) };
            words.push(format!(
                "{passed} of {} passed{more}",
                count(usize::try_from(tests).unwrap_or(usize::MAX), "test")
            ));
        } else if self.has_findings {
            let problems = [
                ("errors", "error"),
                ("warnings", "warning"),
                ("unformatted", "unformatted file"),
                ("vulnerabilities", "known vulnerability"),
            ];
            let problems = problems.into_iter().filter_map(|(name, noun)| {
                let number = counted(name).filter(|number| *number > 0)?;
                Some(count(usize::try_from(number).unwrap_or(usize::MAX), noun))
            });
            let problems: Vec<String> = problems.collect();
            let what = if problems.is_empty() { "nothing wrong".to_owned() } else { all_of(problems) };
            words.push(match counted("files") {
                Some(files) => format!("{what} in {}", count(usize::try_from(files).unwrap_or(usize::MAX), "file")),
                None => what,
            });
        }
        if let Some(percent) = self.numbers.get(&Number::Lines) {
            words.push(format!("{percent} % of lines covered"));
        }
        words
    }
}

/// Rounded down, so that what is written is reached.
fn hundredths(number: f64) -> f64 {
    (number * 100.0).floor() / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts more than the 52 bits that a float keeps")]
fn precise(number: u64) -> f64 {
    number as f64
}
