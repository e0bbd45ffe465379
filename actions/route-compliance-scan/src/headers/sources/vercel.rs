//! `headers` and `routes` of `vercel.json`.
//!
//! Format: <https://vercel.com/docs/project-configuration>. `routes` are regular expressions; one that sets headers applies to
//! what comes after it only where it says `"continue": true`.

use serde_json::Value;

use super::super::{
    rule::{Header, Paths, Rule},
    text::HeaderText,
};

/// Reads `vercel.json`; `path` is where it lies.
pub(crate) fn read(path: &str, text: &str) -> Vec<Rule> {
    let config: Value = match serde_json::from_str(text) {
        Ok(config) => config,
        Err(error) => return vec![anything(path, &format!("{path} is no JSON: {error}"))],
    };
    let mut rules = Vec::new();
    // Where the list is written, to name a line: the text is searched for each source in order.
    let mut lines = Lines { text, from: 0, line: 1 };
    for rule in list(&config, "headers") {
        let source = rule.get("source").and_then(Value::as_str);
        let place = format!("{path}:{}", lines.of(source.unwrap_or("source")));
        let condition = ["has", "missing"].into_iter().find(|key| rule.get(key).is_some());
        rules.push(Rule {
            paths: match source {
                Some(source) => Paths::Source { source: source.to_owned(), before: String::new() },
                None => Paths::Unknown(format!("the rule at {place} has no source")),
            },
            condition: condition.map(|key| format!("the rule at {place} has `{key}`, so not every request gets it")),
            headers: list(rule, "headers").iter().filter_map(header).collect(),
            open: None,
            place,
        });
    }
    let mut lines = Lines { text, from: 0, line: 1 };
    for route in list(&config, "routes") {
        let Some(Value::Object(headers)) = route.get("headers") else { continue };
        let source = route.get("src").and_then(Value::as_str).unwrap_or_default();
        let place = format!("{path}:{}", lines.of(source));
        let goes_on = route.get("continue").and_then(Value::as_bool) == Some(true) || route.get("dest").is_some();
        let narrowed = ["has", "missing", "methods"].into_iter().find(|key| route.get(key).is_some());
        let condition = match narrowed {
            Some(key) => Some(format!("the route at {place} has `{key}`, so not every request gets it")),
            None if !goes_on => Some(format!("the route at {place} neither has `dest` nor continues")),
            None => None,
        };
        rules.push(Rule {
            paths: Paths::Search(anchored(source)),
            condition,
            headers: headers.iter().filter_map(|(key, value)| Some(one(key, value.as_str()?))).collect(),
            open: None,
            place,
        });
    }
    rules
}

/// Vercel adds the anchors where they are missing.
fn anchored(source: &str) -> String {
    let before = if source.starts_with('^') { "" } else { "^" };
    let after = if source.ends_with('$') { "" } else { "$" };
    format!("{before}{source}{after}")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn header(value: &Value) -> Option<Header> {
    Some(one(value.get("key")?.as_str()?, value.get("value")?.as_str()?))
}

fn one(key: &str, value: &str) -> Header {
    Header { key: key.to_ascii_lowercase(), values: vec![HeaderText::from_known(value)], condition: None }
}

fn anything(path: &str, why: &str) -> Rule {
    Rule {
        paths: Paths::Unknown(why.to_owned()),
        condition: None,
        headers: Vec::new(),
        open: Some(why.to_owned()),
        place: path.to_owned(),
    }
}

struct Lines<'a> {
    text: &'a str,
    from: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the next place where this string is written.
    fn of(&mut self, source: &str) -> usize {
        let written = Value::String(source.to_owned()).to_string();
        let rest = self.text.get(self.from..).unwrap_or_default();
        if let Some(found) = rest.find(&written) {
            self.line += rest.get(..found).unwrap_or_default().matches('\n').count();
            self.from += found + written.len();
        }
        self.line
    }
}
