//! The `package.json` files of a repository.

use std::collections::BTreeMap;

use ops_core::Place;
use ops_dependencies::Manifest;

use super::rule::place_of;
use crate::situation::{Situation, file_name, folder};

/// One `package.json`.
#[derive(Debug)]
pub(crate) struct PackageFile {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) manifest: Manifest,
}

impl PackageFile {
    /// Where a key stands, as far as its text tells it.
    pub(crate) fn place(&self, key: &str) -> Place {
        place_of(&self.path, &self.text, &format!("\"{key}\""))
    }

    /// Where a script stands: a key of its name behind `scripts`, as other lists may name it, too.
    pub(crate) fn script(&self, name: &str) -> Place {
        let scripts = self.text.find("\"scripts\"").unwrap_or_default();
        let key = format!("\"{name}\"");
        let is_key = |end: usize| self.text.get(end..).is_some_and(|rest| rest.trim_start().starts_with(':'));
        let keys = self.text.match_indices(&key).map(|(start, _)| start..start + key.len());
        match keys.filter(|range| range.start > scripts).find(|range| is_key(range.end)) {
            Some(range) => Place::in_text(&self.path, &self.text, range),
            None => self.place(name),
        }
    }
}

/// All of them, by folder, and why some cannot be read.
pub(crate) struct Packages {
    /// Those of samples among them: an example may belong to a workspace.
    pub(crate) files: BTreeMap<String, PackageFile>,
    pub(crate) unreadable: Vec<String>,
}

impl Packages {
    /// Those that are the repository's own.
    pub(crate) fn own(&self) -> impl Iterator<Item = (&String, &PackageFile)> {
        self.files.iter().filter(|(_, package)| !is_apart(&package.path))
    }
}

/// Reads those that git keeps track of. Samples may be broken on purpose.
pub(crate) fn read(situation: &Situation<'_>) -> Result<Packages, String> {
    let mut packages = Packages { files: BTreeMap::new(), unreadable: Vec::new() };
    for path in situation.files()?.iter().filter(|path| file_name(path) == "package.json") {
        let read = situation.read(path).and_then(|text| {
            let manifest = Manifest::read(&text).map_err(|error| format!("{path} {error}"))?;
            Ok(PackageFile { path: path.clone(), text, manifest })
        });
        match read {
            Ok(package) => drop(packages.files.insert(folder(path).to_owned(), package)),
            Err(reason) if !is_apart(path) => packages.unreadable.push(reason),
            Err(_) => {}
        }
    }
    Ok(packages)
}

/// Whether a file stands in a folder of samples, which are not installed with the rest.
pub(crate) fn is_apart(path: &str) -> bool {
    const FOLDERS: [&str; 9] =
        ["node_modules", "fixtures", "__fixtures__", "test", "tests", "__tests__", "examples", "templates", "vendor"];
    folder(path).split('/').any(|part| FOLDERS.contains(&part))
}
