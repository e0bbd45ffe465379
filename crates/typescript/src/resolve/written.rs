//! A tsconfig.json as it is written, together with its bases.

use serde_json::{Map, Value};

use super::json::{object, texts};
use super::path::{join, normal, parent};
use super::problem::Problems;
use super::specifier::package_of;
use super::workspace::Workspace;
use crate::tree::Tree;

/// Stands for the folder of the configuration that has the bases.
pub(super) const CONFIGURATION: &str = "${configDir}";

/// A path, and the folder of the file that it is written in.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) folder: String,
    pub(super) written: String,
}

impl Place {
    /// The path below the root; none where it leaves the tree.
    pub(super) fn below(&self, configuration: &str) -> Option<String> {
        match self.written.strip_prefix(CONFIGURATION) {
            Some(rest) => normal(configuration, rest),
            // A path of one machine.
            None if self.written.starts_with('/') => None,
            None => normal(&self.folder, &self.written),
        }
    }
}

/// One entry of `paths`.
#[derive(Debug, Clone)]
pub(super) struct WrittenAlias {
    pub(super) folder: String,
    pub(super) pattern: String,
    pub(super) targets: Vec<String>,
}

/// The settings that say where modules lie.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    pub(super) base: Option<Place>,
    pub(super) paths: Vec<WrittenAlias>,
    pub(super) root_folders: Option<Vec<Place>>,
    pub(super) files: Option<Vec<Place>>,
    pub(super) include: Option<Vec<Place>>,
    pub(super) exclude: Option<Vec<Place>>,
    /// Paths of configurations.
    pub(super) references: Vec<String>,
}

/// Reads configurations. What is wrong is told to `problems`, but for bases in packages that are not in the repository.
pub(super) struct Reader<'run> {
    pub(super) tree: &'run Tree,
    pub(super) workspace: &'run Workspace,
    pub(super) problems: &'run Problems,
}

impl Reader<'_> {
    /// What stands in this file, and in its bases where it says nothing itself.
    pub(super) fn read(&self, path: &str) -> Written {
        self.with_bases(path, &mut Vec::new())
    }

    fn with_bases(&self, path: &str, above: &mut Vec<String>) -> Written {
        if above.iter().any(|other| other == path) {
            self.problems.add(path, "extends itself");
            return Written::default();
        }
        let text = self.tree.find(path).map(|file| self.tree.read(file).map_err(|error| error.to_string()));
        let content = match text.unwrap_or_else(|| Err("is not there".to_owned())).and_then(|text| object(&text)) {
            Ok(content) => content,
            Err(message) => {
                self.problems.add(path, message);
                return Written::default();
            }
        };
        let reading = Reading { reader: self, path, folder: parent(path) };
        let mut written = Written::default();
        above.push(path.to_owned());
        for base in content.get("extends").map(|bases| reading.list("extends", bases)).unwrap_or_default() {
            if let Some(base) = reading.base(base) {
                written = reading.over(self.with_bases(&base, above), written);
            }
        }
        above.pop();
        // References are not inherited.
        written.references = Vec::new();
        let own = reading.own(&content);
        reading.over(own, written)
    }
}

struct Reading<'run> {
    reader: &'run Reader<'run>,
    path: &'run str,
    folder: &'run str,
}

impl Reading<'_> {
    fn over(&self, upper: Written, lower: Written) -> Written {
        Written {
            base: upper.base.or(lower.base),
            paths: if upper.paths.is_empty() { lower.paths } else { upper.paths },
            root_folders: upper.root_folders.or(lower.root_folders),
            files: upper.files.or(lower.files),
            include: upper.include.or(lower.include),
            exclude: upper.exclude.or(lower.exclude),
            references: upper.references,
        }
    }

    fn own(&self, content: &Map<String, Value>) -> Written {
        let nothing = Map::new();
        let options = match content.get("compilerOptions") {
            Some(Value::Object(options)) => options,
            None | Some(Value::Null) => &nothing,
            Some(_) => {
                self.problem("`compilerOptions` is not an object");
                &nothing
            }
        };
        let base = match options.get("baseUrl") {
            Some(Value::String(base)) => Some(self.place(base)),
            None | Some(Value::Null) => None,
            Some(_) => {
                self.problem("`baseUrl` is not a text");
                None
            }
        };
        let paths = match options.get("paths") {
            Some(Value::Object(paths)) => {
                paths.iter().filter_map(|(pattern, targets)| self.alias(pattern, targets)).collect()
            }
            None | Some(Value::Null) => Vec::new(),
            Some(_) => {
                self.problem("`paths` is not an object");
                Vec::new()
            }
        };
        let references = content.get("references").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Written {
            base,
            paths,
            root_folders: self.places(options, "rootDirs"),
            files: self.places(content, "files"),
            include: self.places(content, "include"),
            exclude: self.places(content, "exclude"),
            references: references.iter().filter_map(|reference| self.reference(reference)).collect(),
        }
    }

    fn alias(&self, pattern: &str, targets: &Value) -> Option<WrittenAlias> {
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
        let targets = targets.into_iter().map(str::to_owned).collect();
        Some(WrittenAlias { folder: self.folder.to_owned(), pattern: pattern.to_owned(), targets })
    }

    /// The file of a base.
    fn base(&self, written: &str) -> Option<String> {
        if let Some((name, rest)) = package_of(written) {
            let package = self.reader.workspace.package(self.folder, name)?;
            let place = if rest.is_empty() { package.to_owned() } else { join(package, rest) };
            return self.file(&place).or_else(|| self.gone("extends", written));
        }
        let place = self.place(written).below(self.folder);
        place.and_then(|place| self.file(&place)).or_else(|| self.gone("extends", written))
    }

    fn reference(&self, reference: &Value) -> Option<String> {
        let written = reference.get("path").and_then(Value::as_str)?;
        let found = normal(self.folder, written).and_then(|place| self.file(&place));
        found.or_else(|| self.gone("refers to", written)).filter(|file| file != self.path)
    }

    fn file(&self, place: &str) -> Option<String> {
        let candidates = [place.to_owned(), format!("{place}.json"), join(place, "tsconfig.json")];
        candidates.into_iter().find(|candidate| self.reader.tree.find(candidate).is_some())
    }

    fn gone(&self, verb: &str, written: &str) -> Option<String> {
        self.problem(format!("{verb} `{written}`, which is not there"));
        None
    }

    fn places(&self, content: &Map<String, Value>, key: &str) -> Option<Vec<Place>> {
        let value = content.get(key)?;
        Some(self.list(key, value).into_iter().map(|written| self.place(written)).collect())
    }

    fn place(&self, written: &str) -> Place {
        Place { folder: self.folder.to_owned(), written: written.to_owned() }
    }

    fn list<'value>(&self, key: &str, value: &'value Value) -> Vec<&'value str> {
        texts(value).unwrap_or_else(|| {
            self.problem(format!("`{key}` is not a list of texts"));
            Vec::new()
        })
    }

    fn problem(&self, message: impl Into<String>) {
        self.reader.problems.add(self.path, message);
    }
}
