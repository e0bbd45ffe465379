//! JSON and YAML as package managers write them.

use serde_json::{Map, Value};

/// A text that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not in the language of the file.
    #[error("is not {language}: {reason}")]
    Syntax {
        /// `JSON` or `YAML`.
        language: &'static str,
        /// What the parser says, in one line.
        reason: String,
    },
    /// In the language, and of another shape.
    #[error("has no {0}, so it cannot be read")]
    Lacks(&'static str),
    /// A version of the format that nobody here knows.
    #[error("is of version {0}, which is not known here")]
    Version(String),
}

/// The object that a JSON text is; comments and commas at the end are left out.
pub(crate) fn json(text: &str) -> Result<Map<String, Value>, Unreadable> {
    let mut text = text.trim_start_matches('\u{feff}').to_owned();
    // Fails for a comment that never ends, which the parser then meets itself.
    let _ = json_strip_comments::strip(&mut text);
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Unreadable::Lacks("object")),
        Err(error) => Err(Unreadable::Syntax { language: "JSON", reason: error.to_string() }),
    }
}

/// The mapping that a YAML text is.
pub(crate) fn yaml(text: &str) -> Result<Map<String, Value>, Unreadable> {
    let mut budget = serde_saphyr::Budget::default();
    // A lockfile of 20,000 packages has a million nodes.
    (budget.max_events, budget.max_nodes, budget.max_total_scalar_bytes) = (40_000_000, 20_000_000, 512 << 20);
    let options = serde_saphyr::options! { budget: Some(budget) };
    let value = serde_saphyr::from_str_with_options::<Value>(text.trim_start_matches('\u{feff}'), options);
    match value {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Unreadable::Lacks("mapping")),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default().to_owned();
            Err(Unreadable::Syntax { language: "YAML", reason })
        }
    }
}

/// A scalar as it is written: YAML takes `5.4` for a number.
pub(crate) fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The entries of an object; none where it is something else.
pub(crate) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// The entries whose values are scalars.
pub(crate) fn texts(value: Option<&Value>) -> impl Iterator<Item = (&str, String)> {
    entries(value).filter_map(|(key, value)| Some((key, scalar(Some(value))?)))
}
