//! JSON as the tools of this field write it: with comments, commas at the end, and a byte order mark.

use serde_json::{Map, Value};

/// The object that a configuration file holds; an empty file is an empty object.
///
/// # Errors
/// Says what is wrong, as a fragment.
pub(super) fn object(text: &str) -> Result<Map<String, Value>, String> {
    let mut text = text.trim_start_matches('\u{feff}').to_owned();
    // Fails for a comment that never ends, which the parser then meets itself.
    let _ = json_strip_comments::strip(&mut text);
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("is not an object".to_owned()),
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

/// The texts of an array; one text stands for an array of it. `None` where it is something else.
pub(super) fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    }
}
