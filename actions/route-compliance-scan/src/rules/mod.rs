//! What must be true of a code base beside the guards of its routes: one rule, one file.
//!
//! A rule's doc comment is its page in `docs/rules/route/`; `UPDATE_DOCS=1` writes the pages anew.

/// Declares a rule: its page, its name, and what it is called.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $constant:ident: $name:literal, $title:literal) => {
        pub(crate) const $constant: $crate::rules::RuleInfo = $crate::rules::RuleInfo {
            ident: concat!("route/", $name),
            title: $title,
            doc: concat!($($doc, "\n"),*),
        };
    };
}

mod console;
pub(crate) mod decoy_guard;
#[cfg(test)]
mod docs;
mod environment;
mod handler_form;
pub(crate) mod header;
mod logged_field;
mod public_secret;
#[cfg(test)]
mod testing;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity, fingerprint};
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use rayon::prelude::*;

use crate::survey::Survey;

/// What a rule is called, and its page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleInfo {
    /// `route/console`
    pub(crate) ident: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "only the pages show it"))]
    pub(crate) title: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "only the pages show it"))]
    pub(crate) doc: &'static str,
}

impl RuleInfo {
    /// A finding at `at`. `content` is what the fingerprint is made of, beside the rule and the file.
    fn finding(&self, program: &Program, at: At<Span>, severity: Severity, content: &[&str]) -> Finding {
        let place = program.place(at);
        let mut parts = vec![self.ident, place.path.as_str()];
        parts.extend(content);
        Finding {
            rule: self.ident.into(),
            severity,
            message: String::new(),
            help: String::new(),
            fingerprint: fingerprint::of_content(&parts),
            place,
            waived_by: None,
        }
    }
}

type Check = fn(&Program, &Survey, &Routes) -> Vec<Finding>;

const CHECKS: [Check; 5] =
    [handler_form::check, environment::check, public_secret::check, console::check, logged_field::check];

/// What all rules find, sorted by place.
pub(crate) fn check(program: &Program, survey: &Survey, policy: &Routes) -> Vec<Finding> {
    let mut findings: Vec<Finding> = CHECKS.par_iter().flat_map_iter(|check| check(program, survey, policy)).collect();
    findings
        .sort_by(|one, other| (&one.place, &one.rule, &one.message).cmp(&(&other.place, &other.rule, &other.message)));
    findings
}

/// Whether a file's code runs in production: no test, no configuration of a tool, no script for people.
fn is_production(survey: &Survey, path: &str) -> bool {
    use crate::survey::{file_name, is_generated, is_test};
    const FOLDERS: [&str; 9] =
        ["scripts", "script", "seeds", "seed", "fixtures", "examples", "cli", "bin", ".storybook"];
    const WORDS: [&str; 4] = ["seed", "cli", "script", "setup"];
    if survey.places().is_route_file(path) {
        return true;
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let is_tool = is_configuration(file_name(path)) || WORDS.contains(&stem);
    !is_test(path) && !is_generated(path) && !is_tool && !folders.split('/').any(|folder| FOLDERS.contains(&folder))
}

/// `next.config.ts`, `vitest.config.mts`, `.eslintrc.js`, `jest.setup.ts`, `gulpfile.js`, `next-env.ts`.
fn is_configuration(name: &str) -> bool {
    let words: Vec<&str> = name.split('.').collect();
    let has = |word: &str| words.iter().skip(1).any(|one| *one == word);
    has("config")
        || has("setup")
        || has("workspace")
        || name.starts_with('.')
        || name.starts_with("next-env")
        || matches!(words.first(), Some(&("gulpfile" | "Gruntfile" | "jest-setup" | "vitest-setup")))
}
