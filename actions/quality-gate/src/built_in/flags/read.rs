//! A registry of flags: JSON, TOML, or what a TypeScript module gives away.

use ops_typescript::module::{Export, Expression, ExpressionId, Key, Module, Source};
use ops_typescript::parse;
use serde_json::{Map, Value};

/// One flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flag {
    pub(crate) name: String,
    /// The last day, as it is written.
    pub(crate) expires: Option<String>,
    /// What it is for whoever has no value of their own, where the registry says it.
    pub(crate) default: Option<bool>,
}

/// The flags of a registry, in its order.
///
/// # Errors
/// The file is not what its name says, or holds no flags in a shape that is known.
pub(crate) fn read(path: &str, text: &str) -> Result<Vec<Flag>, String> {
    let value = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json" | "jsonc") => {
            let mut text = text.to_owned();
            let _ = json_strip_comments::strip(&mut text);
            serde_json::from_str(&text).map_err(|error| format!("{path} is not JSON: {error}"))?
        }
        Some("toml") => {
            let reason = |error: toml::de::Error| format!("{path} is not TOML: {}", error.message());
            toml::from_str(text).map_err(reason)?
        }
        Some("ts" | "mts" | "js" | "mjs") => of_module(path, text)?,
        _ => return Err(format!("{path} is neither JSON, nor TOML, nor a TypeScript module")),
    };
    of_value(&value).ok_or_else(|| format!("{path} holds no flags in a shape that is known"))
}

/// An object of flags or a list of them, perhaps below `flags`.
fn of_value(value: &Value) -> Option<Vec<Flag>> {
    match value {
        Value::Object(object) => match object.get("flags") {
            Some(inner @ (Value::Object(_) | Value::Array(_))) => of_value(inner),
            _ => {
                let own = object.iter().filter(|(name, _)| !name.starts_with('$'));
                own.map(|(name, about)| flag(name, about)).collect()
            }
        },
        Value::Array(list) => {
            let named = |about: &Value| {
                let name = ["name", "key", "id"].into_iter().find_map(|key| about.get(key)?.as_str())?;
                flag(name, about)
            };
            list.iter().map(named).collect()
        }
        _ => None,
    }
}

/// What is said of a flag: its last day, whether it is on, or an object of both.
fn flag(name: &str, about: &Value) -> Option<Flag> {
    let name = name.to_owned();
    match about {
        Value::Bool(on) => Some(Flag { name, expires: None, default: Some(*on) }),
        Value::String(day) => Some(Flag { name, expires: Some(day.clone()), default: None }),
        Value::Object(about) => {
            let text = |key: &str| match about.get(key)? {
                Value::String(text) => Some(text.clone()),
                // TOML's own dates.
                Value::Object(date) => date.values().next()?.as_str().map(str::to_owned),
                _ => None,
            };
            let expires = ["expires", "expiry", "expiresAt", "expires_at", "removeBy", "remove_by"];
            let default = ["default", "defaultValue", "default_value"];
            Some(Flag {
                name,
                expires: expires.into_iter().find_map(text),
                default: default.into_iter().find_map(|key| about.get(key)?.as_bool()),
            })
        }
        _ => None,
    }
}

/// The objects that a module gives away, put together: objects of flags, and calls such as `flag({ key: "new-cart" })`.
fn of_module(path: &str, text: &str) -> Result<Value, String> {
    let module = parse::parse(path, text);
    if let Some(error) = module.errors.first() {
        return Err(format!("{path} cannot be parsed: {}", error.message));
    }
    let mut flags = Map::new();
    for export in &module.exports {
        let Export::Local { value, .. } = export else { continue };
        let (object, is_call) = object(&module, *value, 0);
        let Some(Value::Object(object)) = object else { continue };
        match object.get("key").and_then(Value::as_str) {
            Some(key) if is_call => drop(flags.insert(key.to_owned(), Value::Object(object.clone()))),
            _ => flags.extend(object),
        }
    }
    if flags.is_empty() || flags.contains_key(SPREAD) {
        return Err(format!("{path} gives away no object of flags that is written out"));
    }
    Ok(Value::Object(flags))
}

/// Stands for what is spread into an object, and is not written there.
const SPREAD: &str = "...";

/// The object that an expression is, or that it hands to a call, and whether it does the latter.
fn object(module: &Module, id: ExpressionId, depth: u8) -> (Option<Value>, bool) {
    if depth > 8 {
        return (None, false);
    }
    match module.expression(id) {
        Expression::Object(_) => (Some(value(module, id, depth)), false),
        Expression::Binding(binding) => match &module.binding(*binding).source {
            Source::Value { initial: Some(initial), path } if path.is_empty() => object(module, *initial, depth + 1),
            _ => (None, false),
        },
        Expression::Call(call) => {
            let first = call.arguments.first().filter(|first| !first.is_spread);
            (first.and_then(|first| object(module, first.value, depth + 1).0), true)
        }
        _ => (None, false),
    }
}

/// As much of a value as flags need; null for the rest.
fn value(module: &Module, id: ExpressionId, depth: u8) -> Value {
    match module.expression(id) {
        Expression::Text(text) => Value::String(text.to_string()),
        Expression::Boolean(is) => Value::Bool(*is),
        // new Date("2027-03-31")
        Expression::Call(call) if call.is_new => {
            call.arguments.first().map_or(Value::Null, |first| value(module, first.value, depth + 1))
        }
        Expression::Object(properties) if depth <= 8 => {
            let entry = |property: &ops_typescript::module::Property| match &property.key {
                Some(Key::Property(name)) => (name.to_string(), value(module, property.value, depth + 1)),
                _ => (SPREAD.to_owned(), Value::Null),
            };
            Value::Object(properties.iter().map(entry).collect())
        }
        _ => Value::Null,
    }
}
