//! What a gate came to.

use std::collections::BTreeMap;

use ops_core::policy::Number;
use ops_core::words::count;
use ops_core::{Finding, Severity, Verdict};

/// What to do about a reason that says it all.
pub(crate) const READ_IT: &str = "Read the reason, mend it, and run again.";

/// What a gate came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// What was looked at and what was found, in one sentence.
    pub(crate) summary: String,
    /// What would mend or answer it, where the verdict is not a pass.
    pub(crate) next: Option<String>,
    /// What was counted, such as `tests` or `files`.
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// What may be told never to get worse.
    pub(crate) numbers: BTreeMap<Number, f64>,
    pub(crate) findings: Vec<Finding>,
    /// A part of the question that nobody could answer, beside the findings that make the gate fail.
    pub(crate) unanswered: Option<String>,
    /// The secrets among the findings, as the report's details tell them.
    pub(crate) secrets: Vec<serde_json::Value>,
}

impl Outcome {
    /// A gate that passed.
    pub(crate) fn pass(summary: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Pass,
            summary: summary.into(),
            next: None,
            counts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            findings: Vec::new(),
            unanswered: None,
            secrets: Vec::new(),
        }
    }

    /// A gate that failed, and what to do `next`.
    pub(crate) fn fail(summary: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, next: Some(next.into()), ..Self::pass(summary) }
    }

    /// A gate that could not be judged, and what would answer it.
    pub(crate) fn unproven(summary: impl Into<String>, next: impl Into<String>) -> Self {
        Self { verdict: Verdict::Unproven, next: Some(next.into()), ..Self::pass(summary) }
    }

    /// Adds what was counted.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, number: u64) -> Self {
        self.counts.insert(name, number);
        self
    }

    /// Adds what was found. A failed gate passes all the same where every error among its findings is waived or known: what
    /// else is wrong must not have findings beside it.
    #[must_use]
    pub(crate) fn finding(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.findings.extend(findings);
        self
    }

    /// The same, once the exceptions were applied to the findings.
    #[must_use]
    pub(crate) fn excused(mut self) -> Self {
        let errors = self.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let (waived, open): (Vec<&Finding>, Vec<&Finding>) = errors.partition(|finding| finding.waived_by.is_some());
        if self.verdict == Verdict::Fail && open.is_empty() && !waived.is_empty() {
            if let Some(reason) = self.unanswered.take() {
                let next = Some(READ_IT.to_owned());
                return Self { verdict: Verdict::Unproven, summary: reason, next, ..self };
            }
            self.verdict = Verdict::Pass;
            self.summary = format!("{}; {} waived or known", self.summary, count(waived.len(), "finding"));
            self.next = None;
        }
        self
    }
}
