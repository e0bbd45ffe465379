//! What matches mean together: parts that need each other, and rules that give way.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use super::Hit;
use crate::rules::{Near, Rule, Rules};

/// The hits that are told, in the order of place and rule.
pub(super) fn settle(rules: &Rules, text: &[u8], mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(in_order);
    hits.dedup_by(|a, b| a.range == b.range && a.rule == b.rule && a.secret == b.secret);
    // Whether the path fits is not known yet.
    let knows = |hit: &Hit| rules.get(hit.rule).is_some_and(|rule| !rule.generic && !rule.part && rule.path.is_none());
    let known = Spans::of(hits.iter().filter(|hit| knows(hit)).map(|hit| hit.range.clone()));
    let plain = Spans::of(hits.iter().filter(|hit| knows(hit) && !hit.is_decoded).map(|hit| hit.range.clone()));
    let parts = Parts::of(rules, text, &hits);
    hits.retain(|hit| {
        let Some(rule) = rules.get(hit.rule) else { return false };
        // What is found as it stands is not told again for what it encodes, nor by a rule that knows less.
        let is_told_better = (hit.is_decoded && plain.meet(&hit.range)) || (rule.generic && known.meet(&hit.range));
        !rule.part && !is_told_better && parts.are_near(rule, hit)
    });
    give_way(rules, hits)
}

fn in_order(a: &Hit, b: &Hit) -> Ordering {
    let key = |hit: &Hit| (hit.range.start, hit.range.end, hit.rule);
    key(a).cmp(&key(b)).then_with(|| a.secret.cmp(&b.secret))
}

/// Without the generic hits whose text an earlier generic rule tells too: it knows more.
fn give_way(rules: &Rules, hits: Vec<Hit>) -> Vec<Hit> {
    let mut told: Vec<Hit> = Vec::with_capacity(hits.len());
    let mut last_generic = None;
    for hit in hits {
        if !rules.get(hit.rule).is_some_and(|rule| rule.generic && rule.path.is_none()) {
            told.push(hit);
            continue;
        }
        match last_generic.and_then(|last| told.get_mut(last)).filter(|last| is_same_text(last, &hit)) {
            Some(last) if (hit.is_decoded, hit.rule) < (last.is_decoded, last.rule) => *last = hit,
            Some(_) => {}
            None => {
                last_generic = Some(told.len());
                told.push(hit);
            }
        }
    }
    told.sort_by(in_order);
    told
}

/// What stands encoded in one place may be several secrets.
fn is_same_text(a: &Hit, b: &Hit) -> bool {
    let overlap = a.range.start < b.range.end && b.range.start < a.range.end;
    overlap && (!a.is_decoded || !b.is_decoded || a.secret == b.secret)
}

/// Parts of a text, merged where they meet.
struct Spans(Vec<Range<usize>>);

impl Spans {
    /// Of ranges in the order of their starts.
    fn of(ranges: impl Iterator<Item = Range<usize>>) -> Self {
        let mut spans: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match spans.last_mut().filter(|last| range.start < last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => spans.push(range),
            }
        }
        Self(spans)
    }

    fn meet(&self, range: &Range<usize>) -> bool {
        let after = self.0.partition_point(|span| span.end <= range.start);
        self.0.get(after).is_some_and(|span| span.start < range.end)
    }
}

/// Where the rules matched that others must be near.
struct Parts<'r> {
    /// For each rule's identifier the lines and columns of its matches, in order.
    places: BTreeMap<&'r str, Vec<(usize, usize)>>,
    /// Where each line starts. Empty where no rule asks.
    starts: Vec<usize>,
}

impl<'r> Parts<'r> {
    fn of(rules: &'r Rules, text: &[u8], hits: &[Hit]) -> Self {
        let mut parts = Self { places: BTreeMap::new(), starts: Vec::new() };
        if !hits.iter().any(|hit| rules.get(hit.rule).is_some_and(|rule| !rule.near.is_empty())) {
            return parts;
        }
        parts.starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|index| index + 1)).collect();
        for hit in hits {
            if let Some(rule) = rules.get(hit.rule) {
                let place = parts.place(hit.range.start);
                parts.places.entry(&rule.id).or_default().push(place);
            }
        }
        parts
    }

    fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        (line, offset - self.starts.get(line).copied().unwrap_or_default().min(offset))
    }

    fn are_near(&self, rule: &Rule, hit: &Hit) -> bool {
        rule.near.iter().all(|near| self.is_near(near, self.place(hit.range.start)))
    }

    fn is_near(&self, near: &Near, (line, column): (usize, usize)) -> bool {
        let reach = near.lines.map_or(usize::MAX, |lines| lines as usize);
        let places = self.places.get(near.rule.as_str()).map(Vec::as_slice).unwrap_or_default();
        let from = places.partition_point(|(other, _)| *other < line.saturating_sub(reach));
        let close =
            places.get(from..).unwrap_or_default().iter().take_while(|(other, _)| *other <= line.saturating_add(reach));
        let columns = near.columns.map_or(usize::MAX, |columns| columns as usize);
        close.into_iter().any(|(_, other)| other.abs_diff(column) <= columns)
    }
}
