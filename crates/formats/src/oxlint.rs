//! What oxlint prints, for people or, in a workflow of GitHub's, as annotations. Both end with how many it found, in how many
//! files.

use ops_core::Severity;

use crate::{Reading, Region, Unreadable, linter, text, workflow_command};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let plain = text::without_escapes(report);
    let mut told = Told::default();
    plain.lines().for_each(|line| told.line(line.trim_end()));
    told.reading()
}

/// Whether a text is oxlint's.
pub(crate) fn is(report: &str) -> bool {
    linter::has_line(report, |line| finished(line).is_some())
}

#[derive(Default)]
struct Told<'a> {
    reading: Reading,
    /// A finding whose place comes in the next line, if it has one.
    begun: Option<(Severity, &'a str)>,
    /// Warnings and errors.
    found: Option<(u64, u64)>,
    files: Option<u64>,
}

impl<'a> Told<'a> {
    fn line(&mut self, line: &'a str) {
        if let Some(place) = self.begun.and_then(|_| place(line)) {
            self.end(Some(place));
        } else if let Some(begun) = sign(line) {
            self.end(None);
            self.begun = Some(begun);
        } else if let Some(annotation) = workflow_command::read(line) {
            // The message begins with the place once more.
            let message =
                annotation.message.split_once(": ").map_or(annotation.message.as_str(), |(_, message)| message);
            self.add(annotation.severity, &annotation.title, message, annotation.region);
        } else if let Some(found) = found(line) {
            self.found = Some(found);
        } else if let Some(files) = finished(line) {
            self.files = Some(files);
        }
    }

    fn end(&mut self, region: Option<Region>) {
        let Some((severity, words)) = self.begun.take() else { return };
        let (rule, message) = words.split_once("): ").map_or(("", words), |(rule, message)| (rule, message));
        self.add(severity, rule, message, region);
    }

    /// `rule` is `eslint(no-debugger)`, or nothing for a file that cannot be parsed.
    fn add(&mut self, severity: Severity, rule: &str, message: &str, region: Option<Region>) {
        let rule = if rule.is_empty() || rule == "oxlint" { "parse".to_owned() } else { rule.replace('(', "/") };
        self.reading.weigh(linter::issue("oxlint", rule.trim_end_matches(')'), severity, message, region));
    }

    fn reading(mut self) -> Result<Reading, Unreadable> {
        self.end(None);
        let Some(files) = self.files else {
            let reason = "the report ends in the middle: it does not say on how many files it finished";
            return Err(Unreadable::malformed("the end", reason));
        };
        self.reading.count("files", files);
        self.reading.count("errors", 0);
        self.reading.count("warnings", 0);
        // Where there was no file, it says so in place of the numbers.
        let (warnings, errors) = self.found.unwrap_or_default();
        for (what, found) in [("errors", errors), ("warnings", warnings)] {
            let listed = self.reading.counted(what);
            if found != listed {
                return Err(Unreadable::sum(&format!("the number of {what}"), found, listed));
            }
        }
        Ok(self.reading)
    }
}

/// `  × eslint(no-debugger): …`
fn sign(line: &str) -> Option<(Severity, &str)> {
    linter::sign(line.strip_prefix("  ")?).filter(|(severity, _)| *severity != Severity::Note)
}

/// `   ╭─[src/bad.ts:2:3]`
fn place(line: &str) -> Option<Region> {
    let line = line.trim_start();
    linter::region(line.strip_prefix("╭─[").or_else(|| line.strip_prefix(",-["))?.strip_suffix(']')?)
}

/// `Found 2 warnings and 1 error.`
fn found(line: &str) -> Option<(u64, u64)> {
    let (warnings, errors) = line.strip_prefix("Found ")?.split_once(" and ")?;
    let number = |text: &str, what: &str| {
        let (number, rest) = text.split_once(' ')?;
        number.parse().ok().filter(|_| rest.trim_end_matches(['.', 's']) == what)
    };
    Some((number(warnings, "warning")?, number(errors, "error")?))
}

/// `Finished in 53ms on 3 files with 101 rules using 2 threads.`
fn finished(line: &str) -> Option<u64> {
    let (_, rest) = line.strip_prefix("Finished in ")?.split_once(" on ")?;
    let (number, rest) = rest.split_once(' ')?;
    number.parse().ok().filter(|_| rest.starts_with("file"))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_version_tells_what_is_wrong_and_where() {
        for version in ["0.16.12", "1.94.0"] {
            let told = |name: &str| testing::told(Format::Oxlint, &format!("oxlint-{version}/{name}.txt"));
            for name in ["lint", "workflow"] {
                let found = told(name);
                assert!(found.contains("oxlint/eslint/no-debugger src/bad.ts:2:3-"), "{found}");
                assert!(found.contains(" `debugger` statement is not allowed\n"), "{found}");
                assert!(found.contains("error oxlint/parse src/broken.ts:1:7-"), "{found}");
                assert!(found.ends_with("errors 1, files 3, warnings 2"), "{found}");
            }
            assert_eq!(told("clean"), "errors 0, files 1, warnings 0");
            assert_eq!(told("nothing"), "errors 0, files 0, warnings 0");
            assert_eq!(told("deny").matches("error oxlint/eslint/no-debugger").count(), 1);
        }
    }

    #[test]
    fn half_a_report_or_none_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        let end = "the end: the report ends in the middle: it does not say on how many files it finished";
        assert_eq!(told("sh: oxlint: not found\n"), end);
        let whole = String::from_utf8(testing::fixture("oxlint-1.94.0/lint.txt")).unwrap();
        assert_eq!(told(whole.split_once("Finished ").unwrap().0), end);
        assert_eq!(
            told(&whole.replace("and 1 error", "and 2 errors")),
            "the number of errors: says 2, but the report lists 1"
        );
        assert_eq!(told(&whole.replace("Found ", "")), "the number of errors: says 0, but the report lists 1");
    }
}
