//! Paths as routers write them: `/users/:id`, `/files/*`, `/:page{[0-9]+}`.

use crate::routes::{RoutePath, Segment};

/// Stands around the name of a part that nobody knows without running the program.
pub(super) const HOLE: (char, char) = ('\u{1}', '\u{2}');

/// How a framework reads `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Style {
    /// `/files/*` is also `/files`.
    WildcardMayBeEmpty,
    /// It isn't; only `*` alone is everything.
    WildcardIsSomething,
}

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Part {
    pub(super) segment: Segment,
    /// Whether it takes only some of what its kind takes: `:id(\\d+)`, `:from-:to`, a part that nobody knows.
    pub(super) is_narrow: bool,
}

/// A path, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Pattern {
    pub(super) parts: Vec<Part>,
    /// Whether it also stands for everything below it.
    pub(in super::super) is_prefix: bool,
}

impl Pattern {
    /// Everything.
    pub(in super::super) fn everything() -> Self {
        Self { parts: Vec::new(), is_prefix: true }
    }

    /// What the text stands for: more than one path, where parts of it may be left out. `/users/:id?`
    pub(in super::super) fn read(text: &str, style: Style) -> Vec<Self> {
        let mut found = vec![Self::default()];
        for (number, text) in split(text).into_iter().enumerate() {
            let (segment, is_narrow, is_optional) = part(text, style == Style::WildcardMayBeEmpty || number == 0);
            let part = Part { segment, is_narrow };
            let without = if is_optional { found.clone() } else { Vec::new() };
            for pattern in &mut found {
                pattern.parts.push(part.clone());
            }
            found.splice(0..0, without);
        }
        found
    }

    /// A path of which nothing is known.
    pub(in super::super) fn unknown(name: &str) -> Self {
        Self::narrow(Segment::OptionalRest(name.to_owned()))
    }

    /// What a regular expression takes.
    pub(in super::super) fn expression(written: &str) -> Self {
        Self::narrow(Segment::Expression(written.to_owned()))
    }

    fn narrow(segment: Segment) -> Self {
        Self { parts: vec![Part { segment, is_narrow: true }], is_prefix: false }
    }

    /// This path below another one.
    pub(in super::super) fn below(&self, base: &Self) -> Self {
        Self { parts: base.parts.iter().chain(&self.parts).cloned().collect(), is_prefix: self.is_prefix }
    }

    /// Also everything below it.
    pub(in super::super) fn and_below(self) -> Self {
        Self { is_prefix: true, ..self }
    }

    /// This path with whatever stands behind it.
    pub(in super::super) fn with_rest(&self) -> Self {
        let mut parts = self.parts.clone();
        if !matches!(parts.last().map(|part| &part.segment), Some(Segment::Rest(_) | Segment::OptionalRest(_))) {
            parts.push(Part { segment: Segment::OptionalRest("rest".to_owned()), is_narrow: false });
        }
        Self { parts, is_prefix: false }
    }

    pub(in super::super) fn to_path(&self) -> RoutePath {
        RoutePath(self.parts.iter().map(|part| part.segment.clone()).collect())
    }
}

/// At the slashes that are not in brackets.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let parts = text.split(|one: char| {
        match one {
            '(' | '{' | '[' | '\u{1}' => depth += 1,
            ')' | '}' | ']' | '\u{2}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        one == '/' && depth == 0
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// The segment, whether it is narrow, and whether it may be left out.
fn part(text: &str, may_be_empty: bool) -> (Segment, bool, bool) {
    let wildcard = |name: &str| match may_be_empty {
        true => Segment::OptionalRest(name.to_owned()),
        false => Segment::Rest(name.to_owned()),
    };
    if let Some(name) = hole(text) {
        return (Segment::Parameter(name), true, false);
    }
    if matches!(text, "*" | "**" | "(.*)" | "{*}") {
        return (wildcard("rest"), false, false);
    }
    if let Some(name) = text.strip_prefix("{*").and_then(|name| name.strip_suffix('}')) {
        return (Segment::OptionalRest(name.to_owned()), false, false);
    }
    if let Some(name) = text.strip_prefix('*').filter(|name| is_name(name)) {
        return (Segment::Rest(name.to_owned()), false, false);
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        let (segment, is_narrow, _) = part(inner.trim_start_matches('/'), may_be_empty);
        return (segment, is_narrow, true);
    }
    let Some(named) = text.strip_prefix(':') else {
        let is_plain = !text.contains(['*', '(', ':']) || text.starts_with('\\');
        return match is_plain {
            true => (Segment::Literal(text.to_owned()), false, false),
            false => (Segment::Parameter(readable(text)), true, false),
        };
    };
    let end = named.find(|one: char| !one.is_alphanumeric() && one != '_').unwrap_or(named.len());
    let (name, after) = named.split_at_checked(end).unwrap_or((named, ""));
    let parameter = Segment::Parameter(name.to_owned());
    match after {
        "" => (parameter, false, false),
        "?" => (parameter, false, true),
        "*" => (Segment::OptionalRest(name.to_owned()), false, false),
        "+" => (Segment::Rest(name.to_owned()), false, false),
        _ if after.starts_with(['(', '{']) => {
            let is_optional = after.ends_with('?');
            let is_long = [".*", ".+", "/"].iter().any(|one| after.contains(one));
            let segment = if is_long { Segment::Rest(name.to_owned()) } else { parameter };
            (segment, true, is_optional)
        }
        _ => (Segment::Parameter(readable(text)), true, false),
    }
}

fn hole(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(HOLE.0)?;
    let (name, after) = rest.split_once(HOLE.1)?;
    Some(if before.is_empty() && after.is_empty() { name.to_owned() } else { readable(text) })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|one| one.is_alphanumeric() || one == '_')
}

/// A name for a part that is made of several.
fn readable(text: &str) -> String {
    let kept: String =
        text.chars().map(|one| if one.is_alphanumeric() || "_-.".contains(one) { one } else { '~' }).collect();
    kept.split('~').map(|part| part.trim_matches('-')).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
