//! The gates as JUnit's XML, for whoever shows tests: one suite, one case a gate.
//!
//! A failed gate is a failure, an unproven one an error, since no reader may take it for a pass. One that the policy lets
//! through is skipped.

use std::fmt::Write as _;
use std::time::Duration;

use ops_core::{Redactor, Verdict};

use crate::schedule::Judged;

/// The document. The same gates, the same bytes, but for the times.
pub(crate) fn render(judged: &[Judged], redactor: &Redactor) -> String {
    let of = |kind: Kind| judged.iter().filter(|judged| Kind::of(judged) == kind).count();
    let time: Duration = judged.iter().map(|judged| judged.duration).sum();
    let sums = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        judged.len(),
        of(Kind::Failure),
        of(Kind::Error),
        of(Kind::Skipped),
        seconds(time)
    );
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"quality-gate\" {sums}>\n  <testsuite name=\"quality-gate\" {sums}>\n"
    );
    for judged in judged {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", case(judged, redactor));
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

#[derive(PartialEq)]
enum Kind {
    Passed,
    Failure,
    Error,
    Skipped,
}

impl Kind {
    fn of(judged: &Judged) -> Self {
        match (judged.outcome.verdict, judged.weight()) {
            (Verdict::Pass, _) => Self::Passed,
            (Verdict::Fail, _) => Self::Failure,
            (Verdict::Unproven, Verdict::Pass) => Self::Skipped,
            (Verdict::Unproven, _) => Self::Error,
        }
    }
}

fn case(judged: &Judged, redactor: &Redactor) -> String {
    let message = escaped(&redactor.redact(&judged.outcome.summary));
    let next = escaped(&redactor.redact(judged.outcome.next.as_deref().unwrap_or_default()));
    let head = format!(
        "    <testcase classname=\"quality-gate\" name=\"{}\" time=\"{}\"",
        escaped(&judged.gate.id),
        seconds(judged.duration)
    );
    match Kind::of(judged) {
        Kind::Passed => format!("{head}/>"),
        Kind::Skipped => format!("{head}><skipped message=\"{message}\"/></testcase>"),
        Kind::Failure => format!("{head}><failure message=\"{message}\">{next}</failure></testcase>"),
        Kind::Error => format!("{head}><error message=\"{message}\">{next}</error></testcase>"),
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}

/// Text for XML 1.0, which has no place for most control characters, not even escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other if other.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::escaped;

    proptest! {
        #[test]
        fn whatever_a_summary_holds_is_read_back_or_replaced(text in any::<String>()) {
            let document = format!("<testsuites><testsuite name=\"a\"><testcase name=\"{}\"/></testsuite></testsuites>", escaped(&text));
            prop_assert!(ops_formats::read(ops_formats::Format::Junit, document.as_bytes()).is_ok(), "{document}");
        }
    }
}
