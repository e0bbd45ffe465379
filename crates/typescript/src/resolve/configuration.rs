//! A tsconfig.json or jsconfig.json, reduced to what resolution needs and to what is right in it.
//!
//! One mistake would otherwise take all path aliases away, and with dependencies that are not installed, a base in one of
//! them is the usual case. Source of the format: <https://www.typescriptlang.org/tsconfig>.

use serde_json::{Map, Value, json};

use super::ROOT;
use super::json::{object, texts};
use super::path::{join, normal, parent};
use super::problem::Problems;
use super::workspace::Workspace;
use crate::tree::Tree;

/// The text to go on with. What is left out is told to `problems`, but for bases in packages that are not in the
/// repository.
pub(super) fn reduced(tree: &Tree, workspace: &Workspace, path: &str, text: &str, problems: &Problems) -> String {
    let content = match object(text) {
        Ok(content) => content,
        Err(message) => {
            problems.add(path, message);
            return "{}".to_owned();
        }
    };
    let reduction = Reduction { tree, workspace, path, folder: parent(path), problems };
    Value::Object(reduction.of(&content)).to_string()
}

struct Reduction<'run> {
    tree: &'run Tree,
    workspace: &'run Workspace,
    path: &'run str,
    folder: &'run str,
    problems: &'run Problems,
}

impl Reduction<'_> {
    fn of(&self, content: &Map<String, Value>) -> Map<String, Value> {
        let mut kept = Map::new();
        if let Some(bases) = content.get("extends") {
            let bases = self.list("extends", bases).into_iter().filter_map(|base| self.base(base));
            kept.insert("extends".to_owned(), bases.collect());
        }
        for key in ["files", "include", "exclude"] {
            if let Some(value) = content.get(key) {
                kept.insert(key.to_owned(), json!(self.list(key, value)));
            }
        }
        if let Some(Value::Array(references)) = content.get("references") {
            let references = references.iter().filter_map(|reference| self.reference(reference));
            kept.insert("references".to_owned(), references.collect());
        }
        match content.get("compilerOptions") {
            Some(Value::Object(options)) => {
                kept.insert("compilerOptions".to_owned(), Value::Object(self.options(options)));
            }
            None | Some(Value::Null) => {}
            Some(_) => self.problem("`compilerOptions` is not an object"),
        }
        kept
    }

    fn options(&self, options: &Map<String, Value>) -> Map<String, Value> {
        let mut kept = Map::new();
        match options.get("baseUrl") {
            Some(base @ Value::String(_)) => {
                kept.insert("baseUrl".to_owned(), base.clone());
            }
            None | Some(Value::Null) => {}
            Some(_) => self.problem("`baseUrl` is not a text"),
        }
        if let Some(allowed @ Value::Bool(_)) = options.get("allowJs") {
            kept.insert("allowJs".to_owned(), allowed.clone());
        }
        if let Some(folders) = options.get("rootDirs") {
            kept.insert("rootDirs".to_owned(), json!(self.list("rootDirs", folders)));
        }
        match options.get("paths") {
            Some(Value::Object(paths)) => {
                let paths = paths.iter().filter_map(|(pattern, targets)| self.alias(pattern, targets));
                kept.insert("paths".to_owned(), Value::Object(paths.collect()));
            }
            None | Some(Value::Null) => {}
            Some(_) => self.problem("`paths` is not an object"),
        }
        kept
    }

    fn alias(&self, pattern: &str, targets: &Value) -> Option<(String, Value)> {
        let stars = |text: &str| text.matches('*').count();
        if stars(pattern) > 1 {
            self.problem(format!("`paths`: `{pattern}` has more than one `*`"));
            return None;
        }
        let Some(targets) = targets.is_array().then(|| texts(targets)).flatten() else {
            self.problem(format!("`paths`: what `{pattern}` stands for is not a list of texts"));
            return None;
        };
        if let Some(target) = targets.iter().find(|target| stars(target) > 1) {
            self.problem(format!("`paths`: `{target}` has more than one `*`"));
            return None;
        }
        Some((pattern.to_owned(), json!(targets)))
    }

    /// The file of a base.
    fn base(&self, written: &str) -> Option<Value> {
        let (place, is_inside) = if written.starts_with('.') || written.starts_with('/') {
            (normal(self.folder, written).filter(|_| written.starts_with('.')), true)
        } else {
            let mut ends = written.match_indices('/').map(|(at, _)| at).chain([written.len()]);
            let end = if written.starts_with('@') { ends.nth(1) } else { ends.next() };
            let package = end.and_then(|end| Some((written.get(..end)?, written.get(end..)?.trim_start_matches('/'))));
            let linked = package.and_then(|(name, rest)| Some((self.workspace.package(self.folder, name)?, rest)));
            (
                linked.map(|(folder, rest)| if rest.is_empty() { folder.to_owned() } else { join(folder, rest) }),
                linked.is_some(),
            )
        };
        let found = place.and_then(|place| self.file(&place));
        if found.is_none() && is_inside {
            self.problem(format!("extends `{written}`, which is not there"));
        }
        found.map(|file| Value::String(format!("{ROOT}/{file}")))
    }

    fn reference(&self, reference: &Value) -> Option<Value> {
        let written = reference.get("path").and_then(Value::as_str)?;
        let found = normal(self.folder, written).and_then(|place| self.file(&place));
        match found {
            Some(file) if file == self.path => None,
            Some(file) => Some(json!({ "path": format!("{ROOT}/{file}") })),
            None => {
                self.problem(format!("refers to `{written}`, which is not there"));
                None
            }
        }
    }

    fn file(&self, place: &str) -> Option<String> {
        let candidates = [place.to_owned(), format!("{place}.json"), join(place, "tsconfig.json")];
        candidates.into_iter().find(|candidate| self.tree.find(candidate).is_some())
    }

    fn list<'value>(&self, key: &str, value: &'value Value) -> Vec<&'value str> {
        texts(value).unwrap_or_else(|| {
            self.problem(format!("`{key}` is not a list of texts"));
            Vec::new()
        })
    }

    fn problem(&self, message: impl Into<String>) {
        self.problems.add(self.path, message);
    }
}
