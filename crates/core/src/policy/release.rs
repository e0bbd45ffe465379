//! `[release]`: how changes are named, versioned and told.

use schemars::JsonSchema;
use serde::Deserialize;

/// The `[release]` section.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Release {}
