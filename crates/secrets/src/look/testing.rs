//! A search with one rule, for tests.

use jiff::Timestamp;

use crate::testing::token_and;
use crate::{Found, Search, Settings};

pub(super) const OTHER: &str = "tok_9a8s7d6f5g4h3j2k";

pub(super) fn search(settings: Settings) -> Search {
    Search::with_rules(token_and("").into_inner(), settings, Timestamp::UNIX_EPOCH).unwrap()
}

/// Path, line and commit of each.
pub(super) fn places(found: &[Found]) -> Vec<(String, u32, Option<&str>)> {
    found.iter().map(|found| (found.path.clone(), found.start_line, found.commit.as_deref())).collect()
}
