//! What tsc prints, with or without `--pretty`.
//!
//! Without `--pretty` and `--diagnostics` tsc prints nothing where nothing is wrong, and nothing at its end, so that a report
//! that was cut off between two lines cannot be told from a whole one. The exit code says the rest.

use ops_core::Severity;

use crate::{Issue, Reading, Region, Unreadable, text};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let plain = text::without_escapes(report);
    if !plain.ends_with('\n') {
        let place = format!("line {}", plain.lines().count());
        return Err(Unreadable::malformed(place, "the report ends in the middle of a line"));
    }
    let mut found = Found::default();
    for line in plain.lines() {
        found.line(line.trim_end());
    }
    found.reading()
}

/// What was found so far.
#[derive(Default)]
struct Found {
    reading: Reading,
    /// The diagnostic whose further lines may follow.
    open: Option<Issue>,
    /// Whether diagnostics are told with their source, and so with a sum at the end.
    pretty: bool,
    /// `Found 5 errors in 2 files.`
    sum: Option<u64>,
    /// `Files: 64`, with `--diagnostics`.
    files: Option<u64>,
}

impl Found {
    fn line(&mut self, line: &str) {
        if let Some(issue) = &mut self.open {
            // The reasons of a message are indented below it; an empty line comes before the source.
            if line.starts_with("  ") {
                issue.message.push(' ');
                issue.message.push_str(line.trim_start());
                return;
            }
            self.close();
        }
        if let Some(diagnostic) = diagnostic(line) {
            self.pretty |= diagnostic.pretty;
            self.open = Some(diagnostic.issue);
        } else if let Some(rest) = line.strip_prefix("Found ").or_else(|| watched(line)) {
            self.sum = sum(rest).or(self.sum);
        } else if let Some(files) = line.strip_prefix("Files:") {
            self.files = files.trim().parse().ok().or(self.files);
        }
    }

    fn close(&mut self) {
        if let Some(mut issue) = self.open.take() {
            issue.message = text::one_line_or(&issue.message, &issue.rule);
            let counted = if issue.severity == Severity::Error { "errors" } else { "warnings" };
            self.reading.count(counted, 1);
            self.reading.add(issue);
        }
    }

    fn reading(mut self) -> Result<Reading, Unreadable> {
        self.close();
        let errors = self.reading.counted("errors");
        match self.sum {
            Some(sum) if sum != errors => return Err(Unreadable::sum("the sum at the end", sum, errors)),
            None if self.pretty => {
                return Err(Unreadable::malformed("the end", "the report ends in the middle: its sum is missing"));
            }
            None if self.files.is_none() && self.reading.issues.is_empty() => {
                return Err(Unreadable::malformed("line 1", "no line is a diagnostic of tsc"));
            }
            _ => {}
        }
        self.reading.count("errors", 0);
        self.reading.count("warnings", 0);
        if let Some(files) = self.files {
            self.reading.count("files", files);
        }
        Ok(self.reading)
    }
}

/// `[10:00:00 AM] Found 0 errors. Watching for file changes.`
fn watched(line: &str) -> Option<&str> {
    let (time, rest) = line.strip_prefix('[')?.split_once("] Found ")?;
    (time.len() < 20).then_some(rest)
}

/// `5 errors in 2 files.`, `1 error in src/one.ts:1`, `0 errors.`
fn sum(rest: &str) -> Option<u64> {
    let (number, rest) = rest.split_once(' ')?;
    rest.starts_with("error").then(|| number.parse().ok()).flatten()
}

struct Diagnostic {
    issue: Issue,
    pretty: bool,
}

fn diagnostic(line: &str) -> Option<Diagnostic> {
    for (category, severity) in [("error TS", Severity::Error), ("warning TS", Severity::Warning)] {
        for (at, _) in line.match_indices(category) {
            let before = line.get(..at)?;
            let (code, message) = line.get(at + category.len()..)?.split_once(": ")?;
            if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let (region, pretty) = if before.is_empty() {
                (None, false)
            } else if let Some(place) = before.strip_suffix("): ").and_then(plain_place) {
                (Some(place), false)
            } else if let Some(place) = before.strip_suffix(" - ").and_then(pretty_place) {
                (Some(place), true)
            } else {
                continue;
            };
            let issue = Issue {
                rule: text::rule("typescript", &format!("TS{code}")),
                severity,
                message: message.to_owned(),
                help: String::new(),
                region,
                identity: String::new(),
            };
            return Some(Diagnostic { issue, pretty });
        }
    }
    None
}

/// `src/(shop)/page.ts(1,10`
fn plain_place(before: &str) -> Option<Region> {
    let (path, position) = before.rsplit_once('(')?;
    let (line, column) = position.split_once(',')?;
    place(path, line, column)
}

/// `src/(shop)/page.ts:1:10`
fn pretty_place(before: &str) -> Option<Region> {
    let (rest, column) = before.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    place(path, line, column)
}

fn place(path: &str, line: &str, column: &str) -> Option<Region> {
    let (start_line, start_column) = (line.parse().ok()?, column.parse().ok()?);
    (!path.is_empty()).then(|| Region { path: text::path(path), start_line, start_column, ..Region::default() })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_version_tells_the_same_in_both_forms() {
        let told = "\
error typescript/TS2305 src/(shop)/page.ts:1:10-0:0 Module '\"../one\"' has no exported member 'missing'.
error typescript/TS2322 src/one.ts:1:7-0:0 Type 'string' is not assignable to type 'number'.
error typescript/TS6133 src/one.ts:1:7-0:0 'count' is declared but its value is never read.
error typescript/TS2322 src/one.ts:3:42-0:0 Type 'string' is not assignable to type 'number'.
error typescript/TS2322 src/one.ts:4:37-0:0 Type '{ z: string; }' is not assignable to type '{ z: number; }'. \
Types of property 'z' are incompatible. Type 'string' is not assignable to type 'number'.
errors 5, warnings 0";
        for version in [5, 6, 7] {
            for form in ["plain", "pretty"] {
                let found = testing::told(Format::Tsc, &format!("typescript-{version}/{form}.txt"));
                assert_eq!(found, told, "TypeScript {version}, {form}");
            }
        }
    }

    #[test]
    fn an_error_may_have_no_place() {
        for version in [5, 6, 7] {
            assert_eq!(
                testing::told(Format::Tsc, &format!("typescript-{version}/option.txt")),
                "error typescript/TS5023 Unknown compiler option '--noSuchOption'.\nerrors 1, warnings 0"
            );
        }
    }

    #[test]
    fn diagnostics_say_how_many_files_were_checked() {
        for version in [5, 6, 7] {
            let found = testing::told(Format::Tsc, &format!("typescript-{version}/diagnostics.txt"));
            assert_eq!(found, "errors 0, files 64, warnings 0");
        }
    }

    #[test]
    fn a_sum_of_no_errors_is_a_result() {
        let counts = read("[10:00:00 AM] Found 0 errors. Watching for file changes.\n").unwrap().counts;
        assert_eq!(counts.get("errors"), Some(&0));
    }

    #[test]
    fn what_is_no_report_or_half_of_one_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told("sh: tsc: not found\n"), "line 1: no line is a diagnostic of tsc");
        assert_eq!(told("a.ts(1,2): error TS1: wro"), "line 1: the report ends in the middle of a line");
        assert_eq!(
            told("a.ts:1:2 - error TS1: wrong\n\n"),
            "the end: the report ends in the middle: its sum is missing"
        );
        assert_eq!(
            told("a.ts:1:2 - error TS1: wrong\n\nFound 2 errors.\n"),
            "the sum at the end: says 2, but the report lists 1"
        );
    }
}
