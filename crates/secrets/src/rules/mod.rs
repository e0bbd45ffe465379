//! What is looked for: one rule, one kind of secret.

mod allowlist;
mod format;
mod pattern;
mod rule;
mod starts;

use std::collections::BTreeMap;

pub use allowlist::{Allowlist, Answer, Target};
pub(crate) use pattern::Compiled;
pub use pattern::{Pattern, PatternError};
pub use rule::{Near, Rule};

macro_rules! families {
    ($($name:literal)*) => {
        &[$((concat!($name, ".toml"), include_str!(concat!("../../rules/", $name, ".toml")))),*]
    };
}

/// Our own rules, one file per family: its name for errors, and its text.
const FAMILIES: &[(&str, &str)] = families! {
    "ai"
    "chat"
    "ci"
    "clouds"
    "databases"
    "files"
    "git-hosts"
    "hashes"
    "identity"
    "keys"
    "mail"
    "observability"
    "packages"
    "payment"
    "public"
    "saas"
    "services"
    "vercel"
    // Of two generic rules the earlier one speaks, and these are the most generic.
    "generic"
};

/// A rule that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The file is not TOML of the rules' shape.
    #[error("{file}: {message}")]
    Shape {
        /// The file's name.
        file: String,
        /// What is wrong, and where.
        message: String,
    },
    /// The rule contradicts itself or others.
    #[error("{file}: the rule `{rule}` {message}")]
    Rule {
        /// The file's name.
        file: String,
        /// The rule's identifier.
        rule: String,
        /// What is wrong with it.
        message: String,
    },
}

/// Every rule that is looked for, in a fixed order.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
}

impl Rules {
    /// The rules that this crate carries. Their patterns are compiled when they are first needed.
    ///
    /// # Errors
    /// If one of the files is wrong; a test holds that none is.
    pub fn built_in() -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for (name, text) in FAMILIES {
            rules.extend(format::read(name, text)?);
        }
        Self::new(rules)
    }

    /// The rules of one file in our own format.
    ///
    /// # Errors
    /// If the text has another shape, or a rule contradicts itself or another.
    pub fn parse(name: &str, text: &str) -> Result<Self, RuleError> {
        Self::new(format::read(name, text)?)
    }

    /// These rules, which must have different identifiers and name only each other.
    ///
    /// # Errors
    /// The first rule whose identifier is taken, or that names one which is not there.
    pub fn new(rules: Vec<Rule>) -> Result<Self, RuleError> {
        let mut known: BTreeMap<&str, &Rule> = BTreeMap::new();
        for rule in &rules {
            if known.insert(&rule.id, rule).is_some() {
                return Err(rule.refuse("has an identifier that another one has"));
            }
        }
        for rule in &rules {
            for near in &rule.near {
                if near.rule == rule.id {
                    return Err(rule.refuse("must be near itself"));
                }
                if !known.contains_key(near.rule.as_str()) {
                    return Err(rule.refuse(&format!("must be near `{}`, which is no rule", near.rule)));
                }
            }
        }
        Ok(Self { rules })
    }

    /// Every rule.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule at this position.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&Rule> {
        self.rules.get(position)
    }

    /// The rules themselves.
    #[must_use]
    pub fn into_inner(self) -> Vec<Rule> {
        self.rules
    }
}

#[cfg(test)]
mod tests {
    use super::Rules;

    #[test]
    fn every_rule_that_we_carry_can_be_used() {
        let rules = Rules::built_in().unwrap();
        for rule in rules.iter() {
            assert_eq!(rule.pattern.compile().err(), None, "{}", rule.id);
            for pattern in rule.allow.iter().chain(&rule.path) {
                assert_eq!(pattern.compile().err(), None, "{}", rule.id);
            }
            let begins = rule.pattern.compile().is_ok_and(super::pattern::Compiled::begins);
            let is_bound = !rule.keywords.is_empty() || begins;
            assert!(is_bound, "{} has no keyword, so its pattern would be tried everywhere", rule.id);
        }
    }

    #[test]
    fn rules_that_contradict_each_other_are_refused() {
        let one = "[[rules]]\nid = \"a\"\ntitle = \"A\"\npattern = \"a\"\nkeywords = [\"ab\"]\n";
        let error = |text: &str| Rules::parse("x.toml", text).unwrap_err().to_string();
        assert_eq!(error(&format!("{one}{one}")), "x.toml: the rule `a` has an identifier that another one has");
        assert_eq!(
            error(&format!("{one}near = [{{ rule = \"b\", lines = 2 }}]")),
            "x.toml: the rule `a` must be near `b`, which is no rule"
        );
        assert_eq!(
            error(&format!("{one}near = [{{ rule = \"a\", lines = 2 }}]")),
            "x.toml: the rule `a` must be near itself"
        );
    }
}
