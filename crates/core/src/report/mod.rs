//! What a run found out, and its renderers: one output format, one file.

pub mod annotations;
mod details;
pub mod json;
mod markup;
mod redacted;
pub mod sarif;
pub mod summary;
pub mod terminal;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use crate::{Finding, Verdict};

pub use details::Details;
pub(crate) use markup::inline as escaped;
pub use markup::{code, plain};

/// One question with its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Stable identifier, such as `marker`.
    pub id: Cow<'static, str>,
    /// The answer.
    pub verdict: Verdict,
    /// What was expected and what was found, in one sentence.
    pub summary: String,
    /// What the answer rests on, for programs.
    pub evidence: BTreeMap<&'static str, Value>,
    /// The next command or setting, where the answer is not a pass.
    pub next: Option<String>,
    /// Whether findings of the report say what is wrong, each at its place: then the check needs no annotation of its own.
    pub is_told_by_findings: bool,
    /// Whether the policy lets the run pass although nobody could answer: then it stopped nothing.
    pub is_let_pass: bool,
}

impl Check {
    /// A check that passed.
    pub fn pass(id: impl Into<Cow<'static, str>>, summary: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            verdict: Verdict::Pass,
            summary: summary.into(),
            evidence: BTreeMap::new(),
            next: None,
            is_told_by_findings: false,
            is_let_pass: false,
        }
    }

    /// A check that failed. Every refusal says what to do `next`.
    pub fn fail(id: impl Into<Cow<'static, str>>, summary: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, next: Some(next.into()), ..Self::pass(id, summary) }
    }

    /// A check that could not be answered, with what would answer it.
    pub fn unproven(id: impl Into<Cow<'static, str>>, summary: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unproven, next: Some(next.into()), ..Self::pass(id, summary) }
    }

    /// Adds a fact that the answer rests on.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.evidence.insert(name, value.into());
        self
    }
}

/// A part of the report that people read, after the checks and the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph of plain text.
    Paragraph(String),
    /// Rows under a header, all of one width.
    Table {
        /// The header's cells.
        columns: Vec<&'static str>,
        /// The rows' cells.
        rows: Vec<Vec<String>>,
    },
    /// Text to be shown as it is, such as SQL.
    Code {
        /// The language's name, for highlighting.
        language: &'static str,
        /// The text.
        text: String,
    },
}

/// What a run found out. The same for every action; renderers turn it into bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The action's name, such as `guarded-migrate`.
    pub action: &'static str,
    /// The action's version.
    pub version: &'static str,
    /// The verb that ran, such as `apply`.
    pub command: &'static str,
    /// The conclusion.
    pub verdict: Verdict,
    /// The environment that was asked for.
    pub environment: Option<String>,
    /// The commit that was judged, in full.
    pub commit: Option<String>,
    /// `sha256:…` of the policy file's bytes.
    pub policy_digest: String,
    /// When the run started.
    pub started_at: jiff::Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// What happened, in a few words after the verdict: `refused, nothing was changed`.
    pub headline: String,
    /// What it means, in a sentence or two. May be empty.
    pub explanation: String,
    /// What to do now, most useful first.
    pub next: Vec<String>,
    /// Every question that was asked.
    pub checks: Vec<Check>,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// The action's own facts, for programs: the contract's `details`.
    pub details: Details,
    /// The action's own facts, for people.
    pub blocks: Vec<Block>,
    /// Parts of the findings that code scanning keeps apart. Empty where it need not.
    pub parts: Vec<Part>,
}

/// Findings that one part of a run is answerable for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, the same in every run: alerts of a part end when a later run of it has them no more.
    pub id: String,
    /// The fingerprints of its findings.
    pub fingerprints: BTreeSet<String>,
}

impl Report {
    /// A report of a run of `action` that began then and ends now, with nothing in it yet.
    #[must_use]
    pub fn of_run(action: &'static str, command: &'static str, started_at: jiff::Timestamp, verdict: Verdict) -> Self {
        let took = jiff::Timestamp::now().duration_since(started_at);
        Self {
            action,
            // All that is released is of one version.
            version: env!("CARGO_PKG_VERSION"),
            command,
            verdict,
            environment: None,
            commit: None,
            policy_digest: String::new(),
            started_at,
            duration_ms: u64::try_from(took.as_millis()).unwrap_or_default(),
            headline: String::new(),
            explanation: String::new(),
            next: Vec::new(),
            checks: Vec::new(),
            findings: Vec::new(),
            details: Details::default(),
            blocks: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// The findings in the order of every list: worst first, then by place, rule and message.
    #[must_use]
    pub fn sorted_findings(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
        findings
    }

    /// What to do now: what the action said, or else what the failed checks say, and then the unproven ones.
    #[must_use]
    pub fn steps(&self) -> Vec<&str> {
        if !self.next.is_empty() {
            return self.next.iter().map(String::as_str).collect();
        }
        let mut steps = Vec::new();
        for verdict in [Verdict::Fail, Verdict::Unproven] {
            for step in
                self.checks.iter().filter(|check| check.verdict == verdict).filter_map(|check| check.next.as_deref())
            {
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
        steps
    }

    /// Its first line, without the sign: `guarded-migrate · production · refused, nothing was changed`.
    #[must_use]
    pub(crate) fn title_parts(&self) -> Vec<&str> {
        let headline = if self.headline.is_empty() { self.verdict.word() } else { self.headline.as_str() };
        std::iter::once(self.action).chain(self.environment.as_deref()).chain([headline]).collect()
    }
}

fn order(finding: &Finding) -> (crate::Severity, &crate::Place, &str, &str) {
    (finding.severity, &finding.place, &finding.rule, &finding.message)
}

#[cfg(test)]
pub(crate) mod sample;
