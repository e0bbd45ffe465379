//! The shape that npm's registry answered with until 2025, and that npm 6, pnpm, and yarn 1 to 3 print.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Advisory, Audit, Level, brought_by};
use crate::{
    Reading, Unreadable,
    json::{Mixed, Pairs},
    text,
};

/// The sums of a report, by level.
#[derive(Deserialize, Default, Clone, Copy)]
pub(crate) struct Sums {
    info: u64,
    low: u64,
    moderate: u64,
    high: u64,
    critical: u64,
    /// Only in version 2 of npm's report.
    pub(crate) total: Option<u64>,
}

impl Sums {
    pub(crate) fn levels(self) -> [(Level, u64); 5] {
        [
            (Level::Info, self.info),
            (Level::Low, self.low),
            (Level::Moderate, self.moderate),
            (Level::High, self.high),
            (Level::Critical, self.critical),
        ]
    }
}

/// A whole report.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub(crate) advisories: Option<Pairs<Listed>>,
    pub(crate) metadata: Option<Metadata>,
    #[serde(default)]
    pub(crate) error: Mixed<Problem>,
    pub(crate) message: Option<String>,
}

/// An advisory of an [`Answer`].
#[derive(Deserialize)]
pub(crate) struct Listed {
    #[serde(default)]
    id: Mixed<()>,
    title: String,
    module_name: String,
    severity: Level,
    vulnerable_versions: Option<String>,
    patched_versions: Option<String>,
    github_advisory_id: Option<String>,
    url: Option<String>,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    #[serde(default)]
    paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) vulnerabilities: Sums,
    pub(crate) total_dependencies: Option<u64>,
    pub(crate) dependencies: u64,
}

impl Metadata {
    /// How many packages were looked at.
    pub(crate) fn packages(&self) -> u64 {
        self.total_dependencies.unwrap_or(self.dependencies)
    }
}

/// What an audit says that did not take place.
#[derive(Deserialize)]
pub(crate) struct Problem {
    code: Option<String>,
    summary: Option<String>,
    message: Option<String>,
}

impl Answer {
    pub(crate) fn read(&self) -> Result<Reading, Unreadable> {
        if let Some(problem) = problem(&self.error, self.message.as_deref()) {
            return Err(problem);
        }
        let (Some(Pairs(advisories)), Some(metadata)) = (&self.advisories, &self.metadata) else {
            return Err(Unreadable::malformed("the report", "neither advisories with metadata nor an error are there"));
        };
        let mut audit = Audit::new();
        for (key, listed) in advisories {
            audit.listed(key, listed);
        }
        audit.settle(&metadata.vulnerabilities);
        audit.reading.count("packages", metadata.packages());
        Ok(audit.reading)
    }
}

impl Audit {
    pub(crate) fn listed(&mut self, key: &str, listed: &Listed) {
        let id = listed.github_advisory_id.as_deref().or(listed.id.text()).unwrap_or(key);
        let mut direct: BTreeSet<&str> = BTreeSet::new();
        for path in listed.findings.iter().flat_map(|finding| &finding.paths).take(10_000) {
            direct.extend(path.trim_start_matches(".>").split('>').next());
        }
        let patched = listed.patched_versions.as_deref().filter(|versions| *versions != "<0.0.0");
        let fixed = patched
            .map_or_else(|| "No version is known to be fixed.".to_owned(), |versions| format!("Fixed in {versions}."));
        self.add(
            listed.severity,
            &Advisory {
                id,
                url: listed.url.as_deref().unwrap_or_default(),
                package: &listed.module_name,
                range: listed.vulnerable_versions.as_deref().unwrap_or_default(),
                title: &listed.title,
                help: format!("{fixed}{}", brought_by(direct)),
                path: "",
            },
        );
    }
}

/// Why an audit did not take place, if it says so.
pub(crate) fn problem(error: &Mixed<Problem>, message: Option<&str>) -> Option<Unreadable> {
    let said = |words: Option<&str>| words.map(text::one_line).filter(|words| !words.is_empty());
    let words = match error {
        Mixed::Nothing | Mixed::Flag(false) => return None,
        Mixed::Flag(true) => said(message),
        Mixed::Text(words) => said(Some(words)),
        Mixed::Object(problem) => said(problem.summary.as_deref())
            .or_else(|| said(problem.message.as_deref()))
            .or_else(|| said(message))
            .or_else(|| said(problem.code.as_deref())),
    };
    Some(Unreadable::NoResult(
        words.unwrap_or_else(|| "the audit ended with an error that it does not explain".to_owned()),
    ))
}
