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
mod exposed_stack;
mod handler_form;
pub(crate) mod header;
mod logged_field;
mod public_secret;
mod shown;
#[cfg(test)]
mod testing;

use ops_core::policy::Routes;
use ops_core::{Finding, Severity, fingerprint};
use ops_typescript::module::Span;
use ops_typescript::program::{At, Program};
use ops_typescript::purpose;
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

const CHECKS: [Check; 6] = [
    handler_form::check,
    environment::check,
    public_secret::check,
    console::check,
    logged_field::check,
    exposed_stack::check,
];

/// What all rules find, sorted by place.
pub(crate) fn check(program: &Program, survey: &Survey, policy: &Routes) -> Vec<Finding> {
    let mut findings: Vec<Finding> = CHECKS.par_iter().flat_map_iter(|check| check(program, survey, policy)).collect();
    findings
        .sort_by(|one, other| (&one.place, &one.rule, &one.message).cmp(&(&other.place, &other.rule, &other.message)));
    findings
}

/// Whether a file's code runs in production: no test, no configuration of a tool, no script for people.
fn is_production(survey: &Survey, path: &str) -> bool {
    survey.places().is_route_file(path) || purpose::is_production(path)
}
