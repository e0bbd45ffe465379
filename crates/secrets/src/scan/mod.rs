//! The engine: keywords over the raw bytes, patterns on windows round them, then everything that speaks against a match.

mod doubt;
mod entropy;
mod near;
mod secret;
mod window;

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

pub use entropy::shannon_entropy;
pub use secret::Secret;

use crate::rules::{Compiled, Rule, RuleError, Rules};
use crate::{Validity, validate};
use window::Windows;

/// Finds what rules describe in texts of any kind.
#[derive(Debug)]
pub struct Scanner {
    rules: Rules,
    /// Every keyword of every rule.
    keywords: AhoCorasick,
    /// For each keyword the rules that it belongs to.
    owners: Vec<Vec<u32>>,
    /// The rules without a keyword.
    everywhere: Vec<u32>,
}

/// A secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The position of its rule in [`Scanner::rules`].
    pub rule: usize,
    /// The bytes of the text that hold it.
    pub range: Range<usize>,
    /// The secret itself.
    pub secret: Secret,
    /// What it tells of itself.
    pub validity: Validity,
}

impl Scanner {
    /// A scanner for these rules.
    ///
    /// # Errors
    /// If the keywords are too many to be looked for at once.
    pub fn new(rules: Rules) -> Result<Self, RuleError> {
        let mut known: std::collections::BTreeMap<String, Vec<u32>> = std::collections::BTreeMap::new();
        let mut everywhere = Vec::new();
        for (position, rule) in (0_u32..).zip(rules.iter()) {
            if rule.keywords.is_empty() {
                everywhere.push(position);
            }
            for keyword in &rule.keywords {
                known.entry(keyword.to_ascii_lowercase()).or_default().push(position);
            }
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(known.keys())
            .map_err(|error| RuleError::Shape { file: "keywords".to_owned(), message: error.to_string() })?;
        Ok(Self { rules, keywords, owners: known.into_values().collect(), everywhere })
    }

    /// What it looks for.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Every secret in `text`, in the order of place and rule. The rules' paths are not looked at: see [`Rule::path`].
    #[must_use]
    pub fn scan(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (position, window) in self.windows(text) {
            if let Some(rule) = self.rules.get(position)
                && let Ok(compiled) = rule.pattern.compile()
            {
                matches(rule, compiled, text, window, |found, secret| {
                    hits.extend(judge(rule, text, found, secret).map(|hit| Hit { rule: position, ..hit }));
                });
            }
        }
        near::settle(&self.rules, text, hits)
    }

    fn windows(&self, text: &[u8]) -> Vec<(usize, Range<usize>)> {
        let mut windows = Windows::new(text.len());
        for position in &self.everywhere {
            windows.whole(*position);
        }
        for found in self.keywords.find_overlapping_iter(text) {
            for position in self.owners.get(found.pattern().as_usize()).into_iter().flatten() {
                let Some(rule) = self.rules.get(*position as usize) else { continue };
                if rule.everywhere {
                    windows.whole(*position);
                } else if let Ok(compiled) = rule.pattern.compile() {
                    windows.around(*position, found.range(), compiled.longest());
                }
            }
        }
        windows.sorted()
    }
}

/// Calls `told` with each match in the window and the secret in it.
fn matches(
    rule: &Rule,
    compiled: &Compiled,
    text: &[u8],
    window: Range<usize>,
    mut told: impl FnMut(Range<usize>, Range<usize>),
) {
    let mut from = window.start;
    while from <= window.end
        && let Some(found) = compiled.find(text, from..window.end)
    {
        let secret = compiled.secret(text, found.clone(), rule.secret_group);
        // What follows the secret may belong to the next one.
        from = if secret.end > found.start { secret.end } else { found.end.max(found.start + 1) };
        told(found, secret);
    }
}

/// The hit that a match is, unless something speaks against it.
fn judge(rule: &Rule, text: &[u8], _found: Range<usize>, range: Range<usize>) -> Option<Hit> {
    let secret = text.get(range.clone()).filter(|secret| !secret.is_empty())?;
    if rule.entropy.is_some_and(|least| shannon_entropy(secret) < least) {
        return None;
    }
    if rule.doubt && doubt::is_placeholder(secret, rule.generic) {
        return None;
    }
    if rule.allow.iter().any(|allowed| allowed.fits(secret)) {
        return None;
    }
    let validity = rule.validate.map_or(Validity::Unknown, |validator| validate::judge(validator, secret));
    if validity == Validity::Invalid {
        return None;
    }
    Some(Hit { rule: 0, range, secret: Secret::new(secret), validity })
}

#[cfg(test)]
mod tests;
