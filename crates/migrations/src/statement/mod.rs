//! SQL text cut into statements.

mod classify;
mod target;
mod tokens;

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::Dialect;
pub use target::{Effect, Target, transactionless_target};
use tokens::{Kind, Token};

/// One statement of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its bytes in `Migration::source`, from its first to its last token, without the `;`.
    pub range: Range<usize>,
    /// What it does, in a few lower-case words: `create table`, `alter table`, `insert`.
    pub kind: String,
    /// `sha256:` and 64 hexadecimal digits over its tokens, joined by single spaces, comments left out:
    /// the same for a statement that was only reformatted.
    pub digest: String,
    /// How it stands to transactions.
    pub transaction: TransactionNeed,
}

impl Statement {
    /// Its text, cut out of the `source` that it was split from.
    #[must_use]
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        source.get(self.range.clone()).unwrap_or_default()
    }
}

/// How a statement stands to transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionNeed {
    /// Runs inside a transaction.
    Allowed,
    /// The server refuses it inside a transaction: `CREATE INDEX CONCURRENTLY`, `VACUUM`.
    Forbidden,
    /// Opens a transaction: `BEGIN`, `START TRANSACTION`.
    Opens,
    /// Ends one: `COMMIT`, `END`.
    Commits,
    /// Throws one away: `ROLLBACK`, `ABORT` (but not `ROLLBACK TO`).
    RollsBack,
}

/// SQL that cannot be cut into statements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, as a lower-case fragment: `unterminated dollar-quoted string`.
    pub message: String,
    /// Where, as a byte offset in `Migration::source`.
    pub offset: usize,
}

impl SyntaxError {
    fn new(message: impl Into<String>, offset: usize) -> Self {
        Self { message: message.into(), offset }
    }
}

/// Cuts the bytes `up` of `source` into statements, in their order. Empty statements are left out.
///
/// A statement ends at a `;` outside strings, comments, parentheses (`CREATE RULE … DO (a; b)`), `BEGIN ATOMIC … END`
/// (PostgreSQL) and the body of a trigger (SQLite), or at Drizzle's `--> statement-breakpoint`.
///
/// # Errors
/// A string, quoted name, comment, parenthesis or body that is never closed, or a parenthesis that was never opened.
pub fn split(source: &str, up: Range<usize>, dialect: Dialect) -> Result<Vec<Statement>, SyntaxError> {
    let cuts = cut(source, up, dialect)?;
    Ok(cuts.iter().filter_map(|cut| statement(&cut.tokens, dialect)).collect())
}

/// The same cuts, with everything between them: comments, white space and the `;` at the end of each.
///
/// # Errors
/// As [`split`].
pub fn pieces(source: &str, up: Range<usize>, dialect: Dialect) -> Result<Vec<Range<usize>>, SyntaxError> {
    let mut start = up.start;
    let mut pieces = Vec::new();
    for cut in cut(source, up, dialect)? {
        pieces.push(start..cut.end);
        start = cut.end;
    }
    Ok(pieces)
}

/// The tokens up to a separator, and where that ends.
struct Cut<'a> {
    tokens: Vec<Token<'a>>,
    end: usize,
}

fn cut(source: &str, up: Range<usize>, dialect: Dialect) -> Result<Vec<Cut<'_>>, SyntaxError> {
    let (offset, end) = (up.start, up.end);
    let Some(text) = source.get(up) else {
        return Err(SyntaxError::new("the migration's range is not on character boundaries", offset));
    };
    let mut cuts = Vec::new();
    let mut current: Vec<Token<'_>> = Vec::new();
    let mut body = Body::default();
    let mut open: Vec<usize> = Vec::new();
    for token in tokens::tokens(text, offset, dialect)? {
        match token.kind {
            Kind::Open => open.push(token.range.start),
            Kind::Close if open.pop().is_none() => {
                return Err(SyntaxError::new("`)` without `(`", token.range.start));
            }
            _ => {}
        }
        let ends = match token.kind {
            Kind::Semicolon => open.is_empty() && !body.holds_semicolon(&current, dialect),
            Kind::Breakpoint if !open.is_empty() || body.holds_semicolon(&current, dialect) => continue,
            Kind::Breakpoint => true,
            _ => false,
        };
        if ends {
            cuts.push(Cut { tokens: std::mem::take(&mut current), end: token.range.end });
            body = Body::default();
        } else {
            if open.is_empty() && dialect == Dialect::Postgres {
                body.see(&current, &token);
            }
            current.push(token);
        }
    }
    if let Some(start) = open.first() {
        return Err(SyntaxError::new("`(` that is never closed", *start));
    }
    if let Some(first) = current.first()
        && body.holds_semicolon(&current, dialect)
    {
        return Err(SyntaxError::new("a body that never reaches its `END`", first.range.start));
    }
    cuts.push(Cut { tokens: current, end });
    Ok(cuts)
}

fn statement(tokens: &[Token<'_>], dialect: Dialect) -> Option<Statement> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some(Statement {
        range: first.range.start..last.range.end,
        kind: classify::kind(tokens),
        digest: digest(tokens),
        transaction: classify::transaction(tokens, dialect),
    })
}

fn digest(tokens: &[Token<'_>]) -> String {
    let mut hash = Sha256::new();
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 {
            hash.update(b" ");
        }
        hash.update(token.text.as_bytes());
    }
    format!("sha256:{:x}", hash.finalize())
}

/// The body of a routine or trigger, in which `;` separates inner statements.
#[derive(Default)]
struct Body {
    /// `BEGIN ATOMIC` and every `CASE` inside it, less every `END`.
    depth: usize,
}

impl Body {
    /// PostgreSQL: a SQL-standard routine body. The same words as aliases (`AS case`, `t.end`) do not count.
    fn see(&mut self, before: &[Token<'_>], token: &Token<'_>) {
        if token.kind != Kind::Word {
            return;
        }
        let previous = before.last();
        if previous.is_some_and(|p| p.text == "." || (self.depth > 0 && p.is("as"))) {
            return;
        }
        if token.is("atomic") && previous.is_some_and(|p| p.is("begin")) && classify::creates_routine(before) {
            self.depth = 1;
        } else if self.depth > 0 && token.is("case") {
            self.depth += 1;
        } else if self.depth > 0 && token.is("end") {
            self.depth -= 1;
        }
    }

    /// SQLite: a trigger ends at the `;` after an `END` that itself follows a `;`, as in `sqlite3_complete`.
    fn holds_semicolon(&self, current: &[Token<'_>], dialect: Dialect) -> bool {
        match dialect {
            Dialect::Postgres => self.depth > 0,
            Dialect::Sqlite => {
                classify::creates_trigger(current)
                    && !matches!(current, [.., before, last] if last.is("end") && before.kind == Kind::Semicolon)
            }
        }
    }
}

#[cfg(test)]
mod tests;
