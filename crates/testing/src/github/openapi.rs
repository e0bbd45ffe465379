//! Holds requests against GitHub's published OpenAPI description (npm: `@octokit/openapi`, `api.github.com.json`).

use std::path::Path;

use serde_json::{Value, json};

use super::Request;

/// What is wrong with these requests: unknown paths and methods, unknown query parameters, bodies that break their schema.
///
/// # Panics
/// When the description cannot be read.
#[must_use]
pub fn violations(description: &Path, requests: &[Request]) -> Vec<String> {
    let text =
        std::fs::read_to_string(description).unwrap_or_else(|error| panic!("{}: {error}", description.display()));
    let description: Value = serde_json::from_str(&text).expect("a JSON description");
    requests.iter().flat_map(|request| check(&description, request)).collect()
}

fn check(description: &Value, request: &Request) -> Vec<String> {
    let name = format!("{} {}", request.method, request.path);
    let Some((item, operation)) = operation(description, request) else {
        return vec![format!("{name}: no such operation")];
    };
    let mut wrong = Vec::new();
    let parameters: Vec<&Value> = [item, operation]
        .iter()
        .filter_map(|place| place["parameters"].as_array())
        .flatten()
        .map(|entry| resolve(description, entry))
        .collect();
    for (query, value) in &request.query {
        match parameters.iter().find(|parameter| parameter["in"] == "query" && parameter["name"] == query.as_str()) {
            None => wrong.push(format!("{name}: no query parameter {query}")),
            Some(parameter) if parameter["schema"]["type"] == "integer" && value.parse::<i64>().is_err() => {
                wrong.push(format!("{name}: {query} must be a whole number, not {value:?}"));
            }
            Some(_) => {}
        }
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    match (&request.body, schema) {
        (Some(_), Value::Null) => wrong.push(format!("{name}: takes no body")),
        (None, Value::Object(_)) if operation["requestBody"]["required"] == true => {
            wrong.push(format!("{name}: needs a body"));
        }
        (Some(body), schema @ Value::Object(_)) => {
            // The schema's references point into the description's components.
            let whole = json!({"allOf": [schema], "components": description["components"]});
            match jsonschema::validator_for(&whole) {
                Ok(validator) => wrong.extend(
                    validator.iter_errors(body).map(|error| format!("{name}: {}: {error}", error.instance_path())),
                ),
                Err(error) => wrong.push(format!("{name}: the schema cannot be used: {error}")),
            }
            if let (Value::Object(body), Value::Object(known)) = (body, &schema["properties"]) {
                wrong.extend(
                    body.keys()
                        .filter(|key| !known.contains_key(*key))
                        .map(|key| format!("{name}: unknown field {key}")),
                );
            }
        }
        _ => {}
    }
    wrong
}

fn operation<'a>(description: &'a Value, request: &Request) -> Option<(&'a Value, &'a Value)> {
    let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.trim_start_matches('/').split('/').collect();
        wanted.len() == parts.len()
            && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    // A literal segment beats a placeholder, so the template with the fewest of them is the right one.
    let templates = description["paths"].as_object()?.iter().filter(|(template, _)| fits(template));
    let (_, item) = templates.min_by_key(|(template, _)| template.matches('{').count())?;
    let operation = item.get(request.method.to_lowercase())?;
    Some((item, operation))
}

fn resolve<'a>(description: &'a Value, entry: &'a Value) -> &'a Value {
    let pointer = entry["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| description.pointer(pointer)).unwrap_or(entry)
}
