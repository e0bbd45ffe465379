//! What a tool says is wrong, as a finding of the one report: its place below the root, and a fingerprint of what it is about.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use ops_core::{Finding, Place, fingerprint};
use ops_formats::Issue;

/// A larger file is not read for its lines, in bytes.
const LARGEST: u64 = 4 << 20;

/// Turns issues into findings.
pub(super) struct Findings<'a> {
    root: &'a Path,
    /// The root without links.
    canonical: PathBuf,
    /// Where the tool ran.
    folder: &'a Path,
    lines: BTreeMap<String, Vec<String>>,
    /// How often a content was met in a file.
    met: BTreeMap<(String, String), usize>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(root: &'a Path, folder: &'a Path) -> Self {
        let canonical = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Self { root, canonical, folder, lines: BTreeMap::new(), met: BTreeMap::new() }
    }

    /// The finding that an issue is.
    pub(super) fn of(&mut self, issue: Issue) -> Finding {
        let place = self.place(&issue);
        let fingerprint = self.fingerprint(&issue, &place);
        Finding {
            rule: issue.rule.into(),
            severity: issue.severity,
            message: issue.message,
            help: issue.help,
            place,
            fingerprint,
            waived_by: None,
        }
    }

    fn place(&self, issue: &Issue) -> Place {
        let Some(region) = &issue.region else { return Place::file(self.usual_file()) };
        let Some(path) = self.relative(&region.path) else { return Place::file(self.usual_file()) };
        let start_line = region.start_line.max(1);
        let start_column = region.start_column.max(1);
        let end_line = region.end_line.max(start_line);
        let first_end = if end_line > start_line { 1 } else { start_column };
        Place { path, start_line, start_column, end_line, end_column: region.end_column.max(first_end) }
    }

    /// The file of what concerns no file.
    fn usual_file(&self) -> &'static str {
        let is_there = |name: &&&str| self.root.join(name).is_file();
        ["package.json", "ops.toml"].iter().find(is_there).copied().unwrap_or("package.json")
    }

    /// The path below the root that a tool means: one of this machine, one relative to where it ran, or one of another machine with
    /// the same files.
    pub(super) fn relative(&self, path: &str) -> Option<String> {
        relative(&self.canonical, self.folder, path)
    }

    fn fingerprint(&mut self, issue: &Issue, place: &Place) -> String {
        let content = if !issue.identity.is_empty() {
            issue.identity.clone()
        } else {
            let line = issue.region.as_ref().filter(|region| region.start_line > 0).and_then(|_| self.line(place));
            line.unwrap_or_else(|| issue.message.clone())
        };
        let print = fingerprint::of_content(&[&issue.rule, &content]);
        let times = self.met.entry((place.path.clone(), print.clone())).or_default();
        *times += 1;
        if *times == 1 { print } else { fingerprint::of_content(&[&issue.rule, &content, &times.to_string()]) }
    }

    /// A line without what an editor or a formatter changes.
    fn line(&mut self, place: &Place) -> Option<String> {
        let root = &self.canonical;
        let lines = self.lines.entry(place.path.clone()).or_insert_with(|| {
            let path = root.join(&place.path);
            let is_small = std::fs::metadata(&path).is_ok_and(|file| file.len() <= LARGEST);
            let text = is_small.then(|| std::fs::read(&path).ok()).flatten().unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
        });
        let index = usize::try_from(place.start_line).ok()?.checked_sub(1)?;
        lines.get(index).filter(|line| !line.is_empty()).cloned()
    }
}

/// See [`Findings::relative`]. `root` has no links in it. None for a path that leads nowhere.
pub(super) fn relative(root: &Path, folder: &Path, path: &str) -> Option<String> {
    let path = path.strip_prefix("file://").unwrap_or(path).replace('\\', "/");
    let whole = if path.starts_with('/') { PathBuf::from(&path) } else { folder.join(&path) };
    let resolved = whole.canonicalize().ok();
    if let Some(inner) = resolved.as_deref().and_then(|whole| whole.strip_prefix(root).ok()) {
        return text(inner);
    }
    // Something else with that name is not below the root; nothing with that name may have its twin there.
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if resolved.is_some() || parts.contains(&"..") {
        return None;
    }
    let tails = (0..parts.len()).map(|skip| parts.iter().skip(skip).copied().collect::<Vec<_>>().join("/"));
    let twin = tails.clone().find(|tail| root.join(tail).is_file());
    // A file that is gone keeps its name, if that is relative.
    twin.or_else(|| tails.into_iter().next().filter(|_| !path.starts_with('/')))
}

fn text(path: &Path) -> Option<String> {
    let parts: Option<Vec<String>> = path
        .components()
        .map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use ops_core::Severity;
    use ops_formats::{Issue, Region};

    use super::Findings;

    struct Files(tempfile::TempDir);

    impl Files {
        fn new(files: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = folder.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            Self(folder)
        }

        fn prints(&self, issues: &[(&str, u32)]) -> Vec<String> {
            let mut findings = Findings::new(self.0.path(), self.0.path());
            issues.iter().map(|(path, line)| findings.of(issue(path, *line)).fingerprint).collect()
        }
    }

    fn issue(path: &str, line: u32) -> Issue {
        let region = Region { path: path.to_owned(), start_line: line, ..Region::default() };
        Issue {
            rule: "eslint/no-console".to_owned(),
            severity: Severity::Error,
            message: "no".to_owned(),
            help: String::new(),
            region: Some(region),
            identity: String::new(),
        }
    }

    #[test]
    fn a_path_is_told_from_the_root_wherever_the_tool_ran() {
        let files = Files::new(&[("src/a.ts", "x\n"), ("packages/shop/src/b.ts", "x\n")]);
        let root = files.0.path().canonicalize().unwrap();
        let folder = root.join("packages/shop");
        let findings = Findings::new(&root, &folder);
        for (path, expected) in [
            (root.join("src/a.ts").to_str().unwrap(), Some("src/a.ts")),
            ("src/b.ts", Some("packages/shop/src/b.ts")),
            ("../../src/a.ts", Some("src/a.ts")),
            ("/elsewhere/shop/src/a.ts", Some("src/a.ts")),
            ("D:\\work\\src\\a.ts", Some("src/a.ts")),
            ("src/gone.ts", Some("src/gone.ts")),
            ("/etc/hostname", None),
            ("../../../elsewhere.ts", None),
        ] {
            assert_eq!(findings.relative(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_fingerprint_survives_a_move_and_dies_with_the_content() {
        let before = Files::new(&[("a.ts", "one\n  console.log(1);\n")]).prints(&[("a.ts", 2)]);
        let moved = Files::new(&[("b.ts", "one\ntwo\n\tconsole.log(1);\n")]).prints(&[("b.ts", 3)]);
        let edited = Files::new(&[("a.ts", "one\n  console.log(2);\n")]).prints(&[("a.ts", 2)]);
        assert_eq!(before, moved);
        assert_ne!(before, edited);
    }

    #[test]
    fn equal_lines_of_one_file_are_told_apart() {
        let prints =
            Files::new(&[("a.ts", "x\nx\n"), ("b.ts", "x\n")]).prints(&[("a.ts", 1), ("a.ts", 2), ("b.ts", 1)]);
        assert_ne!(prints[0], prints[1]);
        assert_eq!(prints[0], prints[2], "a move keeps it");
    }

    #[test]
    fn what_names_no_line_is_known_by_its_message_or_its_identity() {
        let files = Files::new(&[("package.json", "{}")]);
        let mut findings = Findings::new(files.0.path(), files.0.path());
        let mut global = issue("", 0);
        global.region = None;
        let finding = findings.of(global.clone());
        assert_eq!((finding.place.path.as_str(), finding.place.start_line), ("package.json", 1));
        global.identity = "GHSA-1 in left-pad".to_owned();
        assert_ne!(findings.of(global).fingerprint, finding.fingerprint);
    }
}
