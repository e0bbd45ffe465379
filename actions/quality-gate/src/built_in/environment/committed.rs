//! No file of values is tracked, and git would not take one.

use std::collections::BTreeSet;

use ops_core::{Finding, Place, Severity};

use super::{is_environment_file, is_example};
use crate::built_in::packages::is_apart;
use crate::situation::{Situation, file_name};

rule! {
    /// ## What it does
    /// Finds `.env` files that git keeps track of. `.env` itself and everything local (`.env.local`, `.env.production.local`) is an
    /// error; another one, such as `.env.production`, is a warning. Examples, and `.env.test` and `.env.ci`, are left alone.
    ///
    /// ## Why is this bad
    /// Whatever is written there for a minute is in everybody's clone for ever.
    ///
    /// ## Instead
    /// ```sh
    /// # before
    /// git add .env
    /// # after
    /// git rm --cached .env && echo '.env*' >> .gitignore && echo '!.env.example' >> .gitignore
    /// ```
    /// And replace every secret that it held.
    TRACKED: "repository/env-tracked", "A file of values is committed"
}

rule! {
    /// ## What it does
    /// Asks git whether the repository's own rules ignore `.env`, `.env.local` and `.env.production.local`. What somebody's own
    /// machine ignores does not count. It is an error where there is such a file, or an example of one, and a warning where the
    /// code only reads variables.
    ///
    /// ## Why is this bad
    /// One `git add .` commits the secrets of a laptop.
    ///
    /// ## Instead
    /// ```sh
    /// # before: .gitignore
    /// node_modules
    /// # after: .gitignore
    /// node_modules
    /// .env*
    /// !.env.example
    /// ```
    NOT_IGNORED: "repository/env-not-ignored", "git would take a file of values"
}

/// `is_used` says whether the code reads a variable that somebody must set.
pub(super) fn findings(
    situation: &Situation<'_>,
    files: &BTreeSet<String>,
    is_used: bool,
) -> Result<Vec<Finding>, String> {
    let mut findings: Vec<Finding> = files.iter().filter_map(|path| tracked(situation, path)).collect();
    const WANTED: [&str; 3] = [".env", ".env.local", ".env.production.local"];
    let ignored = situation.git()?.ignored(&WANTED)?;
    let open: Vec<&str> = WANTED.into_iter().filter(|path| !ignored.contains(path)).collect();
    let is_there = files.iter().any(|path| is_environment_file(file_name(path)) && !is_apart(path))
        || WANTED.iter().any(|path| situation.root.join(path).is_file());
    if !open.is_empty() && (is_used || is_there) {
        let message = format!("git does not ignore {}", open.join(", "));
        let help =
            format!("Add the lines `.env*` and `!{}` to .gitignore.", situation.policy.release.environment.example);
        let severity = if is_there { Severity::Error } else { Severity::Warning };
        findings.push(NOT_IGNORED.finding(severity, Place::file(".gitignore"), &[], message, help));
    }
    Ok(findings)
}

fn tracked(situation: &Situation<'_>, path: &str) -> Option<Finding> {
    let name = file_name(path);
    let is_exempt = is_example(name) || name == situation.policy.release.environment.example || is_apart(path);
    if !is_environment_file(name) || is_exempt || matches!(name, ".env.test" | ".env.ci") {
        return None;
    }
    let severity = if holds_values(name) { Severity::Error } else { Severity::Warning };
    let help = format!("Run `git rm --cached {path}`, ignore it, and replace every secret that it held.");
    Some(TRACKED.finding(severity, Place::file(path), &[], format!("git keeps track of {path}"), help))
}

/// Whether a file is for one machine's own values.
pub(super) fn holds_values(name: &str) -> bool {
    name == ".env" || (name.starts_with(".env.") && name.ends_with(".local"))
}
