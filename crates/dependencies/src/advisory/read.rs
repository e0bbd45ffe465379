//! Advisories from a folder of JSON files, or from one file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::Value;

use super::affected::Affected;
use super::format::{Score, Written};
use super::{Advisories, Advisory, Severity, cvss};

/// Advisories that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refuses.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// Relative to the folder that was asked for, or as it was asked for.
        path: String,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The text is no advisory.
    #[error("{path} is no advisory of OSV: {reason}")]
    Strange {
        /// As above.
        path: String,
        /// What the parser says.
        reason: serde_json::Error,
    },
}

impl Advisories {
    /// Reads every advisory at `path` that is about one of `names`: a folder of `.json` files, each with one, or a file with one, with
    /// a list, or with one in each line.
    ///
    /// # Errors
    /// A file cannot be read, or is no advisory.
    pub fn read(path: &Path, names: &BTreeSet<&str>) -> Result<Self, ReadError> {
        let shown = path.display().to_string();
        let refused = |reason| ReadError::Unreadable { path: shown.clone(), reason };
        let about = std::fs::metadata(path).map_err(refused)?;
        if about.is_file() {
            let text = std::fs::read(path).map_err(refused)?;
            let all = several(&text).map_err(|reason| ReadError::Strange { path: shown.clone(), reason })?;
            return Ok(Self::gather([Part::of(all, names)]));
        }
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(path).map_err(refused)? {
            let file = entry.map_err(refused)?.path();
            if file.extension().is_some_and(|extension| extension == "json") {
                files.push(file);
            }
        }
        files.sort();
        let parts: Vec<Part> = files
            .par_iter()
            .map(|file| {
                let path = || file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let text = std::fs::read(file).map_err(|reason| ReadError::Unreadable { path: path(), reason })?;
                let all = several(&text).map_err(|reason| ReadError::Strange { path: path(), reason })?;
                Ok(Part::of(all, names))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::gather(parts))
    }

    /// The same from a text.
    ///
    /// # Errors
    /// It is no advisory.
    pub fn parse(text: &[u8], names: &BTreeSet<&str>) -> Result<Self, serde_json::Error> {
        Ok(Self::gather([Part::of(several(text)?, names)]))
    }

    fn gather(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.read += part.read;
            for (name, advisory) in part.kept {
                all.by_package.entry(name).or_default().push(advisory);
            }
        }
        all.by_package.values_mut().for_each(|list| list.sort_by(|one, other| one.id.cmp(&other.id)));
        all
    }
}

/// What is kept of one file: a whole set for npm has hundreds of thousands of advisories, of which a repository needs a few.
struct Part {
    read: usize,
    kept: Vec<(String, Advisory)>,
}

impl Part {
    fn of(all: Vec<Written>, names: &BTreeSet<&str>) -> Self {
        let mut part = Self { read: 0, kept: Vec::new() };
        for written in all.into_iter().filter(|written| written.withdrawn.is_none()) {
            let advisory = advisory(written);
            let about: BTreeSet<String> = advisory.affected.iter().map(|one| one.name.clone()).collect();
            part.read += usize::from(!about.is_empty());
            let wanted = about.into_iter().filter(|name| names.contains(name.as_str()));
            part.kept.extend(wanted.map(|name| (name, advisory.clone())));
        }
        part
    }
}

/// One advisory, a list of them, or one in each line.
fn several(text: &[u8]) -> Result<Vec<Written>, serde_json::Error> {
    let is_list = text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_list {
        return serde_json::from_slice(text);
    }
    serde_json::Deserializer::from_slice(text).into_iter().collect()
}

fn advisory(written: Written) -> Advisory {
    let own = severity(&written.severity, &written.database_specific);
    let of_packages = written.affected.iter().filter_map(|one| severity(&one.severity, &one.database_specific)).max();
    let is_malicious = written.id.starts_with("MAL-");
    Advisory {
        severity: if is_malicious { Some(Severity::Critical) } else { own.or(of_packages) },
        summary: written.summary.lines().next().unwrap_or_default().to_owned(),
        affected: written.affected.into_iter().filter_map(Affected::of).collect(),
        id: written.id,
    }
}

/// GitHub's word goes before the vector: it was judged by people, and is there where only CVSS 4 is.
fn severity(scores: &[Score], database: &Value) -> Option<Severity> {
    let word = database.get("severity").and_then(Value::as_str).map(str::to_uppercase);
    match word.as_deref() {
        Some("LOW") => return Some(Severity::Low),
        Some("MODERATE" | "MEDIUM") => return Some(Severity::Moderate),
        Some("HIGH") => return Some(Severity::High),
        Some("CRITICAL") => return Some(Severity::Critical),
        _ => {}
    }
    scores.iter().filter(|score| score.kind == "CVSS_V3").filter_map(|score| cvss::severity(&score.score)).max()
}
