//! The index that a `CONCURRENTLY` statement is about.

use super::tokens::{Kind, Token, tokens};
use crate::Dialect;

/// What a finished statement leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `CREATE INDEX CONCURRENTLY`: the index is there and valid.
    Creates,
    /// `DROP INDEX CONCURRENTLY`: the index is gone.
    Drops,
    /// `REINDEX INDEX CONCURRENTLY`: the index is there and valid, as it was before. A broken run leaves a second,
    /// invalid index whose name ends in `_ccnew` or `_ccold`.
    Rebuilds,
}

/// The index that a statement outside a transaction is about, so that after a killed run the catalog (`pg_class`,
/// `pg_index.indisvalid`) can say whether the statement was finished. Names are as the catalog has them: quotes gone,
/// unquoted letters in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// What the statement does.
    pub effect: Effect,
    /// The schema; a new index stands in its table's. `None`: what `search_path` finds.
    pub schema: Option<String>,
    /// The index.
    pub name: String,
}

/// The index that a `CREATE`, `DROP` or `REINDEX INDEX … CONCURRENTLY` statement is about; `None` for any other text, and
/// for a new index to which the server gives a name. PostgreSQL only, since SQLite has no such statement.
#[must_use]
pub fn transactionless_target(text: &str) -> Option<Target> {
    let tokens = tokens(text, 0, Dialect::Postgres).ok()?;
    let mut reader = Reader { tokens: &tokens, at: 0 };
    if reader.word("create") {
        reader.word("unique");
        return reader.create();
    }
    if reader.word("drop") {
        return reader.drop();
    }
    if reader.word("reindex") { reader.reindex() } else { None }
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl Reader<'_> {
    fn create(&mut self) -> Option<Target> {
        self.words(&["index", "concurrently"]).then_some(())?;
        self.words(&["if", "not", "exists"]);
        if self.peek()?.is("on") {
            return None;
        }
        let (_, name) = self.name()?;
        self.word("on").then_some(())?;
        self.word("only");
        let (schema, _) = self.name()?;
        Some(Target { effect: Effect::Creates, schema, name })
    }

    /// The server refuses more than one name here.
    fn drop(&mut self) -> Option<Target> {
        self.words(&["index", "concurrently"]).then_some(())?;
        self.words(&["if", "exists"]);
        let (schema, name) = self.name()?;
        Some(Target { effect: Effect::Drops, schema, name })
    }

    fn reindex(&mut self) -> Option<Target> {
        let mut concurrently = false;
        if self.symbol("(") {
            while !self.symbol(")") {
                let token = self.peek()?;
                concurrently |= token.is("concurrently");
                concurrently &= !(token.is("false") || token.is("off"));
                self.at += 1;
            }
        }
        self.word("index").then_some(())?;
        concurrently |= self.word("concurrently");
        let (schema, name) = self.name()?;
        concurrently.then_some(Target { effect: Effect::Rebuilds, schema, name })
    }

    fn peek(&self) -> Option<&Token<'_>> {
        self.tokens.get(self.at)
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(word));
        self.at += usize::from(found);
        found
    }

    fn words(&mut self, words: &[&str]) -> bool {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let found = rest.len() >= words.len() && rest.iter().zip(words).all(|(token, word)| token.is(word));
        self.at += if found { words.len() } else { 0 };
        found
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.text == symbol);
        self.at += usize::from(found);
        found
    }

    fn part(&mut self) -> Option<String> {
        let token = self.peek()?;
        let part = match token.kind {
            Kind::Word => token.text.to_lowercase(),
            Kind::QuotedName => token.text.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""),
            _ => return None,
        };
        self.at += 1;
        Some(part)
    }

    /// The schema, if any, and the name.
    fn name(&mut self) -> Option<(Option<String>, String)> {
        let mut parts = vec![self.part()?];
        while self.symbol(".") {
            parts.push(self.part()?);
        }
        let name = parts.pop()?;
        Some((parts.pop(), name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<(Effect, Option<String>, String)> {
        transactionless_target(text).map(|target| (target.effect, target.schema, target.name))
    }

    fn target(effect: Effect, schema: Option<&str>, name: &str) -> Option<(Effect, Option<String>, String)> {
        Some((effect, schema.map(str::to_owned), name.to_owned()))
    }

    #[test]
    fn a_new_index_stands_in_the_schema_of_its_table() {
        let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS Users_Email ON ONLY shop.\"Users\" (email)";
        assert_eq!(told(text), target(Effect::Creates, Some("shop"), "users_email"));
        assert_eq!(told("create index concurrently \"Ünï\" on t (a)"), target(Effect::Creates, None, "Ünï"));
    }

    #[test]
    fn dropping_names_the_index_itself() {
        assert_eq!(told("drop index concurrently if exists s.\"B \"\"q\""), target(Effect::Drops, Some("s"), "B \"q"));
    }

    #[test]
    fn reindex_is_concurrent_in_either_spelling() {
        for text in ["reindex index concurrently s.i", "reindex (verbose, concurrently) index s.i"] {
            assert_eq!(told(text), target(Effect::Rebuilds, Some("s"), "i"), "{text}");
        }
        assert_eq!(told("reindex (concurrently false) index i"), None);
    }

    #[test]
    fn other_statements_have_no_target() {
        for text in [
            "create index concurrently on t (a)",
            "create index i on t (a)",
            "vacuum t",
            "reindex table concurrently t",
            "reindex (",
            "'",
            "",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
