//! A rule that sets headers for some paths, whoever wrote it where.

use super::text::HeaderText;

/// Which paths a rule is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Paths {
    /// All of them.
    All,
    /// Those of a source in path-to-regexp's syntax, asked with this text before the route's path.
    Source { source: String, before: String },
    /// Those in which a regular expression finds something.
    Search(String),
    /// Nobody knows, for this reason.
    Unknown(String),
}

/// Some headers for some paths. Of the rules that match, the last one that names a header decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// For which paths.
    pub(crate) paths: Paths,
    /// Why the rule may not apply although its paths match: it has `has` or `missing`, or a condition stands before it.
    pub(crate) condition: Option<String>,
    /// What it sets, in order.
    pub(crate) headers: Vec<Header>,
    /// Why it may set more headers than these.
    pub(crate) open: Option<String>,
    /// Where it is written: `next.config.js:12`.
    pub(crate) place: String,
}

/// One header of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Header {
    /// In lower case.
    pub(crate) key: String,
    /// What it may be: one value, or one of several.
    pub(crate) values: Vec<HeaderText>,
    /// Why it may not be set although the rule applies.
    pub(crate) condition: Option<String>,
}
