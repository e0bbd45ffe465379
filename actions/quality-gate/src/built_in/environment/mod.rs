//! The contract between the code and its environment: what it reads is listed, and nothing real is committed.

pub(crate) mod committed;
pub(crate) mod contract;
pub(crate) mod example;
pub(crate) mod history;
#[cfg(test)]
mod tests;

use super::BuiltIn;
use super::rule::{count, judged, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name};

pub(super) const GATE: BuiltIn =
    BuiltIn { id: "environment", title: "Every variable is listed, and no value is committed", check };

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let (files, code) = match (situation.files(), situation.code()) {
        (Ok(files), Ok(code)) => (files, code),
        (Err(reason), _) | (_, Err(reason)) => {
            return Some(unknown(reason, "Run it in a checkout of the repository."));
        }
    };
    let is_ours = files.iter().any(|path| is_environment_file(file_name(path)));
    if code.reads.is_empty() && code.taking_all.is_empty() && code.unreadable.is_empty() && !is_ours {
        return None;
    }
    let mut unknown: Vec<String> = code.unreadable.clone();
    let mut findings = Vec::new();
    match contract::findings(situation, files, code) {
        Ok(found) => findings.extend(found),
        Err(reason) => unknown.push(reason),
    }
    let is_used = code.reads.iter().any(|read| contract::is_asked(situation, read));
    match committed::findings(situation, files, is_used) {
        Ok(found) => findings.extend(found),
        Err(reason) => unknown.push(reason),
    }
    let names: std::collections::BTreeSet<&str> = code.reads.iter().map(|read| read.name.as_str()).collect();
    let good = format!("{} read in {}", count(names.len(), "variable"), count(code.files, "file"));
    Some(judged(good, findings, &unknown).with("variables", names.len() as u64))
}

/// `.env`, `.env.local`, `.env.example`.
fn is_environment_file(name: &str) -> bool {
    name == ".env" || name.starts_with(".env.")
}

/// `.env.example` and its like, which hold no real values.
fn is_example(name: &str) -> bool {
    const WORDS: [&str; 7] = ["example", "sample", "template", "dist", "schema", "defaults", "vault"];
    name.split('.').skip(2).any(|word| WORDS.contains(&word))
}
