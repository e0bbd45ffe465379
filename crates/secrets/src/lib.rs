//! Secrets in files and in git history: rules, scanner, offline validation.

pub mod rules;
pub mod scan;
pub mod validate;

pub use rules::{Rule, RuleError, Rules};
pub use scan::{Hit, Scanner};
pub use validate::{Validator, Validity};
