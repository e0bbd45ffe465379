//! The JSON of an advisory. What is not asked for is passed over.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Written {
    pub(super) id: String,
    pub(super) withdrawn: Option<String>,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) severity: Vec<Score>,
    #[serde(default)]
    pub(super) affected: Vec<WrittenAffected>,
    #[serde(default)]
    pub(super) database_specific: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Score {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) score: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct WrittenAffected {
    pub(super) package: Option<PackageName>,
    #[serde(default)]
    pub(super) ranges: Vec<WrittenRange>,
    #[serde(default)]
    pub(super) versions: Vec<String>,
    #[serde(default)]
    pub(super) severity: Vec<Score>,
    #[serde(default)]
    pub(super) database_specific: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct PackageName {
    pub(super) ecosystem: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct WrittenRange {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) events: Vec<WrittenEvent>,
}

/// One of its keys is there.
#[derive(Debug, Deserialize)]
pub(super) struct WrittenEvent {
    pub(super) introduced: Option<String>,
    pub(super) fixed: Option<String>,
    pub(super) last_affected: Option<String>,
    pub(super) limit: Option<String>,
}
