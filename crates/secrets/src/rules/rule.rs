//! One kind of secret.

use std::sync::Arc;

use ops_core::Severity;

use super::{Allowlist, Pattern, RuleError};
use crate::Validator;

/// One kind of secret. The keys of a rule file are told in `rules/format.rs`.
#[derive(Debug)]
pub struct Rule {
    /// The file that it comes from, for errors.
    pub file: String,
    /// Its name in reports, after `secret/`.
    pub id: String,
    /// What the secret is, for people.
    pub title: String,
    /// What it looks like.
    pub pattern: Pattern,
    /// The number of the group that is the secret, where the rule says so.
    pub secret_group: Option<usize>,
    /// Literals, one of which stands in or near every match. None: the pattern is tried everywhere,
    /// or only where the text begins if it says so.
    pub keywords: Vec<String>,
    /// A keyword anywhere in the text is enough for the pattern to be tried everywhere in it.
    pub everywhere: bool,
    /// The least Shannon entropy of the secret, in bits per byte.
    pub entropy: Option<f64>,
    /// The offline check of its inner structure.
    pub validate: Option<Validator>,
    /// What its path must look like.
    pub path: Option<Pattern>,
    /// Rules that must match close by.
    pub near: Vec<Near>,
    /// Secrets that are silent.
    pub allow: Vec<Pattern>,
    /// More that is silent, in gitleaks' terms.
    pub allowlists: Vec<Arc<Allowlist>>,
    /// How much it weighs.
    pub severity: Severity,
    /// Never told by itself.
    pub part: bool,
    /// Gives way to rules that are not generic.
    pub generic: bool,
    /// Whether a secret that looks like a placeholder is silent.
    pub doubt: bool,
    /// The provider's own page on this secret: its form, or where it is made and revoked. None where we know of none.
    pub reference: Option<String>,
}

/// A rule that must match close by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Its identifier.
    pub rule: String,
    /// How many lines lie between at most; none is as many as there are.
    pub lines: Option<u32>,
    /// How many columns lie between at most.
    pub columns: Option<u32>,
}

impl Rule {
    pub(crate) fn refuse(&self, message: &str) -> RuleError {
        RuleError::Rule { file: self.file.clone(), rule: self.id.clone(), message: message.to_owned() }
    }
}
