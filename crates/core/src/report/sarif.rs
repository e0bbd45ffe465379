//! The report as SARIF 2.1.0, in the subset that GitHub's code scanning takes.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::Report;
use crate::{Finding, Severity, fingerprint::line_hashes};

/// GitHub refuses a run with more results.
const RESULT_LIMIT: usize = 25_000;

/// GitHub refuses a log with more runs.
const RUN_LIMIT: usize = 20;

/// Families of rules that have pages in `docs/rules`. Every other rule is another program's: it has its pages, and the
/// findings' own help names them.
const OWN: &[&str] = &["dependency", "github", "migration", "policy", "release", "repository", "route", "secret"];

/// One run with the report's findings, or, where the report has parts, one for each and one for the rest: each has its own
/// category, so that code scanning knows which alerts a later run takes back. `read` gives the text of a file by its path under
/// the root, for the hash of the line by which GitHub recognizes a result: `primaryLocationLineHash`. The report's own
/// fingerprint stands beside it as `opsFingerprint/v1`, for every other reader. `prefix` leads from the repository to the root.
///
/// Waived findings are suppressed results with the waiver as the justification.
#[must_use]
pub fn render(report: &Report, prefix: &str, read: &dyn Fn(&str) -> Option<String>) -> String {
    let parts = report.parts.get(..report.parts.len().min(RUN_LIMIT - 1)).unwrap_or_default();
    let mut of_part: Vec<Vec<&Finding>> = vec![Vec::new(); parts.len() + 1];
    for finding in report.sorted_findings() {
        let part =
            parts.iter().position(|part| part.fingerprints.contains(&finding.fingerprint)).unwrap_or(parts.len());
        if let Some(findings) = of_part.get_mut(part) {
            findings.push(finding);
        }
    }
    let mut lines = Hashes { read, known: HashMap::new() };
    let ids = parts.iter().map(|part| Some(part.id.as_str())).chain([None]);
    let runs: Vec<Value> =
        ids.zip(of_part).map(|(id, findings)| run(report, id, findings, prefix, &mut lines)).collect();
    super::json::pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    }))
}

/// The hashes of the lines of files, each read once.
struct Hashes<'r> {
    read: &'r dyn Fn(&str) -> Option<String>,
    known: HashMap<String, Vec<String>>,
}

impl Hashes<'_> {
    fn of(&mut self, place: &crate::Place) -> Option<&str> {
        if !self.known.contains_key(&place.path) {
            let hashes = (self.read)(&place.path).map(|text| line_hashes(&text)).unwrap_or_default();
            self.known.insert(place.path.clone(), hashes);
        }
        let line = usize::try_from(place.start_line).ok()?.checked_sub(1)?;
        self.known.get(&place.path)?.get(line).map(String::as_str)
    }
}

fn run(
    report: &Report,
    part: Option<&str>,
    mut findings: Vec<&Finding>,
    prefix: &str,
    hashes: &mut Hashes<'_>,
) -> Value {
    findings.truncate(RESULT_LIMIT);
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in &findings {
        rules.entry(&finding.rule).or_insert(finding);
    }
    let positions: HashMap<&str, usize> = rules.keys().enumerate().map(|(index, rule)| (*rule, index)).collect();
    let rules: Vec<Value> = rules.iter().map(|(id, example)| rule(id, example, report.action)).collect();
    let results: Vec<Value> = (findings.iter())
        .map(|finding| result(finding, positions.get(&*finding.rule).copied(), hashes.of(&finding.place), prefix))
        .collect();
    let names = [Some(report.action), report.environment.as_deref(), part];
    let category: String = names.into_iter().flatten().map(|name| format!("{name}/")).collect();
    json!({
        "tool": { "driver": {
            "name": report.action,
            "semanticVersion": report.version,
            "rules": rules,
        }},
        "automationDetails": { "id": category },
        "columnKind": "unicodeCodePoints",
        "invocations": [{ "executionSuccessful": true, "startTimeUtc": report.started_at.to_string() }],
        "results": results,
    })
}

fn is_own(rule: &str) -> bool {
    rule.split_once('/').is_some_and(|(family, _)| OWN.contains(&family))
}

fn rule(id: &str, example: &Finding, action: &str) -> Value {
    let advice = example.help.trim();
    let help = match (advice, !is_own(id)) {
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

    #[test]
    fn the_families_with_pages_are_those_of_the_documentation() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        let mut families: Vec<String> = folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        families.sort();
        assert_eq!(families, super::OWN);
    }

    #[test]
    fn each_part_is_a_run_with_a_category_and_so_is_the_rest() {
        let mut report = sample::refused();
        let part = |id: &str, prints: &[&str]| crate::report::Part {
            id: id.to_owned(),
            fingerprints: prints.iter().map(|print| (*print).to_owned()).collect(),
        };
        report.parts = vec![part("lint", &["print-3"]), part("unit", &[])];
        let runs = |report: &crate::Report| -> Vec<(String, usize)> {
            let log: Value = serde_json::from_str(&render(report, "", &|_| None)).unwrap();
            let runs = log["runs"].as_array().unwrap().iter();
            runs.map(|run| {
                let id = run["automationDetails"]["id"].as_str().unwrap().to_owned();
                (id, run["results"].as_array().unwrap().len())
            })
            .collect()
        };
        let names =
            ["guarded-migrate/production/lint/", "guarded-migrate/production/unit/", "guarded-migrate/production/"];
        assert_eq!(runs(&report), [(names[0].to_owned(), 1), (names[1].to_owned(), 0), (names[2].to_owned(), 2)]);
        report.parts = (0..40).map(|number| part(&number.to_string(), &[])).collect();
        assert_eq!(runs(&report).len(), 20, "more are refused");
    }
}
