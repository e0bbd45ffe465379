//! Files of variables: `NAME=value`, a line each.

use ops_core::Place;

/// One variable of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// Without quotes, and without a comment behind it.
    pub(crate) value: String,
    /// Of the name.
    pub(crate) place: Place,
}

/// The variables of a text, in its order. A value over several lines is cut at its first.
pub(crate) fn lines(path: &str, text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let written = line.trim_start();
        let written = written.strip_prefix("export ").map_or(written, str::trim_start);
        let Some((name, value)) = written.split_once('=') else { continue };
        let name = name.trim_end();
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let column = |length: usize| u32::try_from(length).unwrap_or(u32::MAX - 1) + 1;
        // What stands before a name is of ASCII, or white.
        let before = line.chars().count() - written.chars().count();
        let place = Place {
            path: path.to_owned(),
            start_line: number,
            start_column: column(before),
            end_line: number,
            end_column: column(before + name.len()),
        };
        found.push(Line { name: name.to_owned(), value: plain(value).to_owned(), place });
    }
    found
}

fn plain(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\'', '`'] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split(quote).next().unwrap_or(inner);
        }
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}

/// What a value looks like, where it looks real; never the value itself.
pub(crate) fn real(line: &Line) -> Option<&'static str> {
    const STARTS: [&str; 16] = [
        "sk_live_",
        "rk_live_",
        "pk_live_",
        "whsec_",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "eyJ",
        "re_",
        "sk-",
        "npm_",
        "glpat-",
    ];
    let value = line.value.as_str();
    if value.is_empty() || is_placeholder(value) {
        return None;
    }
    if let Some(password) = password(value) {
        return (!is_placeholder(password) && !is_word(password)).then_some("a URL with a password");
    }
    if STARTS.iter().any(|start| value.strip_prefix(start).is_some_and(|rest| rest.len() >= 12 && entropy(rest) > 3.0))
    {
        return Some("what looks like a key");
    }
    let is_random = value.len() >= 20 && entropy(value) > 3.5 && has_digits_and_letters(value) && !value.contains(' ');
    (says_secret(&line.name) && is_random && !value.contains("://")).then_some("a long random text")
}

fn says_secret(name: &str) -> bool {
    const WORDS: [&str; 7] = ["SECRET", "TOKEN", "PASSWORD", "KEY", "PASSPHRASE", "CREDENTIALS", "SALT"];
    name.to_ascii_uppercase().split('_').any(|word| WORDS.contains(&word))
}

/// The password of a URL to another host than this one.
fn password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let (user, host) = authority.rsplit_once('@')?;
    let host = host.split(':').next().unwrap_or(host);
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "db" | "postgres" | "database" | "host.docker.internal");
    user.split_once(':').map(|(_, password)| password).filter(|password| !is_here && !password.is_empty())
}

fn is_placeholder(value: &str) -> bool {
    const WORDS: [&str; 20] = [
        "your",
        "example",
        "change",
        "placeholder",
        "xxx",
        "***",
        "...",
        "…",
        "todo",
        "dummy",
        "replace",
        "insert",
        "sample",
        "fake",
        "secret",
        "password",
        "${",
        "<",
        "[",
        "put-",
    ];
    let small = value.to_lowercase();
    WORDS.iter().any(|word| small.contains(word))
}

/// A word that stands for what belongs there: `pass`, `PASSWORD`, `user`.
fn is_word(text: &str) -> bool {
    text.len() < 12 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

fn has_digits_and_letters(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Shannon's, in bits for each byte.
fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    for byte in text.bytes() {
        *counts.entry(byte).or_insert(0_u32) += 1;
    }
    let all = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts.values().map(|count| f64::from(*count) / all).map(|part| -part * part.log2()).sum()
}
