//! Which paths a source means, decided exactly.
//!
//! A source such as `/:path((?!api).*)*` and a route such as `/api/links/{id}` both stand for a set of paths, mostly an
//! infinite one. Trying samples cannot tell whether one set holds the other; an automaton can, and finds the shortest path that
//! escapes on the way.

mod automaton;
mod cases;
mod path;
mod regex;
mod route;

#[cfg(test)]
mod tests;

pub(crate) use automaton::{Automaton, State};
pub(crate) use cases::{Case, after, cases, settled};
pub(crate) use route::{Slash, is_of_segments, literal, rest, route, shape};

/// Why a source cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    /// path-to-regexp would refuse it, and with it the whole configuration.
    #[error("the source has {what}")]
    Path {
        /// What is wrong.
        what: &'static str,
    },
    /// It holds a regular expression that is wrong or of a kind that isn't followed here.
    #[error("the source's regular expression has {what}")]
    Regex {
        /// What is wrong.
        what: &'static str,
    },
    /// Next.js and Vercel want a `/` at the beginning.
    #[error("the source doesn't begin with `/`")]
    NoSlash,
    /// Next.js and Vercel refuse it.
    #[error("the source's regular expression has more than 4096 characters")]
    TooLong,
    /// It would take too long to decide.
    #[error("the source is too large to be decided")]
    TooLarge,
}

/// Longest regular expression that Next.js and Vercel take, in characters.
const LONGEST: usize = 4096;

/// Who reads a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// `next start`: letters match in both cases, and a `/` may follow
    /// (`server/lib/router-utils/filesystem.js`, `buildCustomRoute`).
    Next,
    /// The same, built for Vercel: letters match exactly.
    NextOnVercel,
    /// Vercel's router: exactly (`@vercel/routing-utils`, `superstatic`).
    Vercel,
    /// The matcher of a Next.js proxy or middleware: letters match exactly, a delimiter may follow
    /// (`build/analysis/get-page-static-info.js`, `getMiddlewareMatchers`).
    Proxy,
}

/// The set of paths that a source means.
pub(crate) fn source(text: &str, dialect: Dialect) -> Result<Automaton, PatternError> {
    if !text.starts_with('/') {
        return Err(PatternError::NoSlash);
    }
    let regex = source_to_regex(text, dialect)?;
    if regex.chars().count() > LONGEST {
        return Err(PatternError::TooLong);
    }
    Automaton::new(&regex::parse(&regex, dialect == Dialect::Next)?)
}

/// The set of paths that a regular expression of JavaScript finds something in.
pub(crate) fn search(text: &str) -> Result<Automaton, PatternError> {
    let anything = || regex::Node::Repeat { node: Box::new(regex::Node::Set(regex::ANY)), least: 0, most: None };
    Automaton::new(&regex::Node::Sequence(vec![anything(), regex::parse(text, false)?, anything()]))
}

fn source_to_regex(text: &str, dialect: Dialect) -> Result<String, PatternError> {
    let exact = path::Options { delimiters: "/", may_end_in_delimiter: false };
    match dialect {
        Dialect::Vercel => path::to_regex(text, exact),
        Dialect::Next | Dialect::NextOnVercel => {
            let mut regex = path::to_regex(text, exact)?;
            regex.pop();
            regex.push_str("(?:\\/)?$");
            Ok(regex)
        }
        Dialect::Proxy => {
            let suffix = if text == "/" { "(/?index|/?index\\.json)?" } else { "{(\\.json|\\.rsc)}?" };
            let whole = format!("/:nextData(_next/data/[^/]{{1,}})?{text}{suffix}");
            path::to_regex(&whole, path::Options { delimiters: "/#?", may_end_in_delimiter: true })
        }
    }
}
