//! What is wrong with a policy, shown at its place.

use std::fmt::{self, Write as _};

use crate::{Place, finding::line_and_column};

/// Something in the policy file, or in a file that it names, that cannot be understood.
///
/// Printed, it is the place and the message on one line, then the line of the file with carets under the place:
/// ```text
/// ops.toml:3:1: unknown key `markr`, did you mean `marker`?
/// 3 | markr = "dev"
///   | ^^^^^
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    path: String,
    message: String,
    spot: Option<Spot>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    line: u32,
    column: u32,
    /// The whole line.
    text: String,
    /// How many characters of it are meant.
    width: usize,
}

impl std::error::Error for PolicyError {}

impl PolicyError {
    /// The file, as it was asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line, from 1; `None` where the file could not be read at all.
    #[must_use]
    pub fn line(&self) -> Option<u32> {
        self.spot.as_ref().map(|spot| spot.line)
    }

    /// The column in characters, from 1; `None` where the file could not be read at all.
    #[must_use]
    pub fn column(&self) -> Option<u32> {
        self.spot.as_ref().map(|spot| spot.column)
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn unreadable(path: &str, error: &std::io::Error) -> Self {
        Self { path: path.to_owned(), message: format!("cannot be read: {error}"), spot: None }
    }

    pub(crate) fn not_utf8(path: &str, bytes: &[u8], offset: usize) -> Self {
        let text = String::from_utf8_lossy(bytes);
        // Up to `offset` the bytes are valid, so the lossy text has the same offsets.
        Self::at(path, &text, offset..offset + 1, "this is not UTF-8".to_owned())
    }

    pub(super) fn from_toml(path: &str, text: &str, error: &toml::de::Error) -> Self {
        let message = plain_words(error.message());
        match error.span() {
            Some(span) => Self::at(path, text, span, message),
            None => Self { path: path.to_owned(), message, spot: None },
        }
    }

    pub(crate) fn from_json(path: &str, text: &str, error: &serde_json::Error) -> Self {
        let words = error.to_string();
        let message = plain_words(words.rsplit_once(" at line ").map_or(words.as_str(), |(message, _)| message));
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX - 1).max(1);
        let (line, column) = (number(error.line()), number(error.column()));
        let place = Place {
            path: path.to_owned(),
            start_line: line,
            start_column: column,
            end_line: line,
            end_column: column.saturating_add(1),
        };
        Self::at_place(&place, text, message)
    }

    pub(crate) fn at_place(place: &Place, text: &str, message: String) -> Self {
        // An empty file has no line, and still a place.
        let empty = (text.is_empty() && place.start_line == 1).then_some("");
        let lines_before = usize::try_from(place.start_line.saturating_sub(1)).ok();
        let whole = lines_before.and_then(|line| text.lines().nth(line)).or(empty);
        let end = if place.end_line > place.start_line { place.start_column } else { place.end_column };
        let spot = whole.map(|whole| Spot {
            line: place.start_line,
            column: place.start_column,
            text: whole.to_owned(),
            width: usize::try_from(end.saturating_sub(place.start_column)).unwrap_or(0).max(1),
        });
        Self { path: place.path.clone(), message, spot }
    }

    fn at(path: &str, text: &str, span: std::ops::Range<usize>, message: String) -> Self {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let (line, column) = line_and_column(text, start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let whole = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let line_end = line_start + whole.len();
        let end = text.floor_char_boundary(span.end.clamp(start, line_end.max(start)));
        let width = text.get(start..end).unwrap_or_default().chars().count().max(1);
        Self { path: path.to_owned(), message, spot: Some(Spot { line, column, text: whole.to_owned(), width }) }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, message, spot } = self;
        let Some(Spot { line, column, text, width }) = spot else {
            return write!(formatter, "{path}: {message}");
        };
        writeln!(formatter, "{path}:{line}:{column}: {message}")?;
        writeln!(formatter, "{line} | {text}")?;
        let gutter = " ".repeat(line.to_string().len());
        let mut indent = String::new();
        for character in text.chars().take(usize::try_from(column.saturating_sub(1)).unwrap_or(0)) {
            // A tab keeps its width, whatever that is.
            indent.push(if character == '\t' { '\t' } else { ' ' });
        }
        write!(formatter, "{gutter} | {indent}{}", "^".repeat(*width))
    }
}

/// The words of serde and toml, as this project says them.
fn plain_words(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return unknown("key", rest);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return unknown("value", rest);
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        return format!("missing key {rest}");
    }
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    if let Some((found, expected)) = wrong.and_then(|rest| rest.rsplit_once(", expected ")) {
        return format!("expected {}, found {}", kind(expected), kind(found));
    }
    // TOML's own errors may go on for several lines.
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut words = lines.next().unwrap_or("this is not TOML").to_owned();
    for line in lines {
        let _ = write!(words, "; {line}");
    }
    words
}

/// `rest` is serde's "`name`, expected one of `a`, `b`".
fn unknown(what: &str, rest: &str) -> String {
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let name = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    match nearest(name, known.iter().copied()) {
        Some(candidate) => format!("unknown {what} `{name}`, did you mean `{candidate}`?"),
        None if known.is_empty() => format!("unknown {what} `{name}`"),
        None => format!("unknown {what} `{name}`; known here: {}", known.join(", ")),
    }
}

/// The known word that `name` was probably meant to be.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let distances = known.into_iter().map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate));
    let near = distances.filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(3));
    near.min().map(|(_, candidate)| candidate)
}

/// serde's words for a type or a value: "string \"x\"", "integer `3`", "u64", "a borrowed string", "struct Migrations".
fn kind(words: &str) -> String {
    let words = words.trim();
    let bare = words.strip_prefix("a ").unwrap_or(words);
    let named = match bare.split([' ', '`', '"']).next().unwrap_or_default() {
        "string" => "a string",
        "integer" => "an integer",
        "floating" => "a number with a fraction",
        "map" | "struct" => "a table",
        "sequence" => "an array",
        "datetime" => "a date",
        "bool" | "boolean" => "true or false",
        "u8" => "an integer from 0 to 255",
        "u16" => "an integer from 0 to 65535",
        "u32" | "u64" | "usize" => "an integer of 0 or more",
        _ => words,
    };
    match words.split_once('`').and_then(|(_, rest)| rest.split_once('`')) {
        Some((value, _)) if named != words => format!("{named} ({value})"),
        _ => named.to_owned(),
    }
}
