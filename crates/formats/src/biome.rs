//! What Biome prints: `biome lint`, `check`, `format` and `ci`, for people or, in a workflow of GitHub's, as annotations.
//!
//! `src/bad.ts:2:3 lint/suspicious/noDebugger  FIXABLE  ━━━━` begins a finding, whose first sign is its severity. It prints 20 of
//! them, and then says how many it does not show. Its annotations say the same, with or without the text.

use ops_core::Severity;

use crate::workflow_command::{self, Annotation};
use crate::{Reading, Region, Unreadable, linter, text};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let plain = text::without_escapes(report);
    let mut told = Told::default();
    plain.lines().for_each(|line| told.line(line.trim_end()));
    told.reading()
}

/// Whether a text is Biome's, and not only one that speaks of files.
pub(crate) fn is(report: &str) -> bool {
    linter::has_line(report, |line| checked(line).is_some())
}

#[derive(Default)]
struct Told<'a> {
    reading: Reading,
    /// The place and the rule of a finding whose severity is not known yet.
    begun: Option<(&'a str, &'a str)>,
    annotations: Vec<Annotation>,
    files: Option<u64>,
    errors: Option<u64>,
    warnings: Option<u64>,
    not_shown: u64,
}

impl<'a> Told<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(head) = line.strip_suffix('━') {
            self.begun = head_of(head.trim_end_matches('━'));
        } else if let Some((place, rule)) = self.begun
            && let Some((severity, message)) = linter::sign(line.trim_start())
        {
            self.begun = None;
            self.add(severity, rule, message, region(place));
        } else if let Some(annotation) = workflow_command::read(line) {
            self.annotations.push(annotation);
        } else if let Some(files) = checked(line) {
            self.files = Some(files);
        } else if let Some(number) = line.strip_prefix("Diagnostics not shown: ") {
            self.not_shown = number.trim_end_matches('.').parse().unwrap_or_default();
        } else if let Some((number, what)) = line.strip_prefix("Found ").and_then(|rest| rest.split_once(' ')) {
            match what.trim_end_matches(['.', 's']) {
                "error" => self.errors = number.parse().ok(),
                "warning" => self.warnings = number.parse().ok(),
                _ => {}
            }
        }
    }

    fn add(&mut self, severity: Severity, rule: &str, message: &str, region: Option<Region>) {
        self.reading.weigh(linter::issue("biome", rule, severity, message, region));
    }

    fn reading(mut self) -> Result<Reading, Unreadable> {
        let Some(files) = self.files else {
            let reason = "the report ends in the middle: it does not say how many files were checked";
            return Err(Unreadable::malformed("the end", reason));
        };
        if self.begun.is_some() {
            return Err(Unreadable::malformed("the report", "a finding has no severity"));
        }
        if self.reading.issues.is_empty() {
            for annotation in std::mem::take(&mut self.annotations) {
                self.add(annotation.severity, &annotation.title, &annotation.message, annotation.region);
            }
        }
        if files == 0 {
            return Err(Unreadable::NoResult("no file was checked".to_owned()));
        }
        let is_wrong = self.not_shown > 0 || self.reading.counted("errors") > 0;
        if is_wrong && self.errors.is_none() && self.warnings.is_none() {
            return Err(Unreadable::malformed("the end", "the report does not say how many errors it found"));
        }
        self.reading.count("files", files);
        self.reading.count("errors", 0);
        self.reading.count("warnings", 0);
        for (what, found) in [("errors", self.errors), ("warnings", self.warnings)] {
            let listed = self.reading.counted(what);
            let Some(found) = found else { continue };
            if self.not_shown == 0 && found != listed {
                return Err(Unreadable::sum(&format!("the number of {what}"), found, listed));
            }
            let more = found.saturating_sub(listed);
            self.reading.count(what, more);
            if what == "errors" {
                self.reading.left_out += more;
            }
        }
        Ok(self.reading)
    }
}

/// Place and rule: `src/bad.ts:2:3 lint/suspicious/noDebugger  FIXABLE`. The line at the end that only names the command,
/// `lint`, tells nothing new.
fn head_of(head: &str) -> Option<(&str, &str)> {
    let is_tag = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let mut head = head.trim_end();
    while let Some((before, last)) = head.rsplit_once(' ') {
        if !is_tag(last) {
            break;
        }
        head = before.trim_end();
    }
    let (place, rule) = head.rsplit_once(' ').unwrap_or(("", head));
    (!place.is_empty() || rule.contains('/')).then_some((place.trim(), rule))
}

/// `src/bad.ts:2:3`, or a path alone.
fn region(place: &str) -> Option<Region> {
    let alone = || (!place.is_empty()).then(|| Region { path: text::path(place), ..Region::default() });
    linter::region(place).or_else(alone)
}

/// `Checked 3 files in 6ms. No fixes applied.`
fn checked(line: &str) -> Option<u64> {
    let (number, rest) = line.trim().strip_prefix("Checked ")?.split_once(' ')?;
    let is_file = rest.starts_with("file in ") || rest.starts_with("files in ");
    number.parse().ok().filter(|_| is_file)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    fn told(name: &str) -> String {
        testing::told(Format::Biome, name)
    }

    #[test]
    fn every_version_tells_what_is_wrong_and_where() {
        for version in ["1.9.4", "2.6.8"] {
            let told = |name: &str| told(&format!("biome-{version}/{name}.txt"));
            let found = told("lint");
            assert!(found.contains("error biome/lint/suspicious/noDebugger src/bad.ts:2:3-0:0 This is an"), "{found}");
            assert!(found.contains("error biome/parse src/broken.ts:1:7-0:0 Expected an identifier"), "{found}");
            assert_eq!(told("clean"), "errors 0, files 1, warnings 0");
            assert_eq!(told("colour"), told("clean"));
            assert!(told("format").contains("error biome/format src/bad.ts:0:0-0:0 "), "{}", told("format"));
            assert_eq!(told("nothing"), "unreadable: the tool could not do its work: no file was checked");
            let lines = |told: &str| told.lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            assert_eq!(lines(&told("workflow")), lines(&found), "annotations beside the text tell nothing more");
        }
        assert!(told("biome-2.6.8/lint.txt").ends_with("errors 5, files 3, warnings 1"));
        assert!(
            told("biome-2.6.8/lint.txt").contains("warning biome/lint/correctness/noUnusedVariables src/bad.ts:3:7")
        );
    }

    #[test]
    fn annotations_without_the_text_tell_the_same_with_the_end_of_each() {
        let whole = String::from_utf8(testing::fixture("biome-2.6.8/workflow.txt")).unwrap();
        let kept = |line: &&str| ["::", "Checked ", "Found "].iter().any(|start| line.starts_with(start));
        let only: Vec<&str> = whole.lines().filter(kept).collect();
        let reading = read(&only.join("\n")).unwrap();
        assert_eq!(reading.counts, crate::read(Format::Biome, whole.as_bytes()).unwrap().counts);
        assert_eq!(reading.issues[1].region.as_ref().unwrap().end_column, 12);
        assert_eq!(reading.issues[4].message, "expected `,` but instead found `;`");
    }

    #[test]
    fn what_it_does_not_show_is_left_out_and_counted() {
        let reading = crate::read(Format::Biome, &testing::fixture("biome-2.6.8/many.txt")).unwrap();
        assert_eq!(reading.counted("errors"), 35);
        assert_eq!(
            reading.left_out,
            35 - reading.issues.iter().filter(|one| one.severity == ops_core::Severity::Error).count() as u64
        );
    }

    #[test]
    fn half_a_report_or_none_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        let end = "the end: the report ends in the middle: it does not say how many files were checked";
        assert_eq!(told("sh: biome: not found\n"), end);
        let whole = String::from_utf8(testing::fixture("biome-2.6.8/lint.txt")).unwrap();
        let (half, _) = whole.split_once("Checked ").unwrap();
        assert_eq!(told(half), end);
        assert_eq!(
            told(&whole.replace("Found 5 errors", "Found 6 errors")),
            "the number of errors: says 6, but the report lists 5"
        );
        assert_eq!(
            told("a.ts lint/x ━━━\nChecked 1 file in 3ms. No fixes applied.\n"),
            "the report: a finding has no severity"
        );
        assert_eq!(
            told("a.ts lint/x ━━━\n  × Wrong.\nChecked 1 file in 3ms. No fixes applied.\n"),
            "the end: the report does not say how many errors it found"
        );
    }
}
