//! Reports for tests.

use super::{Block, Check, Details, Report};
use crate::{Finding, Place, Severity, Verdict};
use serde_json::json;

/// The refused migration of the README.
pub(crate) fn refused() -> Report {
    Report {
        action: "guarded-migrate",
        version: "0.1.0",
        command: "apply",
        verdict: Verdict::Fail,
        environment: Some("production".to_owned()),
        commit: Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned()),
        policy_digest: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
        started_at: "2026-11-21T08:00:00Z".parse().unwrap(),
        duration_ms: 1_250,
        headline: "refused, nothing was changed".to_owned(),
        explanation: "This database says it is **dev**, and production was asked for.".to_owned(),
        next: vec!["set production's `DATABASE_URL` in the environment's secrets.".to_owned()],
        checks: vec![
            Check::fail("marker", "`bk_env_marker` says dev; expected prod", "set the marker")
                .with("found", "dev")
                .with("expected", "prod"),
            Check::pass("confirmation", "CONFIRM_PROD_MIGRATE=YES, NODE_ENV=production"),
            Check::unproven("staging", "no staging database was given", "give `--staging-url`"),
        ],
        findings: vec![
            finding(Severity::Warning, "migration/missing-timeout", "b.sql", 2),
            finding(Severity::Error, "migration/drops-column", "b.sql", 3),
            Finding {
                waived_by: Some("@platform: known".to_owned()),
                ..finding(Severity::Error, "migration/drops-column", "a.sql", 1)
            },
        ],
        details: Details::of(json!({ "migrations": [] })),
        blocks: vec![
            Block::Heading("Plan".to_owned()),
            Block::Paragraph("1 migration would run.".to_owned()),
            Block::Table {
                columns: vec!["migration", "statements"],
                rows: vec![vec!["20260101_init".to_owned(), "2".to_owned()]],
            },
            Block::Code { language: "sql", text: "drop table a;".to_owned() },
        ],
        parts: Vec::new(),
    }
}

/// A finding in one place.
pub(crate) fn finding(severity: Severity, rule: &'static str, path: &str, line: u32) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        message: format!("line {line} is wrong"),
        help: "Do it in two steps.".to_owned(),
        place: Place { path: path.to_owned(), start_line: line, start_column: 1, end_line: line, end_column: 5 },
        fingerprint: format!("print-{line}"),
        waived_by: None,
    }
}

/// A report in which every text is `text`.
pub(crate) fn with_text_everywhere(text: &str) -> Report {
    let mut report = refused();
    report.environment = Some(text.to_owned());
    report.headline = text.to_owned();
    report.explanation = text.to_owned();
    report.next = vec![text.to_owned(), text.to_owned()];
    report.checks = vec![Check::fail("marker", text, text).with("found", text)];
    for finding in &mut report.findings {
        finding.message = text.to_owned();
        finding.help = text.to_owned();
        finding.place.path = text.to_owned();
        finding.waived_by = finding.waived_by.as_ref().map(|_| text.to_owned());
    }
    report.details = Details::of(json!({ "text": [text], text: 1 }));
    report.blocks = vec![
        Block::Heading(text.to_owned()),
        Block::Paragraph(text.to_owned()),
        Block::Table { columns: vec!["a"], rows: vec![vec![text.to_owned()]] },
        Block::Code { language: "sql", text: text.to_owned() },
    ];
    report
}
