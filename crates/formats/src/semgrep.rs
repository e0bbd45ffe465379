//! `semgrep --json`: <https://github.com/semgrep/semgrep-interfaces/blob/main/semgrep_output_v1.atd>.

use std::borrow::Cow;

use ops_core::Severity;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Issue, Reading, Region, Unreadable,
    json::{self, Position},
    text,
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    results: Vec<Finding<'a>>,
    /// What semgrep could not do: a rule that is wrong, a file that it could not parse.
    #[serde(borrow)]
    errors: Vec<Problem<'a>>,
    paths: Paths,
}

#[derive(Deserialize)]
struct Finding<'a> {
    #[serde(borrow)]
    check_id: Cow<'a, str>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    start: Place,
    end: Place,
    #[serde(borrow)]
    extra: Extra<'a>,
}

#[derive(Deserialize)]
struct Place {
    line: Position,
    col: Position,
}

#[derive(Deserialize)]
struct Extra<'a> {
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow)]
    severity: Cow<'a, str>,
    /// By a comment in the source.
    is_ignored: Option<bool>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow)]
    level: Cow<'a, str>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Paths {
    scanned: Vec<IgnoredAny>,
}

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let report: Report<'_> = json::read(report)?;
    let mut reading = Reading::default();
    for what in ["errors", "warnings", "notes", "suppressed"] {
        reading.count(what, 0);
    }
    reading.count("files", report.paths.scanned.len() as u64);
    for (index, finding) in report.results.iter().enumerate() {
        let place = format!("results[{index}].extra.severity");
        let severity = severity(&finding.extra.severity, place)?;
        if finding.extra.is_ignored == Some(true) {
            reading.count("suppressed", 1);
        } else {
            reading.weigh(found(finding, severity));
        }
    }
    for (index, problem) in report.errors.iter().enumerate() {
        let severity = severity(&problem.level, format!("errors[{index}].level"))?;
        reading.weigh(failed(problem, severity));
    }
    Ok(reading)
}

fn severity(name: &str, place: String) -> Result<Severity, Unreadable> {
    match name.to_ascii_uppercase().as_str() {
        "CRITICAL" | "HIGH" | "ERROR" => Ok(Severity::Error),
        "MEDIUM" | "WARNING" | "WARN" => Ok(Severity::Warning),
        "LOW" | "INFO" | "INVENTORY" | "EXPERIMENT" => Ok(Severity::Note),
        _ => Err(Unreadable::malformed(place, format!("unknown severity `{}`", text::one_line(name)))),
    }
}

fn found(finding: &Finding<'_>, severity: Severity) -> Issue {
    Issue {
        rule: text::rule("semgrep", &finding.check_id),
        severity,
        message: text::one_line_or(&finding.extra.message, &finding.check_id),
        help: String::new(),
        region: Some(Region {
            path: text::path(&finding.path),
            start_line: finding.start.line.0,
            start_column: finding.start.col.0,
            end_line: finding.end.line.0,
            end_column: finding.end.col.0,
        }),
        identity: String::new(),
    }
}

fn failed(problem: &Problem<'_>, severity: Severity) -> Issue {
    Issue {
        rule: "semgrep/error".to_owned(),
        severity,
        message: text::one_line_or(
            problem.message.as_deref().unwrap_or_default(),
            "semgrep could not do all of its work",
        ),
        help: String::new(),
        region: problem.path.as_ref().map(|path| Region { path: text::path(path), ..Region::default() }),
        identity: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    fn told(name: &str) -> String {
        testing::told(Format::Semgrep, &format!("semgrep-1.182.0/{name}.json"))
    }

    #[test]
    fn findings_and_what_could_not_be_parsed_are_told() {
        assert_eq!(
            told("found"),
            "error semgrep/no-eval src/a.js:1:1-1:10 Do not evaluate text\n\
             warning semgrep/no-console src/a.js:2:1-2:17 Do not print\n\
             error semgrep/no-eval src/broken.js:1:13-2:10 Do not evaluate text\n\
             warning semgrep/error src/broken.js:0:0-0:0 Syntax error at line src/broken.js:1: `=` was unexpected\n\
             errors 2, files 3, notes 0, suppressed 0, warnings 2"
        );
        assert_eq!(told("clean"), "errors 0, files 1, notes 0, suppressed 0, warnings 0");
    }

    #[test]
    fn a_rule_that_is_wrong_or_missing_is_an_error() {
        assert!(
            told("bad-rule").starts_with("error semgrep/error Rule parse error in rule bad: Invalid pattern"),
            "{}",
            told("bad-rule")
        );
        assert!(
            told("no-rules").ends_with("errors 2, files 0, notes 0, suppressed 0, warnings 0"),
            "{}",
            told("no-rules")
        );
    }

    fn report(extra: &str) -> String {
        format!(
            r#"{{"results": [{{"check_id": "a.b", "path": "a.ts", "start": {{"line": 1, "col": 1}}, "end": {{"line": 1, "col": 2}},
            "extra": {{"message": "", {extra}}}}}], "errors": [], "paths": {{"scanned": ["a.ts"]}}}}"#
        )
    }

    #[test]
    fn what_is_ignored_in_the_source_does_not_count() {
        let reading = read(&report(r#""severity": "ERROR", "is_ignored": true"#)).unwrap();
        assert_eq!(testing::words(&reading), "errors 0, files 1, notes 0, suppressed 1, warnings 0");
        let reading = read(&report(r#""severity": "MEDIUM", "is_ignored": false"#)).unwrap();
        assert_eq!(reading.issues[0].message, "a.b");
    }

    #[test]
    fn an_unknown_severity_is_refused() {
        let error = read(&report(r#""severity": "DIRE""#)).unwrap_err();
        assert_eq!(error.to_string(), "results[0].extra.severity: unknown severity `DIRE`");
        assert_eq!(read("{}").unwrap_err().to_string(), "line 1, column 2: missing field `results`");
    }
}
