//! What matches mean together: parts that need each other, and rules that give way.

use super::Hit;
use crate::rules::{Near, Rules};

/// The hits that are told, in the order of place and rule.
pub(super) fn settle(rules: &Rules, text: &[u8], mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.range.start, hit.range.end, hit.rule));
    hits.dedup_by(|a, b| a.range == b.range && a.rule == b.rule && a.secret == b.secret);
    let told: Vec<bool> = hits.iter().map(|hit| is_told(rules, text, &hits, hit)).collect();
    let mut told = told.into_iter();
    hits.retain(|_| told.next().unwrap_or(true));
    hits
}

fn is_told(rules: &Rules, text: &[u8], hits: &[Hit], hit: &Hit) -> bool {
    let Some(rule) = rules.get(hit.rule) else { return false };
    // What is found as it stands is not told again for what it encodes.
    let stands =
        |other: &Hit| !other.is_decoded && rules.get(other.rule).is_some_and(|rule| !rule.generic && !rule.part);
    if hit.is_decoded && hits.iter().any(|other| stands(other) && overlap(other, hit)) {
        return false;
    }
    if rule.part || !rule.near.iter().all(|near| is_near(rules, text, hits, hit, near)) {
        return false;
    }
    !rule.generic || !hits.iter().any(|other| overrules(rules, other, hit))
}

/// Whether a rule that knows more found the same text.
fn overrules(rules: &Rules, other: &Hit, generic: &Hit) -> bool {
    let knows_more = rules.get(other.rule).is_some_and(|rule| !rule.generic && !rule.part);
    knows_more && overlap(other, generic)
}

fn overlap(a: &Hit, b: &Hit) -> bool {
    a.range.start < b.range.end && b.range.start < a.range.end
}

fn is_near(rules: &Rules, text: &[u8], hits: &[Hit], hit: &Hit, near: &Near) -> bool {
    hits.iter().any(|other| {
        rules.get(other.rule).is_some_and(|rule| rule.id == near.rule)
            && lines_between(text, hit, other) <= near.lines as usize
    })
}

fn lines_between(text: &[u8], a: &Hit, b: &Hit) -> usize {
    let (start, end) = (a.range.start.min(b.range.start), a.range.start.max(b.range.start));
    text.get(start..end).map_or(usize::MAX, |between| memchr::memchr_iter(b'\n', between).count())
}
