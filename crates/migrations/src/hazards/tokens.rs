//! The tokens of one statement, without white space and comments.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind, tokenize};

use crate::migration::Dialect;

/// What a token is, as far as rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or an unquoted name.
    Word,
    /// A name in quotes.
    Quoted,
    /// A string literal of any form.
    Text,
    /// A number.
    Number,
    /// One character of punctuation or of an operator.
    Symbol,
}

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Its byte offset in the whole source.
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Symbol) && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The name it spells: folded to lower case unless quoted. SQLite compares names without regard to case.
    pub(super) fn name(&self, dialect: Dialect) -> Option<String> {
        let name = match self.kind {
            Kind::Word => self.text.to_lowercase(),
            Kind::Quoted => {
                let mut characters = self.text.chars();
                let open = characters.next()?;
                let close = if open == '[' { ']' } else { open };
                characters.next_back()?;
                let inner = characters.as_str();
                if close == ']' {
                    inner.to_owned()
                } else {
                    inner.replace(&format!("{close}{close}"), &close.to_string())
                }
            }
            Kind::Text | Kind::Number | Kind::Symbol => return None,
        };
        Some(if dialect == Dialect::Sqlite { name.to_lowercase() } else { name })
    }
}

/// The tokens of `source[range]`.
pub(super) fn tokens(source: &str, range: Range<usize>, dialect: Dialect) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut position = range.start;
    while let Some(rest) = source.get(position..range.end).filter(|rest| !rest.is_empty()) {
        position = run(rest, position, dialect, &mut found);
    }
    found
}

/// Reads tokens until the end, or until the end of a name that only SQLite quotes so. Returns where it stopped.
fn run<'a>(rest: &'a str, from: usize, dialect: Dialect, found: &mut Vec<Token<'a>>) -> usize {
    let mut offset = 0;
    for token in tokenize(rest) {
        let length = token.len as usize;
        if length == 0 {
            break;
        }
        let Some(text) = rest.get(offset..offset + length) else { break };
        let start = from + offset;
        let closing = match token.kind {
            TokenKind::OpenBracket if dialect == Dialect::Sqlite => Some(']'),
            TokenKind::Backtick if dialect == Dialect::Sqlite => Some('`'),
            _ => None,
        };
        if let Some(closing) = closing {
            let Some(end) = rest.get(offset + 1..).and_then(|tail| tail.find(closing)) else { break };
            let after = offset + 1 + end + 1;
            if let Some(text) = rest.get(offset..after) {
                found.push(Token { kind: Kind::Quoted, text, start });
            }
            return from + after;
        }
        if let Some(kind) = kind(token.kind) {
            found.push(Token { kind, text, start });
        }
        offset += length;
    }
    from + rest.len()
}

fn kind(kind: TokenKind) -> Option<Kind> {
    Some(match kind {
        TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::Eof => {
            return None;
        }
        TokenKind::Ident => Kind::Word,
        TokenKind::QuotedIdent { .. } => Kind::Quoted,
        TokenKind::Literal { kind: LiteralKind::Int { .. } | LiteralKind::Numeric { .. } } => Kind::Number,
        TokenKind::Literal { .. } => Kind::Text,
        _ => Kind::Symbol,
    })
}

/// The first token outside parentheses for which `wanted` holds.
pub(super) fn position_outside_parentheses(tokens: &[Token<'_>], wanted: impl Fn(&Token<'_>) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|token| {
        let found = depth == 0 && wanted(token);
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        found
    })
}

/// The parts between commas that stand outside parentheses.
pub(super) fn split_at_commas<'a, 't>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut parts = Vec::new();
    let mut rest = tokens;
    while !rest.is_empty() {
        let end = position_outside_parentheses(rest, |token| token.is(",")).unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        parts.push(part);
        rest = after.get(1..).unwrap_or_default();
    }
    parts
}

/// Whether these words stand next to each other somewhere.
pub(super) fn contains(tokens: &[Token<'_>], words: &[&str]) -> bool {
    tokens.windows(words.len()).any(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
}

/// The source from the first to the last of these tokens.
pub(super) fn text<'a>(source: &'a str, tokens: &[Token<'_>]) -> &'a str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => source.get(first.start..last.end()).unwrap_or_default(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;
    use crate::migration::Dialect;

    fn words(source: &str, dialect: Dialect) -> Vec<&str> {
        tokens(source, 0..source.len(), dialect).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_white_space_are_left_out() {
        assert_eq!(words("drop /* a /* b */ */ table -- c\n x", Dialect::Postgres), ["drop", "table", "x"]);
    }

    #[test]
    fn sqlite_quotes_names_in_three_ways() {
        let source = "[a b] `c'd` \"e\"";
        assert_eq!(words(source, Dialect::Sqlite), ["[a b]", "`c'd`", "\"e\""]);
        let names: Vec<_> = tokens(source, 0..source.len(), Dialect::Sqlite)
            .iter()
            .filter_map(|token| token.name(Dialect::Sqlite))
            .collect();
        assert_eq!(names, ["a b", "c'd", "e"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(source in "\\PC*") {
            for dialect in [Dialect::Postgres, Dialect::Sqlite] {
                for token in tokens(&source, 0..source.len(), dialect) {
                    proptest::prop_assert_eq!(&source[token.start..token.end()], token.text);
                }
            }
        }
    }
}
