//! Gates that need no program: one gate, one file.
//!
//! A rule's doc comment is its page in `docs/rules/`; `UPDATE_DOCS=1` writes the pages anew.

/// Declares a rule: its page, its name, and what it is called.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $constant:ident: $name:literal, $title:literal) => {
        pub(in crate::built_in) const $constant: $crate::built_in::rule::RuleInfo = $crate::built_in::rule::RuleInfo {
            ident: $name,
            #[cfg(test)]
            title: $title,
            #[cfg(test)]
            doc: concat!($($doc, "\n"),*),
        };
    };
}

mod actions;
mod build;
mod change;
mod changelog;
mod console;
mod dependencies;
#[cfg(test)]
mod docs;
mod environment;
mod flags;
mod lockfile;
mod logger;
mod packages;
mod rule;
mod scripts;
mod secrets;
mod strict;
#[cfg(test)]
mod testing;
mod updates;
mod version;

use crate::outcome::Outcome;
use crate::situation::Situation;

/// A gate that needs no program.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    /// Its name in the policy and in every report.
    pub(crate) id: &'static str,
    /// What it asks, in a few words.
    pub(crate) title: &'static str,
    /// None where there is nothing to look at: then the gate is not asked at all.
    pub(crate) check: fn(&Situation<'_>) -> Option<Outcome>,
}

/// The gate that another one called `audit` stands in for.
pub(crate) const DEPENDENCIES: &str = dependencies::GATE.id;

/// Every one, in the order of the report.
pub(crate) const ALL: &[BuiltIn] = &[
    lockfile::GATE,
    dependencies::GATE,
    updates::GATE,
    environment::GATE,
    environment::history::GATE,
    actions::GATE,
    version::GATE,
    changelog::GATE,
    strict::GATE,
    console::GATE,
    logger::GATE,
    build::GATE,
    scripts::GATE,
    secrets::GATE,
    change::branch::GATE,
    change::size::GATE,
    change::tested::GATE,
    change::documented::GATE,
    change::migrations::GATE,
    flags::GATE,
];
