//! `[gates]`: what must pass before a change is merged.

use schemars::JsonSchema;
use serde::Deserialize;

/// The `[gates]` section.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gates {}
