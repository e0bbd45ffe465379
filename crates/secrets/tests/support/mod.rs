//! What the tests of the rules share: the examples, and a scanner with every rule.
#![allow(dead_code, reason = "each test program uses a part")]

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ops_secrets::{Rules, Scanner};
use serde::Deserialize;

/// The examples of one rule. In the files each `~~` breaks a token, so that no scanner takes them for one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Examples {
    pub(crate) rule: String,
    pub(crate) fires: Vec<Firing>,
    pub(crate) silent: Vec<String>,
}

/// A text in which the rule finds `secret`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Firing {
    pub(crate) text: String,
    pub(crate) secret: String,
    /// Where the text stands, for rules that look at the path.
    pub(crate) path: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    examples: Vec<Examples>,
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// Every file of examples, in a fixed order.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

pub(crate) fn examples() -> Vec<Examples> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        toml::from_str::<File>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).examples
    };
    files().iter().flat_map(read).collect()
}

pub(crate) fn whole(text: &str) -> String {
    text.replace("~~", "")
}

pub(crate) fn scanner() -> Scanner {
    Scanner::new(Rules::built_in().unwrap(), Timestamp::from_second(1_760_000_000).unwrap()).unwrap()
}
