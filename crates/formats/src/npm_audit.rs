//! `npm audit --json`: version 2 of the report since npm 7, and the shape of npm 6.
//!
//! Since npm 7 a package is vulnerable through others: its `via` holds advisories, names of packages, or both.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{
    Reading, Unreadable,
    advisories::{self, Advisory, Answer, Audit, Level, Problem, Sums},
    json::{self, Mixed, Pairs},
    text,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    audit_report_version: u64,
    vulnerabilities: Pairs<Vulnerable>,
    metadata: Metadata,
    #[serde(default)]
    error: Mixed<Problem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerable {
    severity: Level,
    #[serde(default)]
    is_direct: bool,
    via: Vec<Mixed<Cause>>,
    /// The packages that are vulnerable because of this one.
    #[serde(default)]
    effects: Vec<String>,
    #[serde(default)]
    fix_available: Mixed<Fix>,
}

/// An advisory that a package is vulnerable by.
#[derive(Deserialize)]
struct Cause {
    #[serde(default)]
    source: Mixed<()>,
    name: String,
    title: Option<String>,
    url: Option<String>,
    severity: Level,
    range: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fix {
    name: String,
    version: String,
    #[serde(default)]
    is_sem_ver_major: bool,
}

#[derive(Deserialize)]
struct Metadata {
    vulnerabilities: Sums,
    dependencies: Dependencies,
}

#[derive(Deserialize)]
struct Dependencies {
    total: u64,
}

pub(crate) fn read(report: &str) -> Result<Reading, Unreadable> {
    if json::names(report).iter().any(|name| name == "auditReportVersion") {
        json::read::<Report>(report)?.read()
    } else {
        json::read::<Answer>(report)?.read()
    }
}

impl Report {
    fn read(&self) -> Result<Reading, Unreadable> {
        if let Some(problem) = advisories::problem(&self.error, None) {
            return Err(problem);
        }
        if self.audit_report_version != 2 {
            let reason = format!("expected 2, found {}", self.audit_report_version);
            return Err(Unreadable::malformed("auditReportVersion", reason));
        }
        self.agree()?;
        let packages: BTreeMap<&str, &Vulnerable> =
            self.vulnerabilities.0.iter().map(|(name, package)| (name.as_str(), package)).collect();
        let mut audit = Audit::new();
        for package in packages.values() {
            for cause in
                package.via.iter().filter_map(|via| if let Mixed::Object(cause) = via { Some(cause) } else { None })
            {
                audit.add(
                    cause.severity,
                    &Advisory {
                        id: cause.source.text().unwrap_or_default(),
                        url: cause.url.as_deref().unwrap_or_default(),
                        package: &cause.name,
                        range: cause.range.as_deref().unwrap_or_default(),
                        title: cause.title.as_deref().unwrap_or_default(),
                        help: help(&cause.name, &packages),
                        path: "",
                    },
                );
            }
        }
        let explained = explained(&packages);
        for (name, package) in packages.iter().filter(|(name, _)| !explained.contains(*name)) {
            audit.reading.count("vulnerabilities", 1);
            audit.reading.count(package.severity.name(), 1);
            let words =
                format!("{name} is vulnerable, but the report does not say by what ({})", package.severity.name());
            audit.unexplained("audit/unexplained", package.severity, name, &words);
        }
        audit.reading.count("packages", self.metadata.dependencies.total);
        Ok(audit.reading)
    }

    /// The sums count packages, not advisories.
    fn agree(&self) -> Result<(), Unreadable> {
        let sums = &self.metadata.vulnerabilities;
        let listed = self.vulnerabilities.0.len() as u64;
        if let Some(total) = sums.total.filter(|total| *total != listed) {
            return Err(Unreadable::sum("metadata.vulnerabilities.total", total, listed));
        }
        for (level, declared) in sums.levels() {
            let listed = self.vulnerabilities.0.iter().filter(|(_, package)| package.severity == level).count() as u64;
            if declared != listed {
                return Err(Unreadable::sum(&format!("metadata.vulnerabilities.{}", level.name()), declared, listed));
            }
        }
        Ok(())
    }
}

/// The packages that are vulnerable by an advisory, or through a package that is.
fn explained<'a>(packages: &BTreeMap<&'a str, &'a Vulnerable>) -> BTreeSet<&'a str> {
    let mut through: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open = Vec::new();
    for (name, package) in packages {
        for via in &package.via {
            match via {
                Mixed::Object(_) => open.push(*name),
                Mixed::Text(cause) => through.entry(cause).or_default().push(name),
                Mixed::Nothing | Mixed::Flag(_) => {}
            }
        }
    }
    let mut explained = BTreeSet::new();
    while let Some(name) = open.pop() {
        if explained.insert(name) {
            open.extend(through.get(name).into_iter().flatten());
        }
    }
    explained
}

fn help(name: &str, packages: &BTreeMap<&str, &Vulnerable>) -> String {
    let fix = match packages.get(name).map(|package| &package.fix_available) {
        Some(Mixed::Flag(true)) => "`npm audit fix` repairs it.".to_owned(),
        Some(Mixed::Object(fix)) => {
            let major = if fix.is_sem_ver_major { ", a new major version" } else { "" };
            format!("Update {} to {}{major}.", fix.name, fix.version)
        }
        _ => "No version is known to be fixed.".to_owned(),
    };
    text::one_line(&format!("{fix}{}", advisories::brought_by(direct(name, packages))))
}

/// The direct dependencies that bring a package; of a very large graph only those that are near.
fn direct<'a>(name: &'a str, packages: &BTreeMap<&'a str, &'a Vulnerable>) -> BTreeSet<&'a str> {
    const MOST: usize = 200;
    let (mut direct, mut seen, mut open) = (BTreeSet::new(), BTreeSet::new(), vec![name]);
    while let Some(name) = open.pop().filter(|_| seen.len() < MOST) {
        let Some(package) = packages.get(name).filter(|_| seen.insert(name)) else { continue };
        if package.is_direct {
            direct.insert(name);
        }
        open.extend(package.effects.iter().map(String::as_str));
    }
    direct
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Format, testing};

    #[test]
    fn each_advisory_is_told_once_and_the_way_to_it_in_the_help() {
        let told = "\
error audit/GHSA-rrrm-qjm4-v8hf marked <4.0.10: Inefficient Regular Expression Complexity in marked (high)
warning audit/GHSA-vh95-rmgr-6w4m minimist <0.2.1 || >=1.0.0 <1.2.3: Prototype Pollution in minimist (moderate)
error audit/GHSA-xvch-5gv4-984h minimist <0.2.4 || >=1.0.0 <1.2.6: Prototype Pollution in minimist (critical)
critical 1, high 1, info 0, low 0, moderate 1, packages 4, vulnerabilities 3";
        for version in [6, 11] {
            let found = testing::told(Format::NpmAudit, &format!("npm-{version}/found.json"));
            assert_eq!(found, told, "npm {version}");
            let clean = testing::told(Format::NpmAudit, &format!("npm-{version}/clean.json"));
            assert_eq!(clean, "critical 0, high 0, info 0, low 0, moderate 0, packages 4, vulnerabilities 0");
        }
        let issues = crate::read(Format::NpmAudit, &testing::fixture("npm-11/found.json")).unwrap().issues;
        assert_eq!(
            issues[0].help,
            "Update marked to 4.3.0, a new major version. Brought by marked. https://github.com/advisories/GHSA-rrrm-qjm4-v8hf"
        );
        assert_eq!(
            issues[1].help,
            "Update mkdirp to 0.5.6. Brought by minimist, mkdirp. https://github.com/advisories/GHSA-vh95-rmgr-6w4m"
        );
        assert_eq!(issues[1].identity, "GHSA-vh95-rmgr-6w4m minimist");
    }

    #[test]
    fn an_audit_that_did_not_take_place_has_no_result() {
        let told = |name: &str| testing::told(Format::NpmAudit, name);
        let failed = "unreadable: the tool could not do its work: ";
        assert_eq!(told("npm-11/no-lockfile.json"), format!("{failed}This command requires an existing lockfile."));
        assert!(told("npm-11/offline.json").starts_with(&format!("{failed}request to http://localhost:1/")));
        assert!(told("npm-11/unavailable.json").starts_with(&format!("{failed}503 Service Unavailable - POST ")));
        assert!(told("npm-6/unavailable.json").starts_with(&format!("{failed}Your configured registry ")));
    }

    fn report(vulnerabilities: &str, high: u64, total: u64) -> String {
        format!(
            r#"{{"auditReportVersion": 2, "vulnerabilities": {{{vulnerabilities}}}, "metadata": {{"vulnerabilities":
            {{"info": 0, "low": 0, "moderate": 0, "high": {high}, "critical": 0, "total": {total}}}, "dependencies": {{"total": 9}}}}}}"#
        )
    }

    #[test]
    fn packages_that_only_point_at_each_other_are_told() {
        let one = r#""a": {"severity": "high", "via": ["b"], "effects": ["b"]}, "b": {"severity": "high", "via": ["a"], "effects": ["a"]}"#;
        assert_eq!(
            testing::words(&read(&report(one, 2, 2)).unwrap()),
            "error audit/unexplained a is vulnerable, but the report does not say by what (high)\n\
             error audit/unexplained b is vulnerable, but the report does not say by what (high)\n\
             critical 0, high 2, info 0, low 0, moderate 0, packages 9, vulnerabilities 2"
        );
    }

    #[test]
    fn sums_that_its_parts_do_not_come_to_are_refused() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        let one = r#""a": {"severity": "high", "via": ["b"]}"#;
        assert_eq!(told(&report(one, 1, 2)), "metadata.vulnerabilities.total: says 2, but the report lists 1");
        assert_eq!(told(&report(one, 0, 1)), "metadata.vulnerabilities.high: says 0, but the report lists 1");
        assert_eq!(told(&report("", 1, 0)), "metadata.vulnerabilities.high: says 1, but the report lists 0");
    }

    #[test]
    fn other_documents_are_unreadable() {
        let told = |report: &str| read(report).unwrap_err().to_string();
        assert_eq!(told("{}"), "the report: neither advisories with metadata nor an error are there");
        assert_eq!(told(&report("", 0, 0).replace("2,", "3,")), "auditReportVersion: expected 2, found 3");
        let unknown = report(r#""a": {"severity": "terrible", "via": []}"#, 0, 1);
        assert!(told(&unknown).contains("unknown variant `terrible`"), "{}", told(&unknown));
    }
}
