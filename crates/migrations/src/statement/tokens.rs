//! The tokens of both dialects, without white space and comments.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind};

use super::SyntaxError;
use crate::Dialect;

/// What a token is, as far as cutting and naming statements needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// `"name"`, and in SQLite also `[name]` and `` `name` ``.
    QuotedName,
    Literal,
    Open,
    Close,
    Semicolon,
    Symbol,
    /// Drizzle's comment `--> statement-breakpoint`.
    Breakpoint,
}

/// One token and its bytes in the migration.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) range: Range<usize>,
}

impl Token<'_> {
    /// Whether it is this keyword, which is given in lower case.
    pub(super) fn is(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }
}

/// The comment that Drizzle puts between statements.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// The tokens of `text`, whose first byte stands at `offset` of the migration.
pub(super) fn tokens(text: &str, offset: usize, dialect: Dialect) -> Result<Vec<Token<'_>>, SyntaxError> {
    match dialect {
        Dialect::Postgres => postgres(text, offset),
        Dialect::Sqlite => sqlite(text, offset),
    }
}

fn postgres(text: &str, offset: usize) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut position = 0_usize;
    for token in squawk_lexer::tokenize(text) {
        let length = usize::try_from(token.len).unwrap_or(usize::MAX);
        let start = position;
        position = position.saturating_add(length);
        let piece = text.get(start..position).unwrap_or_default();
        let unterminated = |what: &str| Err(SyntaxError::new(format!("unterminated {what}"), offset + start));
        let kind = match token.kind {
            TokenKind::Whitespace | TokenKind::Eof => continue,
            TokenKind::LineComment if piece.starts_with(BREAKPOINT) => Kind::Breakpoint,
            TokenKind::LineComment | TokenKind::BlockComment { terminated: true } => continue,
            TokenKind::BlockComment { terminated: false } => return unterminated("comment"),
            TokenKind::QuotedIdent { terminated: false, .. } => return unterminated("quoted name"),
            TokenKind::QuotedIdent { .. } => Kind::QuotedName,
            TokenKind::Literal { kind } => match kind {
                LiteralKind::DollarQuotedString { terminated: false } => {
                    return unterminated("dollar-quoted string");
                }
                LiteralKind::Str { terminated: false }
                | LiteralKind::NationalStr { terminated: false }
                | LiteralKind::ByteStr { terminated: false }
                | LiteralKind::BitStr { terminated: false }
                | LiteralKind::UnicodeEscStr { terminated: false }
                | LiteralKind::EscStr { terminated: false } => return unterminated("string"),
                _ => Kind::Literal,
            },
            TokenKind::Ident => Kind::Word,
            TokenKind::OpenParen => Kind::Open,
            TokenKind::CloseParen => Kind::Close,
            TokenKind::Semi => Kind::Semicolon,
            _ => Kind::Symbol,
        };
        tokens.push(Token { kind, text: piece, range: offset + start..offset + position });
    }
    Ok(tokens)
}

/// SQLite's own rules: comments do not nest, backslashes escape nothing, `$` quotes nothing.
fn sqlite(text: &str, offset: usize) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut start = 0_usize;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let mut characters = rest.chars();
        let first = characters.next().unwrap_or_default();
        let second = characters.next().unwrap_or_default();
        let unterminated = |what: &str| SyntaxError::new(format!("unterminated {what}"), offset + start);
        let (kind, length) = match first {
            ' ' | '\t' | '\n' | '\r' | '\u{c}' => (None, 1),
            '\u{feff}' if start == 0 => (None, first.len_utf8()),
            '-' if second == '-' => {
                let length = rest.find('\n').unwrap_or(rest.len());
                (rest.starts_with(BREAKPOINT).then_some(Kind::Breakpoint), length)
            }
            '/' if second == '*' => {
                let inside = rest.get(2..).unwrap_or_default();
                (None, inside.find("*/").map_or(rest.len(), |end| end + 4))
            }
            '\'' => (Some(Kind::Literal), quoted(rest, b'\'').ok_or_else(|| unterminated("string"))?),
            '"' => (Some(Kind::QuotedName), quoted(rest, b'"').ok_or_else(|| unterminated("quoted name"))?),
            '`' => (Some(Kind::QuotedName), quoted(rest, b'`').ok_or_else(|| unterminated("quoted name"))?),
            '[' => {
                let end = rest.find(']').ok_or_else(|| unterminated("quoted name"))?;
                (Some(Kind::QuotedName), end + 1)
            }
            '(' => (Some(Kind::Open), 1),
            ')' => (Some(Kind::Close), 1),
            ';' => (Some(Kind::Semicolon), 1),
            c if is_name(c) => {
                let kind = if c.is_ascii_digit() { Kind::Literal } else { Kind::Word };
                (Some(kind), rest.find(|c| !is_name(c)).unwrap_or(rest.len()))
            }
            c => (Some(Kind::Symbol), c.len_utf8()),
        };
        let end = start + length;
        if let Some(kind) = kind {
            let piece = text.get(start..end).unwrap_or_default();
            tokens.push(Token { kind, text: piece, range: offset + start..offset + end });
        }
        start = end;
    }
    Ok(tokens)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// The length of a quoted piece whose quote is doubled to stand for itself.
fn quoted(rest: &str, quote: u8) -> Option<usize> {
    let mut bytes = rest.bytes().enumerate().skip(1).peekable();
    while let Some((index, byte)) = bytes.next() {
        if byte == quote && bytes.next_if(|(_, next)| *next == quote).is_none() {
            return Some(index + 1);
        }
    }
    None
}
