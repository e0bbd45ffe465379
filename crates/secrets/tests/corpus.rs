//! Labelled texts of others, which never come into this repository.
//!
//! `OPS_SECRETS_CORPUS` names a folder of files with lines of JSON: `{"kind": "x.y.1", "text": "…", "expected": true}`.
//! `scripts/tools/secrets-corpus` makes them of the rule files of other scanners.

#[cfg(test)]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use support::scanner;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    kind: String,
    text: String,
    expected: bool,
}

#[derive(Default)]
struct Tally {
    found: usize,
    /// The texts that hold a secret in which none was found.
    missed: Vec<String>,
    /// The rules that found one.
    by: BTreeSet<String>,
    /// What was found in texts that hold none.
    wrong: Vec<(String, BTreeSet<String>)>,
}

#[test]
fn labelled_texts_of_others_are_judged_as_their_authors_do() {
    let Some(folder) = std::env::var_os("OPS_SECRETS_CORPUS") else { return };
    let scanner = scanner();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let labelled: Labelled = serde_json::from_str(line).unwrap();
            let by: BTreeSet<String> = scanner
                .scan(labelled.text.as_bytes())
                .iter()
                .map(|hit| scanner.rules().get(hit.rule).unwrap())
                .filter(|rule| rule.path.is_none())
                .map(|rule| rule.id.clone())
                .collect();
            let tally = tallies.entry(labelled.kind).or_default();
            match (labelled.expected, by.is_empty()) {
                (true, false) => {
                    tally.found += 1;
                    tally.by.extend(by);
                }
                (true, true) => tally.missed.push(labelled.text),
                (false, false) => tally.wrong.push((labelled.text, by)),
                (false, true) => {}
            }
        }
        println!("== {}", file.display());
        let (mut found, mut missed, mut wrong) = (0, 0, 0);
        for (kind, tally) in &tallies {
            // A kind is carried where one of its texts is found; a text that holds none of it is wrong where the same rule speaks.
            let is_wrong = |by: &&(String, BTreeSet<String>)| tally.by.is_empty() || !by.1.is_disjoint(&tally.by);
            found += tally.found;
            missed += tally.missed.len();
            wrong += tally.wrong.iter().filter(is_wrong).count();
            let carried = if tally.by.is_empty() { "not carried" } else { "carried" };
            for text in &tally.missed {
                println!("missed\t{carried}\t{kind}\t{text:?}");
            }
            for (text, by) in &tally.wrong {
                let same = if tally.by.is_disjoint(by) { "other rule" } else { "same rule" };
                println!("wrong\t{same}\t{kind}\t{by:?}\t{text:?}");
            }
        }
        println!("found {found}, missed {missed}, wrong {wrong}");
    }
}
