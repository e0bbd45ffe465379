//! Secrets in files and in git history: rules, scanner, offline validation.

pub mod objects;
pub mod rules;
pub mod scan;
#[cfg(test)]
mod testing;
pub mod validate;

pub use rules::{Rule, RuleError, Rules};
pub use scan::{Hit, Scanner};
pub use validate::{Validator, Validity};
