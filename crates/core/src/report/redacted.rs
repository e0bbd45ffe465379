//! A report without secrets. The writers redact as well, but a secret that Markdown or JSON has escaped is hard to find.

use serde_json::Value;

use super::{Block, Details, Report};
use crate::redact::Redactor;

impl Report {
    /// The same report with every text of it redacted.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        if redactor.is_empty() {
            return self;
        }
        let hide = |text: &mut String| hide(text, redactor);
        [&mut self.headline, &mut self.explanation].into_iter().for_each(hide);
        self.environment.iter_mut().chain(&mut self.commit).for_each(hide);
        self.next.iter_mut().for_each(hide);
        for check in &mut self.checks {
            hide(&mut check.summary);
            check.next.iter_mut().for_each(hide);
            check.evidence.values_mut().for_each(|value| hide_in(value, redactor));
        }
        for finding in &mut self.findings {
            [&mut finding.message, &mut finding.help, &mut finding.place.path].into_iter().for_each(hide);
            finding.waived_by.iter_mut().for_each(hide);
        }
        for block in &mut self.blocks {
            match block {
                Block::Heading(text) | Block::Paragraph(text) | Block::Code { text, .. } => hide(text),
                Block::Table { rows, .. } => rows.iter_mut().flatten().for_each(hide),
            }
        }
        let mut details = self.details.value();
        hide_in(&mut details, redactor);
        self.details = Details::of(details);
        self
    }
}

/// Reports are long and secrets are few: only a text that holds one is written anew.
fn hide(text: &mut String, redactor: &Redactor) {
    let redacted = redactor.redact(text);
    if redacted != text.as_str() {
        *text = redacted.into_owned();
    }
}

fn hide_in(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => hide(text, redactor),
        Value::Array(values) => values.iter_mut().for_each(|value| hide_in(value, redactor)),
        Value::Object(map) => {
            map.values_mut().for_each(|value| hide_in(value, redactor));
            if map.keys().any(|key| redactor.redact(key) != key.as_str()) {
                let redacted = |(key, value): (String, Value)| (redactor.redact(&key).into_owned(), value);
                *map = std::mem::take(map).into_iter().map(redacted).collect();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{json, sample, sarif, summary, terminal};
    use crate::redact::Redactor;

    #[test]
    fn no_renderer_sees_a_secret_however_it_escapes() {
        let secret = "p|ss_w*rd<";
        let redactor = Redactor::default();
        redactor.add(secret);
        let report = sample::with_text_everywhere(secret).redacted(&redactor);
        assert!(!format!("{report:?}").contains(secret));
        for text in [
            json::render(&report),
            sarif::render(&report, "", &|_| None),
            summary::render(&report),
            terminal::render(&report),
            super::super::annotations::render(&report, ""),
        ] {
            assert!(text.contains("***") || text.contains("\\*\\*\\*"), "{text}");
        }
    }
}
