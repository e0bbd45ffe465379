//! `[secrets]`: what is looked for as a secret, and where not.

use schemars::JsonSchema;
use serde::Deserialize;

/// The `[secrets]` section.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Secrets {}
