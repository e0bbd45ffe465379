//! `yarn audit --json` of yarn 1, and `yarn npm audit --json` of yarn 2 and later.
//!
//! | yarn | shape |
//! |---|---|
//! | 1 | a document a line: `auditAdvisory` for each way to a package, `auditSummary` at the end |
//! | 2, 3 | npm 6's shape |
//! | 4.0.0 | the registry's own answer |
//! | since 4.0.1 | a document a line: `value` and `children`; nothing at all where there are none |
//!
//! The newest shape has no end: a report that was cut off between two lines cannot be told from a whole one. Of yarn 1 the exit
//! code is a sum: 1 for info, 2 low, 4 moderate, 8 high, 16 critical.

use serde::Deserialize;

use crate::{
    Reading, Unreadable,
    advisories::{self, Advisory, Answer, Audit, Level, Listed, Metadata, Sums},
    json::{self, Mixed},
    text,
};

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    if let Some(problem) = report.trim_start().strip_prefix("➤ ") {
        return Err(Unreadable::NoResult(text::one_line(problem.lines().next().unwrap_or_default())));
    }
    let names = json::names(report);
    let has = |name: &str| names.iter().any(|found| found == name);
    match () {
        () if has("type") => classic(report),
        () if has("value") => lines(report),
        () if has("advisories") || has("error") => json::read::<Answer>(report)?.read(),
        () => advisories::bulk(report),
    }
}

/// A line of yarn 1.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Mixed<Data>,
}

/// What an `auditAdvisory` or an `auditSummary` holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    advisory: Option<Listed>,
    vulnerabilities: Option<Sums>,
    dependencies: Option<u64>,
    total_dependencies: Option<u64>,
}

fn classic(report: &str) -> Result<Reading, Unreadable> {
    let mut audit = Audit::new();
    let mut summary = None;
    for event in json::read_each::<Event>(report)? {
        match (event.kind.as_str(), event.data) {
            ("auditAdvisory", Mixed::Object(Data { advisory: Some(listed), .. })) => audit.listed("unnamed", &listed),
            ("auditSummary", Mixed::Object(data)) => summary = Some(data.summary()?),
            (kind @ ("auditAdvisory" | "auditSummary"), _) => {
                return Err(Unreadable::malformed(kind, "its data is of an unknown shape"));
            }
            ("error", data) => {
                let words = data.text().unwrap_or("an error that it does not explain");
                return Err(Unreadable::NoResult(text::one_line(words)));
            }
            _ => {}
        }
    }
    let Some(summary) = summary else {
        return Err(Unreadable::malformed("the end", "the report ends in the middle: `auditSummary` is missing"));
    };
    audit.settle(&summary.vulnerabilities);
    audit.reading.count("packages", summary.packages());
    Ok(audit.reading)
}

impl Data {
    fn summary(self) -> Result<Metadata, Unreadable> {
        let (Some(vulnerabilities), Some(dependencies)) = (self.vulnerabilities, self.dependencies) else {
            return Err(Unreadable::malformed("auditSummary", "its data is of an unknown shape"));
        };
        Ok(Metadata { vulnerabilities, dependencies, total_dependencies: self.total_dependencies })
    }
}

/// A line of yarn since 4.0.1.
#[derive(Deserialize)]
struct Entry {
    value: String,
    children: Children,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Children {
    #[serde(rename = "ID")]
    id: Mixed<()>,
    issue: String,
    #[serde(rename = "URL")]
    url: Option<String>,
    severity: Level,
    #[serde(rename = "Vulnerable Versions")]
    vulnerable_versions: Option<String>,
    #[serde(default)]
    dependents: Vec<String>,
}

fn lines(report: &str) -> Result<Reading, Unreadable> {
    let mut audit = Audit::new();
    for Entry { value, children } in json::read_each::<Entry>(report)? {
        let id = children.id.text().unwrap_or_default();
        let advisory = Advisory {
            id: if id.ends_with("(deprecation)") { "deprecated" } else { id },
            url: children.url.as_deref().unwrap_or_default(),
            package: &value,
            range: children.vulnerable_versions.as_deref().unwrap_or_default(),
            title: &children.issue,
            help: advisories::brought_by(children.dependents.iter().map(String::as_str)).trim_start().to_owned(),
            path: "",
        };
        audit.add(children.severity, &advisory);
    }
    Ok(audit.reading)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn every_shape_tells_the_same_advisories() {
        let mut told = [
            "error audit/GHSA-rrrm-qjm4-v8hf marked <4.0.10: Inefficient Regular Expression Complexity in marked (high)",
            "error audit/GHSA-xvch-5gv4-984h minimist <0.2.4 || >=1.0.0 <1.2.6: Prototype Pollution in minimist (critical)",
            "warning audit/GHSA-vh95-rmgr-6w4m minimist <0.2.1 || >=1.0.0 <1.2.3: Prototype Pollution in minimist (moderate)",
        ];
        told.sort_unstable();
        for version in ["1.22", "2.4.2", "3.8.7", "4.0.0", "4.18.1"] {
            let found = testing::told(Format::YarnAudit, &format!("yarn-{version}/found.json"));
            let (issues, counts) = found.rsplit_once('\n').unwrap();
            let mut issues: Vec<&str> = issues.lines().collect();
            issues.sort_unstable();
            assert_eq!(issues, told, "yarn {version}");
            let packages = if version.starts_with('4') { "" } else { "packages 4, " };
            assert_eq!(counts, format!("critical 1, high 1, info 0, low 0, moderate 1, {packages}vulnerabilities 3"));
        }
    }

    #[test]
    fn a_clean_audit_says_so_or_nothing() {
        for version in ["1.22", "2.4.2", "3.8.7"] {
            let found = testing::told(Format::YarnAudit, &format!("yarn-{version}/clean.json"));
            assert_eq!(found, "critical 0, high 0, info 0, low 0, moderate 0, packages 4, vulnerabilities 0");
        }
        let found = testing::told(Format::YarnAudit, "yarn-4.0.0/clean.json");
        assert_eq!(found, "critical 0, high 0, info 0, low 0, moderate 0, vulnerabilities 0");
    }

    #[test]
    fn an_audit_that_did_not_take_place_has_no_result() {
        let told = |name: &str| testing::told(Format::YarnAudit, name);
        let failed = "unreadable: the tool could not do its work: ";
        assert_eq!(told("yarn-3.8.7/unavailable.json"), format!("{failed}YN0035: service unavailable"));
        assert_eq!(
            told("yarn-2.4.2/unavailable.json"),
            format!("{failed}YN0001: HTTPError: Response code 503 (Service Unavailable)")
        );
        let error = "{\"type\":\"info\",\"data\":\"x\"}\n{\"type\":\"error\",\"data\":\"Error: it returned a 503\"}\n";
        assert_eq!(read(error).unwrap_err().to_string(), "the tool could not do its work: Error: it returned a 503");
    }

    #[test]
    fn a_deprecated_package_is_told_as_such() {
        let report = r#"{"value":"a","children":{"ID":"a (deprecation)","Issue":"Use b","Severity":"moderate","Vulnerable Versions":"1.0.0","Tree Versions":["1.0.0"],"Dependents":["x@workspace:."]}}"#;
        assert!(
            testing::words(&read(report).unwrap()).starts_with("warning audit/deprecated a 1.0.0: Use b (moderate)\n")
        );
    }

    #[test]
    fn half_a_report_and_other_documents_are_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(
            told("{\"type\":\"info\",\"data\":\"x\"}\n"),
            "the end: the report ends in the middle: `auditSummary` is missing"
        );
        assert_eq!(told("{\"type\":\"auditAdvisory\",\"data\":{}}"), "auditAdvisory: its data is of an unknown shape");
        assert_eq!(told("{\"a\": []}"), "a: this package has no advisory");
        assert!(told("{\"a\": 1}").starts_with("line 1, column 7: invalid type: integer `1`"));
    }
}
