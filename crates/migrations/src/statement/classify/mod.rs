//! What a statement is called and how it stands to transactions.

use super::TransactionNeed;
use super::tokens::{Kind, Token};
use crate::Dialect;

/// Words between the verb and the object that do not belong to the object's name.
const MODIFIERS: &[&str] = &[
    "or",
    "replace",
    "temp",
    "temporary",
    "global",
    "local",
    "unlogged",
    "unique",
    "recursive",
    "constraint",
    "trusted",
    "procedural",
    "virtual",
];

/// Kinds of object whose name is more than one word.
const LONG_OBJECTS: &[&[&str]] = &[
    &["foreign", "data", "wrapper"],
    &["text", "search", "configuration"],
    &["text", "search", "dictionary"],
    &["text", "search", "parser"],
    &["text", "search", "template"],
    &["access", "method"],
    &["default", "privileges"],
    &["event", "trigger"],
    &["foreign", "table"],
    &["large", "object"],
    &["materialized", "view"],
    &["operator", "class"],
    &["operator", "family"],
    &["user", "mapping"],
];

/// What the statement does, in lower-case words.
pub(super) fn kind(tokens: &[Token<'_>]) -> String {
    let words: Vec<String> = leading_words(tokens);
    let Some(verb) = words.first() else {
        return "other".to_owned();
    };
    match verb.as_str() {
        "create" | "alter" | "drop" => {
            let skipped = words.iter().skip(1).take_while(|word| MODIFIERS.contains(&word.as_str())).count();
            let rest = words.get(1 + skipped..).unwrap_or_default();
            let long = LONG_OBJECTS
                .iter()
                .find(|object| object.len() <= rest.len() && object.iter().zip(rest).all(|(a, b)| a == b));
            match (long, rest.first()) {
                (Some(object), _) => format!("{verb} {}", object.join(" ")),
                (None, Some(object)) => format!("{verb} {object}"),
                // `CREATE TEMP` and nothing more: the server will say what is wrong.
                (None, None) => verb.clone(),
            }
        }
        "with" => main_verb(tokens).to_owned(),
        "comment" | "security" | "import" | "refresh" | "prepare" | "start" | "reassign" => words
            .iter()
            .take(if verb == "refresh" || verb == "import" { 3 } else { 2 })
            .cloned()
            .collect::<Vec<_>>()
            .join(" "),
        "commit" | "rollback" if words.iter().any(|word| word == "prepared") => format!("{verb} prepared"),
        "commit" | "rollback" | "end" | "abort" if chains(tokens) => format!("{verb} and chain"),
        _ => verb.clone(),
    }
}

fn leading_words(tokens: &[Token<'_>]) -> Vec<String> {
    tokens
        .iter()
        .skip_while(|token| token.kind == Kind::Open)
        .take(12)
        .take_while(|token| token.kind == Kind::Word)
        .map(|token| token.text.to_ascii_lowercase())
        .collect()
}

/// The verb after the last `WITH` query, at the outermost level.
fn main_verb(tokens: &[Token<'_>]) -> &'static str {
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 => {
                for verb in ["select", "insert", "update", "delete", "merge", "values"] {
                    if token.is(verb) {
                        return verb;
                    }
                }
            }
            _ => {}
        }
    }
    "with"
}

pub(super) fn creates_routine(tokens: &[Token<'_>]) -> bool {
    matches!(kind(tokens).as_str(), "create function" | "create procedure")
}

/// `CREATE [TEMP|TEMPORARY] TRIGGER`, where the body's `;` do not end the statement.
pub(super) fn creates_trigger(tokens: &[Token<'_>]) -> bool {
    let second = usize::from(tokens.get(1).is_some_and(|t| t.is("temp") || t.is("temporary")));
    tokens.first().is_some_and(|t| t.is("create")) && tokens.get(1 + second).is_some_and(|t| t.is("trigger"))
}

/// How the statement stands to transactions.
pub(super) fn transaction(tokens: &[Token<'_>], dialect: Dialect) -> TransactionNeed {
    let kind = kind(tokens);
    match kind.as_str() {
        "begin" | "start transaction" => return TransactionNeed::Opens,
        // Two-phase commit ends the transaction of this session, whatever becomes of it.
        "commit" | "end" | "commit and chain" | "end and chain" | "prepare transaction" => {
            return TransactionNeed::Commits;
        }
        "rollback" if has(tokens, "to") => return TransactionNeed::Allowed,
        "rollback" | "abort" | "rollback and chain" | "abort and chain" => return TransactionNeed::RollsBack,
        _ => {}
    }
    let forbidden = match dialect {
        Dialect::Postgres => postgres_forbids(&kind, tokens),
        Dialect::Sqlite => sqlite_forbids(&kind, tokens),
    };
    if forbidden { TransactionNeed::Forbidden } else { TransactionNeed::Allowed }
}

/// The statements for which PostgreSQL 13 to 18 calls `PreventInTransactionBlock`, as far as the text alone tells.
fn postgres_forbids(kind: &str, tokens: &[Token<'_>]) -> bool {
    match kind {
        "vacuum" | "commit prepared" | "rollback prepared" => true,
        "create database" | "drop database" | "create tablespace" | "drop tablespace" | "alter system" => true,
        "alter database" => follows(tokens, &["set", "tablespace"]),
        "create index" | "drop index" => has(tokens.get(..5).unwrap_or(tokens), "concurrently"),
        "reindex" => {
            let head = tokens.get(..12).unwrap_or(tokens);
            switched_on(head, "concurrently")
                || words_outside(tokens).nth(1).is_some_and(|t| t.is("database") || t.is("system") || t.is("schema"))
        }
        "alter table" => follows(tokens, &["detach", "partition"]) && has(tokens, "concurrently"),
        "discard" => has(tokens, "all"),
        // Without a table it works through all that were ever clustered, each in a transaction of its own.
        "cluster" => words_outside(tokens).all(|t| t.is("cluster") || t.is("verbose")) && !has_quoted_name(tokens),
        "create subscription" => !switched_off(tokens, "connect") && !switched_off(tokens, "create_slot"),
        "drop subscription" => true,
        "alter subscription" => {
            let publication = follows(tokens, &["publication"]);
            (publication && !switched_off(tokens, "refresh"))
                || (follows(tokens, &["set"]) && (has(tokens, "two_phase") || has(tokens, "failover")))
        }
        _ => false,
    }
}

fn sqlite_forbids(kind: &str, tokens: &[Token<'_>]) -> bool {
    match kind {
        "vacuum" | "attach" | "detach" => true,
        // `PRAGMA foreign_keys` does nothing inside a transaction; `steps` sees to it that it is not needed there.
        "pragma" => {
            let writes = tokens.iter().any(|token| token.text == "=" || token.kind == Kind::Open);
            writes && has(tokens, "journal_mode")
        }
        _ => false,
    }
}

fn chains(tokens: &[Token<'_>]) -> bool {
    follows(tokens, &["and", "chain"])
}

fn has(tokens: &[Token<'_>], word: &str) -> bool {
    tokens.iter().any(|token| token.is(word))
}

fn has_quoted_name(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| token.kind == Kind::QuotedName)
}

fn follows(tokens: &[Token<'_>], words: &[&str]) -> bool {
    tokens.windows(words.len()).any(|window| window.iter().zip(words).all(|(token, word)| token.is(word)))
}

/// The words outside parentheses.
fn words_outside<'a, 'b>(tokens: &'b [Token<'a>]) -> impl Iterator<Item = &'b Token<'a>> {
    let mut depth = 0_usize;
    tokens.iter().filter(move |token| {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.kind == Kind::Word
    })
}

/// `option = false`, or `option false`, in any of the ways PostgreSQL writes false.
fn switched_off(tokens: &[Token<'_>], option: &str) -> bool {
    value_of(tokens, option).is_some_and(|value| {
        let value = value.trim_matches('\'').to_ascii_lowercase();
        matches!(value.as_str(), "false" | "off" | "0" | "no")
    })
}

fn switched_on(tokens: &[Token<'_>], option: &str) -> bool {
    has(tokens, option) && !switched_off(tokens, option)
}

fn value_of<'a>(tokens: &[Token<'a>], option: &str) -> Option<&'a str> {
    let at = tokens.iter().position(|token| token.is(option))?;
    let next = tokens.get(at + 1)?;
    if next.text == "=" { tokens.get(at + 2).map(|token| token.text) } else { Some(next.text) }
}

#[cfg(test)]
mod tests;
