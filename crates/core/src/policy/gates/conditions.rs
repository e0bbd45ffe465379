//! What a gate's report must say besides that nothing is wrong.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// How much of the code must be run by the tests, in percent.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CoverageGoals {
    /// Of all lines.
    pub lines: Option<Percent>,
    /// Of all statements.
    pub statements: Option<Percent>,
    /// Of all branches.
    pub branches: Option<Percent>,
    /// Of all functions.
    pub functions: Option<Percent>,
    /// Of the lines that the change adds or edits.
    pub changed: Option<Percent>,
    /// Of the lines of some files, by pattern.
    pub paths: BTreeMap<String, Percent>,
}

/// From 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
pub struct Percent(f64);

impl Percent {
    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} %", self.0)
    }
}

struct PercentVisitor;

impl Visitor<'_> for PercentVisitor {
    type Value = Percent;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a percentage from 0 to 100")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Percent, E> {
        if (0.0..=100.0).contains(&number) {
            return Ok(Percent(number));
        }
        Err(E::custom(format!("{number} is no percentage; write a number from 0 to 100")))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Percent, E> {
        match u8::try_from(number) {
            Ok(small) => self.visit_f64(f64::from(small)),
            Err(_) => Err(E::custom(format!("{number} is no percentage; write a number from 0 to 100"))),
        }
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PercentVisitor)
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> Cow<'static, str> {
        "Percent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "minimum": 0, "maximum": 100 })
    }
}

/// A number of a gate that must never get worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Number {
    /// Warnings: fewer are better.
    Warnings,
    /// Skipped tests: fewer are better.
    Skipped,
    /// Flaky tests: fewer are better.
    Flaky,
    /// Tests: more are better.
    Tests,
    /// The percentage of lines that tests run: more is better.
    Lines,
    /// The percentage of statements that tests run: more is better.
    Statements,
    /// The percentage of branches that tests run: more is better.
    Branches,
    /// The percentage of functions that tests run: more is better.
    Functions,
}

impl Number {
    /// Its name in the policy and in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Warnings => "warnings",
            Self::Skipped => "skipped",
            Self::Flaky => "flaky",
            Self::Tests => "tests",
            Self::Lines => "lines",
            Self::Statements => "statements",
            Self::Branches => "branches",
            Self::Functions => "functions",
        }
    }

    /// Whether a smaller one is better.
    #[must_use]
    pub fn falls(self) -> bool {
        matches!(self, Self::Warnings | Self::Skipped | Self::Flaky)
    }
}

/// Paths of reports, in which `*` stands for anything but a slash and `**` for anything: one text, or a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Paths(Vec<String>);

impl std::ops::Deref for Paths {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

impl Paths {
    /// The path, if it lies below the root.
    pub(super) fn inside<E: de::Error>(path: String) -> Result<String, E> {
        let is_inside = !path.trim().is_empty()
            && !path.starts_with('/')
            && path.split('/').all(|part| !part.is_empty() && part != ".." && part != ".");
        if is_inside {
            return Ok(path);
        }
        Err(E::custom(format!("`{path}` is no path below the root; write it as in reports/junit.xml")))
    }
}

struct PathsVisitor;

impl<'de> Visitor<'de> for PathsVisitor {
    type Value = Paths;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("path or a list of paths")
    }

    fn visit_str<E: de::Error>(self, path: &str) -> Result<Paths, E> {
        Ok(Paths(vec![Paths::inside(path.to_owned())?]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Paths, A::Error> {
        let mut paths = Vec::new();
        while let Some(path) = sequence.next_element()? {
            paths.push(Paths::inside(path)?);
        }
        Ok(Paths(paths))
    }
}

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PathsVisitor)
    }
}

impl JsonSchema for Paths {
    fn schema_name() -> Cow<'static, str> {
        "Paths".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // No leading slash, and no part that is empty, `.` or `..`.
        let path = json_schema!({ "type": "string", "pattern": "^(?!\\.{1,2}(/|$))[^/]+(/(?!\\.{1,2}(/|$))[^/]+)*$" });
        json_schema!({
            "description": "One path below the root or several; * is anything but a slash, ** is anything",
            "anyOf": [path, { "type": "array", "items": path }]
        })
    }
}
