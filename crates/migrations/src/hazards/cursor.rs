//! A cursor over the tokens of one statement.

use super::name::Name;
use super::tokens::{Token, position_outside_parentheses};
use crate::migration::Dialect;

/// Reads tokens from left to right.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a, 't> {
    tokens: &'t [Token<'a>],
    dialect: Dialect,
}

impl<'a, 't> Cursor<'a, 't> {
    pub(super) fn new(tokens: &'t [Token<'a>], dialect: Dialect) -> Self {
        Self { tokens, dialect }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn rest(&self) -> &'t [Token<'a>] {
        self.tokens
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(super) fn peek(&self) -> Option<&'t Token<'a>> {
        self.tokens.first()
    }

    pub(super) fn next(&mut self) -> Option<&'t Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Whether these words come next.
    pub(super) fn at(&self, words: &[&str]) -> bool {
        self.tokens.len() >= words.len() && self.tokens.iter().zip(words).all(|(token, word)| token.is(word))
    }

    /// Steps over these words if they come next, all of them or none.
    pub(super) fn eat(&mut self, words: &[&str]) -> bool {
        let found = self.at(words);
        if found {
            self.tokens = self.tokens.get(words.len()..).unwrap_or_default();
        }
        found
    }

    /// Steps over the first of several alternatives of one word, and says which it was.
    pub(super) fn eat_one<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        words.iter().find(|word| self.eat(&[word])).copied()
    }

    /// One name, without a schema.
    pub(super) fn identifier(&mut self) -> Option<String> {
        let name = self.peek()?.name(self.dialect)?;
        self.next();
        Some(name)
    }

    /// A name that may have a schema, and a database before that.
    pub(super) fn name(&mut self) -> Option<Name> {
        let mut schema = None;
        let mut name = self.identifier()?;
        while self.eat(&["."]) {
            let Some(next) = self.identifier() else { break };
            schema = Some(std::mem::replace(&mut name, next));
        }
        Some(Name { schema, name })
    }

    /// Names with commas between.
    pub(super) fn names(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        loop {
            self.eat(&["only"]);
            let Some(name) = self.name() else { break };
            names.push(name);
            self.eat(&["*"]);
            if self.at(&["("]) {
                self.parentheses();
            }
            if !self.eat(&[","]) {
                break;
            }
        }
        names
    }

    /// What stands in the parentheses that open here; steps over them.
    pub(super) fn parentheses(&mut self) -> Option<&'t [Token<'a>]> {
        if !self.at(&["("]) {
            return None;
        }
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate() {
            match token.text {
                "(" => depth += 1,
                ")" if depth == 1 => {
                    let inside = self.tokens.get(1..index);
                    self.tokens = self.tokens.get(index + 1..).unwrap_or_default();
                    return inside;
                }
                ")" => depth -= 1,
                _ => {}
            }
        }
        let inside = self.tokens.get(1..);
        self.tokens = &[];
        inside
    }

    /// Everything up to the first of these words outside parentheses.
    pub(super) fn until(&mut self, words: &[&str]) -> &'t [Token<'a>] {
        let end = position_outside_parentheses(self.tokens, |token| words.iter().any(|word| token.is(word)))
            .unwrap_or(self.tokens.len());
        let (before, after) = self.tokens.split_at_checked(end).unwrap_or((self.tokens, &[]));
        self.tokens = after;
        before
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;
    use crate::hazards::tokens::tokens;
    use crate::migration::Dialect;

    #[test]
    fn a_name_takes_its_schema_along_and_folds_only_without_quotes() {
        let source = "App.\"User\"";
        let found = tokens(source, 0..source.len(), Dialect::Postgres);
        let name = Cursor::new(&found, Dialect::Postgres).name().unwrap();
        assert_eq!((name.schema.as_deref(), name.name.as_str()), (Some("app"), "User"));
    }
}
