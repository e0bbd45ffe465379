//! The report as SARIF 2.1.0, in the subset that GitHub's code scanning takes.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::Report;
use crate::{Finding, Severity, fingerprint::line_hashes};

/// GitHub refuses a run with more results.
const RESULT_LIMIT: usize = 25_000;

/// Families of rules that another program owns: it has their pages, and their findings' own help names them.
const STRANGERS: &[&str] = &["squawk/"];

/// One run with the report's findings. `read` gives the text of a file by its path under the root, for the hash of the
/// line by which GitHub recognizes a result: `primaryLocationLineHash`. The report's own fingerprint stands beside it as
/// `opsFingerprint/v1`, for every other reader. `prefix` leads from the repository to the root.
///
/// Waived findings are suppressed results with the waiver as the justification.
#[must_use]
pub fn render(report: &Report, prefix: &str, read: &dyn Fn(&str) -> Option<String>) -> String {
    let mut findings = report.sorted_findings();
    findings.truncate(RESULT_LIMIT);

    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in &findings {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let positions: HashMap<&str, usize> = rules.keys().enumerate().map(|(index, rule)| (*rule, index)).collect();
    let rules: Vec<Value> = rules.iter().map(|(id, example)| rule(id, example, report.action)).collect();

    let mut hashes: HashMap<&str, Vec<String>> = HashMap::new();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let path = finding.place.path.as_str();
            let hashes =
                hashes.entry(path).or_insert_with(|| read(path).map(|text| line_hashes(&text)).unwrap_or_default());
            let line = usize::try_from(finding.place.start_line).unwrap_or(0).checked_sub(1);
            let hash = line.and_then(|line| hashes.get(line)).map(String::as_str);
            result(finding, positions.get(&*finding.rule).copied(), hash, prefix)
        })
        .collect();

    let category = match &report.environment {
        Some(environment) => format!("{}/{environment}/", report.action),
        None => format!("{}/", report.action),
    };
    super::json::pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.action,
                "semanticVersion": report.version,
                "rules": rules,
            }},
            "automationDetails": { "id": category },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": true, "startTimeUtc": report.started_at.to_string() }],
            "results": results,
        }],
    }))
}

fn rule(id: &str, example: &Finding, action: &str) -> Value {
    let advice = example.help.trim();
    let help = match (advice, STRANGERS.iter().any(|family| id.starts_with(family))) {
        ("", true) => sentence(id),
        (advice, true) => advice.to_owned(),
        ("", false) => format!("See docs/rules/{id}.md."),
        (advice, false) => format!("{advice}\n\nSee docs/rules/{id}.md."),
    };
    json!({
        "id": id,
        "name": pascal_case(id),
        "shortDescription": { "text": sentence(id) },
        "fullDescription": { "text": sentence(id) },
        "help": { "text": help },
        "defaultConfiguration": { "level": level(example.severity) },
        "properties": { "tags": [action], "problem.severity": problem_severity(example.severity) },
    })
}

fn result(finding: &Finding, rule_index: Option<usize>, line_hash: Option<&str>, prefix: &str) -> Value {
    let place = &finding.place;
    let help = finding.help.trim();
    let text = if help.is_empty() { finding.message.clone() } else { format!("{}\n\n{help}", finding.message) };
    let mut fingerprints = json!({ "opsFingerprint/v1": finding.fingerprint });
    if let (Some(hash), Some(map)) = (line_hash, fingerprints.as_object_mut()) {
        map.insert("primaryLocationLineHash".to_owned(), hash.into());
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&format!("{prefix}{}", place.path)), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": place.start_line.max(1),
                "startColumn": place.start_column.max(1),
                "endLine": place.end_line.max(place.start_line).max(1),
                "endColumn": if place.end_line > place.start_line { place.end_column } else { place.end_column.max(place.start_column) }.max(1),
            },
        }}],
        "partialFingerprints": fingerprints,
    });
    if let (Some(waiver), Some(map)) = (&finding.waived_by, result.as_object_mut()) {
        map.insert(
            "suppressions".to_owned(),
            json!([{ "kind": "external", "status": "accepted", "justification": waiver }]),
        );
    }
    result
}

fn level(severity: Severity) -> &'static str {
    super::terminal::severity(severity)
}

/// GitHub's own scale for results that are not about security.
fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "recommendation",
    }
}

/// `migration/drops-column` as `MigrationDropsColumn`.
fn pascal_case(id: &str) -> String {
    id.split(|character: char| !character.is_ascii_alphanumeric()).map(capitalized).collect()
}

/// `migration/drops-column` as `Migration: drops column`.
fn sentence(id: &str) -> String {
    capitalized(id).replacen('/', ": ", 1).replace(['-', '/'], " ")
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

/// A path as a relative URI reference: what is neither unreserved nor a slash is percent-encoded.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::{super::sample, render};
    use serde_json::Value;

    fn log() -> Value {
        let read = |path: &str| {
            (path == "b.sql").then(|| "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n".to_owned())
        };
        serde_json::from_str(&render(&sample::refused(), "packages/my db/", &read)).unwrap()
    }

    #[test]
    fn the_log_is_what_code_scanning_takes() {
        insta::assert_snapshot!(render(&sample::refused(), "packages/my db/", &|_| Some("a\nb\nc\n".to_owned())));
    }

    #[test]
    fn a_result_has_its_place_in_the_repository_and_githubs_line_hash() {
        let log = log();
        let run = &log["runs"][0];
        let result = &run["results"][1];
        assert_eq!(result["ruleId"], "migration/drops-column");
        assert_eq!(
            run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"],
            result["ruleId"]
        );
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "packages/my%20db/b.sql");
        assert_eq!(location["region"]["startLine"], 3);
        assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], "1131fd5871777f34:1");
        assert_eq!(result["partialFingerprints"]["opsFingerprint/v1"], "print-3");
    }

    #[test]
    fn a_file_that_cannot_be_read_leaves_the_hash_to_github() {
        let first = &log()["runs"][0]["results"][0];
        assert_eq!(first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "packages/my%20db/a.sql");
        assert_eq!(first["partialFingerprints"].get("primaryLocationLineHash"), None);
    }

    #[test]
    fn a_waived_finding_is_suppressed_with_its_reason() {
        let log = log();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results[0]["suppressions"][0]["justification"], "@platform: known");
        assert!(results[1].get("suppressions").is_none());
    }

    #[test]
    fn every_rule_has_help_and_a_category_of_its_own() {
        let log = log();
        let run = &log["runs"][0];
        assert_eq!(run["automationDetails"]["id"], "guarded-migrate/production/");
        let rule = &run["tool"]["driver"]["rules"][0];
        assert_eq!(rule["shortDescription"]["text"], "Migration: drops column");
        assert_eq!(rule["name"], "MigrationDropsColumn");
        assert_eq!(rule["help"]["text"], "Do it in two steps.\n\nSee docs/rules/migration/drops-column.md.");
    }

    #[test]
    fn a_rule_of_another_program_has_no_page_here() {
        let mut report = sample::refused();
        report.findings.truncate(1);
        report.findings.iter_mut().for_each(|finding| finding.rule = "squawk/ban-char-field".into());
        let log: Value = serde_json::from_str(&render(&report, "", &|_| None)).unwrap();
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["help"]["text"], "Do it in two steps.");
    }
}
