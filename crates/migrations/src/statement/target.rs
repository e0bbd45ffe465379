//! The index that a `CONCURRENTLY` statement is about.

use super::tokens::{Kind, Token, tokens};
use crate::Dialect;

/// What happens to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexAction {
    /// `CREATE INDEX CONCURRENTLY`.
    Create,
    /// `DROP INDEX CONCURRENTLY`.
    Drop,
    /// `REINDEX INDEX CONCURRENTLY`.
    Reindex,
}

/// A name as the catalog has it: quotes gone, unquoted letters in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectName {
    /// The schema, where the statement names it. `None`: what `search_path` finds.
    pub schema: Option<String>,
    /// The name within the schema.
    pub name: String,
}

/// The index that a statement outside a transaction is about, so that after a killed run the catalog (`pg_class`,
/// `pg_index.indisvalid`) can say whether the statement was finished.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexTarget {
    /// What the statement does.
    pub action: IndexAction,
    /// The indexes; empty for `CREATE INDEX` without a name. A new index stands in its table's schema.
    pub indexes: Vec<ObjectName>,
    /// The table of `CREATE INDEX`.
    pub table: Option<ObjectName>,
    /// `IF NOT EXISTS` of `CREATE INDEX`, or `IF EXISTS` of `DROP INDEX`.
    pub conditional: bool,
}

/// The index that a `CREATE`, `DROP` or `REINDEX INDEX … CONCURRENTLY` statement is about; `None` for any other text.
/// PostgreSQL only, since SQLite has no such statement.
#[must_use]
pub fn transactionless_target(text: &str) -> Option<IndexTarget> {
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
    fn create(&mut self) -> Option<IndexTarget> {
        self.expect("index")?;
        self.expect("concurrently")?;
        let conditional = self.words(&["if", "not", "exists"]);
        let mut index = if self.peek()?.is("on") { None } else { Some(self.name()?) };
        self.expect("on")?;
        self.word("only");
        let table = self.name()?;
        if let Some(index) = &mut index {
            index.schema.clone_from(&table.schema);
        }
        let indexes = index.into_iter().collect();
        Some(IndexTarget { action: IndexAction::Create, indexes, table: Some(table), conditional })
    }

    fn drop(&mut self) -> Option<IndexTarget> {
        self.expect("index")?;
        self.expect("concurrently")?;
        let conditional = self.words(&["if", "exists"]);
        let mut indexes = vec![self.name()?];
        while self.symbol(",") {
            indexes.push(self.name()?);
        }
        Some(IndexTarget { action: IndexAction::Drop, indexes, table: None, conditional })
    }

    fn reindex(&mut self) -> Option<IndexTarget> {
        let mut concurrently = false;
        if self.symbol("(") {
            while !self.symbol(")") {
                let token = self.peek()?;
                concurrently |= token.is("concurrently");
                concurrently &= !(token.is("false") || token.is("off"));
                self.at += 1;
            }
        }
        self.expect("index")?;
        concurrently |= self.word("concurrently");
        let indexes = vec![self.name()?];
        concurrently.then_some(IndexTarget { action: IndexAction::Reindex, indexes, table: None, conditional: false })
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

    fn expect(&mut self, word: &str) -> Option<()> {
        self.word(word).then_some(())
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

    fn name(&mut self) -> Option<ObjectName> {
        let mut parts = vec![self.part()?];
        while self.symbol(".") {
            parts.push(self.part()?);
        }
        let name = parts.pop()?;
        Some(ObjectName { schema: parts.pop(), name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(schema: Option<&str>, name: &str) -> ObjectName {
        ObjectName { schema: schema.map(str::to_owned), name: name.to_owned() }
    }

    #[test]
    fn a_new_index_stands_in_the_schema_of_its_table() {
        let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS Users_Email ON ONLY shop.\"Users\" (email)";
        let expected = IndexTarget {
            action: IndexAction::Create,
            indexes: vec![name(Some("shop"), "users_email")],
            table: Some(name(Some("shop"), "Users")),
            conditional: true,
        };
        assert_eq!(transactionless_target(text), Some(expected));
    }

    #[test]
    fn an_index_without_a_name_is_known_by_its_table() {
        let target = transactionless_target("create index concurrently on t (a)").unwrap();
        assert_eq!((target.indexes, target.table), (vec![], Some(name(None, "t"))));
    }

    #[test]
    fn dropping_names_every_index() {
        let target = transactionless_target("drop index concurrently if exists a, s.\"B \"\"q\"").unwrap();
        assert_eq!(target.indexes, vec![name(None, "a"), name(Some("s"), "B \"q")]);
        assert!(target.conditional);
    }

    #[test]
    fn reindex_is_concurrent_in_either_spelling() {
        for text in ["reindex index concurrently s.i", "reindex (verbose, concurrently) index s.i"] {
            assert_eq!(transactionless_target(text).unwrap().indexes, vec![name(Some("s"), "i")], "{text}");
        }
        assert_eq!(transactionless_target("reindex (concurrently false) index i"), None);
    }

    #[test]
    fn other_statements_have_no_target() {
        for text in ["create index i on t (a)", "vacuum t", "reindex table concurrently t", "'", ""] {
            assert_eq!(transactionless_target(text), None, "{text}");
        }
    }
}
