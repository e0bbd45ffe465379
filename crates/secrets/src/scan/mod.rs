//! The engine: keywords over the raw bytes, patterns on windows round them, then everything that speaks against a match.

mod again;
mod decode;
mod doubt;
mod entropy;
mod near;
mod reach;
mod secret;
mod text;
mod window;

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};
use jiff::Timestamp;

pub(crate) use again::Seen;
pub use entropy::shannon_entropy;
pub use secret::Secret;
pub use text::text_of;

use crate::objects::Copied;
use crate::rules::{Answer, Compiled, Rule, RuleError, Rules};
use crate::{Validity, validate};
use again::{Far, Held};
use reach::Reach;
use window::{Window, Windows};

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
    /// For each rule how far it reaches, once it is asked for.
    reaches: Vec<OnceLock<Reach>>,
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
        let reaches = rules.iter().map(|_| OnceLock::new()).collect();
        Ok(Self { rules, keywords, owners: known.into_values().collect(), everywhere, reaches, now })
    }

    /// What it looks for.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Every secret in `text`, in the order of place and rule. The rules' paths are not looked at: see [`Rule::path`].
    #[must_use]
    pub fn scan(&self, text: &[u8]) -> Vec<Hit> {
        self.scan_after(text, None).0
    }

    /// The same, where it may be known what was seen in another text and what this one has of it; and what is seen in this one.
    pub(crate) fn scan_after(&self, text: &[u8], before: Option<(&Seen, &[Copied])>) -> (Vec<Hit>, Seen) {
        let held = before.map(|(seen, copied)| Held::of(text, copied, seen.length)).unwrap_or_default();
        let (mut hits, mut far) = before.map(|(seen, _)| held.moved(seen)).unwrap_or_default();
        let gaps = held.gaps(text.len());
        let mut windows = Windows::new(text.len());
        for region in again::widened(text, &gaps) {
            self.keywords_in(text, region, |position, keyword, reach| {
                if !reach.is_far() {
                    windows.around(position, &keyword, reach);
                } else if !held.holds(&keyword) {
                    far.push(Far { rule: position, keyword });
                }
            });
        }
        far.sort_by_key(|far| (far.keyword.end, far.rule));
        let mut found = Vec::new();
        self.find(text, windows.sorted(), None, &mut found);
        found.retain(|hit| !held.holds(&hit.range));
        let windows = self.far_windows(text.len(), &far);
        hits.retain(|hit| hit.is_decoded || !self.is_far(hit.rule) || stays(hit, &windows, &held));
        let changed = windows.into_iter().filter(|(_, window)| !held.holds(&window.range())).collect();
        self.find(text, changed, None, &mut found);
        for gap in gaps {
            self.find_encoded(text, gap, None, DEPTH, &mut found);
        }
        hits.append(&mut found);
        hits.sort_by_key(|hit| hit.range.start);
        let told = if hits.is_empty() { Vec::new() } else { near::settle(&self.rules, text, hits.clone()) };
        (told, Seen { length: text.len(), hits, far })
    }

    fn is_far(&self, position: usize) -> bool {
        self.reach(position).is_some_and(Reach::is_far)
    }

    fn reach(&self, position: usize) -> Option<Reach> {
        let reach = self.reaches.get(position)?;
        Some(*reach.get_or_init(|| self.rules.get(position).map_or(Reach::Everywhere, Reach::of)))
    }

    /// Where the rules are tried that reach far.
    fn far_windows(&self, end: usize, far: &[Far]) -> Vec<(usize, Window)> {
        let mut windows = Windows::new(end);
        self.without_keyword(&mut windows);
        for Far { rule, keyword } in far {
            if let Some(reach) = self.reach(*rule as usize) {
                windows.around(*rule, keyword, reach);
            }
        }
        windows.sorted()
    }

    /// Adds what is in `text`, which stands encoded at the place `outer` of the text that is scanned.
    fn find_all(&self, text: &[u8], outer: &Range<usize>, depth: usize, hits: &mut Vec<Hit>) {
        let mut windows = Windows::new(text.len());
        self.without_keyword(&mut windows);
        self.keywords_in(text, 0..text.len(), |position, keyword, reach| windows.around(position, &keyword, reach));
        self.find(text, windows.sorted(), Some(outer), hits);
        self.find_encoded(text, 0..text.len(), Some(outer), depth, hits);
    }

    fn find_encoded(
        &self,
        text: &[u8],
        region: Range<usize>,
        outer: Option<&Range<usize>>,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for encoded in decode::encoded(text.get(region.clone()).unwrap_or_default()) {
            let range = encoded.range.start + region.start..encoded.range.end + region.start;
            self.find_all(&encoded.text, outer.unwrap_or(&range), depth, hits);
        }
    }

    /// Adds what the rules find in their windows, those of one rule together and in order.
    fn find(&self, text: &[u8], windows: Vec<(usize, Window)>, outer: Option<&Range<usize>>, hits: &mut Vec<Hit>) {
        let mut passed = (usize::MAX, 0);
        for (position, window) in windows {
            let Some(rule) = self.rules.get(position) else { continue };
            let Ok(compiled) = rule.pattern.compile() else { continue };
            let from = if passed.0 == position { passed.1 } else { 0 };
            let to = matches(rule, compiled, text, &window, from, |whole, range| {
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
            passed = (position, to);
        }
    }

    fn without_keyword(&self, windows: &mut Windows) {
        for position in &self.everywhere {
            if let Some(reach) = self.reach(*position as usize) {
                windows.around(*position, &(0..0), reach);
            }
        }
    }

    /// Calls `told` with each keyword in `region` and each rule that it belongs to.
    fn keywords_in(&self, text: &[u8], region: Range<usize>, mut told: impl FnMut(u32, Range<usize>, Reach)) {
        for found in self.keywords.find_overlapping_iter(Input::new(text).range(region)) {
            for position in self.owners.get(found.pattern().as_usize()).into_iter().flatten() {
                if let Some(reach) = self.reach(*position as usize) {
                    told(*position, found.range(), reach);
                }
            }
        }
    }
}

/// Whether a hit of a rule that reaches far lies in a window in which nothing changed.
fn stays(hit: &Hit, windows: &[(usize, Window)], held: &Held) -> bool {
    let after = windows.partition_point(|(rule, window)| (*rule, window.end) < (hit.rule, hit.range.end));
    windows.get(after).is_some_and(|(rule, window)| {
        *rule == hit.rule && window.starts.start <= hit.range.start && held.holds(&window.range())
    })
}

/// Calls `told` with each match in the window that does not begin before `from`, and with the secret in it. Returns where the next
/// match may begin.
fn matches(
    rule: &Rule,
    compiled: &Compiled,
    text: &[u8],
    window: &Window,
    from: usize,
    mut told: impl FnMut(Range<usize>, Range<usize>),
) -> usize {
    let mut from = from.max(window.starts.start);
    while from <= window.starts.end
        && let Some(found) = compiled.find(text, from..window.starts.end, window.end)
    {
        let secret = compiled.secret(text, found.clone(), rule.secret_group);
        // What follows the secret may belong to the next one.
        from = if secret.end > found.start { secret.end } else { found.end.max(found.start + 1) };
        told(found, secret);
    }
    from
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
