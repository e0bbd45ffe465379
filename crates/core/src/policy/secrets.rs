//! `[secrets]`: what is looked for as a secret, and where not.

use schemars::JsonSchema;
use serde::Deserialize;

/// The `[secrets]` section.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {
    /// Patterns of paths in which nothing is looked for.
    pub exclude: Vec<String>,
    /// Folders that are looked at though git ignores them, such as `.next/static`.
    pub bundles: Vec<String>,
    /// Names of rules that are switched off, as reports give them, without `secret/`.
    pub disabled: Vec<String>,
    /// Regular expressions; a secret that fits one is silent.
    pub allow: Vec<String>,
    /// The gitleaks configuration to read, relative to the root. `.gitleaks.toml` is read by itself.
    pub gitleaks: Option<String>,
    /// Larger files are not looked into. In bytes.
    #[schemars(range(min = 1))]
    pub max_file_size: u64,
    /// The environment variable that holds the key of the fingerprints.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"))]
    pub key: Option<String>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            exclude: Vec::new(),
            bundles: Vec::new(),
            disabled: Vec::new(),
            allow: Vec::new(),
            gitleaks: None,
            max_file_size: 16 << 20,
            key: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[test]
    fn the_section_is_read() {
        let policy = Policy::parse(
            "ops.toml",
            "[secrets]\nexclude = [\"test/**\"]\nbundles = [\".next/static\"]\ndisabled = [\"jwt\"]\nallow = [\"^x\"]\n\
             gitleaks = \"g.toml\"\nmax_file_size = 10\nkey = \"OPS_SECRETS_KEY\"\n",
        );
        let secrets = policy.unwrap().secrets;
        assert_eq!((secrets.exclude, secrets.bundles), (vec!["test/**".to_owned()], vec![".next/static".to_owned()]));
        assert_eq!((secrets.disabled, secrets.allow), (vec!["jwt".to_owned()], vec!["^x".to_owned()]));
        assert_eq!((secrets.gitleaks.as_deref(), secrets.max_file_size), (Some("g.toml"), 10));
        assert_eq!(secrets.key.as_deref(), Some("OPS_SECRETS_KEY"));
    }

    #[test]
    fn an_empty_policy_looks_everywhere() {
        let secrets = Policy::default().secrets;
        assert!(secrets.exclude.is_empty() && secrets.disabled.is_empty() && secrets.allow.is_empty());
        assert_eq!(secrets.max_file_size, 16_777_216);
    }
}
