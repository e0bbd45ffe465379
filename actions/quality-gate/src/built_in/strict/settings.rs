//! What a `tsconfig.json` says of its compiler's options, with its bases. Source of the format: <https://www.typescriptlang.org/tsconfig>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::built_in::packages::Packages;
use crate::situation::{Situation, folder, join};

/// The switches of one project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Settings {
    /// Options that are on or off.
    pub(crate) switches: BTreeMap<String, bool>,
    /// A base that is not here, so that any switch which is not among them is unknown.
    pub(crate) unknown: Option<String>,
    /// The files of the repository that were read on the way.
    pub(crate) bases: BTreeSet<String>,
    /// Whether it only points to other projects, and compiles nothing itself.
    pub(crate) is_solution: bool,
}

/// Reads the file at `path`, relative to the root.
///
/// # Errors
/// It, or a base of the repository, cannot be read, or extends itself.
pub(crate) fn read(situation: &Situation<'_>, packages: &Packages, path: &str) -> Result<Settings, String> {
    let content = object(&situation.read(path)?).map_err(|reason| format!("{path} {reason}"))?;
    let mut settings = Reader { situation, packages }.with_bases(path, &mut Vec::new())?;
    settings.bases.remove(path);
    let is_empty = |key: &str| content.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty);
    settings.is_solution = is_empty("files") && !content.contains_key("include") && content.contains_key("references");
    Ok(settings)
}

/// JSON with comments and commas at the end.
fn object(text: &str) -> Result<Map<String, Value>, String> {
    let mut text = text.trim_start_matches('\u{feff}').to_owned();
    // Fails for a comment that never ends, which the parser then meets itself.
    let _ = json_strip_comments::strip(&mut text);
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("is not an object".to_owned()),
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

struct Reader<'a> {
    situation: &'a Situation<'a>,
    packages: &'a Packages,
}

impl Reader<'_> {
    /// What stands in this file, over what stands in its bases. A later base goes before an earlier one.
    fn with_bases(&self, path: &str, above: &mut Vec<String>) -> Result<Settings, String> {
        if above.iter().any(|other| other == path) {
            return Err(format!("{path} extends itself"));
        }
        let content = object(&self.situation.read(path)?).map_err(|reason| format!("{path} {reason}"))?;
        let bases = match content.get("extends") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(base)) => vec![base.as_str()],
            Some(Value::Array(bases)) => bases.iter().filter_map(Value::as_str).collect(),
            Some(_) => return Err(format!("{path} extends what is no text")),
        };
        let mut settings = Settings::default();
        above.push(path.to_owned());
        for base in bases {
            match self.find(path, base) {
                Some(found) => {
                    let lower = self.with_bases(&found, above)?;
                    settings.switches.extend(lower.switches);
                    settings.bases.extend(lower.bases);
                    settings.unknown = settings.unknown.or(lower.unknown);
                }
                None => settings.unknown = Some(format!("{path} extends {base}, which is not here")),
            }
        }
        above.pop();
        let own = content.get("compilerOptions").and_then(Value::as_object).into_iter().flatten();
        settings.switches.extend(own.filter_map(|(name, value)| Some((name.clone(), value.as_bool()?))));
        settings.bases.insert(path.to_owned());
        Ok(settings)
    }

    /// The file of a base: below the file's own folder, in a package of the workspace, or in an installed one.
    fn find(&self, path: &str, base: &str) -> Option<String> {
        let own = folder(path);
        if base.starts_with('.') {
            return self.file(&normal(own, base)?);
        }
        let parts: Vec<&str> = base.splitn(if base.starts_with('@') { 3 } else { 2 }, '/').collect();
        let named = if base.starts_with('@') { 2 } else { 1 };
        let name = parts.get(..named)?.join("/");
        let rest = parts.get(named).copied().unwrap_or_default();
        let sibling = self.packages.files.iter().find(|(_, one)| one.manifest.name.as_deref() == Some(&name));
        let installed = std::iter::successors(Some(own), |below| {
            (!below.is_empty()).then(|| below.rsplit_once('/').map_or("", |(above, _)| above))
        });
        let installed = installed.map(|above| join(above, &format!("node_modules/{name}")));
        let mut places = sibling.map(|(folder, _)| folder.clone()).into_iter().chain(installed);
        places.find_map(|place| self.file(&if rest.is_empty() { place } else { join(&place, rest) }))
    }

    fn file(&self, place: &str) -> Option<String> {
        let candidates = [place.to_owned(), format!("{place}.json"), join(place, "tsconfig.json")];
        candidates.into_iter().find(|candidate| self.situation.root.join(candidate).is_file())
    }
}

/// A path with its `.` and `..` gone; none where it leaves the root.
fn normal(folder: &str, written: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
