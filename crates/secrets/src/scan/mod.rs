//! The engine: keywords over the raw bytes, patterns on windows round them, then everything that speaks against a match.

mod decode;
mod doubt;
mod entropy;
mod near;
mod secret;
mod text;
mod window;

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use jiff::Timestamp;

pub use entropy::shannon_entropy;
pub use secret::Secret;
pub use text::text_of;

use crate::rules::{Answer, Compiled, Rule, RuleError, Rules};
use crate::{Validity, validate};
use window::Windows;

/// How often a decoded text is decoded again.
const DEPTH: usize = 3;

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
    /// What is expired now.
    now: Timestamp,
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
    /// Whether it was encoded there.
    pub is_decoded: bool,
    /// The positions of those of the rule's allowlists that path and commit decide.
    pub open: Vec<usize>,
}

impl Scanner {
    /// A scanner for these rules; what expired before `now` is told as expired.
    ///
    /// # Errors
    /// If the keywords are too many to be looked for at once.
    pub fn new(rules: Rules, now: Timestamp) -> Result<Self, RuleError> {
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
        Ok(Self { rules, keywords, owners: known.into_values().collect(), everywhere, now })
    }

    /// What it looks for.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Every secret in `text`, in the order of place and rule. The rules' paths are not looked at: see [`Rule::path`].
    #[must_use]
    pub fn scan(&self, text: &[u8]) -> Vec<Hit> {
        self.scan_whole(text).0
    }

    /// The same, and whether the text is quiet: there is nothing in it that only looks like a secret together with what stands
    /// far from it.
    pub(crate) fn scan_whole(&self, text: &[u8]) -> (Vec<Hit>, bool) {
        let mut hits = Vec::new();
        let far = self.collect(text, 0..text.len(), None, DEPTH, &mut hits);
        let is_quiet = hits.is_empty() && !far;
        (near::settle(&self.rules, text, hits), is_quiet)
    }

    /// Whether `text` is quiet too, where `base` is, from which it differs in one part. What stands in equal surroundings
    /// means the same in both, so only the other part is looked at, with as much around it as a match can reach.
    pub(crate) fn stays_quiet(&self, text: &[u8], base: &[u8]) -> bool {
        let same = text.iter().zip(base).take_while(|(a, b)| a == b).count();
        let left = text.len().min(base.len()) - same;
        let (after, base_after) = (text.iter().rev(), base.iter().rev());
        let same_after = after.zip(base_after).take(left).take_while(|(a, b)| a == b).count();
        let start = same.saturating_sub(window::NEAR);
        let end = (text.len() - same_after + window::NEAR).min(text.len());
        let mut hits = Vec::new();
        let far = self.collect(text, lines_around(text, &(start..end)), None, DEPTH, &mut hits);
        hits.is_empty() && !far
    }

    /// Adds what is in `region` of `text`, which stands encoded at the place `outer` of the text that is scanned. Returns
    /// whether something far away may count.
    fn collect(
        &self,
        text: &[u8],
        region: Range<usize>,
        outer: Option<&Range<usize>>,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> bool {
        let windows = self.windows(text, region.clone());
        let mut far = windows.far;
        for (position, window) in windows.sorted() {
            if let Some(rule) = self.rules.get(position)
                && let Ok(compiled) = rule.pattern.compile()
            {
                matches(rule, compiled, text, window, |whole, range| {
                    let hit = judge(rule, text, whole, range.clone(), self.now);
                    let is_decoded = outer.is_some();
                    let range = outer.cloned().unwrap_or(range);
                    hits.extend(hit.map(|Judged { secret, validity, open }| Hit {
                        rule: position,
                        range,
                        secret,
                        validity,
                        is_decoded,
                        open,
                    }));
                });
            }
        }
        if depth > 0 {
            for encoded in decode::encoded(text.get(region.clone()).unwrap_or_default()) {
                let range = encoded.range.start + region.start..encoded.range.end + region.start;
                let inner = 0..encoded.text.len();
                far |= self.collect(&encoded.text, inner, Some(outer.unwrap_or(&range)), depth - 1, hits);
            }
        }
        far
    }

    fn windows(&self, text: &[u8], region: Range<usize>) -> Windows {
        let mut windows = Windows::new(text.len());
        for position in &self.everywhere {
            let rule = self.rules.get(*position as usize);
            match rule.and_then(|rule| rule.pattern.compile().ok()).filter(|compiled| compiled.begins()) {
                Some(compiled) if region.start == 0 => windows.around(*position, 0..0, compiled.longest()),
                Some(_) => {}
                None => windows.whole(*position),
            }
        }
        for found in self.keywords.find_overlapping_iter(Input::new(text).range(region)) {
            for position in self.owners.get(found.pattern().as_usize()).into_iter().flatten() {
                let Some(rule) = self.rules.get(*position as usize) else { continue };
                if rule.everywhere {
                    windows.whole(*position);
                } else if let Ok(compiled) = rule.pattern.compile() {
                    windows.around(*position, found.range(), compiled.longest());
                }
            }
        }
        windows
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

/// What a match tells, if nothing speaks against it.
struct Judged {
    secret: Secret,
    validity: Validity,
    open: Vec<usize>,
}

fn judge(rule: &Rule, text: &[u8], whole: Range<usize>, range: Range<usize>, now: Timestamp) -> Option<Judged> {
    let secret = text.get(range.clone()).filter(|secret| !secret.is_empty())?;
    if rule.entropy.is_some_and(|least| shannon_entropy(secret) < least)
        || (rule.doubt && doubt::is_placeholder(secret, rule.generic))
        || rule.allow.iter().any(|allowed| allowed.fits(secret))
    {
        return None;
    }
    let mut open = Vec::new();
    for (position, list) in rule.allowlists.iter().enumerate() {
        let line = lines_around(text, &range);
        match list.content(secret, text.get(whole.clone())?, text.get(line)?) {
            Answer::Silent => return None,
            Answer::Open => open.push(position),
            Answer::Told => {}
        }
    }
    let validity = match rule.validate {
        Some(validator) => validate::judge(validator, secret, text.get(whole)?, now)?,
        None => Validity::Unknown,
    };
    Some(Judged { secret: Secret::new(secret), validity, open })
}

/// The whole lines in which the range lies, without the last line break.
pub(crate) fn lines_around(text: &[u8], range: &Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |index| index + 1);
    let after = text.get(range.end..).unwrap_or_default();
    let end = memchr::memchr(b'\n', after).map_or(text.len(), |index| range.end + index);
    start..end
}

#[cfg(test)]
mod tests;
