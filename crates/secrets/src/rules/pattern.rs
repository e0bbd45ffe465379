//! A regular expression that is compiled when it is first needed.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::{
    Anchored, Input,
    meta::Regex,
    util::{captures::Captures, syntax},
};

use super::starts::Starts;

/// The most bytes that a compiled pattern may take.
const SIZE_LIMIT: usize = 4 << 20;
/// The most bytes that the states which a search has seen may take, for each thread and pattern.
const CACHE_LIMIT: usize = 256 << 10;
/// A match that can be longer is not tried at each place where it can begin: too much would be read again. In bytes.
const LONGEST: usize = 1 << 10;

/// A regular expression over bytes. Unicode is off, so that `\w` and `\b` mean ASCII; where a pattern cannot do without, it is on.
pub struct Pattern {
    text: String,
    compiled: OnceLock<Result<Compiled, PatternError>>,
}

/// A pattern that is none. It is a text so that it can be told as often as the pattern is tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a regular expression: {message}")]
pub struct PatternError {
    pattern: String,
    message: String,
}

/// The form that searches.
#[derive(Debug)]
pub struct Compiled {
    regex: Regex,
    /// The most bytes that a match can have; none where there is no end to it.
    longest: Option<usize>,
    /// Whether a match can only stand where the text begins.
    begins: bool,
    /// Where matches begin, if that is worth a look: a search from one place sees far fewer states than one from everywhere.
    starts: Option<Starts>,
    /// The group called `secret`.
    secret: Option<usize>,
}

impl std::fmt::Debug for Pattern {
    /// The text alone, whether it is compiled or not.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&self.text, formatter)
    }
}

impl Pattern {
    /// The expression that `text` is.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// What it was made of.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The form that searches, made at the first call.
    ///
    /// # Errors
    /// If the text is no regular expression or too large a one.
    pub fn compile(&self) -> Result<&Compiled, PatternError> {
        self.compiled.get_or_init(|| Compiled::new(&self.text)).as_ref().map_err(Clone::clone)
    }

    /// Whether it fits anywhere in `text`. A pattern that is none fits nothing.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        self.compile().is_ok_and(|compiled| compiled.regex.is_match(text))
    }
}

impl Compiled {
    fn new(text: &str) -> Result<Self, PatternError> {
        let refuse =
            |message: String| PatternError { pattern: text.to_owned(), message: last_line(&message).to_owned() };
        let ascii = syntax::Config::new().unicode(false).utf8(false);
        let (hir, _) = match syntax::parse_with(text, &ascii) {
            Ok(hir) => (hir, ascii),
            Err(_) => {
                let unicode = ascii.unicode(true);
                (syntax::parse_with(text, &unicode).map_err(|error| refuse(error.to_string()))?, unicode)
            }
        };
        let config =
            Regex::config().utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(CACHE_LIMIT);
        let regex = Regex::builder().configure(config).build_from_hir(&hir).map_err(|error| {
            refuse(if error.size_limit().is_some() { "it is too large".to_owned() } else { error.to_string() })
        })?;
        let secret = regex.group_info().to_index(regex_automata::PatternID::ZERO, "secret");
        let longest = hir.properties().maximum_len();
        let starts = longest.filter(|longest| *longest <= LONGEST).and_then(|_| Starts::of(&hir));
        let begins = hir.properties().look_set_prefix().contains_anchor_haystack();
        Ok(Self { regex, longest, begins, starts, secret })
    }

    /// Whether it is known how matches begin.
    pub(crate) fn knows_starts(&self) -> bool {
        self.starts.is_some()
    }

    /// The most bytes that a match can have; none where there is no end to it.
    #[must_use]
    pub fn longest(&self) -> Option<usize> {
        self.longest
    }

    /// Whether a match can only stand where the text begins.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.begins
    }

    /// The first match that begins within `starts` and ends before `end`. What stands around is looked at, never matched. Where
    /// it is not known how matches begin, one that begins later may be told.
    pub(crate) fn find(&self, text: &[u8], starts: Range<usize>, end: usize) -> Option<Range<usize>> {
        let Some(known) = &self.starts else {
            return self.regex.search(&Input::new(text).range(starts.start..end)).map(|found| found.range());
        };
        let mut from = starts.start;
        while let Some(start) = known.next(text, from, starts.end) {
            let here = Input::new(text).range(start..end).anchored(Anchored::Yes);
            if let Some(found) = self.regex.search(&here) {
                return Some(found.range());
            }
            from = start + 1;
        }
        None
    }

    /// The secret in the match `found`: the group with this number, or else the group `secret`, or else group 1, or else all.
    pub(crate) fn secret(&self, text: &[u8], found: Range<usize>, group: Option<usize>) -> Range<usize> {
        if self.regex.captures_len() == 1 {
            return found;
        }
        let mut captures: Captures = self.regex.create_captures();
        self.regex.search_captures(&Input::new(text).range(found.clone()), &mut captures);
        let wanted = group.or(self.secret);
        let given = match wanted {
            Some(group) => captures.get_group(group),
            // Where group 1 took no part, the first that did.
            None => (1..captures.group_len()).find_map(|group| captures.get_group(group)),
        };
        given.map_or(found, |span| span.range())
    }
}

fn last_line(message: &str) -> &str {
    message.lines().last().unwrap_or_default().trim_start_matches("error: ")
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn secret(pattern: &str, text: &str) -> Option<String> {
        let pattern = Pattern::new(pattern.to_owned());
        let compiled = pattern.compile().unwrap();
        let found = compiled.find(text.as_bytes(), 0..text.len(), text.len())?;
        Some(text[compiled.secret(text.as_bytes(), found, None)].to_owned())
    }

    #[test]
    fn the_secret_is_the_named_group_or_the_first_or_all() {
        assert_eq!(secret("a(b)(?P<secret>c)", "abc").unwrap(), "c");
        assert_eq!(secret("a(b)c", "abc").unwrap(), "b");
        assert_eq!(secret("(x)|a(b)c", "abc").unwrap(), "b");
        assert_eq!(secret("abc", "abc").unwrap(), "abc");
        assert_eq!(secret("abd", "abc"), None);
    }

    #[test]
    fn words_are_ascii_and_unicode_still_can_be_asked_for() {
        assert_eq!(secret(r"\w+", "äb").unwrap(), "b");
        assert_eq!(secret(r"\p{Greek}+", "aβ").unwrap(), "β");
    }

    #[test]
    fn what_is_no_expression_is_told() {
        let error = |text: &str| Pattern::new(text.to_owned()).compile().unwrap_err().to_string();
        assert_eq!(error("a(b"), "`a(b` is not a regular expression: unclosed group");
        assert_eq!(error(r"(\w{1000}){1000}"), r"`(\w{1000}){1000}` is not a regular expression: it is too large");
    }

    #[test]
    fn what_stands_around_a_window_is_looked_at() {
        let pattern = Pattern::new(r"\bab\b".to_owned());
        let compiled = pattern.compile().unwrap();
        assert_eq!(compiled.find(b"xab ab abx", 1..9, 9), Some(4..6));
        assert_eq!(compiled.find(b"xab abx", 1..6, 6), None);
    }
}
