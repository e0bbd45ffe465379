//! `[database]`: the names of what is kept in a database.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The `[database]` section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// The table that says which environment a database is.
    pub marker_table: String,
    /// The schema of the actions' own bookkeeping.
    pub schema: String,
}

impl Default for Database {
    fn default() -> Self {
        Self { marker_table: "bk_env_marker".to_owned(), schema: "ops_actions".to_owned() }
    }
}
