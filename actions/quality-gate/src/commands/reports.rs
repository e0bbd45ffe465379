//! The reports that a gate's program wrote: found, shown to be of this run, and read.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ops_core::glob;
use ops_core::process::{End, Gathered};
use ops_core::words::{all_of, count};
use ops_formats::{Format, Reading, Unreadable};

use super::Weighed;

/// How many files are named where a report is missing.
const NAMED: usize = 5;
/// What helps where a package manager's service does not answer.
pub(crate) const AUDIT_AGAIN: &str =
    "run it again, or name advisories of OSV in `[release.dependencies] advisories`, which need no service";
/// A longer line is a program's source, which Node.js prints where it ends by an error. In bytes.
const LONGEST_ERROR: usize = 500;
/// How many folders deep a pattern may lead, and how many files and folders are looked at.
const DEEPEST: usize = 20;
const MOST_ENTRIES: usize = 200_000;

/// Where a gate's reports are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reports {
    /// The program prints it, if there is one.
    Printed,
    /// At these places below the root, patterns among them. One that is not there is missed.
    At(Vec<String>),
    /// At this place, which the program was told; its format is known.
    Told(PathBuf, Format),
}

impl Reports {
    /// The places that may hold an earlier run's.
    pub(super) fn patterns(&self) -> &[String] {
        match self {
            Self::At(patterns) => patterns,
            Self::Printed | Self::Told(..) => &[],
        }
    }
}

/// What the reports of a gate say, and what is wrong with them.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) readings: Vec<Reading>,
    /// Why they cannot be relied on, each with what would help.
    pub(crate) problems: Vec<Problem>,
    /// What it built, by the policy's patterns.
    pub(crate) bundles: Vec<Weighed>,
    /// Whether a tool says that it could not do its work: its exit code judges nothing then.
    pub(crate) no_result: bool,
}

/// Why a report cannot be relied on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) reason: String,
    pub(crate) next: String,
}

/// How the reports were before the gate began.
pub(crate) struct Before {
    files: BTreeMap<PathBuf, Identity>,
    /// The file system's time when the gate began.
    stamp: Option<(i64, i64)>,
}

/// What is another of a file that was written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    fn of(file: &Metadata) -> Self {
        Self {
            inode: file.ino(),
            size: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

impl Before {
    /// Looks at the files that are there already, and asks the file system what time it is: its clock may be another.
    pub(crate) fn look(root: &Path, patterns: &[String]) -> Self {
        if patterns.is_empty() {
            return Self { files: BTreeMap::new(), stamp: None };
        }
        let paths = patterns.iter().flat_map(|pattern| find(root, pattern));
        let files = paths.filter_map(|path| {
            let identity = Identity::of(&std::fs::metadata(&path).ok()?);
            Some((path, identity))
        });
        let files = files.collect();
        let stamp = tempfile::NamedTempFile::with_prefix_in(".quality-gate-", root)
            .and_then(|file| file.as_file().metadata())
            .map(|file| (file.mtime(), file.mtime_nsec()))
            .ok();
        Self { files, stamp }
    }

    /// Whether a file was not written since.
    pub(super) fn is_old(&self, path: &Path, file: &Metadata) -> bool {
        let identity = Identity::of(file);
        self.files.get(path) == Some(&identity) || self.stamp.is_some_and(|stamp| identity.modified < stamp)
    }
}

/// Reads the reports of a gate that has ended.
pub(crate) fn read(
    root: &Path,
    reports: &Reports,
    format: Option<Format>,
    before: &Before,
    gathered: &Gathered,
) -> Said {
    let mut said = Said::default();
    match reports {
        Reports::Printed => printed(format, gathered, &mut said),
        Reports::Told(path, format) => match std::fs::metadata(path) {
            Ok(_) => said.add(&format!("its {format} report"), path, Some(*format)),
            Err(_) => said.problem(
                format!("it wrote no {format} report"),
                "write a gate with `report` in ops.toml, which says where the report is",
            ),
        },
        Reports::At(patterns) => {
            for pattern in patterns {
                at(root, pattern, format, before, &mut said);
            }
        }
    }
    said
}

/// What a program prints may be a report; where no format is given, it need not be one.
fn printed(format: Option<Format>, gathered: &Gathered, said: &mut Said) {
    let output = gathered.standard_output.as_deref().unwrap_or_default();
    let both = gathered.shown.as_bytes();
    let Some(format) = format else {
        // What people read goes to either stream.
        let text = |format: &Format| is_for_people(*format);
        let found = ops_formats::detect(output).or_else(|| ops_formats::detect(both).filter(text));
        if let Some(format) = found {
            let bytes = if is_for_people(format) { both } else { output };
            said.readings.extend(ops_formats::read(format, bytes));
        }
        return;
    };
    let is_cut = if is_for_people(format) { !gathered.is_whole } else { gathered.standard_output.is_none() };
    if is_cut {
        said.problem("it printed too much to be a report".to_owned(), "let it write its report to a file: `report`");
        return;
    }
    if let Some(reason) = unanswered(format, gathered) {
        said.no_result = true;
        return said.problem(format!("it has no result: {reason}"), AUDIT_AGAIN);
    }
    let bytes = if is_for_people(format) { both } else { output };
    said.read("what it printed", bytes, format);
}

/// Why an audit that failed came to no report. Where a registry does not answer, package managers say so on standard error.
fn unanswered(format: Format, gathered: &Gathered) -> Option<String> {
    let output = gathered.standard_output.as_deref()?;
    if !format.is_audit() || gathered.end == End::Code(0) {
        return None;
    }
    if let Ok(_) | Err(Unreadable::NoResult(_)) = ops_formats::read(format, output) {
        return None;
    }
    if let Err(Unreadable::NoResult(reason)) = ops_formats::read(format, gathered.shown.as_bytes()) {
        return Some(reason);
    }
    let is_error = |line: &&str| line.len() < LONGEST_ERROR && line.to_ascii_lowercase().contains("error");
    let error = gathered.shown.lines().find(is_error).map(|line| ops_formats::one_line(line.trim()));
    error.or_else(|| output.trim_ascii().is_empty().then(|| "it printed no report".to_owned()))
}

/// What a tool writes for people, on both streams.
fn is_for_people(format: Format) -> bool {
    matches!(format, Format::Biome | Format::Oxlint | Format::Tsc | Format::Prettier)
}

fn at(root: &Path, pattern: &str, format: Option<Format>, before: &Before, said: &mut Said) {
    let found = find(root, pattern);
    if found.is_empty() {
        said.problem(
            format!("its report `{pattern}` is not there{}", instead(root, pattern)),
            "correct `report`, or let the program write it",
        );
    }
    for path in found {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let Ok(file) = std::fs::metadata(&path) else { continue };
        if before.is_old(&path, &file) {
            said.problem(
                format!("its report `{name}` is older than this run"),
                "let the program write it anew in every run",
            );
        } else {
            said.add(&format!("its report `{name}`"), &path, format);
        }
    }
}

impl Said {
    fn problem(&mut self, reason: String, next: &str) {
        self.problems.push(Problem { reason, next: next.to_owned() });
    }

    fn add(&mut self, name: &str, path: &Path, format: Option<Format>) {
        let size = std::fs::metadata(path).map_or(0, |file| file.len());
        if size > ops_formats::LARGEST as u64 {
            return self.problem(format!("{name} has more than {} bytes", ops_formats::LARGEST), "write a smaller one");
        }
        match std::fs::read(path) {
            Err(error) => self.problem(format!("{name} cannot be read: {error}"), "let the program write a file"),
            Ok(bytes) => match format.or_else(|| ops_formats::detect(&bytes)) {
                Some(format) => self.read(name, &bytes, format),
                None if bytes.trim_ascii().is_empty() => {
                    self.problem(format!("{name} is empty"), "let the program write it to its end");
                }
                None => {
                    let known = Format::ALL.map(Format::name).join(", ");
                    self.problem(
                        format!("{name} is in no format that is known, or was cut off"),
                        &format!("say which it is with `format`; known are {known}"),
                    );
                }
            },
        }
    }

    fn read(&mut self, name: &str, bytes: &[u8], format: Format) {
        match ops_formats::read(format, bytes) {
            Ok(mut reading) => {
                self.no_result |= !reading.unanswered.is_empty();
                for reason in std::mem::take(&mut reading.unanswered) {
                    self.problem(reason, "see what it printed, and run it again");
                }
                self.readings.push(reading);
            }
            Err(Unreadable::Empty) if format.is_silent_when_clean() => {
                self.readings.push(Reading::default());
            }
            Err(Unreadable::NoResult(reason)) => {
                let next = if format.is_audit() { AUDIT_AGAIN } else { "run it again" };
                self.no_result = true;
                self.problem(format!("{name} has no result: {reason}"), next);
            }
            Err(error) => {
                let next = if format.is_audit() { AUDIT_AGAIN } else { "let the program write it to its end" };
                self.no_result |= format.is_audit();
                self.problem(format!("{name} cannot be read as {format}: {error}"), next);
            }
        }
    }
}

/// The files below the root that fit a pattern, in order.
fn find(root: &Path, pattern: &str) -> Vec<PathBuf> {
    find_all(root, pattern).0
}

/// The same, and whether everything could be looked at.
pub(super) fn find_all(root: &Path, pattern: &str) -> (Vec<PathBuf>, bool) {
    if !pattern.contains(['*', '?']) {
        let path = root.join(pattern);
        return (if path.is_file() { vec![path] } else { Vec::new() }, true);
    }
    // What stands before the first wildcard is a folder that need not be looked for.
    let fixed: PathBuf = pattern.split('/').take_while(|part| !part.contains(['*', '?'])).collect();
    let mut found = Vec::new();
    let mut left = MOST_ENTRIES;
    let is_whole = walk(&root.join(fixed), DEEPEST, &mut left, &mut |path| {
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        if glob::matches(pattern, &name) {
            found.push(path.to_owned());
        }
    });
    found.sort();
    (found, is_whole)
}

/// Whether nothing was left out that should be looked at.
fn walk(folder: &Path, deep: usize, left: &mut usize, take: &mut impl FnMut(&Path)) -> bool {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return error.kind() == std::io::ErrorKind::NotFound,
    };
    let mut is_whole = true;
    for entry in entries {
        let Ok(entry) = entry else {
            is_whole = false;
            continue;
        };
        if *left == 0 {
            return false;
        }
        *left -= 1;
        let name = entry.file_name();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                if name != "node_modules" && name != ".git" {
                    is_whole &= deep > 0 && walk(&entry.path(), deep - 1, left, take);
                }
            }
            Ok(_) if entry.path().is_file() => take(&entry.path()),
            // A link to a folder is not followed: it may lead back.
            Ok(_) => is_whole &= !entry.path().is_dir(),
            Err(_) => is_whole = false,
        }
    }
    is_whole
}

/// What is there in the place of a report that is missing.
pub(super) fn instead(root: &Path, pattern: &str) -> String {
    let fixed: PathBuf = pattern.split('/').take_while(|part| !part.contains(['*', '?'])).collect();
    let start = root.join(fixed);
    let folder = start.ancestors().find(|folder| folder.is_dir()).unwrap_or(root);
    let name = folder.strip_prefix(root).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let place = if name.is_empty() { "the root".to_owned() } else { format!("`{name}`") };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    if names.is_empty() {
        return format!("; {place} is empty");
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = (more > 0).then(|| count(more, "more name"));
    format!("; {place} holds {}", all_of(names.into_iter().map(|name| format!("`{name}`")).chain(more)))
}
