//! How far from its keywords a rule's matches lie.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_automata::util::syntax;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::window::NEAR;
use crate::Rule;
use crate::rules::Compiled;

/// How far before a keyword a match without a longest length may begin. In bytes.
const BEFORE: usize = 1 << 10;
/// How far behind a keyword a match may end: room for a private key of 16,384 bits. In bytes.
const AFTER: usize = 32 << 10;

/// Where a rule is tried when a keyword of it is found. In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Everywhere.
    Everywhere,
    /// Where the text begins, to so far behind.
    Start { after: usize },
    /// From so far before the keyword's end, to so far behind its start. `holds`: every match has a keyword and begins at it or
    /// before it, and it is known how matches begin.
    Around { before: usize, after: usize, holds: bool },
}

impl Reach {
    /// Of a rule whose pattern can be used.
    pub(super) fn of(rule: &Rule) -> Self {
        let compiled = rule.pattern.compile().ok();
        let longest = compiled.and_then(Compiled::longest);
        if rule.keywords.is_empty() && compiled.is_some_and(Compiled::begins) {
            return Self::Start { after: longest.unwrap_or(AFTER).min(AFTER) };
        }
        if rule.everywhere || rule.keywords.is_empty() {
            return Self::Everywhere;
        }
        let compiled = compiled.filter(|compiled| compiled.knows_starts());
        let expression = compiled.and_then(|_| {
            syntax::parse_with(rule.pattern.text(), &syntax::Config::new().unicode(false).utf8(false)).ok()
        });
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .build(&rule.keywords)
            .ok();
        let within = expression.zip(keywords).and_then(|(expression, keywords)| before(&expression, &keywords));
        let after = longest.unwrap_or(AFTER).min(AFTER);
        match within.filter(|within| *within <= NEAR && after <= NEAR) {
            Some(before) => Self::Around { before, after, holds: true },
            None => Self::Around { before: longest.unwrap_or(BEFORE).min(AFTER), after, holds: false },
        }
    }

    /// Whether a match may lie farther from its keyword than [`NEAR`], or needs none.
    pub(super) fn is_far(self) -> bool {
        match self {
            Self::Everywhere | Self::Start { .. } => true,
            Self::Around { before, after, .. } => before > NEAR || after > NEAR,
        }
    }
}

/// How far behind the start of a match the end of a keyword lies at most, if every match has one.
fn before(expression: &Hir, keywords: &AhoCorasick) -> Option<usize> {
    match expression.kind() {
        HirKind::Capture(capture) => before(&capture.sub, keywords),
        HirKind::Repetition(repetition) if repetition.min > 0 => before(&repetition.sub, keywords),
        HirKind::Alternation(branches) => {
            branches.iter().map(|branch| before(branch, keywords)).try_fold(0, |most, one| Some(most.max(one?)))
        }
        HirKind::Concat(parts) => {
            let (mut passed, mut word) = (0, Vec::new());
            for part in parts {
                if let Some(letters) = letters(part) {
                    word.extend(letters);
                    if let Some(end) = first_end(&word, keywords) {
                        return Some(passed + end);
                    }
                    continue;
                }
                passed += std::mem::take(&mut word).len();
                if let Some(inner) = before(part, keywords) {
                    return Some(passed + inner);
                }
                passed += part.properties().maximum_len()?;
            }
            None
        }
        _ => first_end(&letters(expression)?, keywords),
    }
}

/// The first place in the text where a keyword ends.
fn first_end(text: &[u8], keywords: &AhoCorasick) -> Option<usize> {
    keywords.find(text).map(|found| found.end())
}

/// The text that the expression stands for in lower case, if it is always the same.
fn letters(expression: &Hir) -> Option<Vec<u8>> {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Vec::new()),
        HirKind::Literal(literal) => Some(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Bytes(class)) => {
            let mut bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let letter = bytes.next()?.to_ascii_lowercase();
            bytes.all(|byte| byte.to_ascii_lowercase() == letter).then(|| vec![letter])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Reach;
    use crate::Rules;

    fn reach(pattern: &str) -> Reach {
        let keywords = "keywords = [\"key\", \"Token\"]";
        let text = format!("[[rules]]\nid = \"a\"\ntitle = \"A\"\npattern = '''{pattern}'''\n{keywords}\n");
        Reach::of(&Rules::parse("x.toml", &text).unwrap().into_inner().remove(0))
    }

    #[test]
    fn a_match_begins_no_farther_before_the_keyword_than_the_pattern_says() {
        for (pattern, before, after) in [
            (r"key=\w{10}", 3, 14),
            (r"(?i)\b(?:api|access)[_-]?KEY=\w{10}", 10, 21),
            (r"(?:xyz\w{0,5}(?:key|a token)){1,2}=\w{10}", 15, 41),
            (r"(?i:k)ey=\w{10}", 3, 14),
        ] {
            assert_eq!(reach(pattern), Reach::Around { before, after, holds: true }, "{pattern}");
        }
    }

    #[test]
    fn where_the_keyword_may_be_missing_it_begins_as_far_as_it_is_long() {
        for pattern in [r"(?:key|tok)_\w{10}", r"(?:key)?abc\w{8}", r"[kl]ey\w{11}", r"ke\wy\w{10}"] {
            assert_eq!(reach(pattern), Reach::Around { before: 14, after: 14, holds: false }, "{pattern}");
        }
        assert_eq!(reach(r"\w+ key"), Reach::Around { before: 1 << 10, after: 32 << 10, holds: false });
        assert!(reach(r"key \w{600}").is_far() && !reach(r"key \w{400}").is_far());
    }
}
