//! A search with one rule, for tests.

use jiff::Timestamp;

use crate::rules::Rules;
use crate::{Found, Search, Settings};

const RULE: &str = r#"
[[rules]]
id = "token"
title = "Token"
pattern = '\b(tok_[a-z0-9]{16})\b'
keywords = ["tok_"]
"#;

pub(super) const TOKEN: &str = "tok_k3j9x0q8w2e7r5t1";
pub(super) const OTHER: &str = "tok_9a8s7d6f5g4h3j2k";

pub(super) fn search(settings: Settings) -> Search {
    Search::with_rules(Rules::parse("x.toml", RULE).unwrap().into_inner(), settings, Timestamp::UNIX_EPOCH).unwrap()
}

/// Path, line and commit of each.
pub(super) fn places(found: &[Found]) -> Vec<(String, u32, Option<&str>)> {
    found.iter().map(|found| (found.path.clone(), found.start_line, found.commit.as_deref())).collect()
}
