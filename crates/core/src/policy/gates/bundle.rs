//! How large what a gate builds may be.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::conditions::Paths;
use crate::policy::Bytes;

/// How large the files of a pattern may be, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BundleLimit {
    /// As they are.
    pub raw: Option<Bytes>,
    /// Each packed by gzip at its best level.
    pub gzip: Option<Bytes>,
}

/// Limits by a pattern of files below the root.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema)]
#[schemars(transparent)]
pub struct Bundle(BTreeMap<String, BundleLimit>);

impl std::ops::Deref for Bundle {
    type Target = BTreeMap<String, BundleLimit>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

struct BundleVisitor;

impl<'de> Visitor<'de> for BundleVisitor {
    type Value = Bundle;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a table of limits by pattern")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bundle, A::Error> {
        let mut limits = BTreeMap::new();
        while let Some(Pattern(pattern)) = map.next_key()? {
            let limit: BundleLimit = map.next_value()?;
            if limit == BundleLimit::default() {
                return Err(de::Error::custom(format!("`{pattern}` has no limit; give it `raw`, `gzip` or both")));
            }
            limits.insert(pattern, limit);
        }
        Ok(Bundle(limits))
    }
}

impl<'de> Deserialize<'de> for Bundle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BundleVisitor)
    }
}

/// One path of [`Paths`].
struct Pattern(String);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Paths::inside(String::deserialize(deserializer)?).map(Self)
    }
}
