//! The report for programs: `report.json`.

use std::collections::BTreeMap;
use std::io;

use memchr::memmem;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Report;
use crate::{Severity, Verdict};

/// `report.json`, version 1. Fields are only ever added.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "report.json", description = "What an action of ops-actions found out.")]
pub(crate) struct Document<'a, D> {
    /// The version of this shape.
    #[schemars(extend("const" = 1))]
    schema: u8,
    /// The action's name.
    action: &'a str,
    /// The action's version.
    version: &'a str,
    /// The verb that ran.
    command: &'a str,
    /// The conclusion.
    verdict: Verdict,
    /// The environment that was asked for.
    environment: Option<&'a str>,
    /// The commit that was judged.
    commit: Option<&'a str>,
    /// `sha256:` of the policy file's bytes.
    policy_digest: &'a str,
    /// When the run started, RFC 3339.
    #[schemars(with = "String", extend("format" = "date-time"))]
    started_at: jiff::Timestamp,
    /// How long it took, in milliseconds.
    duration_ms: u64,
    /// What happened, in a few words.
    headline: &'a str,
    /// What it means.
    explanation: &'a str,
    /// What to do now, most useful first.
    next: Vec<&'a str>,
    /// Every question that was asked.
    checks: Vec<CheckDocument<'a>>,
    /// Everything that is wrong: worst first, then by place.
    findings: Vec<FindingDocument<'a>>,
    /// The action's own facts.
    #[schemars(with = "Value")]
    details: &'a D,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Check")]
struct CheckDocument<'a> {
    /// Stable identifier.
    id: &'a str,
    /// The answer.
    verdict: Verdict,
    /// What was expected and what was found.
    summary: &'a str,
    /// What the answer rests on.
    evidence: &'a BTreeMap<&'static str, Value>,
    /// What to do where the answer is not a pass.
    next: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingDocument<'a> {
    /// The rule, `family/name`.
    rule: &'a str,
    /// How much it weighs.
    severity: Severity,
    /// What is wrong.
    message: &'a str,
    /// What to do about it.
    help: &'a str,
    /// The file, relative to the root.
    path: &'a str,
    /// First line, from 1.
    start_line: u32,
    /// First column in characters, from 1.
    start_column: u32,
    /// Last line.
    end_line: u32,
    /// One past the last column.
    end_column: u32,
    /// Stays the same when the finding moves.
    fingerprint: &'a str,
    /// Who waived it and why, if the policy does.
    waived_by: Option<&'a str>,
}

/// The report as indented JSON with a line break at its end. The same report gives the same bytes.
#[must_use]
pub fn render(report: &Report) -> String {
    report.details.render(report)
}

pub(super) fn render_with(report: &Report, details: &impl Serialize) -> String {
    let checks = report.checks.iter().map(|check| CheckDocument {
        id: &check.id,
        verdict: check.verdict,
        summary: &check.summary,
        evidence: &check.evidence,
        next: check.next.as_deref(),
    });
    let findings = report.sorted_findings().into_iter().map(|finding| FindingDocument {
        rule: &finding.rule,
        severity: finding.severity,
        message: &finding.message,
        help: &finding.help,
        path: &finding.place.path,
        start_line: finding.place.start_line,
        start_column: finding.place.start_column,
        end_line: finding.place.end_line,
        end_column: finding.place.end_column,
        fingerprint: &finding.fingerprint,
        waived_by: finding.waived_by.as_deref(),
    });
    let document = Document {
        schema: 1,
        action: report.action,
        version: report.version,
        command: report.command,
        verdict: report.verdict,
        environment: report.environment.as_deref(),
        commit: report.commit.as_deref(),
        policy_digest: &report.policy_digest,
        started_at: report.started_at,
        duration_ms: report.duration_ms,
        headline: &report.headline,
        explanation: &report.explanation,
        next: report.steps(),
        checks: checks.collect(),
        findings: findings.collect(),
        details,
    };
    pretty(&document)
}

/// Room for most reports, in bytes. Only what is written of it becomes memory; a text that grows step by step takes as long for that
/// as for what it holds.
const ROOM: usize = 4 << 20;

/// Indented JSON with a line break at its end, harmless in a log: the runner's `##[` cannot stand in it.
pub(crate) fn pretty(document: &impl Serialize) -> String {
    let mut bytes = Bytes(Vec::with_capacity(ROOM));
    // Every key is a string and nothing fails on its way, and JSON is UTF-8: neither can fail.
    let written = serde_json::to_writer_pretty(&mut bytes, document).is_ok();
    let mut text = String::from_utf8(bytes.0).ok().filter(|_| written).unwrap_or_default();
    // Outside of strings JSON has no `#`.
    if memmem::find(text.as_bytes(), b"##[").is_some() {
        text = text.replace("##[", "#\\u0023[");
    }
    text.push('\n');
    text
}

/// What JSON is written to: mostly signs and pairs of blanks, each by itself.
struct Bytes(Vec<u8>);

impl io::Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match *bytes {
            [one] => self.0.push(one),
            [one, two] => {
                self.0.push(one);
                self.0.push(two);
            }
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample, render};
    use serde_json::Value;

    #[test]
    fn the_report_is_the_contract() {
        let mut report = sample::refused();
        report.checks.truncate(1);
        report.findings.truncate(2);
        insta::assert_snapshot!(render(&report));
    }

    #[test]
    fn the_log_of_a_runner_sees_no_command_in_it() {
        let text = render(&sample::with_text_everywhere("##[error]x\n::error::y"));
        assert!(!text.contains("##[") && text.lines().all(|line| !line.trim_start().starts_with("::")));
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["headline"], "##[error]x\n::error::y");
    }

    #[test]
    fn findings_are_sorted_whatever_their_order_was() {
        let report = sample::refused();
        let mut reversed = report.clone();
        reversed.findings.reverse();
        assert_eq!(render(&report), render(&reversed));
        let document: Value = serde_json::from_str(&render(&report)).unwrap();
        let places: Vec<_> =
            document["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap()).collect();
        assert_eq!(places, ["a.sql", "b.sql", "b.sql"]);
    }
}
