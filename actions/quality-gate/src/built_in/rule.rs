//! What a rule is called, and what its findings come to.

use ops_core::{Finding, Place, Severity, Verdict, fingerprint};

use crate::outcome::{Outcome, READ_IT};
pub(crate) use ops_core::words::count;

/// What a rule is called, and its page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleInfo {
    /// `repository/lockfile-stale`
    pub(crate) ident: &'static str,
    #[cfg(test)]
    pub(crate) title: &'static str,
    #[cfg(test)]
    pub(crate) doc: &'static str,
}

impl RuleInfo {
    /// A finding of it. `content` is what its fingerprint is made of, beside the rule and the file.
    pub(crate) fn finding(
        &self,
        severity: Severity,
        place: Place,
        content: &[&str],
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        let mut parts = vec![self.ident, place.path.as_str()];
        parts.extend(content);
        Finding {
            rule: self.ident.into(),
            severity,
            message: message.into(),
            help: help.into(),
            fingerprint: fingerprint::of_content(&parts),
            place,
            waived_by: None,
        }
    }
}

/// What the findings come to: an error fails, and what could not be told proves nothing. `good` is the sentence where there is
/// neither.
pub(crate) fn judged(good: impl Into<String>, mut findings: Vec<Finding>, unknown: &[String]) -> Outcome {
    findings.sort_by(|one, other| {
        (one.severity, &one.place, &one.message).cmp(&(other.severity, &other.place, &other.message))
    });
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let told = |finding: &Finding, others: usize| {
        let place = &finding.place;
        let more = if others > 1 { format!(" (and {} more)", others - 1) } else { String::new() };
        format!("{}: {}{more}", place.path, finding.message)
    };
    let outcome = match (findings.first().filter(|_| errors > 0), unknown.first()) {
        (Some(worst), _) => Outcome::fail(told(worst, errors), worst.help.clone()),
        (None, Some(reason)) => Outcome::unproven(reason.clone(), READ_IT),
        (None, None) => match findings.iter().filter(|finding| finding.severity == Severity::Warning).count() {
            0 => Outcome::pass(good),
            1 => Outcome::pass(format!("{}; 1 warning", good.into())),
            warnings => Outcome::pass(format!("{}; {warnings} warnings", good.into())),
        },
    };
    debug_assert!(outcome.verdict != Verdict::Pass || errors == 0);
    let unanswered = unknown.first().filter(|_| errors > 0).cloned();
    Outcome { unanswered, ..outcome.finding(findings) }
}

/// A gate that could not ask its question at all.
pub(crate) fn unknown(reason: impl Into<String>, next: impl Into<String>) -> Outcome {
    Outcome::unproven(reason, next)
}

/// Where `wanted` stands first in the text of a file; the file as a whole, where it does not.
pub(crate) fn place_of(path: &str, text: &str, wanted: &str) -> Place {
    match text.find(wanted) {
        Some(start) => Place::in_text(path, text, start..start + wanted.len()),
        None => Place::file(path),
    }
}

#[cfg(test)]
mod tests {
    use ops_core::{Place, Severity, Verdict};

    use super::{RuleInfo, judged};

    const RULE: RuleInfo = RuleInfo { ident: "release/test", title: "A test", doc: "" };

    #[test]
    fn what_nobody_could_answer_is_left_where_every_error_is_waived() {
        let error = || RULE.finding(Severity::Error, Place::file("a"), &[], "is wrong", "mend it");
        let unknown = ["b cannot be read".to_owned()];
        let outcome = judged("good", vec![error()], &unknown);
        assert_eq!((outcome.verdict, outcome.summary.as_str()), (Verdict::Fail, "a: is wrong"));
        let waived = |unknown: &[String]| {
            let mut outcome = judged("good", vec![error()], unknown);
            outcome.findings[0].waived_by = Some("@platform".to_owned());
            outcome.excused()
        };
        let left = waived(&unknown);
        assert_eq!((left.verdict, left.summary.as_str()), (Verdict::Unproven, "b cannot be read"));
        assert_eq!(waived(&[]).verdict, Verdict::Pass);
    }
}
