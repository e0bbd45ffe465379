//! The routes that are there, compared with the operations that an OpenAPI file (2.0, 3.0, 3.1; YAML or JSON) promises.

use std::cmp::Reverse;
use std::path::Path;

use ops_core::exit::Failure;
use ops_core::fingerprint::of_content;
use ops_core::words::count;
use ops_core::{Check, Finding, Place, Severity};
use serde_json::Value;

use crate::result::ProvedRoute;

const UNDOCUMENTED: &str = "route/undocumented";
const UNSERVED: &str = "route/unserved";
const ID: &str = "openapi";
const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];
/// The largest file that is read, in bytes.
const LONGEST: u64 = 20 * 1024 * 1024;

/// What the comparison found.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) check: Check,
    pub(crate) findings: Vec<Finding>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Operation {
    method: String,
    /// As it is written.
    path: String,
    /// What it is called by, one for each server that has a path of its own.
    shapes: Vec<Vec<Part>>,
}

/// A part of a path, whatever its parameter is called.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Itself; `{}` stands for a parameter within it.
    Text(String),
    /// One part or more.
    Rest,
    /// Any number of parts.
    OptionalRest,
}

/// Compares `routes` with the file `name` below `root`.
///
/// # Errors
/// The file is not there, or is no OpenAPI file.
pub(crate) fn compare(root: &Path, name: &str, routes: &[ProvedRoute]) -> Result<Compared, Failure> {
    let text = read(&root.join(name)).map_err(|reason| Failure::Input(format!("the OpenAPI file {name} {reason}")))?;
    let is_json = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let document: Result<Value, String> = if is_json {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        serde_saphyr::from_str(&text).map_err(|error| error.to_string())
    };
    let document = document.map_err(|error| {
        let first = error.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Failure::Input(format!("the OpenAPI file {name} cannot be understood: {first}"))
    })?;
    let (operations, elsewhere) = operations(&document)
        .ok_or_else(|| Failure::Input(format!("{name} is no OpenAPI file: it has no `paths` or `webhooks`")))?;
    Ok(compared(name, &text, routes, &operations, &elsewhere))
}

fn read(path: &Path) -> Result<String, String> {
    let length = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if length > LONGEST {
        return Err(format!("has {length} bytes; at most {LONGEST} are read"));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

/// Every operation, and the paths whose operations stand in another file.
fn operations(document: &Value) -> Option<(Vec<Operation>, Vec<String>)> {
    let none = serde_json::Map::new();
    let paths = match document.get("paths") {
        Some(paths) => paths.as_object()?,
        None if document.get("webhooks").is_some() || document.get("components").is_some() => &none,
        None => return None,
    };
    let servers = prefixes(document);
    let (mut found, mut elsewhere) = (Vec::new(), Vec::new());
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with('/')) {
        let item = match item.get("$ref").and_then(Value::as_str) {
            None => Some(item),
            Some(reference) => reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)),
        };
        let Some(item) = item else {
            elsewhere.push(path.clone());
            continue;
        };
        let own = item.get("servers").map(|_| prefixes(item));
        let shapes: Vec<_> =
            own.as_ref().unwrap_or(&servers).iter().map(|prefix| shape(&format!("{prefix}{path}"))).collect();
        let methods = METHODS.into_iter().filter(|method| item.get(method.to_ascii_lowercase()).is_some());
        found.extend(methods.map(|method| Operation {
            method: method.to_owned(),
            path: path.clone(),
            shapes: shapes.clone(),
        }));
    }
    Some((found, elsewhere))
}

/// The paths of the servers, without a slash at the end; at least one, which may be empty.
fn prefixes(holder: &Value) -> Vec<String> {
    let servers = holder.get("servers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_url = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = if rest.len() == url.len() {
            rest
        } else {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
        };
        path.trim_end_matches('/').to_owned()
    };
    let mut found: Vec<String> =
        servers.iter().filter_map(|server| server.get("url").and_then(Value::as_str)).map(of_url).collect();
    found.extend(holder.get("basePath").and_then(Value::as_str).map(|path| path.trim_end_matches('/').to_owned()));
    if found.is_empty() {
        found.push(String::new());
    }
    found.sort();
    found.dedup();
    found
}

/// A path with `{id}`, `[id]` or `:id` in it, whatever the parameters are called.
fn shape(path: &str) -> Vec<Part> {
    // What a regular expression takes is written in brackets.
    let (path, expression) = path.split_once("/(/").map_or((path, None), |(path, _)| (path, Some(Part::OptionalRest)));
    path.split('/').filter(|part| !part.is_empty()).map(part).chain(expression).collect()
}

fn part(text: &str) -> Part {
    let bare = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    match bare {
        Some(inner) if inner.ends_with('*') => return Part::OptionalRest,
        Some(inner) if inner.ends_with('+') => return Part::Rest,
        _ => {}
    }
    if text.starts_with("[[...") || text == "*" {
        return Part::OptionalRest;
    }
    if text.starts_with("[...") {
        return Part::Rest;
    }
    if text.starts_with(':') {
        return Part::Text("{}".to_owned());
    }
    let mut shaped = String::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '[']) {
        let close = if rest.get(open..).is_some_and(|inner| inner.starts_with('{')) { '}' } else { ']' };
        let Some(length) = rest.get(open..).and_then(|inner| inner.find(close)) else { break };
        shaped.push_str(rest.get(..open).unwrap_or_default());
        shaped.push_str("{}");
        rest = rest.get(open + length + 1..).unwrap_or_default();
    }
    shaped.push_str(rest);
    Part::Text(shaped)
}

/// Whether an operation's path is among those that a route serves.
fn serves(route: &[Part], operation: &[Part]) -> bool {
    match (route.split_first(), operation.split_first()) {
        (None, None) => true,
        (Some((Part::OptionalRest, _)), _) | (Some((Part::Rest, _)), Some(_)) => true,
        (Some((Part::Text(mine), rest)), Some((Part::Text(theirs), others))) => mine == theirs && serves(rest, others),
        _ => false,
    }
}

/// How much a path leaves open, the least first: how many holes take many parts, after how many parts they do, and how many holes
/// take one.
pub(crate) fn openness(path: &str) -> (usize, Reverse<usize>, usize) {
    let parts = shape(path);
    let many = parts.iter().filter(|part| !matches!(part, Part::Text(_))).count();
    let one = parts.iter().filter(|part| matches!(part, Part::Text(text) if text.contains("{}"))).count();
    (many, Reverse(parts.len()), one)
}

/// Whether a route with the path `route` answers at the address `path`, which may have holes of its own.
pub(crate) fn answers(route: &str, path: &str) -> bool {
    let (route, path) = (shape(route), shape(path));
    let fits = |mine: &Part, theirs: &Part| match (mine, theirs) {
        (Part::Text(mine), Part::Text(theirs)) => mine == theirs || mine == "{}",
        _ => mine == theirs,
    };
    let literal = route.iter().take_while(|part| matches!(part, Part::Text(_))).count();
    let begins =
        literal <= path.len() && route.iter().zip(&path).take(literal).all(|(mine, theirs)| fits(mine, theirs));
    begins
        && match route.get(literal) {
            None => path.len() == literal,
            Some(Part::Rest) => path.len() > literal,
            Some(_) => true,
        }
}

fn compared(
    name: &str,
    text: &str,
    routes: &[ProvedRoute],
    operations: &[Operation],
    elsewhere: &[String],
) -> Compared {
    let elsewhere: Vec<Vec<Part>> = elsewhere.iter().map(|path| shape(path)).collect();
    let mut findings = Vec::new();
    let mut is_served = vec![false; operations.len()];
    let mut undocumented = 0;
    for route in routes.iter().filter(|route| is_http(route)) {
        let mine = shape(&route.path);
        let mut is_promised = elsewhere.iter().any(|theirs| serves(&mine, theirs));
        for (operation, served) in operations.iter().zip(&mut is_served) {
            let is_method = route.method == crate::routes::ANY || route.method == operation.method;
            if is_method && operation.shapes.iter().any(|theirs| serves(&mine, theirs)) {
                (is_promised, *served) = (true, true);
            }
        }
        // Nobody writes these down: the framework answers them by itself.
        if !is_promised && !["OPTIONS", "HEAD"].contains(&route.method.as_str()) {
            undocumented += 1;
            findings.push(finding(
                UNDOCUMENTED,
                format!("{} {} has no operation in {name}", route.method, route.path),
                format!("Add the operation to {name}."),
                &[&route.path, &route.method],
                Place {
                    path: route.file.clone(),
                    start_line: route.line,
                    start_column: route.column,
                    end_line: route.line,
                    end_column: route.column,
                },
            ));
        }
    }
    let unserved: Vec<&Operation> =
        operations.iter().zip(&is_served).filter(|(_, served)| !**served).map(|(operation, _)| operation).collect();
    for operation in &unserved {
        findings.push(finding(
            UNSERVED,
            format!("{} {} is promised, and no route serves it", operation.method, operation.path),
            "Remove the operation, or write the route.".to_owned(),
            &[&operation.path, &operation.method],
            line_of(name, text, &operation.path),
        ));
    }
    let summary = match (undocumented, unserved.len()) {
        (0, 0) => format!("{name} and the routes agree: {}", count(operations.len(), "operation")),
        (routes, operations) => {
            format!(
                "{} without an operation, {} without a route",
                count(routes, "route"),
                count(operations, "operation")
            )
        }
    };
    let check = if elsewhere.is_empty() {
        Check::pass(ID, summary)
    } else {
        let summary =
            format!("{summary}; {} of {name} stand in other files, which are not read", count(elsewhere.len(), "path"));
        Check::unproven(ID, summary, "bundle the OpenAPI description into one file, and name that one")
    };
    Compared { check: check.with("undocumented", undocumented).with("unserved", unserved.len()), findings }
}

/// Procedures and actions are called by their clients alone, and no OpenAPI file knows them.
fn is_http(route: &ProvedRoute) -> bool {
    route.method == crate::routes::ANY || METHODS.contains(&route.method.as_str())
}

fn finding(rule: &'static str, message: String, help: String, about: &[&str], place: Place) -> Finding {
    let parts: Vec<&str> = std::iter::once(rule).chain(about.iter().copied()).collect();
    Finding {
        rule: rule.into(),
        severity: Severity::Warning,
        message,
        help,
        fingerprint: of_content(&parts),
        place,
        waived_by: None,
    }
}

/// The line on which a path is a key.
fn line_of(name: &str, text: &str, path: &str) -> Place {
    let is_key = |line: &&str| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        line.strip_prefix(path).is_some_and(|rest| rest.trim_start_matches(['"', '\'']).trim_start().starts_with(':'))
    };
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if is_key(&line) {
            let start = offset + line.len() - line.trim_start().len();
            return Place::in_text(name, text, start..offset + line.trim_end().len());
        }
        offset += line.len();
    }
    Place::file(name)
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
