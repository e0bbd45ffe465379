//! Holds a request against GitHub's published OpenAPI description.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

/// Names the file `api.github.com.json`, or one of its Enterprise Server siblings, as the npm package
/// `@octokit/openapi` ships them in `generated/`.
const VARIABLE: &str = "OPS_GITHUB_OPENAPI";

pub(crate) struct Description(Value);

impl Description {
    /// The published description. In CI it must be there; elsewhere its absence is said loudly, and nothing is checked.
    pub(crate) fn published() -> Option<&'static Self> {
        static DESCRIPTION: OnceLock<Option<Description>> = OnceLock::new();
        DESCRIPTION.get_or_init(Self::read).as_ref()
    }

    fn read() -> Option<Self> {
        let Some(path) = std::env::var_os(VARIABLE) else {
            let help = format!(
                "{VARIABLE} is not set: `npm pack @octokit/openapi`, unpack it, and set the variable to package/generated/api.github.com.json (scripts/test does)"
            );
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{help}");
            eprintln!("NOT CHECKED against GitHub's OpenAPI description: {help}");
            return None;
        };
        let text =
            std::fs::read(Path::new(&path)).unwrap_or_else(|error| panic!("{VARIABLE}={}: {error}", path.display()));
        Some(Self(serde_json::from_slice(&text).unwrap()))
    }

    /// What is wrong with a request; nothing where GitHub documents it so. `path` is percent-decoded segment by segment.
    pub(crate) fn problems(
        &self,
        method: &str,
        path: &[String],
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Vec<String> {
        let Some((template, item)) = self.find(path) else {
            return vec![format!("no path like /{}", path.join("/"))];
        };
        let Some(operation) = item.get(method.to_lowercase()) else {
            return vec![format!("{template} has no {method}")];
        };
        let mut problems = Vec::new();
        let parameters: Vec<&Value> = [item, operation]
            .iter()
            .filter_map(|place| place.get("parameters")?.as_array())
            .flatten()
            .map(|parameter| self.resolve(parameter))
            .collect();
        let known = |place: &str, name: &str| {
            parameters.iter().find(|parameter| parameter["in"] == place && parameter["name"] == name)
        };
        for (part, value) in template.trim_start_matches('/').split('/').zip(path) {
            let Some(name) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) else {
                continue;
            };
            match known("path", name) {
                Some(parameter) => problems.extend(self.misfit(name, &parameter["schema"], value)),
                None => problems.push(format!("{template} does not describe {{{name}}}")),
            }
        }
        for (name, value) in query {
            match known("query", name) {
                Some(parameter) => problems.extend(self.misfit(name, &parameter["schema"], value)),
                None => problems.push(format!("{method} {template} knows no ?{name}")),
            }
        }
        for parameter in &parameters {
            let name = parameter["name"].as_str().unwrap();
            let given = query.iter().any(|(given, _)| given == name);
            if parameter["in"] == "query" && parameter["required"] == true && !given {
                problems.push(format!("{method} {template} needs ?{name}"));
            }
        }
        problems.extend(self.body_problems(operation, body));
        problems
    }

    /// GitHub's own example of the answer to a successful GET.
    pub(crate) fn example(&self, template: &str) -> &Value {
        let content = &self.0["paths"][template]["get"]["responses"]["200"]["content"];
        let examples = content["application/json"]["examples"].as_object().unwrap();
        let (_, example) = examples.iter().next().unwrap();
        &self.resolve(example)["value"]
    }

    fn find<'a>(&'a self, path: &[String]) -> Option<(&'a str, &'a Value)> {
        let literals = |template: &str| template.matches('/').count() - template.matches('{').count();
        self.0["paths"]
            .as_object()?
            .iter()
            .filter(|(template, _)| {
                let parts: Vec<&str> = template.trim_start_matches('/').split('/').collect();
                parts.len() == path.len()
                    && parts.iter().zip(path).all(|(part, given)| part.starts_with('{') || part == given)
            })
            .max_by_key(|(template, _)| literals(template))
            .map(|(template, item)| (template.as_str(), item))
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return value;
        };
        let target = self.0.pointer(reference.trim_start_matches('#')).unwrap();
        self.resolve(target)
    }

    /// Why a value written in an address does not fit its schema.
    fn misfit(&self, name: &str, schema: &Value, value: &str) -> Option<String> {
        let schema = self.resolve(schema);
        if schema["type"] == "integer" && value.parse::<i64>().is_err() {
            return Some(format!("{name}={value} is not an integer"));
        }
        let listed = schema.get("enum").and_then(Value::as_array);
        if listed.is_some_and(|listed| !listed.contains(&Value::from(value))) {
            return Some(format!("{name}={value} is not in the list"));
        }
        value.is_empty().then(|| format!("{name} is empty"))
    }

    fn body_problems(&self, operation: &Value, body: Option<&Value>) -> Vec<String> {
        let schema = operation.pointer("/requestBody/content/application~1json/schema");
        let (schema, body) = match (schema, body) {
            (None, None) => return Vec::new(),
            (None, Some(_)) => return vec!["takes no body".to_owned()],
            (Some(_), None) if operation["requestBody"]["required"] == true => {
                return vec!["needs a body".to_owned()];
            }
            (Some(_), None) => return Vec::new(),
            (Some(schema), Some(body)) => (self.resolve(schema), body),
        };
        let Some(given) = body.as_object() else {
            return vec!["the body is no object".to_owned()];
        };
        let mut problems = Vec::new();
        let names: BTreeSet<&str> = given.keys().map(String::as_str).collect();
        for name in schema["required"].as_array().into_iter().flatten() {
            let name = name.as_str().unwrap();
            if !names.contains(name) {
                problems.push(format!("the body lacks {name}"));
            }
        }
        for (name, value) in given {
            let Some(property) = schema["properties"].get(name) else {
                problems.push(format!("the body knows no {name}"));
                continue;
            };
            if self.resolve(property)["type"] == "string" && !value.is_string() {
                problems.push(format!("{name} is no string"));
            }
        }
        problems
    }
}

fn small() -> Description {
    Description(serde_json::json!({
        "paths": {
            "/repos/{owner}/issues/{number}": {
                "get": { "parameters": [
                    { "$ref": "#/components/parameters/owner" },
                    { "name": "number", "in": "path", "schema": { "type": "integer" } },
                    { "name": "page", "in": "query", "schema": { "type": "integer" } },
                    { "name": "state", "in": "query", "required": true, "schema": { "enum": ["open", "all"] } }
                ] }
            },
            "/repos/{owner}/issues/comments": {
                "parameters": [{ "$ref": "#/components/parameters/owner" }],
                "post": { "requestBody": { "required": true, "content": { "application/json": { "schema": {
                    "required": ["body"], "properties": { "body": { "type": "string" } }
                } } } } }
            }
        },
        "components": { "parameters": { "owner": { "name": "owner", "in": "path", "schema": { "type": "string" } } } }
    }))
}

fn problems(method: &str, address: &str, body: Option<Value>) -> Vec<String> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path: Vec<String> = path.trim_start_matches('/').split('/').map(str::to_owned).collect();
    let query: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    small().problems(method, &path, &query, body.as_ref())
}

#[test]
fn a_documented_request_has_no_problem() {
    assert!(problems("GET", "/repos/acme/issues/7?state=open&page=2", None).is_empty());
    let body = serde_json::json!({ "body": "x" });
    assert!(problems("POST", "/repos/acme/issues/comments", Some(body)).is_empty());
}

#[test]
fn every_way_to_leave_the_description_is_found() {
    let body = |text| Some(serde_json::from_str(text).unwrap());
    for (method, address, body, expected) in [
        ("GET", "/repo/acme", None, "no path like /repo/acme"),
        ("PUT", "/repos/acme/issues/7", None, "/repos/{owner}/issues/{number} has no PUT"),
        ("GET", "/repos/acme/issues/x?state=all", None, "number=x is not an integer"),
        ("GET", "/repos/acme/issues/7?state=shut", None, "state=shut is not in the list"),
        ("GET", "/repos/acme/issues/7", None, "GET /repos/{owner}/issues/{number} needs ?state"),
        ("GET", "/repos/acme/issues/7?state=all&sort=x", None, "GET /repos/{owner}/issues/{number} knows no ?sort"),
        ("GET", "/repos/acme/issues/7?state=all&page=", None, "page= is not an integer"),
        ("GET", "/repos/acme/issues/7?state=all", body("{}"), "takes no body"),
        ("POST", "/repos/acme/issues/comments", None, "needs a body"),
        ("POST", "/repos/acme/issues/comments", body("{}"), "the body lacks body"),
        ("POST", "/repos/acme/issues/comments", body("[]"), "the body is no object"),
        ("POST", "/repos/acme/issues/comments", body(r#"{"body":1}"#), "body is no string"),
        ("POST", "/repos/acme/issues/comments", body(r#"{"body":"","x":1}"#), "the body knows no x"),
    ] {
        assert_eq!(problems(method, address, body), [expected], "{method} {address}");
    }
}
