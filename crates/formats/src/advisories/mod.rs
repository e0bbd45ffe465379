//! What the audits of npm, pnpm, yarn, bun and osv-scanner have in common: advisories about packages.

mod answer;
mod bulk;

use std::collections::BTreeSet;

use ops_core::Severity;
use ops_core::words::first_of;
use serde::Deserialize;

pub(crate) use answer::{Answer, Listed, Metadata, Problem, Sums, problem};
pub(crate) use bulk::bulk;

use crate::{Issue, Reading, Region, text};

/// How grave an advisory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Info,
    Low,
    #[serde(alias = "medium")]
    Moderate,
    High,
    Critical,
}

impl Level {
    pub(crate) const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Moderate, Self::High, Self::Critical];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Self::Critical | Self::High => Severity::Error,
            Self::Moderate => Severity::Warning,
            Self::Low | Self::Info => Severity::Note,
        }
    }
}

/// An advisory about a package.
#[derive(Default)]
pub(crate) struct Advisory<'a> {
    /// `GHSA-…`, or a number.
    pub(crate) id: &'a str,
    pub(crate) url: &'a str,
    pub(crate) package: &'a str,
    /// Which versions it is about.
    pub(crate) range: &'a str,
    pub(crate) title: &'a str,
    pub(crate) help: String,
    /// The file that names the package; empty where the report names none.
    pub(crate) path: &'a str,
}

/// A reading of advisories, each once for a package.
pub(crate) struct Audit {
    pub(crate) reading: Reading,
    seen: BTreeSet<[String; 3]>,
}

impl Audit {
    pub(crate) fn new() -> Self {
        let mut reading = Reading::default();
        reading.count("vulnerabilities", 0);
        for level in Level::ALL {
            reading.count(level.name(), 0);
        }
        Self { reading, seen: BTreeSet::new() }
    }

    pub(crate) fn add(&mut self, level: Level, advisory: &Advisory<'_>) {
        let id = github_id(advisory.url).or_else(|| github_id(advisory.id)).unwrap_or(advisory.id);
        if !self.seen.insert([id, advisory.package, advisory.path].map(str::to_owned)) {
            return;
        }
        let (package, range) = (advisory.package, advisory.range.trim());
        let about = if range.is_empty() { package.to_owned() } else { format!("{package} {range}") };
        let title = if advisory.title.is_empty() { "a known vulnerability" } else { advisory.title };
        let help = [advisory.help.as_str(), advisory.url].join(" ");
        self.reading.count("vulnerabilities", 1);
        self.reading.count(level.name(), 1);
        self.reading.add(Issue {
            rule: text::rule("audit", id),
            severity: level.severity(),
            message: text::one_line(&format!("{about}: {title} ({})", level.name())),
            help: text::one_line(&help),
            region: Some(text::path(advisory.path))
                .filter(|path| !path.is_empty())
                .map(|path| Region { path, ..Region::default() }),
            identity: text::one_line(&format!("{id} {package}")),
        });
    }

    /// Something that the audit tells of, but not to what it amounts.
    pub(crate) fn unexplained(&mut self, rule: &str, level: Level, subject: &str, message: &str) {
        self.reading.add(Issue {
            rule: rule.to_owned(),
            severity: level.severity(),
            message: text::one_line(message),
            help: "Run the audit without options that leave something out.".to_owned(),
            region: None,
            identity: text::one_line(subject),
        });
    }

    /// Holds what was listed against the report's own sums: what they count and the report does not list was left out by an
    /// option such as `--audit-level`, and is told.
    pub(crate) fn settle(&mut self, sums: &Sums) {
        for (level, declared) in sums.levels() {
            if declared > 0 && self.reading.counted(level.name()) == 0 {
                self.reading.count(level.name(), declared);
                self.reading.count("vulnerabilities", declared);
                let words = format!("the report counts {declared} {} vulnerabilities, and lists none", level.name());
                self.unexplained("audit/unlisted", level, level.name(), &words);
            }
        }
    }
}

/// `GHSA-xvch-5gv4-984h`, wherever it stands.
fn github_id(text: &str) -> Option<&str> {
    let at = text.find("GHSA-")?;
    let rest = text.get(at..)?;
    let end = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '-').unwrap_or(rest.len());
    rest.get(..end)
}

/// Which direct dependencies bring a package.
pub(crate) fn brought_by<'a>(direct: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = direct.into_iter().filter(|name| !name.is_empty()).collect();
    if names.is_empty() { String::new() } else { format!(" Brought by {}.", first_of(&names)) }
}

#[cfg(test)]
mod tests {
    use super::{Advisory, Audit, Level, github_id};

    #[test]
    fn an_advisory_is_told_once_for_a_package() {
        let mut audit = Audit::new();
        for (package, url) in
            [("a", "https://github.com/advisories/GHSA-1-2-3"), ("a", "GHSA-1-2-3#x"), ("b", "GHSA-1-2-3")]
        {
            audit.add(
                Level::High,
                &Advisory { id: "7", url, package, title: "wrong", range: "<2", ..Advisory::default() },
            );
        }
        let told: Vec<&str> = audit.reading.issues.iter().map(|issue| issue.identity.as_str()).collect();
        assert_eq!(told, ["GHSA-1-2-3 a", "GHSA-1-2-3 b"]);
        assert_eq!(audit.reading.issues[0].message, "a <2: wrong (high)");
    }

    #[test]
    fn an_advisory_is_known_by_its_id_at_github() {
        assert_eq!(github_id("https://github.com/advisories/GHSA-xvch-5gv4-984h?x"), Some("GHSA-xvch-5gv4-984h"));
        assert_eq!(github_id("https://npmjs.com/advisories/1179"), None);
    }
}
