//! A package.json: what the package gives to others, and under which names.
//!
//! Source of `exports` and `imports`: <https://nodejs.org/api/packages.html>. What a condition leads to is not decided but
//! ranked: code goes before types, and a file that is there goes before one that a build would make.

use serde_json::{Map, Value};

/// Conditions that lead to code, whoever imports it.
const CODE: [&str; 6] = ["source", "import", "module", "node", "require", "default"];
const MAIN: [&str; 3] = ["source", "module", "main"];
const TYPES: [&str; 2] = ["types", "typings"];

/// What resolution keeps of a package.json.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: Option<String>,
    exports: Option<Value>,
    imports: Option<Value>,
    /// What the name alone leads to where there are no `exports`.
    main: Vec<String>,
    types: Vec<String>,
}

/// How far a target is from code: 0 for code, 1 for types, 2 for conditions that only some know.
type Rank = u8;

impl Package {
    pub(super) fn new(content: &mut Map<String, Value>) -> Self {
        let texts = |keys: &[&str]| {
            keys.iter()
                .filter_map(|key| content.get(*key)?.as_str())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let (main, types) = (texts(&MAIN), texts(&TYPES));
        let name = content.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
        let mut taken = |key: &str| content.remove(key).filter(|value| !value.is_null());
        Self { name, exports: taken("exports"), imports: taken("imports"), main, types }
    }

    /// Whether it says what each of its names leads to.
    pub(super) fn has_exports(&self) -> bool {
        self.exports.is_some()
    }

    /// Where `name/below` may lie, best first, as written: `./dist/index.js`.
    pub(super) fn exported(&self, below: &str) -> Vec<String> {
        match &self.exports {
            Some(Value::Object(names)) if names.keys().any(|key| key.starts_with('.')) => {
                let name = if below.is_empty() { ".".to_owned() } else { format!("./{below}") };
                named(names, &name)
            }
            Some(targets) if below.is_empty() => ranked(targets, ""),
            _ => Vec::new(),
        }
    }

    /// Where `#name` may lie, best first: in the package, or in another one.
    pub(super) fn imported(&self, name: &str) -> Vec<String> {
        self.imports.as_ref().and_then(Value::as_object).map(|names| named(names, name)).unwrap_or_default()
    }

    /// Files that the package names as its entry, code first.
    pub(super) fn entries(&self) -> impl Iterator<Item = &str> {
        self.main.iter().chain(&self.types).map(String::as_str)
    }
}

/// What stands under this name, or under the pattern that fits it best.
fn named(names: &Map<String, Value>, name: &str) -> Vec<String> {
    if let Some(targets) = names.get(name) {
        return ranked(targets, "");
    }
    let matching = names.iter().filter_map(|(pattern, targets)| {
        // A folder is an old way to write a pattern.
        let (prefix, suffix) = pattern.split_once('*').or_else(|| pattern.ends_with('/').then_some((pattern, "")))?;
        let star = name.strip_prefix(prefix)?.strip_suffix(suffix).filter(|star| !star.is_empty())?;
        Some((prefix.len(), star, targets))
    });
    matching.max_by_key(|(length, ..)| *length).map(|(_, star, targets)| ranked(targets, star)).unwrap_or_default()
}

fn ranked(targets: &Value, star: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(targets, star, 0, &mut found);
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, target)| target).collect()
}

fn collect(targets: &Value, star: &str, rank: Rank, found: &mut Vec<(Rank, String)>) {
    match targets {
        Value::String(target) if target.ends_with('/') => found.push((rank, format!("{target}{star}"))),
        Value::String(target) => found.push((rank, target.replace('*', star))),
        Value::Array(several) => several.iter().for_each(|target| collect(target, star, rank, found)),
        Value::Object(conditions) => {
            for (condition, target) in conditions {
                let own = match condition.as_str() {
                    code if CODE.contains(&code) => 0,
                    "types" => 1,
                    _ => 2,
                };
                collect(target, star, rank.max(own), found);
            }
        }
        _ => {}
    }
}
