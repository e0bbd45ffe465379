//! `osv-scanner --format json`: <https://google.github.io/osv-scanner/output/#json>.

use std::collections::BTreeSet;

use ops_core::Severity;
use serde::Deserialize;

use crate::{
    Issue, Reading, Region, Unreadable,
    advisories::{Advisory, Audit, Level},
    json::{self, Mixed, Pairs},
    text,
};

#[derive(Deserialize)]
struct Report {
    results: Vec<Scanned>,
}

/// A lockfile, or whatever else was looked at.
#[derive(Deserialize)]
struct Scanned {
    source: Source,
    packages: Vec<Found>,
}

#[derive(Deserialize)]
struct Source {
    path: String,
}

#[derive(Deserialize)]
struct Found {
    package: Package,
    #[serde(default, deserialize_with = "json::or_empty")]
    vulnerabilities: Vec<Vulnerability>,
    /// Each is one vulnerability by all of its names.
    #[serde(default, deserialize_with = "json::or_empty")]
    groups: Vec<Group>,
    #[serde(default, deserialize_with = "json::or_empty")]
    license_violations: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    database_specific: Option<Database>,
}

#[derive(Deserialize)]
struct Database {
    #[serde(default)]
    severity: Mixed<()>,
}

#[derive(Deserialize)]
struct Group {
    ids: Vec<String>,
    /// `null` where the vulnerability has only one name.
    #[serde(default, deserialize_with = "json::or_empty")]
    aliases: Vec<String>,
    /// A CVSS score, such as `9.8`; empty where there is none.
    #[serde(default)]
    max_severity: Mixed<()>,
    /// What was found out about calls, by the vulnerability's name.
    #[serde(default, alias = "experimentalAnalysis")]
    experimental_analysis: Option<Pairs<Analysis>>,
}

#[derive(Deserialize)]
struct Analysis {
    called: Option<bool>,
    unimportant: Option<bool>,
}

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    let report: Report = json::read(report)?;
    let mut audit = Audit::new();
    audit.reading.count("files", report.results.len() as u64);
    for (index, scanned) in report.results.iter().enumerate() {
        for found in &scanned.packages {
            read_package(index, &scanned.source.path, found, &mut audit)?;
        }
    }
    Ok(audit.reading)
}

fn read_package(index: usize, path: &str, found: &Found, audit: &mut Audit) -> Result<(), Unreadable> {
    let mut grouped = BTreeSet::new();
    for group in &found.groups {
        grouped.extend(group.ids.iter().map(String::as_str));
        if group.ids.is_empty() {
            let place = format!("results[{index}].packages[].groups[].ids");
            return Err(Unreadable::malformed(place, "a group names no vulnerability"));
        }
        read_group(path, found, group, audit);
    }
    for alone in found.vulnerabilities.iter().filter(|known| !grouped.contains(known.id.as_str())) {
        let group = Group {
            ids: vec![alone.id.clone()],
            aliases: Vec::new(),
            max_severity: Mixed::Nothing,
            experimental_analysis: None,
        };
        read_group(path, found, &group, audit);
    }
    for license in &found.license_violations {
        audit.reading.count("license_violations", 1);
        audit.reading.add(Issue {
            rule: "audit/license".to_owned(),
            severity: Severity::Error,
            message: text::one_line(&format!("{} has the licence {license}, which is not allowed", found.package.name)),
            help: String::new(),
            region: Some(Region { path: text::path(path), ..Region::default() }),
            identity: text::one_line(&format!("{} {license}", found.package.name)),
        });
    }
    Ok(())
}

fn read_group(path: &str, found: &Found, group: &Group, audit: &mut Audit) {
    let names = || group.ids.iter().chain(&group.aliases);
    let id = names().find(|id| id.starts_with("GHSA-")).or(group.ids.first()).map(String::as_str).unwrap_or_default();
    let known = || found.vulnerabilities.iter().filter(|known| group.ids.contains(&known.id));
    let summary = known().map(|known| known.summary.as_str()).find(|summary| !summary.is_empty()).unwrap_or_default();
    let analysed = group.experimental_analysis.as_ref().map(|Pairs(analysed)| analysed.as_slice()).unwrap_or_default();
    let aside = |analysis: &Analysis| analysis.called == Some(false) || analysis.unimportant == Some(true);
    let uncalled = !analysed.is_empty() && analysed.iter().all(|(_, analysis)| aside(analysis));
    let level = if uncalled { Level::Info } else { level(group, known()) };
    let url = format!("https://osv.dev/{id}");
    let help = if uncalled { "Nothing calls what is vulnerable." } else { "" };
    audit.add(
        level,
        &Advisory {
            id,
            url: &url,
            package: &found.package.name,
            range: &found.package.version,
            title: summary,
            help: help.to_owned(),
            path,
        },
    );
}

/// By its score, else by its database's word. What is known to be malicious is critical, and what nobody has weighed is high.
fn level<'a>(group: &Group, mut known: impl Iterator<Item = &'a Vulnerability>) -> Level {
    if group.ids.iter().any(|id| id.starts_with("MAL-")) {
        return Level::Critical;
    }
    let score = group.max_severity.text().and_then(|score| score.trim().parse::<f64>().ok());
    match score {
        Some(9.0..) => Level::Critical,
        Some(7.0..) => Level::High,
        Some(4.0..) => Level::Moderate,
        Some(score) if score > 0.0 => Level::Low,
        _ => known.find_map(word).unwrap_or(Level::High),
    }
}

fn word(known: &Vulnerability) -> Option<Level> {
    let word = known.database_specific.as_ref()?.severity.text()?.to_ascii_lowercase();
    let word = if word == "medium" { "moderate" } else { &word };
    Level::ALL.into_iter().find(|level| level.name() == word)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn each_vulnerability_is_told_once_by_its_name_at_github() {
        assert_eq!(
            testing::told(Format::OsvScanner, "made-up/osv-scanner.json"),
            "error audit/GHSA-xvch-5gv4-984h /repo/package-lock.json:0:0-0:0 minimist 1.2.0: Prototype Pollution in minimist (critical)\n\
             warning audit/GHSA-vh95-rmgr-6w4m /repo/package-lock.json:0:0-0:0 minimist 1.2.0: Prototype Pollution in minimist (moderate)\n\
             error audit/MAL-2025-1 /repo/package-lock.json:0:0-0:0 evil 1.0.0: a known vulnerability (critical)\n\
             note audit/RUSTSEC-2020-0001 /repo/Cargo.lock:0:0-0:0 trust-dns 0.1.0: Stack overflow (info)\n\
             error audit/license /repo/Cargo.lock:0:0-0:0 trust-dns has the licence GPL-3.0-only, which is not allowed\n\
             critical 2, files 2, high 0, info 1, license_violations 1, low 0, moderate 1, vulnerabilities 4"
        );
    }

    #[test]
    fn a_vulnerability_without_a_group_or_a_score_is_grave() {
        let report = r#"{"results": [{"source": {"path": "a"}, "packages": [{"package": {"name": "p"}, "vulnerabilities": [{"id": "X-1"}]}]}]}"#;
        assert!(
            testing::words(&read(report).unwrap())
                .starts_with("error audit/X-1 a:0:0-0:0 p: a known vulnerability (high)\n")
        );
    }

    #[test]
    fn an_empty_list_may_be_written_as_null() {
        let report = r#"{"results": [{"source": {"path": "go.mod", "type": "lockfile"}, "packages": [{
            "package": {"name": "golang.org/x/text", "version": "0.3.0", "ecosystem": "Go"},
            "groups": [{"ids": ["GO-2020-0001"], "aliases": null, "max_severity": ""}],
            "vulnerabilities": [{"id": "GO-2020-0001", "summary": "Never ends"}],
            "license_violations": null
        }]}], "experimental_config": {"licenses": {"summary": false, "allowlist": null}}}"#;
        assert!(
            testing::words(&read(report).unwrap())
                .starts_with("error audit/GO-2020-0001 go.mod:0:0-0:0 golang.org/x/text 0.3.0: Never ends (high)\n")
        );
        assert!(read(r#"{"results": null}"#).is_err());
    }

    #[test]
    fn a_report_without_results_is_clean() {
        let told = testing::words(&read(r#"{"results": []}"#).unwrap());
        assert_eq!(told, "critical 0, files 0, high 0, info 0, low 0, moderate 0, vulnerabilities 0");
    }

    #[test]
    fn other_documents_are_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told("{}"), "line 1, column 2: missing field `results`");
        assert_eq!(
            told(
                r#"{"results": [{"source": {"path": "a"}, "packages": [{"package": {"name": "p"}, "groups": [{"ids": []}]}]}]}"#
            ),
            "results[0].packages[].groups[].ids: a group names no vulnerability"
        );
    }
}
