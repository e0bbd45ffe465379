//! ESLint's `json` and `json-with-metadata`: <https://eslint.org/docs/latest/use/formatters/#json>.

use std::borrow::Cow;

use ops_core::Severity;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Issue, Reading, Region, Unreadable,
    json::{self, Position},
    text,
};

#[derive(Deserialize)]
struct WithMetadata<'a> {
    #[serde(borrow)]
    results: Vec<File<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    #[serde(borrow)]
    file_path: Cow<'a, str>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
    /// Since ESLint 8.8.
    #[serde(default)]
    suppressed_messages: Vec<IgnoredAny>,
    error_count: u64,
    warning_count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    /// None for what no rule says: a file that cannot be parsed, a directive that suppresses nothing, a file that is ignored.
    #[serde(borrow)]
    rule_id: Option<Cow<'a, str>>,
    severity: u8,
    #[serde(default)]
    fatal: bool,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(default)]
    line: Position,
    #[serde(default)]
    column: Position,
    #[serde(default)]
    end_line: Position,
    #[serde(default)]
    end_column: Position,
    fix: Option<IgnoredAny>,
}

pub(crate) fn read(text: &str) -> Result<Reading, Unreadable> {
    let files = if text.trim_start().starts_with('{') {
        json::read::<WithMetadata<'_>>(text)?.results
    } else {
        json::read::<Vec<File<'_>>>(text)?
    };
    let mut reading = Reading::default();
    for what in ["files", "errors", "warnings", "suppressed"] {
        reading.count(what, 0);
    }
    for (index, file) in files.iter().enumerate() {
        read_file(index, file, &mut reading)?;
    }
    Ok(reading)
}

fn read_file(index: usize, file: &File<'_>, reading: &mut Reading) -> Result<(), Unreadable> {
    let (mut errors, mut warnings) = (0, 0);
    for message in &file.messages {
        let severity = match message.severity {
            // A fatal message is an error whatever it says of itself: the file was not looked at.
            _ if message.fatal => Severity::Error,
            2 => Severity::Error,
            1 => Severity::Warning,
            other => {
                let reason = format!("expected 1 or 2, found {other}");
                return Err(Unreadable::malformed(format!("[{index}].messages[].severity"), reason));
            }
        };
        *(if severity == Severity::Error { &mut errors } else { &mut warnings }) += 1;
        reading.add(issue(file, message, severity));
    }
    // `--quiet` takes warnings out of both.
    for (place, declared, counted) in
        [("errorCount", file.error_count, errors), ("warningCount", file.warning_count, warnings)]
    {
        if declared != counted {
            return Err(Unreadable::sum(&format!("[{index}].{place}"), declared, counted));
        }
    }
    // A file that was named and is ignored has an entry, though nothing looked at it.
    let ignored = file.messages.iter().any(Message::says_ignored);
    reading.count(if ignored { "ignored" } else { "files" }, 1);
    reading.count("errors", errors);
    reading.count("warnings", warnings);
    reading.count("suppressed", file.suppressed_messages.len() as u64);
    Ok(())
}

impl Message<'_> {
    fn says_ignored(&self) -> bool {
        self.rule_id.is_none() && !self.fatal && self.line.0 == 0 && self.message.starts_with("File ignored ")
    }
}

fn issue(file: &File<'_>, message: &Message<'_>, severity: Severity) -> Issue {
    let name = match &message.rule_id {
        Some(rule) => rule,
        None if message.fatal => "fatal",
        None => "unnamed",
    };
    let help = if message.fix.is_some() { "`eslint --fix` repairs it" } else { "" };
    Issue {
        rule: text::rule("eslint", name),
        severity,
        message: text::one_line_or(&message.message, name),
        help: help.to_owned(),
        region: Some(Region {
            path: text::path(&file.file_path),
            start_line: message.line.0,
            start_column: message.column.0,
            end_line: message.end_line.0,
            end_column: message.end_column.0,
        }),
        identity: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_version_tells_the_same() {
        let told = "\
error eslint/fatal /repo/src/broken.js:1:7-0:0 Parsing error: Unexpected token =
error eslint/no-unused-vars /repo/src/findings.js:1:7-1:13 'unused' is assigned a value but never used.
warning eslint/no-console /repo/src/findings.js:2:1-2:12 Unexpected console statement.
error eslint/eqeqeq /repo/src/findings.js:4:9-4:11 Expected '===' and instead saw '=='.
error eslint/no-debugger /repo/src/findings.js:5:3-5:12 Unexpected 'debugger' statement.
errors 4, files 3, suppressed 1, warnings 1";
        for version in [8, 9, 10] {
            assert_eq!(
                testing::told(Format::Eslint, &format!("eslint-{version}/findings.json")),
                told,
                "ESLint {version}"
            );
            let clean = testing::told(Format::Eslint, &format!("eslint-{version}/clean.json"));
            assert_eq!(clean, "errors 0, files 1, suppressed 0, warnings 0");
        }
    }

    #[test]
    fn a_file_that_is_ignored_was_not_looked_at() {
        for version in [8, 9, 10] {
            let told = testing::told(Format::Eslint, &format!("eslint-{version}/ignored.json"));
            assert!(
                told.starts_with("warning eslint/unnamed /repo/dist/built.js:0:0-0:0 File ignored because of"),
                "{told}"
            );
            assert!(told.ends_with("errors 0, files 0, ignored 1, suppressed 0, warnings 1"), "{told}");
        }
    }

    #[test]
    fn metadata_around_the_results_changes_nothing() {
        for version in [9, 10] {
            let told = testing::told(Format::Eslint, &format!("eslint-{version}/with-metadata.json"));
            assert!(told.ends_with("errors 3, files 1, suppressed 1, warnings 1"), "{told}");
        }
    }

    #[test]
    fn a_run_over_no_files_is_no_error_but_counts_none() {
        assert_eq!(read("[]").unwrap().counts.get("files"), Some(&0));
    }

    #[test]
    fn a_fatal_warning_is_an_error() {
        let report = r#"[{"filePath": "a.js", "errorCount": 1, "warningCount": 0,
            "messages": [{"ruleId": null, "fatal": true, "severity": 1, "message": "no"}]}]"#;
        assert_eq!(read(report).unwrap().counts.get("errors"), Some(&1));
    }

    #[test]
    fn what_contradicts_itself_or_is_unknown_is_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(
            told(r#"[{"filePath": "a.js", "messages": [], "errorCount": 2, "warningCount": 0}]"#),
            "[0].errorCount: says 2, but the report lists 0"
        );
        assert_eq!(
            told(
                r#"[{"filePath": "a.js", "messages": [{"ruleId": "a", "severity": 3, "message": ""}], "errorCount": 1, "warningCount": 0}]"#
            ),
            "[0].messages[].severity: expected 1 or 2, found 3"
        );
        assert_eq!(told("{}"), "line 1, column 2: missing field `results`");
        assert_eq!(told("[{}]"), "line 1, column 3: missing field `filePath`");
    }
}
