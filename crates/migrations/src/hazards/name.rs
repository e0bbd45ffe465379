//! Names of objects: as the server folds them, and as SQL writes them.

use std::fmt;

/// The name of an object, folded as the server folds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) schema: Option<String>,
    pub(super) name: String,
}

impl Name {
    /// `orders` or `billing.orders`, without quotes.
    pub(super) fn plain(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The same schema, another name.
    pub(super) fn sibling(&self, name: &str) -> Self {
        Self { schema: self.schema.clone(), name: name.to_owned() }
    }
}

/// As SQL: quoted where that is needed.
impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(formatter, "{}.", quoted(schema))?;
        }
        formatter.write_str(&quoted(&self.name))
    }
}

/// Words that PostgreSQL reserves and people like as names.
const RESERVED: &[&str] = &[
    "all",
    "analyze",
    "array",
    "case",
    "check",
    "column",
    "constraint",
    "default",
    "desc",
    "end",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "in",
    "into",
    "limit",
    "not",
    "offset",
    "on",
    "only",
    "order",
    "primary",
    "references",
    "select",
    "session_user",
    "table",
    "to",
    "union",
    "unique",
    "user",
    "using",
    "when",
    "where",
    "window",
    "with",
];

/// An identifier as SQL.
pub(super) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_')
        && name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_');
    if plain && !RESERVED.contains(&name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
