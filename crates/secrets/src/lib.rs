//! Secrets in files and in git history: rules, scanner, offline validation.

mod fingerprint;
pub mod git;
pub mod gitleaks;
pub mod look;
pub mod objects;
pub mod rules;
pub mod scan;
pub mod search;
#[cfg(test)]
mod testing;
pub mod validate;

pub use fingerprint::Key;
pub use rules::{Rule, RuleError, Rules};
pub use scan::{Hit, Scanner};
pub use search::{Found, Search, Settings};
pub use validate::{Validator, Validity};
