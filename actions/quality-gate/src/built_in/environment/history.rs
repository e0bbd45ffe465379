//! No file of values was ever committed.

use std::collections::BTreeSet;

use ops_core::{Place, Severity};

use super::committed::holds_values;
use crate::built_in::BuiltIn;
use crate::built_in::packages::is_apart;
use crate::built_in::rule::{judged, unknown};
use crate::outcome::Outcome;
use crate::situation::{Situation, file_name};

pub(crate) const GATE: BuiltIn =
    BuiltIn { id: "environment-history", title: "No file of values was ever committed", check };

rule! {
    /// ## What it does
    /// Looks through the history of the current commit for commits that added `.env` or a local file such as `.env.local`, also
    /// where they are gone now. A clone without its whole history is unproven.
    ///
    /// ## Why is this bad
    /// Removing a file leaves it in every clone. Whoever has one has the secrets.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git rm .env && git commit -m "Remove .env"
    /// # after: replace each secret that it held; then, once everybody knows that history changes
    /// git filter-repo --invert-paths --path .env
    /// ```
    IN_HISTORY: "repository/env-in-history", "A file of values stands in the history"
}

fn check(situation: &Situation<'_>) -> Option<Outcome> {
    let next = "Check out with the whole history (`fetch-depth: 0`).";
    let git = match situation.git() {
        Ok(git) => git,
        Err(reason) => return Some(unknown(reason, "Run it in a checkout of the repository.")),
    };
    match git.is_shallow() {
        Ok(false) => {}
        Ok(true) => return Some(unknown("this clone holds a part of the history only", next)),
        Err(reason) => return Some(unknown(reason, next)),
    }
    // A repository without commits has no history to look through.
    if git.commit("HEAD").is_err() {
        return None;
    }
    let patterns = [":(glob)**/.env", ":(glob)**/.env.*"];
    let log = ["log", "--diff-filter=A", "--no-renames", "--relative", "--format=", "--name-only", "-z", "--"];
    let told = match git.text(&[&log[..], &patterns[..]].concat()) {
        Ok(told) => told,
        Err(reason) => return Some(unknown(reason, next)),
    };
    let now = situation.files().ok();
    // What is tracked now is told by the gate `environment`.
    let is_gone = |path: &&str| !now.is_some_and(|now| now.contains(*path));
    let added: BTreeSet<&str> = told.split(['\0', '\n']).filter(|path| holds_values(file_name(path))).collect();
    let added = added.into_iter().filter(is_gone).filter(|path| !is_apart(path));
    let findings = added.map(|path| {
        let message = format!("{path} was committed once, and is in the history still");
        let help = "Replace every secret that it held; removing the file took none of them back.";
        IN_HISTORY.finding(Severity::Error, Place::file(path), &[], message, help)
    });
    Some(judged("no file of values in the history", findings.collect(), &[]))
}
